// Natural logarithm. INT8: a table of 256 entries.
#include "ops/define.h"
#include "ops/float_kernels.h"
#include "ops/infer.h"
#include "ops/int_kernels.h"
#include "ops/problems.h"
#include "ops/tflite_form.h"
#include "ops/tflite_parse.h"

namespace kinglet {
namespace {

/// Of zero and below, the smallest result.
Kernel CompileIntLog(const NodeView& view) {
  const Scale out = ScaleOf(view.Output());
  const IntOutput output = OutputOf(view, Activation::kNone);
  const float lowest = static_cast<float>(output.low - out.zero_point) * out.scale;
  return RealMap(view, [&](float x) { return x > 0.0F ? LogOf(x) : lowest; });
}

Kernel Compile(const Log& /*op*/, const NodeView& view) {
  if (!MakesFloat(view)) return CompileIntLog(view);
  return FloatUnary(UnaryOp::kLog, view);
}

TfliteOp Form(const Log& /*op*/, const NodeView& view,
              flatbuffers::FlatBufferBuilder& /*builder*/) {
  return WithoutOptions(view, tflite::BuiltinOperator_LOG, {.int16 = 2});
}

}  // namespace

const OpDef& Log::Def() {
  static const OpDef kDef = Define<Log>({
      .infer = SameAsInput<Log>,
      .types = Reals(),
      .problem = ScaleProblem,
      .compile = Compile,
      .quantization = {.range = RangeRule::kCalibrated},
      .tflite = Form,
      .codes = {tflite::BuiltinOperator_LOG},
      .parse = ParsePlain<Log>,
  });
  return kDef;
}

}  // namespace kinglet
