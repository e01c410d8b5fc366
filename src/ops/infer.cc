#include "ops/infer.h"

#include <algorithm>

namespace kinglet {

std::optional<Shape> Broadcast(const Shape& a, const Shape& b) {
  Shape shape(std::max(a.size(), b.size()));
  for (std::size_t i = 0; i < shape.size(); ++i) {
    const std::int64_t x = i < a.size() ? a[a.size() - 1 - i] : 1;
    const std::int64_t y = i < b.size() ? b[b.size() - 1 - i] : 1;
    if (x != y && x != 1 && y != 1) return std::nullopt;
    shape[shape.size() - 1 - i] = std::max(x, y);
  }
  return shape;
}

Inferred Reduced(const TensorType& input, const Ints& axes, bool keep_dims) {
  TensorType result{input.dtype, {}};
  const auto rank = static_cast<std::int64_t>(input.shape.size());
  for (const std::int64_t axis : axes) {
    if (axis < 0 || axis >= rank) return "axis " + std::to_string(axis) + " out of range";
  }
  for (std::int64_t i = 0; i < rank; ++i) {
    const bool reduced = std::ranges::find(axes, i) != axes.end();
    if (!reduced) result.shape.push_back(input.shape[static_cast<std::size_t>(i)]);
    if (reduced && keep_dims) result.shape.push_back(1);
  }
  return std::vector<TensorType>{result};
}

}  // namespace kinglet
