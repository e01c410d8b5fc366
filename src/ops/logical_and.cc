// LogicalAnd, of bools.
#include <functional>

#include "ops/broadcasting.h"
#include "ops/define.h"
#include "ops/infer.h"
#include "ops/tflite_form.h"
#include "ops/tflite_parse.h"

namespace kinglet {
namespace {

Kernel Compile(const LogicalAnd& /*op*/, const NodeView& view) {
  return Broadcast2Kernel<bool>(std::logical_and<>(), view);
}

}  // namespace

const OpDef& LogicalAnd::Def() {
  static const OpDef kDef = Define<LogicalAnd>({
      .min_inputs = 2,
      .max_inputs = 2,
      .infer = BroadcastOfInputs<LogicalAnd>,
      .types = {DType::kBool},
      .compile = Compile,
      .quantization = {.range = RangeRule::kFloatOnly},
      .tflite = PlainForm<LogicalAnd, tflite::BuiltinOperator_LOGICAL_AND>,
      .codes = {tflite::BuiltinOperator_LOGICAL_AND},
      .parse = ParsePlain<LogicalAnd>,
  });
  return kDef;
}

}  // namespace kinglet
