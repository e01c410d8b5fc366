// What ReduceAll and ReduceAny share: the smallest or the largest of bytes 0 and 1.
#pragma once

#include "kernels/reduction.h"
#include "ops/define.h"
#include "ops/infer.h"
#include "ops/tflite_form.h"
#include "ops/tflite_parse.h"

namespace kinglet {

template <typename Typed>
Inferred InferQuantified(const Typed& op, std::span<const TensorType> inputs) {
  return Reduced(inputs[0], op.axes, op.keep_dims);
}

template <typename Typed, IntReduceOp kExtreme>
Kernel CompileQuantified(const Typed& op, const NodeView& view) {
  const Reduction reduction(view.Input(0).shape, op.axes, 1);
  const IntReducePlan plan{.op = kExtreme};
  return [reduction, plan](const Buffers& buffers) {
    reduction.Run(Kernels(), plan, buffers.In<std::int8_t>(0),
                  buffers.Out<std::int8_t>());
  };
}

template <typename Typed, tflite::BuiltinOperator kCode>
TfliteOp QuantifiedForm(const Typed& op, const NodeView& view,
                        flatbuffers::FlatBufferBuilder& builder) {
  return ReducerForm(op, view, kCode, builder);
}

template <typename Typed, tflite::BuiltinOperator kCode, IntReduceOp kExtreme>
OpDef DefineQuantified() {
  return Define<Typed>({
      .infer = InferQuantified<Typed>,
      .types = {DType::kBool},
      .compile = CompileQuantified<Typed, kExtreme>,
      .quantization = {.range = RangeRule::kFloatOnly},
      .tflite = QuantifiedForm<Typed, kCode>,
      .codes = {kCode},
      .parse = ParseReducer<Typed>,
  });
}

}  // namespace kinglet
