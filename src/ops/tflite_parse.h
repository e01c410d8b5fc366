// Pieces of reading the .tflite form that several operations share.
#pragma once

#include <optional>

#include "ops/op_def.h"

namespace kinglet {

std::optional<Padding> PaddingFrom(tflite::Padding padding);
std::optional<Activation> ActivationFrom(tflite::ActivationFunctionType activation);

/// The element type, or nothing where this program knows none like it.
std::optional<DType> DTypeFrom(tflite::TensorType type);

/// The integers of a constant int32 or int64 operand; nothing when it is absent or
/// computed.
std::optional<Ints> IntsOf(const TfliteSource& source, std::size_t input);

/// The integer of a constant operand with one element.
std::optional<std::int64_t> IntOf(const TfliteSource& source, std::size_t input);

/// `axis` counted from the front, or -1 when it is out of range.
std::int64_t NormalizedAxis(std::int64_t axis, std::size_t rank);

/// The two columns of a constant operand of shape [n, 2].
struct PairColumns {
  Ints before;
  Ints after;
};
std::optional<PairColumns> PairsOf(const TfliteSource& source, std::size_t input);

/// Axes counted from the front, sorted, each once; nothing when one is out of range.
std::optional<Ints> NormalizedAxes(Ints axes, std::size_t rank);

/// An operation that has no attributes: all inputs are operands.
template <typename Typed>
Parsed ParsePlain(const TfliteSource& source) {
  return ParsedOp{Typed{}, source.inputs.size()};
}

/// An operation whose only attribute is its activation.
template <typename Typed, typename Options>
Parsed ParseBinary(const TfliteSource& source) {
  Typed op;
  if (const auto* options = source.OptionsAs<Options>()) {
    const auto activation = ActivationFrom(options->activation());
    if (!activation.has_value()) return "its fused activation is not supported";
    op.activation = *activation;
  }
  return ParsedOp{op, 2};
}

/// Mean, sum and the like.
template <typename Typed>
Parsed ParseReducer(const TfliteSource& source) {
  const auto axes = IntsOf(source, 1);
  if (!axes.has_value()) return "its axes are not constant";
  const auto normalized = NormalizedAxes(*axes, source.inputs[0]->shape.size());
  if (!normalized.has_value()) return "an axis is out of range";
  const auto* options = source.OptionsAs<tflite::ReducerOptions>();
  return ParsedOp{Typed{{*normalized, options != nullptr && options->keep_dims()}}, 1};
}

}  // namespace kinglet
