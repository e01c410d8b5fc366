// All kernels of one instruction set as a table. Included by one file per set, compiled
// with that set's flags and HWY_COMPILE_ONLY_STATIC.
#pragma once

#include "kernels/conv-inl.h"
#include "kernels/depthwise-inl.h"
#include "kernels/elementwise-inl.h"
#include "kernels/fourier-inl.h"
#include "kernels/int_conv-inl.h"
#include "kernels/int_depthwise-inl.h"
#include "kernels/int_elementwise-inl.h"
#include "kernels/int_sums-inl.h"
#include "kernels/kernel_table.h"
#include "kernels/reduce-inl.h"
#include "kernels/signal-inl.h"
#include "kernels/transpose-inl.h"

namespace kinglet {
namespace {  // NOLINT(google-build-namespaces)

constexpr KernelTable TableOf(InstructionSet instruction_set) {
  return {.instruction_set = instruction_set,
          .conv = Conv,
          .depthwise = Depthwise,
          .average_pool = AveragePool,
          .max_pool = MaxPool,
          .binary = Binary,
          .unary = Unary,
          .clamp = ClampAll,
          .leaky_relu = LeakyReluAll,
          .softmax = Softmax,
          .reduce = Reduce,
          .transpose = Transpose,
          .extremes = ExtremesOf,
          .weighted_rows = WeightedRows,
          .largest_magnitude = LargestMagnitudeOf,
          .group_maxima = GroupMaxima,
          .real_fourier = NewRealFourier,
          .magnitudes = Magnitudes,
          .quantize_int8 = QuantizeTo<std::int8_t>,
          .quantize_int16 = QuantizeTo<std::int16_t>,
          .dequantize_int8 = DequantizeFrom<std::int8_t>,
          .dequantize_int16 = DequantizeFrom<std::int16_t>,
          .conv_int8 = ConvInt8,
          .depthwise_int8 = DepthwiseInt8,
          .average_pool_int8 = AveragePoolInt8,
          .max_pool_int8 = MaxPoolInt8,
          .binary_int8 = BinaryInt8,
          .map_int8 = MapInt8,
          .reduce_int8 = ReduceInt8,
          .transpose_bytes = TransposeBytes,
          .add_rows_int8 = AddRowsInt8,
          .dots_int8 = DotsInt8};
}

}  // namespace
}  // namespace kinglet
