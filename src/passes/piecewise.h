// Piecewise linear functions, one for each channel.
#pragma once

#include <cstddef>
#include <vector>

#include "passes/rewrite.h"

namespace kinglet {

using Channels = std::vector<double>;

/// y[c] = offset[c] + sum over rows r of slope[r][c] relu(x[c] - start[r][c]). Row 0 is
/// the line: its start is 0, and it is not clamped. Other rows start above zero.
class Piecewise {
 public:
  /// y = x
  explicit Piecewise(std::size_t channels)
      : offset_(channels), rows_{{Channels(channels, 1), Channels(channels)}} {}

  /// y = y * scale + offset
  void Apply(const Affine& affine);

  /// y = y + sign * other
  void Add(const Piecewise& other, double sign);

  /// y = relu(y) for x at or above zero; false, and no change, where y bends already.
  bool Clamp();

  /// Whether x below zero gives something else.
  [[nodiscard]] bool is_clamped() const { return is_clamped_; }
  [[nodiscard]] std::size_t rows() const { return rows_.size(); }
  [[nodiscard]] const Channels& offset() const { return offset_; }
  [[nodiscard]] const Channels& Slopes(std::size_t row) const { return rows_[row].slope; }
  [[nodiscard]] const Channels& Starts(std::size_t row) const { return rows_[row].start; }

 private:
  struct Row {
    Channels slope;
    Channels start;
  };

  Channels offset_;
  std::vector<Row> rows_;
  bool is_clamped_ = false;
};

}  // namespace kinglet
