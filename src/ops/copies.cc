#include "ops/copies.h"

#include <cstring>

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

void FillZero(const Value& value, std::byte* out) {
  const auto n = static_cast<std::size_t>(ElementCount(value.shape));
  const std::int64_t zero =
      value.quantization.has_value() ? value.quantization->zero_points[0] : 0;
  if (value.dtype == DType::kInt8) {
    std::memset(out, static_cast<int>(zero), n);
  } else {
    Check(zero == 0, "only int8 has a zero point");
    std::memset(out, 0, n * SizeOf(value.dtype));
  }
}

Kernel JoinKernel(const NodeView& view, std::span<const Size> out_strides,
                  std::span<const Size> steps) {
  std::vector<StridedCopy> copies;
  Size offset = 0;
  for (std::size_t i = 0; i < view.node.inputs.size(); ++i) {
    const Value& in = view.Input(i);
    copies.emplace_back(AxesInto(in.shape, out_strides), 0, offset, SizeOf(in.dtype));
    offset += steps[i];
  }
  return [&kernels = Kernels(), copies](const Buffers& buffers) {
    for (std::size_t i = 0; i < copies.size(); ++i) {
      copies[i].Run(kernels, buffers.inputs[i], buffers.outputs[0]);
    }
  };
}

Kernel CutKernel(const NodeView& view, std::span<const Size> in_strides,
                 std::span<const Size> steps) {
  std::vector<StridedCopy> copies;
  Size offset = 0;
  for (std::size_t i = 0; i < view.node.outputs.size(); ++i) {
    const Value& out = view.Output(i);
    std::vector<CopyAxis> axes = AxesInto(out.shape, StridesOf(out.shape));
    for (std::size_t k = 0; k < axes.size(); ++k) axes[k].in_stride = in_strides[k];
    copies.emplace_back(axes, offset, 0, SizeOf(out.dtype));
    offset += steps[i];
  }
  return [&kernels = Kernels(), copies](const Buffers& buffers) {
    for (std::size_t i = 0; i < copies.size(); ++i) {
      copies[i].Run(kernels, buffers.inputs[0], buffers.outputs[i]);
    }
  };
}

}  // namespace kinglet
