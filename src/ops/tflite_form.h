// Pieces of the .tflite form that several operations share.
#pragma once

#include "ops/op_def.h"

namespace kinglet {

tflite::Padding TflitePadding(Padding padding);
tflite::TensorType TfliteType(DType dtype);
tflite::ActivationFunctionType TfliteActivation(Activation activation);

/// The version of an operation by the element type of its first input.
struct Versions {
  int float32 = 1;
  int int8 = 2;
  int int16 = 3;
};
int VersionFor(const NodeView& view, Versions versions);

/// The type of the bias beside INT16 activations; a linear operation names it.
tflite::TensorType WideBiasType(const NodeView& view);

/// The node's inputs as they are, and then `ints`.
std::vector<TfliteOperand> Operands(const NodeView& view,
                                    std::vector<IntsOperand> ints = {});

/// A vector operand: axes, sizes, a permutation.
IntsOperand IntVector(const Ints& values);

/// An operation without options.
TfliteOp WithoutOptions(const NodeView& view, tflite::BuiltinOperator code,
                        Versions versions, std::vector<IntsOperand> ints = {});

/// An operation without attributes and options.
template <typename Typed, tflite::BuiltinOperator kCode, int kInt8Version = 2>
TfliteOp PlainForm(const Typed& /*op*/, const NodeView& view,
                   flatbuffers::FlatBufferBuilder& /*builder*/) {
  return WithoutOptions(view, kCode, {.int8 = kInt8Version});
}

/// Rows [before, after] of the paddings of every axis.
IntsOperand PairRows(const Ints& before, const Ints& after);

/// A scalar operand.
IntsOperand IntScalar(std::int64_t value);

/// Mean, sum and the like: the axes as second input.
template <typename Typed>
TfliteOp ReducerForm(const Typed& op, const NodeView& view, tflite::BuiltinOperator code,
                     flatbuffers::FlatBufferBuilder& builder) {
  return {.code = code,
          .version = VersionFor(view, {}),
          .options_type = tflite::BuiltinOptions_ReducerOptions,
          .options = tflite::CreateReducerOptions(builder, op.keep_dims).Union(),
          .inputs = Operands(view, {IntVector(op.axes)})};
}

}  // namespace kinglet
