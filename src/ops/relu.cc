// Relu: a clamp that stands alone. INT8 rescales, so the result has a scale of its own.
#include "kernels/kernels.h"
#include "ops/define.h"
#include "ops/float_kernels.h"
#include "ops/infer.h"
#include "ops/int_kernels.h"
#include "ops/problems.h"
#include "ops/tflite_form.h"
#include "ops/tflite_parse.h"

namespace kinglet {
namespace {

tflite::BuiltinOperator Code(Activation kind) {
  if (kind == Activation::kRelu6) return tflite::BuiltinOperator_RELU6;
  if (kind == Activation::kReluN1To1) return tflite::BuiltinOperator_RELU_N1_TO_1;
  if (kind == Activation::kRelu0To1) return tflite::BuiltinOperator_RELU_0_TO_1;
  return tflite::BuiltinOperator_RELU;
}

Kernel CompileInt(const Relu& op, const NodeView& view) {
  const Scale in = ScaleOf(view.Input(0));
  const float factor = in.scale / ScaleOf(view.Output()).scale;
  const Multiplier multiplier = QuantizeMultiplier(factor, view.rounding);
  const IntOutput output = OutputOf(view, op.kind);
  return IntMap(view, [&](std::int32_t q) {
    return Clamped(Multiply(q - in.zero_point, multiplier, view.rounding), output);
  });
}

Kernel Compile(const Relu& op, const NodeView& view) {
  if (!MakesFloat(view)) return CompileInt(op, view);
  CheckFloat(view);
  return [&kernels = Kernels(), clamp = ClampOf(op.kind),
          n = ElementCount(view.Input(0).shape)](const Buffers& buffers) {
    kernels.clamp(clamp, n, buffers.In<float>(0), buffers.Out<float>());
  };
}

bool IsCommon(const Relu& op) {
  return op.kind == Activation::kRelu || op.kind == Activation::kRelu6;
}

TfliteOp Form(const Relu& op, const NodeView& view,
              flatbuffers::FlatBufferBuilder& /*builder*/) {
  return WithoutOptions(view, Code(op.kind), {.int8 = IsCommon(op) ? 2 : 1});
}

Parsed ParseRelu(const TfliteSource& source) {
  if (source.code == tflite::BuiltinOperator_RELU6) {
    return ParsedOp{Relu{Activation::kRelu6}};
  }
  if (source.code == tflite::BuiltinOperator_RELU_N1_TO_1) {
    return ParsedOp{Relu{Activation::kReluN1To1}};
  }
  if (source.code == tflite::BuiltinOperator_RELU_0_TO_1) {
    return ParsedOp{Relu{Activation::kRelu0To1}};
  }
  return ParsedOp{Relu{}};
}

}  // namespace

const OpDef& Relu::Def() {
  static const OpDef kDef = Define<Relu>({
      .infer = SameAsInput<Relu>,
      .types = Reals(),
      .problem = ScaleProblem,
      .compile = Compile,
      .quantization = {.range = RangeRule::kCalibrated},
      .has_int16 = IsCommon,
      .tflite = Form,
      .codes = {tflite::BuiltinOperator_RELU, tflite::BuiltinOperator_RELU6,
                tflite::BuiltinOperator_RELU_N1_TO_1,
                tflite::BuiltinOperator_RELU_0_TO_1},
      .parse = ParseRelu,
  });
  return kDef;
}

}  // namespace kinglet
