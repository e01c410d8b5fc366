// The kernels in plain C++: what the vector code computes, one element after the other.
// The fallback for processors without FMA, and what the vector kernels are tested
// against.
#pragma once

#include <memory>

#include "kernels/arguments.h"
#include "kernels/fourier.h"

namespace kinglet::portable {

inline float Clamped(float x, Clamp clamp) {
  const float above = x < clamp.low ? clamp.low : x;
  return above > clamp.high ? clamp.high : above;
}

void Conv(const ConvPlan& plan, const float* in, float* out);
void Depthwise(const DepthwisePlan& plan, const float* in, float* out);
void AveragePool(const PoolPlan& plan, const float* in, float* out);
void MaxPool(const PoolPlan& plan, const float* in, float* out);

void WeightedRows(Size count, const float* const* rows, const float* weights, Size n,
                  float* out);
float LargestMagnitudeOf(Size n, const float* in);
void GroupMaxima(Size groups, const float* in, float* out);
std::unique_ptr<RealFourier> NewRealFourier(Size n);
void Magnitudes(Size n, const float* re, const float* im, float* out);

float Exp(float x);
float Log(float x);
float Tanh(float x);
float Logistic(float x);
float Elu(float x);
float Gelu(float x);
float GeluTanh(float x);
float HardSwish(float x);

}  // namespace kinglet::portable
