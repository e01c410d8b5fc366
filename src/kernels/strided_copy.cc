// Axes are sorted by their output stride, those of size 1 dropped and those that both
// sides pass through alike joined. The two innermost are then a matrix: copied row by row
// where both sides are dense, transposed where the input is dense along the other axis.
#include "kernels/strided_copy.h"

#include <algorithm>
#include <cstring>

namespace kinglet {
namespace {

bool Adjoin(const CopyAxis& outer, const CopyAxis& inner) {
  return outer.in_stride == inner.in_stride * inner.size &&
         outer.out_stride == inner.out_stride * inner.size;
}

std::vector<CopyAxis> Simplified(std::span<const CopyAxis> axes) {
  std::vector<CopyAxis> sorted(axes.begin(), axes.end());
  std::ranges::stable_sort(sorted, std::greater<>(), &CopyAxis::out_stride);
  std::vector<CopyAxis> result;
  for (const CopyAxis& axis : sorted) {
    if (axis.size == 1) continue;
    if (!result.empty() && Adjoin(result.back(), axis)) {
      result.back() = {result.back().size * axis.size, axis.in_stride, axis.out_stride};
    } else {
      result.push_back(axis);
    }
  }
  return result;
}

template <typename Element>
void CopySpaced(const CopyAxis& axis, const std::byte* in, std::byte* out) {
  for (Size i = 0; i < axis.size; ++i) {
    std::memcpy(out + i * axis.out_stride * static_cast<Size>(sizeof(Element)),
                in + i * axis.in_stride * static_cast<Size>(sizeof(Element)),
                sizeof(Element));
  }
}

void CopyRow(const CopyAxis& axis, Size element_bytes, const std::byte* in,
             std::byte* out) {
  if (axis.in_stride == 1 && axis.out_stride == 1) {
    std::memcpy(out, in, static_cast<std::size_t>(axis.size * element_bytes));
    return;
  }
  switch (element_bytes) {
    case sizeof(std::uint8_t):
      return CopySpaced<std::uint8_t>(axis, in, out);
    case sizeof(std::uint16_t):
      return CopySpaced<std::uint16_t>(axis, in, out);
    case sizeof(std::uint32_t):
      return CopySpaced<std::uint32_t>(axis, in, out);
    default:
      return CopySpaced<std::uint64_t>(axis, in, out);
  }
}

// The axis that the input is dense along belongs beside the output's dense one.
void BringDenseInputInside(std::vector<CopyAxis>& axes) {
  if (axes.size() < 3 || axes.back().in_stride == 1) return;
  const auto dense = std::ranges::find(axes, 1, &CopyAxis::in_stride);
  if (dense == axes.end()) return;
  std::rotate(dense, dense + 1, axes.end() - 1);
}

}  // namespace

StridedCopy::StridedCopy(std::span<const CopyAxis> axes, Size in_offset, Size out_offset,
                         std::size_t element_bytes)
    : outer_(Simplified(axes)),
      in_offset_(in_offset),
      out_offset_(out_offset),
      element_bytes_(static_cast<Size>(element_bytes)) {
  BringDenseInputInside(outer_);
  inner_ = {1, 1, 1};
  if (!outer_.empty()) {
    inner_ = outer_.back();
    outer_.pop_back();
  }
  if (!outer_.empty()) {
    rows_ = outer_.back();
    outer_.pop_back();
  }
}

bool StridedCopy::IsIdentity() const {
  return outer_.empty() && rows_.size == 1 && inner_.in_stride == 1 &&
         inner_.out_stride == 1 && in_offset_ == 0 && out_offset_ == 0;
}

void StridedCopy::Block(const KernelTable& kernels, const std::byte* in,
                        std::byte* out) const {
  const bool dense = inner_.in_stride == 1 && inner_.out_stride == 1;
  const bool turned = rows_.in_stride == 1 && inner_.out_stride == 1 && !dense;
  if (turned && element_bytes_ == sizeof(float)) {
    kernels.transpose(inner_.size, rows_.size, reinterpret_cast<const float*>(in),
                      inner_.in_stride, reinterpret_cast<float*>(out), rows_.out_stride);
    return;
  }
  if (turned && element_bytes_ == sizeof(std::int8_t)) {
    kernels.transpose_bytes(inner_.size, rows_.size,
                            reinterpret_cast<const std::int8_t*>(in), inner_.in_stride,
                            reinterpret_cast<std::int8_t*>(out), rows_.out_stride);
    return;
  }
  for (Size r = 0; r < rows_.size; ++r) {
    CopyRow(inner_, element_bytes_, in + r * rows_.in_stride * element_bytes_,
            out + r * rows_.out_stride * element_bytes_);
  }
}

void StridedCopy::Run(const KernelTable& kernels, const std::byte* in,
                      std::byte* out) const {
  Size blocks = 1;
  for (const CopyAxis& axis : outer_) blocks *= axis.size;
  for (Size i = 0; i < blocks; ++i) {
    Size rest = i;
    Size from = in_offset_;
    Size to = out_offset_;
    for (std::size_t d = outer_.size(); d-- > 0;) {
      from += rest % outer_[d].size * outer_[d].in_stride;
      to += rest % outer_[d].size * outer_[d].out_stride;
      rest /= outer_[d].size;
    }
    Block(kernels, in + from * element_bytes_, out + to * element_bytes_);
  }
}

std::vector<Size> StridesOf(std::span<const std::int64_t> shape) {
  std::vector<Size> strides(shape.size(), 1);
  for (std::size_t i = shape.size(); i-- > 1;) strides[i - 1] = strides[i] * shape[i];
  return strides;
}

StridedCopy Permutation(std::span<const std::int64_t> shape,
                        std::span<const std::int64_t> perm, std::size_t element_bytes) {
  const std::vector<Size> in_strides = StridesOf(shape);
  std::vector<CopyAxis> axes(perm.size());
  Size out_stride = 1;
  for (std::size_t i = perm.size(); i-- > 0;) {
    const auto axis = static_cast<std::size_t>(perm[i]);
    axes[i] = {shape[axis], in_strides[axis], out_stride};
    out_stride *= shape[axis];
  }
  return {axes, 0, 0, element_bytes};
}

}  // namespace kinglet
