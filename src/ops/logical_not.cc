// LogicalNot, of bools.
#include <algorithm>
#include <functional>

#include "ops/define.h"
#include "ops/infer.h"
#include "ops/tflite_form.h"
#include "ops/tflite_parse.h"

namespace kinglet {
namespace {

Kernel Compile(const LogicalNot& /*op*/, const NodeView& view) {
  return [n = ElementCount(view.Output().shape)](const Buffers& buffers) {
    const bool* in = buffers.In<bool>(0);
    std::transform(in, in + n, buffers.Out<bool>(), std::logical_not<>());
  };
}

}  // namespace

const OpDef& LogicalNot::Def() {
  static const OpDef kDef = Define<LogicalNot>({
      .infer = SameAsInput<LogicalNot>,
      .types = {DType::kBool},
      .compile = Compile,
      .quantization = {.range = RangeRule::kFloatOnly},
      .tflite = PlainForm<LogicalNot, tflite::BuiltinOperator_LOGICAL_NOT>,
      .codes = {tflite::BuiltinOperator_LOGICAL_NOT},
      .parse = ParsePlain<LogicalNot>,
  });
  return kDef;
}

}  // namespace kinglet
