#include "calibrate/outermost.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <iterator>

namespace kinglet {
namespace {

constexpr std::size_t kMostBeyond = 16;
constexpr std::size_t kKept = kMostBeyond + 1;
constexpr std::size_t kOuterShare = 4;  // one sample in so many

/// Of two lists in `order`, the first of both.
template <typename Order>
std::vector<float> Joined(const std::vector<float>& a, const std::vector<float>& b,
                          Order order) {
  std::vector<float> joined;
  std::ranges::merge(a, b, std::back_inserter(joined), order);
  joined.resize(std::min(joined.size(), kKept));
  return joined;
}

float RoomBeyondEnd(const std::vector<float>& outer, std::size_t samples) {
  const std::size_t beyond = std::min(kMostBeyond, samples / kOuterShare);
  if (beyond == 0) return 0;
  double sum = 0;
  for (std::size_t i = 0; i < beyond; ++i) {
    sum += std::abs(static_cast<double>(outer[i]) - outer[beyond]);
  }
  return static_cast<float>(sum / static_cast<double>(beyond));
}

}  // namespace

void Outermost::Add(const Range& range) {
  Outermost one;
  one.lowest_ = {range.min};
  one.highest_ = {range.max};
  one.samples_ = 1;
  Merge(one);
}

void Outermost::Merge(const Outermost& other) {
  lowest_ = Joined(lowest_, other.lowest_, std::less<>());
  highest_ = Joined(highest_, other.highest_, std::greater<>());
  samples_ += other.samples_;
}

Outermost::Room Outermost::RoomBeyond() const {
  return {.below = RoomBeyondEnd(lowest_, samples_),
          .above = RoomBeyondEnd(highest_, samples_)};
}

}  // namespace kinglet
