// The integer kernels in plain C++: the fallback of the vector kernels, what those are
// tested against, and all there is for 16-bit activations.
#pragma once

#include "kernels/int_arguments.h"

namespace kinglet::portable {

/// T: int8 with sums of 32 bits, or int16 with sums of 32 or 64 bits.
template <typename T, typename Sum>
void ConvInt(const IntConvPlan<Sum>& plan, const T* in, T* out);
template <typename T, typename Sum>
void DepthwiseInt(const IntDepthwisePlan<Sum>& plan, const T* in, T* out);

void ConvInt8(const Int8ConvPlan& plan, const std::int8_t* in, std::int8_t* out,
              std::int16_t* scratch);
void DepthwiseInt8(const Int8DepthwisePlan& plan, const std::int8_t* in, std::int8_t* out,
                   float* scratch);

/// T: int8 or int16.
template <typename T>
void AveragePoolInt(const IntPoolPlan& plan, const T* in, T* out);
template <typename T>
void MaxPoolInt(const IntPoolPlan& plan, const T* in, T* out);
template <typename T>
void BinaryInt(const IntBinaryPlan& plan, const IntBinaryArgs<T>& args);
template <typename T>
void MultiplyMatrices(const IntMatrixPlan& plan, const T* x, const T* y, T* out);
template <typename T>
void ReduceInt(const IntReducePlan& plan, const IntReduceArgs<T>& args);

}  // namespace kinglet::portable
