// Logistic: 1 / (1 + exp(-x)). INT8: the result is always in [0, 1), 256 steps.
#include "kernels/int16_functions.h"
#include "ops/define.h"
#include "ops/float_kernels.h"
#include "ops/infer.h"
#include "ops/int_kernels.h"
#include "ops/problems.h"
#include "ops/tflite_form.h"
#include "ops/tflite_parse.h"

namespace kinglet {
namespace {

Kernel Compile(const Logistic& /*op*/, const NodeView& view) {
  if (view.Output().dtype == DType::kInt16) {
    const Int16Logistic function(ScaleOf(view.Input(0)).scale);
    return IntMap(view,
                  [&](std::int32_t q) { return function(static_cast<std::int16_t>(q)); });
  }
  if (!MakesFloat(view)) {
    return RealMap(view, [](float x) { return 1.0F / (1.0F + ExpOf(-x)); });
  }
  return FloatUnary(UnaryOp::kLogistic, view);
}

TfliteOp Form(const Logistic& /*op*/, const NodeView& view,
              flatbuffers::FlatBufferBuilder& /*builder*/) {
  return WithoutOptions(view, tflite::BuiltinOperator_LOGISTIC, {});
}

}  // namespace

const OpDef& Logistic::Def() {
  static const OpDef kDef = Define<Logistic>({
      .infer = SameAsInput<Logistic>,
      .types = Reals(),
      .problem = ScaleProblem,
      .compile = Compile,
      .quantization = {.range = RangeRule::kFixed, .fixed = {1.0F / 256, -128}},
      .tflite = Form,
      .codes = {tflite::BuiltinOperator_LOGISTIC},
      .parse = ParsePlain<Logistic>,
  });
  return kDef;
}

}  // namespace kinglet
