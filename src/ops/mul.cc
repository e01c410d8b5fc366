// Mul: a * b, with NumPy broadcasting and a fused clamp.
#include "ops/define.h"
#include "ops/elementwise.h"
#include "ops/infer.h"
#include "ops/int_kernels.h"
#include "ops/problems.h"
#include "ops/tflite_form.h"
#include "ops/tflite_parse.h"

namespace kinglet {
namespace {

/// Version 3 allows an INT8 product whose rescaling factor reaches one.
int MulVersion(const NodeView& view) {
  if (view.Output().dtype != DType::kInt8) return VersionFor(view, {.int16 = 4});
  const auto scale = [](const Value& value) { return value.quantization->scales[0]; };
  const float product = scale(view.Input(0)) * scale(view.Input(1));
  return product / scale(view.Output()) >= 1.0F ? 3 : 2;
}

/// The factor is in float32, operation by operation.
Kernel CompileInt(const Mul& op, const NodeView& view) {
  const Scale a = ScaleOf(view.Input(0));
  const Scale b = ScaleOf(view.Input(1));
  const float factor = a.scale * b.scale / ScaleOf(view.Output()).scale;
  return IntBinary({.op = IntBinaryOp::kMul,
                    .a_zero_point = a.zero_point,
                    .b_zero_point = b.zero_point,
                    .result = QuantizeMultiplier(factor, view.rounding),
                    .output = OutputOf(view, op.activation)},
                   view);
}

Kernel Compile(const Mul& op, const NodeView& view) {
  if (MakesQuantized(view)) return CompileInt(op, view);
  return BinaryKernel(BinaryOp::kMul, op.activation, view);
}

TfliteOp Form(const Mul& op, const NodeView& view,
              flatbuffers::FlatBufferBuilder& builder) {
  return {.code = tflite::BuiltinOperator_MUL,
          .version = MulVersion(view),
          .options_type = tflite::BuiltinOptions_MulOptions,
          .options =
              tflite::CreateMulOptions(builder, TfliteActivation(op.activation)).Union(),
          .inputs = Operands(view)};
}

}  // namespace

const OpDef& Mul::Def() {
  static const OpDef kDef = Define<Mul>({
      .min_inputs = 2,
      .max_inputs = 2,
      .infer = BroadcastOfInputs<Mul>,
      .types = RealsAndIntegers(),
      .problem = ScaleProblem,
      .compile = Compile,
      .quantization = {.range = RangeRule::kCalibrated},
      .tflite = Form,
      .codes = {tflite::BuiltinOperator_MUL},
      .parse = ParseBinary<Mul, tflite::MulOptions>,
  });
  return kDef;
}

}  // namespace kinglet
