// ArgMin: the position of the smallest. INT8 compares integers.
#include <functional>

#include "ops/arg_extreme.h"
#include "ops/define.h"

namespace kinglet {
namespace {

Kernel Compile(const ArgMin& op, const NodeView& view) {
  return ArgExtremeKernel(op, std::less<>(), view);
}

TfliteOp Form(const ArgMin& op, const NodeView& view,
              flatbuffers::FlatBufferBuilder& builder) {
  return {.code = tflite::BuiltinOperator_ARG_MIN,
          .version = VersionFor(view, {}),
          .options_type = tflite::BuiltinOptions_ArgMinOptions,
          .options = tflite::CreateArgMinOptions(builder, TfliteType(op.dtype)).Union(),
          .inputs = Operands(view, {IntScalar(op.axis)})};
}

}  // namespace

const OpDef& ArgMin::Def() {
  static const OpDef kDef = Define<ArgMin>({
      .infer = InferArgExtreme<ArgMin>,
      .types = {DType::kFloat32, DType::kInt8, DType::kInt32},
      .compile = Compile,
      .quantization = {.range = RangeRule::kCalibrated},
      .tflite = Form,
      .codes = {tflite::BuiltinOperator_ARG_MIN},
      .parse = ParseArgExtreme<ArgMin>,
  });
  return kDef;
}

}  // namespace kinglet
