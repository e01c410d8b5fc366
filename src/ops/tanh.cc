// Tanh. INT8: the result is always in [-1, 1), 128 steps a unit.
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

Kernel Compile(const Tanh& /*op*/, const NodeView& view) {
  if (view.Output().dtype == DType::kInt16) {
    const Int16Tanh function(ScaleOf(view.Input(0)).scale);
    return IntMap(view,
                  [&](std::int32_t q) { return function(static_cast<std::int16_t>(q)); });
  }
  if (!MakesFloat(view)) return RealMap(view, TanhOf);
  return FloatUnary(UnaryOp::kTanh, view);
}

TfliteOp Form(const Tanh& /*op*/, const NodeView& view,
              flatbuffers::FlatBufferBuilder& /*builder*/) {
  return WithoutOptions(view, tflite::BuiltinOperator_TANH, {});
}

}  // namespace

const OpDef& Tanh::Def() {
  static const OpDef kDef = Define<Tanh>({
      .infer = SameAsInput<Tanh>,
      .types = Reals(),
      .problem = ScaleProblem,
      .compile = Compile,
      .quantization = {.range = RangeRule::kFixed, .fixed = {1.0F / 128, 0}},
      .tflite = Form,
      .codes = {tflite::BuiltinOperator_TANH},
      .parse = ParsePlain<Tanh>,
  });
  return kDef;
}

}  // namespace kinglet
