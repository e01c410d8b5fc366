// Mean of the cells of a window that lie in the input. INT8 keeps the scale.
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

Kernel Compile(const AveragePool2d& op, const NodeView& view) {
  const Shape& in = view.Input(0).shape;
  const Window h = PoolWindowH(op, in[1]);
  const Window w = PoolWindowW(op, in[2]);
  if (!MakesFloat(view)) {
    return IntPool({Kernels().average_pool_int8, portable::AveragePoolInt<std::int16_t>},
                   h, w, op.activation, view);
  }
  return FloatPool(Kernels().average_pool, h, w, op.activation, view);
}

TfliteOp Form(const AveragePool2d& op, const NodeView& view,
              flatbuffers::FlatBufferBuilder& builder) {
  return PoolForm(op, view, tflite::BuiltinOperator_AVERAGE_POOL_2D, builder);
}

}  // namespace

const OpDef& AveragePool2d::Def() {
  static const OpDef kDef = Define<AveragePool2d>({
      .infer = InferPool<AveragePool2d>,
      .types = Reals(),
      .problem = ScaleProblem,
      .compile = Compile,
      .quantization = {.range = RangeRule::kSameAsInputs},
      .tflite = Form,
      .codes = {tflite::BuiltinOperator_AVERAGE_POOL_2D},
      .parse = ParsePool<AveragePool2d>,
  });
  return kDef;
}

}  // namespace kinglet
