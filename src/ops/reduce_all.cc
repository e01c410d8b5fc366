// ReduceAll: whether all of the bools over axes are set.
#include "ops/quantified.h"

namespace kinglet {

const OpDef& ReduceAll::Def() {
  static const OpDef kDef =
      DefineQuantified<ReduceAll, tflite::BuiltinOperator_REDUCE_ALL,
                       IntReduceOp::kMinimum>();
  return kDef;
}

}  // namespace kinglet
