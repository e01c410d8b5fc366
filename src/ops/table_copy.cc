#include "ops/table_copy.h"

#include <cstring>
#include <memory>

#include "ops/broadcasting.h"

namespace kinglet {
namespace {

/// Input offsets of the rows and within a row, in elements.
struct Offsets {
  std::vector<Size> rows;
  std::vector<Size> columns;
};

Offsets OffsetsOf(const std::vector<Ints>& positions, const Shape& in) {
  const std::vector<Size> strides = StridesOf(in);
  Offsets offsets{{0}, {0}};
  for (std::size_t axis = 0; axis < positions.size(); ++axis) {
    const bool last = axis + 1 == positions.size();
    std::vector<Size> next;
    for (const Size base : last ? std::vector<Size>{0} : offsets.rows) {
      for (const std::int64_t position : positions[axis]) {
        next.push_back(base + position * strides[axis]);
      }
    }
    (last ? offsets.columns : offsets.rows) = std::move(next);
  }
  return offsets;
}

template <typename Element>
void Copy(const Offsets& offsets, const Buffers& buffers) {
  const auto* in = buffers.In<Element>(0);
  auto* out = buffers.Out<Element>();
  for (const Size row : offsets.rows) {
    for (const Size column : offsets.columns) *out++ = in[row + column];
  }
}

}  // namespace

Kernel TableCopyKernel(const std::vector<Ints>& positions, const NodeView& view) {
  const auto offsets =
      std::make_shared<const Offsets>(OffsetsOf(positions, view.Input(0).shape));
  const std::size_t bytes = SizeOf(view.Input(0).dtype);
  return ForElement(bytes, [&]<typename Element>(Element /*type*/) -> Kernel {
    return [offsets](const Buffers& buffers) { Copy<Element>(*offsets, buffers); };
  });
}

}  // namespace kinglet
