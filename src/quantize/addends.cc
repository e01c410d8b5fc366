#include "quantize/addends.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace kinglet {
namespace {

/// Part of the other operand's range by which cut numbers lie further out than they must,
/// for what their rounding moves.
constexpr float kCutRoom = 1.0F / 32;

Range Negative(const Range& range) { return {-range.max, -range.min}; }

bool IsSubtracted(const Node& node, std::size_t which) {
  return which == 1 && std::holds_alternative<Sub>(node.op);
}

/// The range of an operand as it enters the sum.
Range Signed(const Node& node, std::size_t which, const Range& range) {
  return IsSubtracted(node, which) ? Negative(range) : range;
}

}  // namespace

bool IsSum(const Node& node) {
  return std::holds_alternative<Add>(node.op) || std::holds_alternative<Sub>(node.op);
}

Range RangeOf(const QuantParams& params) {
  const auto zero = static_cast<float>(params.zero_point);
  return {(-128 - zero) * params.scale, (127 - zero) * params.scale};
}

Tensor CutAddend(const Node& node, std::size_t which, const Tensor& addend,
                 const QuantParams& other, const QuantParams& out) {
  const Range beside = Signed(node, 1 - which, RangeOf(other));
  const Range result = RangeOf(out);
  const float room = kCutRoom * (beside.max - beside.min);
  const Range matters = Signed(
      node, which, {result.min - beside.max - room, result.max - beside.min + room});
  std::vector<float> cut;
  for (const float value : addend.Data<float>()) {
    cut.push_back(std::clamp(value, matters.min, matters.max));
  }
  return Tensor::Of<float>(addend.shape(), std::span<const float>(cut));
}

float LargestSum(const Node& node, const Range& first, const Range& second) {
  const Range added = Signed(node, 1, second);
  return std::max(std::abs(first.min + added.min), std::abs(first.max + added.max));
}

}  // namespace kinglet
