// KernelTable: one implementation of all numeric kernels.
#pragma once

#include <memory>

#include "kernels/arguments.h"
#include "kernels/fourier.h"
#include "kernels/int_arguments.h"

namespace kinglet {

enum class InstructionSet : std::uint8_t { kPortable, kNeon, kAvx2, kAvx512 };

/// One implementation of all kernels. Input and output don't overlap; the elementwise
/// ones (binary to dequantize) also work in place. All implementations give equal bits
/// (of a NaN, only that it is one).
struct KernelTable {
  InstructionSet instruction_set;
  void (*conv)(const ConvPlan& plan, const float* in, float* out);
  void (*depthwise)(const DepthwisePlan& plan, const float* in, float* out);
  void (*average_pool)(const PoolPlan& plan, const float* in, float* out);
  void (*max_pool)(const PoolPlan& plan, const float* in, float* out);
  void (*binary)(BinaryOp op, const BinaryArgs& args);
  void (*unary)(UnaryOp op, Size n, const float* in, float* out);
  void (*clamp)(Clamp clamp, Size n, const float* in, float* out);
  /// x where x >= 0, alpha * x elsewhere.
  void (*leaky_relu)(float alpha, Size n, const float* in, float* out);
  /// exp(beta * (x - max)) / sum per row of `columns`; the sum runs in order.
  void (*softmax)(float beta, Size rows, Size columns, const float* in, float* out);
  void (*reduce)(ReduceOp op, const ReduceArgs& args);
  /// out[c * out_stride + r] = in[r * in_stride + c].
  void (*transpose)(Size rows, Size columns, const float* in, Size in_stride, float* out,
                    Size out_stride);
  Extremes (*extremes)(Size n, const float* in);
  /// out[i] = sum over t, ascending, of rows[t][i] * weights[t], from 0 on; each product
  /// and each sum is rounded.
  void (*weighted_rows)(Size count, const float* const* rows, const float* weights,
                        Size n, float* out);
  /// The largest |x|; 0 for none. Infinite or NaN exactly when some x is.
  float (*largest_magnitude)(Size n, const float* in);
  /// out[g] = the largest |x| of kGroupSize values from in[g * kGroupSize] on.
  void (*group_maxima)(Size groups, const float* in, float* out);
  /// Of frames of n samples. REQUIRES: n even and above 0.
  std::unique_ptr<RealFourier> (*real_fourier)(Size n);
  /// sqrt(re^2 + im^2) in double, rounded.
  void (*magnitudes)(Size n, const float* re, const float* im, float* out);
  /// round(x / scale) + zero_point, halves away from zero, saturated; NaN becomes the
  /// zero point.
  void (*quantize_int8)(Scale scale, Size n, const float* in, std::int8_t* out);
  void (*quantize_int16)(Scale scale, Size n, const float* in, std::int16_t* out);
  /// scale * (q - zero_point), rounded once.
  void (*dequantize_int8)(Scale scale, Size n, const std::int8_t* in, float* out);
  void (*dequantize_int16)(Scale scale, Size n, const std::int16_t* in, float* out);

  // Integers, one sample at a time; the elementwise ones also work in place. `scratch`
  // is what the packed operands ask for.
  void (*conv_int8)(const Int8ConvPlan& plan, const std::int8_t* in, std::int8_t* out,
                    std::int16_t* scratch);
  void (*depthwise_int8)(const Int8DepthwisePlan& plan, const std::int8_t* in,
                         std::int8_t* out, float* scratch);
  void (*average_pool_int8)(const IntPoolPlan& plan, const std::int8_t* in,
                            std::int8_t* out);
  void (*max_pool_int8)(const IntPoolPlan& plan, const std::int8_t* in, std::int8_t* out);
  void (*binary_int8)(const IntBinaryPlan& plan, const IntBinaryArgs<std::int8_t>& args);
  /// out[i] = table[in[i] modulo 256].
  void (*map_int8)(const std::int8_t* table, Size n, const std::int8_t* in,
                   std::int8_t* out);
  void (*reduce_int8)(const IntReducePlan& plan, const IntReduceArgs<std::int8_t>& args);
  /// out[c * out_stride + r] = in[r * in_stride + c].
  void (*transpose_bytes)(Size rows, Size columns, const std::int8_t* in, Size in_stride,
                          std::int8_t* out, Size out_stride);
  /// sums[i] += sum over r of in[r * in_stride + i], i < n.
  void (*add_rows_int8)(Size rows, Size n, const std::int8_t* in, Size in_stride,
                        std::int32_t* sums);
  /// out[j] = sum over i < n of a[i] * b[j][i]. REQUIRES: n <= 131,071.
  void (*dots_int8)(Size n, const std::int8_t* a, Size count, const std::int8_t* const* b,
                    std::int32_t* out);
};

}  // namespace kinglet
