// Largest cell of a window. INT8 keeps the scale.
#include "kernels/kernels.h"
#include "kernels/portable_int.h"
#include "ops/define.h"
#include "ops/float_kernels.h"
#include "ops/int_kernels.h"
#include "ops/int_reduce.h"
#include "ops/pool.h"
#include "ops/problems.h"

namespace kinglet {
namespace {

Kernel Compile(const MaxPool2d& op, const NodeView& view) {
  const Shape& in = view.Input(0).shape;
  const Window h = PoolWindowH(op, in[1]);
  const Window w = PoolWindowW(op, in[2]);
  if (!MakesFloat(view)) {
    return IntPool({Kernels().max_pool_int8, portable::MaxPoolInt<std::int16_t>}, h, w,
                   op.activation, view);
  }
  return FloatPool(Kernels().max_pool, h, w, op.activation, view);
}

TfliteOp Form(const MaxPool2d& op, const NodeView& view,
              flatbuffers::FlatBufferBuilder& builder) {
  return PoolForm(op, view, tflite::BuiltinOperator_MAX_POOL_2D, builder);
}

}  // namespace

const OpDef& MaxPool2d::Def() {
  static const OpDef kDef = Define<MaxPool2d>({
      .infer = InferPool<MaxPool2d>,
      .types = Reals(),
      .problem = ScaleProblem,
      .compile = Compile,
      .quantization = {.range = RangeRule::kSameAsInputs},
      .tflite = Form,
      .codes = {tflite::BuiltinOperator_MAX_POOL_2D},
      .parse = ParsePool<MaxPool2d>,
  });
  return kDef;
}

}  // namespace kinglet
