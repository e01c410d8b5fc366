// Mean of the cells of a window that lie in the input. INT8 keeps the scale.
#include "ops/define.h"
#include "ops/pool.h"

namespace kinglet {
namespace {

TfliteOp Form(const AveragePool2d& op, const NodeView& view,
              flatbuffers::FlatBufferBuilder& builder) {
  return PoolForm(op, view, tflite::BuiltinOperator_AVERAGE_POOL_2D, builder);
}

}  // namespace

const OpDef& AveragePool2d::Def() {
  static const OpDef kDef = Define<AveragePool2d>({
      .infer = InferPool<AveragePool2d>,
      .quantization = {.range = RangeRule::kSameAsInputs},
      .tflite = Form,
      .codes = {tflite::BuiltinOperator_AVERAGE_POOL_2D},
      .parse = ParsePool<AveragePool2d>,
  });
  return kDef;
}

}  // namespace kinglet
