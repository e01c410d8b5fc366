// Exp. INT8: a table of 256 entries.
#include "ops/define.h"
#include "ops/float_kernels.h"
#include "ops/infer.h"
#include "ops/int_kernels.h"
#include "ops/problems.h"
#include "ops/tflite_form.h"
#include "ops/tflite_parse.h"

namespace kinglet {
namespace {

Kernel Compile(const Exp& /*op*/, const NodeView& view) {
  if (!MakesFloat(view)) return RealMap(view, ExpOf);
  return FloatUnary(UnaryOp::kExp, view);
}

TfliteOp Form(const Exp& /*op*/, const NodeView& view,
              flatbuffers::FlatBufferBuilder& /*builder*/) {
  return WithoutOptions(view, tflite::BuiltinOperator_EXP, {.int16 = 2});
}

}  // namespace

const OpDef& Exp::Def() {
  static const OpDef kDef = Define<Exp>({
      .infer = SameAsInput<Exp>,
      .types = Reals(),
      .problem = ScaleProblem,
      .compile = Compile,
      .quantization = {.range = RangeRule::kCalibrated},
      .tflite = Form,
      .codes = {tflite::BuiltinOperator_EXP},
      .parse = ParsePlain<Exp>,
  });
  return kDef;
}

}  // namespace kinglet
