// Integer kernels that several operations share: closures over the plans of src/kernels,
// for int8 and int16 activations (docs/numerics.md, rules 7 and 8).
#pragma once

#include <functional>

#include "kernels/fixed_point.h"
#include "ops/op_def.h"

namespace kinglet {

/// The result is float32. (Operands may be integers all the same: Dequantize.)
bool MakesFloat(const NodeView& view);

/// The result is an integer that stands for a real number.
bool MakesQuantized(const NodeView& view);

/// Scale and zero point of a whole integer tensor. REQUIRES: it has them.
Scale ScaleOf(const Value& value);

/// q(x) = zero point + round(f32(x / scale)), saturated far outside int16.
std::int32_t QuantizedBound(float x, const Scale& scale);

/// Zero point and bounds of the result: those of its type and of the activation.
IntOutput OutputOf(const NodeView& view, Activation activation);

/// y + zero point within the bounds.
std::int32_t Clamped(std::int64_t y, const IntOutput& output);

/// An element of the result depends on one of the first input: q -> f(q), tabulated.
using IntFunction = std::function<std::int32_t(std::int32_t q)>;
Kernel IntMap(const NodeView& view, const IntFunction& f);

/// As IntMap by way of the real numbers, in float32 (rules 8.8 and 8.13).
Kernel RealMap(const NodeView& view, const std::function<float(float)>& f);

/// f32(e^x), and so on: computed in double, so that the C library doesn't show.
float ExpOf(float x);
float ExpMinusOneOf(float x);
float LogOf(float x);
float TanhOf(float x);

/// Addition, subtraction (rule 8.3), and what else brings operands to a common scale.
Kernel IntSum(IntBinaryOp op, Activation activation, const NodeView& view);
/// The larger or smaller of two integers of one scale.
Kernel IntSelect(IntBinaryOp op, const NodeView& view);
Kernel IntBinary(const IntBinaryPlan& plan, const NodeView& view);

}  // namespace kinglet
