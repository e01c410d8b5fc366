// ArgMax: the position of the largest. INT8 compares integers.
#include <functional>

#include "ops/arg_extreme.h"
#include "ops/define.h"

namespace kinglet {
namespace {

Kernel Compile(const ArgMax& op, const NodeView& view) {
  return ArgExtremeKernel(op, std::greater<>(), view);
}

TfliteOp Form(const ArgMax& op, const NodeView& view,
              flatbuffers::FlatBufferBuilder& builder) {
  return {.code = tflite::BuiltinOperator_ARG_MAX,
          .version = VersionFor(view, {}),
          .options_type = tflite::BuiltinOptions_ArgMaxOptions,
          .options = tflite::CreateArgMaxOptions(builder, TfliteType(op.dtype)).Union(),
          .inputs = Operands(view, {IntScalar(op.axis)})};
}

}  // namespace

const OpDef& ArgMax::Def() {
  static const OpDef kDef = Define<ArgMax>({
      .infer = InferArgExtreme<ArgMax>,
      .types = {DType::kFloat32, DType::kInt8, DType::kInt32},
      .compile = Compile,
      .quantization = {.range = RangeRule::kCalibrated},
      .tflite = Form,
      .codes = {tflite::BuiltinOperator_ARG_MAX},
      .parse = ParseArgExtreme<ArgMax>,
  });
  return kDef;
}

}  // namespace kinglet
