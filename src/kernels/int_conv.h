// Convolutions of int8: weights and the rest in the order the kernels read.
#pragma once

#include <span>
#include <vector>

#include "kernels/aligned.h"
#include "kernels/kernels.h"

namespace kinglet {

/// Bias and multipliers of output channels in panels; see RescalePlan.
class PackedRescale {
 public:
  /// Channel i of a group is lane i of the group's panels.
  /// REQUIRES: one of each per channel; `factors` may be null.
  PackedRescale(const std::int32_t* bias, const Multiplier* multipliers,
                const double* factors, Size groups, Size group_channels);

  [[nodiscard]] RescalePlan plan() const;

 private:
  AlignedVector<std::int32_t> bias_;
  AlignedVector<std::int32_t> multipliers_;
  AlignedVector<std::int32_t> left_shifts_;
  AlignedVector<std::int32_t> right_shifts_;
  AlignedVector<double> factors_;
};

/// Safe to run from many threads.
class PackedInt8Conv {
 public:
  /// REQUIRES: what `plan` points to outlives this.
  explicit PackedInt8Conv(const IntConvPlan<std::int32_t>& plan);

  PackedInt8Conv(const PackedInt8Conv&) = delete;
  PackedInt8Conv& operator=(const PackedInt8Conv&) = delete;
  PackedInt8Conv(PackedInt8Conv&&) = default;
  PackedInt8Conv& operator=(PackedInt8Conv&&) = default;
  ~PackedInt8Conv() = default;

  void Run(const KernelTable& kernels, const std::int8_t* in, std::int8_t* out) const;

 private:
  void FindRuns(Size channels);
  void PackWeights();

  Int8ConvPlan plan_;
  std::vector<Size> runs_;
  AlignedVector<std::int16_t> weights_;
  PackedRescale rescale_;
};

/// As PackedInt8Conv.
class PackedInt8Depthwise {
 public:
  explicit PackedInt8Depthwise(const IntDepthwisePlan<std::int32_t>& plan);

  PackedInt8Depthwise(const PackedInt8Depthwise&) = delete;
  PackedInt8Depthwise& operator=(const PackedInt8Depthwise&) = delete;
  PackedInt8Depthwise(PackedInt8Depthwise&&) = default;
  PackedInt8Depthwise& operator=(PackedInt8Depthwise&&) = default;
  ~PackedInt8Depthwise() = default;

  void Run(const KernelTable& kernels, const std::int8_t* in, std::int8_t* out) const;

 private:
  Int8DepthwisePlan plan_;
  AlignedFloats weights_;
  PackedRescale rescale_;
};

}  // namespace kinglet
