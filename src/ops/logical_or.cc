// LogicalOr, of bools.
#include <functional>

#include "ops/broadcasting.h"
#include "ops/define.h"
#include "ops/infer.h"
#include "ops/tflite_form.h"
#include "ops/tflite_parse.h"

namespace kinglet {
namespace {

Kernel Compile(const LogicalOr& /*op*/, const NodeView& view) {
  return Broadcast2Kernel<bool>(std::logical_or<>(), view);
}

}  // namespace

const OpDef& LogicalOr::Def() {
  static const OpDef kDef = Define<LogicalOr>({
      .min_inputs = 2,
      .max_inputs = 2,
      .infer = BroadcastOfInputs<LogicalOr>,
      .types = {DType::kBool},
      .compile = Compile,
      .quantization = {.range = RangeRule::kFloatOnly},
      .tflite = PlainForm<LogicalOr, tflite::BuiltinOperator_LOGICAL_OR>,
      .codes = {tflite::BuiltinOperator_LOGICAL_OR},
      .parse = ParsePlain<LogicalOr>,
  });
  return kDef;
}

}  // namespace kinglet
