#include "ops/copies.h"

#include "kernels/kernels.h"

namespace kinglet {

Kernel CopyKernel(StridedCopy copy, const NodeView& view) {
  const bool whole =
      ElementCount(view.Input(0).shape) == ElementCount(view.Output().shape);
  if (whole && copy.IsIdentity()) return {};
  return [&kernels = Kernels(), copy = std::move(copy)](const Buffers& buffers) {
    copy.Run(kernels, buffers.inputs[0], buffers.outputs[0]);
  };
}

std::vector<CopyAxis> AxesInto(const Shape& shape, std::span<const Size> out_strides) {
  const std::vector<Size> in_strides = StridesOf(shape);
  std::vector<CopyAxis> axes(shape.size());
  for (std::size_t i = 0; i < axes.size(); ++i) {
    axes[i] = {shape[i], in_strides[i], out_strides[i]};
  }
  return axes;
}

}  // namespace kinglet
