// Largest cell of a window. INT8 keeps the scale.
#include "ops/define.h"
#include "ops/pool.h"

namespace kinglet {
namespace {

TfliteOp Form(const MaxPool2d& op, const NodeView& view,
              flatbuffers::FlatBufferBuilder& builder) {
  return PoolForm(op, view, tflite::BuiltinOperator_MAX_POOL_2D, builder);
}

}  // namespace

const OpDef& MaxPool2d::Def() {
  static const OpDef kDef = Define<MaxPool2d>({
      .infer = InferPool<MaxPool2d>,
      .quantization = {.range = RangeRule::kSameAsInputs},
      .tflite = Form,
      .codes = {tflite::BuiltinOperator_MAX_POOL_2D},
      .parse = ParsePool<MaxPool2d>,
  });
  return kDef;
}

}  // namespace kinglet
