// Mul: a * b, with NumPy broadcasting and a fused clamp.
#include "ops/define.h"
#include "ops/float_kernels.h"
#include "ops/infer.h"
#include "ops/tflite_form.h"
#include "ops/tflite_parse.h"

namespace kinglet {
namespace {

/// Version 3 allows an INT8 product whose rescaling factor reaches one.
int MulVersion(const NodeView& view) {
  if (view.Output().dtype != DType::kInt8) return VersionFor(view, {});
  const auto scale = [](const Value& value) { return value.quantization->scales[0]; };
  const float product = scale(view.Input(0)) * scale(view.Input(1));
  return product / scale(view.Output()) >= 1.0F ? 3 : 2;
}

Kernel Compile(const Mul& op, const NodeView& view) {
  return FloatBinary(BinaryOp::kMul, op.activation, view);
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
      .compile = Compile,
      .quantization = {.range = RangeRule::kCalibrated},
      .tflite = Form,
      .codes = {tflite::BuiltinOperator_MUL},
      .parse = ParseBinary<Mul, tflite::MulOptions>,
  });
  return kDef;
}

}  // namespace kinglet
