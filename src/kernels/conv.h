// PackedConv: weights, bias and geometry of a convolution in the order the kernels read.
#pragma once

#include <span>
#include <vector>

#include "kernels/aligned.h"
#include "kernels/arguments.h"
#include "kernels/kernels.h"

namespace kinglet {

struct ConvShape {
  Axis h;
  Axis w;
  Size in_channels = 1;
  Size out_channels = 1;
  Size groups = 1;
};

/// Immutable and safe to run from many threads.
class PackedConv {
 public:
  /// `weights` [out_channels][kh][kw][in_channels / groups], `bias` [out_channels].
  PackedConv(const ConvShape& shape, std::span<const float> weights,
             std::span<const float> bias, Clamp clamp);

  PackedConv(const PackedConv&) = delete;
  PackedConv& operator=(const PackedConv&) = delete;
  PackedConv(PackedConv&&) = default;
  PackedConv& operator=(PackedConv&&) = default;
  ~PackedConv() = default;

  /// `in` [h.in][w.in][in_channels] -> `out` [h.out][w.out][out_channels].
  void Run(const KernelTable& kernels, const float* in, float* out) const {
    kernels.conv(plan_, in, out);
  }

 private:
  void PackWeights(std::span<const float> weights, std::span<const float> bias);

  ConvPlan plan_;
  std::vector<ConvRun> runs_;
  AlignedFloats weights_;
  AlignedFloats bias_;
  AlignedFloats zeros_;
};

/// rows x `inputs` times weights [outputs][inputs] plus bias [outputs].
PackedConv PackDense(Size rows, Size inputs, Size outputs, std::span<const float> weights,
                     std::span<const float> bias, Clamp clamp);

}  // namespace kinglet
