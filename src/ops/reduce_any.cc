// ReduceAny: whether any of the bools over axes is set.
#include "ops/quantified.h"

namespace kinglet {

const OpDef& ReduceAny::Def() {
  static const OpDef kDef =
      DefineQuantified<ReduceAny, tflite::BuiltinOperator_REDUCE_ANY,
                       IntReduceOp::kMaximum>();
  return kDef;
}

}  // namespace kinglet
