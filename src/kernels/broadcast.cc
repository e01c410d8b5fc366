// Axes of size 1 are dropped and axes that both operands pass through alike are joined;
// what remains is a matrix for the kernel and loops around it.
#include "kernels/broadcast.h"

#include <algorithm>

namespace kinglet {
namespace {

/// Size of the axis `from_end` places from the last; 1 where there is none.
Size SizeAt(std::span<const std::int64_t> shape, std::size_t from_end) {
  return from_end < shape.size() ? shape[shape.size() - 1 - from_end] : 1;
}

}  // namespace

bool Broadcast2::Adjoin(const Dim& outer, const Dim& inner) {
  return outer.a == inner.a * inner.size && outer.b == inner.b * inner.size;
}

Broadcast2::Broadcast2(std::span<const std::int64_t> a, std::span<const std::int64_t> b) {
  std::vector<Dim> dims;  // innermost first
  Size a_stride = 1;
  Size b_stride = 1;
  for (std::size_t i = 0; i < std::max(a.size(), b.size()); ++i) {
    const Size a_size = SizeAt(a, i);
    const Size b_size = SizeAt(b, i);
    const Dim dim{std::max(a_size, b_size), a_size == 1 ? 0 : a_stride,
                  b_size == 1 ? 0 : b_stride};
    a_stride *= a_size;
    b_stride *= b_size;
    if (dim.size == 1) continue;
    if (!dims.empty() && Adjoin(dim, dims.back())) {
      dims.back().size *= dim.size;
    } else {
      dims.push_back(dim);
    }
  }
  if (!dims.empty()) columns_ = dims[0];
  if (dims.size() > 1) rows_ = dims[1];
  for (std::size_t i = dims.size(); i-- > 2;) outer_.push_back(dims[i]);
}

Size Broadcast2::Matrices() const {
  Size matrices = 1;
  for (const Dim& dim : outer_) matrices *= dim.size;
  return matrices;
}

Broadcast2::Offsets Broadcast2::OffsetsOf(Size matrix) const {
  Offsets offsets;
  for (std::size_t d = outer_.size(); d-- > 0;) {
    offsets.a += matrix % outer_[d].size * outer_[d].a;
    offsets.b += matrix % outer_[d].size * outer_[d].b;
    matrix /= outer_[d].size;
  }
  return offsets;
}

void Broadcast2::Run(const KernelTable& kernels, BinaryOp op, Clamp clamp, const float* a,
                     const float* b, float* out) const {
  ForMatrices<BinaryArgs>(a, b, out, [&](BinaryArgs args) {
    args.clamp = clamp;
    kernels.binary(op, args);
  });
}

}  // namespace kinglet
