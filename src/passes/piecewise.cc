#include "passes/piecewise.h"

#include <algorithm>

namespace kinglet {

void Piecewise::Apply(const Affine& affine) {
  for (std::size_t c = 0; c < offset_.size(); ++c) {
    const double scale = affine.scale.empty() ? 1 : affine.scale[c];
    for (Row& row : rows_) row.slope[c] *= scale;
    offset_[c] = offset_[c] * scale + (affine.offset.empty() ? 0 : affine.offset[c]);
  }
}

void Piecewise::Add(const Piecewise& other, double sign) {
  for (std::size_t c = 0; c < offset_.size(); ++c) {
    offset_[c] += sign * other.offset_[c];
    rows_[0].slope[c] += sign * other.rows_[0].slope[c];
  }
  for (std::size_t r = 1; r < other.rows(); ++r) {
    rows_.push_back(other.rows_[r]);
    for (double& slope : rows_.back().slope) slope *= sign;
  }
  is_clamped_ = is_clamped_ || other.is_clamped_;
}

/// A rising line that crosses zero at `start` above zero is zero before it, and what a
/// falling one is above its crossing is taken off again.
bool Piecewise::Clamp() {
  if (rows() > 1) return false;
  is_clamped_ = true;
  Channels& line = rows_[0].slope;
  Row hinge{Channels(line.size()), Channels(line.size())};
  for (std::size_t c = 0; c < line.size(); ++c) {
    const double crossing = line[c] == 0 ? 0 : -offset_[c] / line[c];
    if (crossing > 0) {
      hinge.slope[c] = std::abs(line[c]);
      hinge.start[c] = crossing;
    }
    const bool starts_below = offset_[c] < 0 || (offset_[c] == 0 && line[c] < 0);
    if (starts_below) {
      offset_[c] = 0;
      line[c] = 0;
    }
  }
  const bool bends =
      std::ranges::any_of(hinge.slope, [](double slope) { return slope != 0; });
  if (bends) rows_.push_back(std::move(hinge));
  return true;
}

}  // namespace kinglet
