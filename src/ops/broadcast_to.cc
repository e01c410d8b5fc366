// BroadcastTo: NumPy broadcasting to a shape. FILL is read as the same of a scalar.
#include "ops/copies.h"
#include "ops/define.h"
#include "ops/infer.h"
#include "ops/tflite_form.h"
#include "ops/tflite_parse.h"

namespace kinglet {
namespace {

Inferred Infer(const BroadcastTo& op, std::span<const TensorType> inputs) {
  const auto shape = Broadcast(inputs[0].shape, op.shape);
  if (!shape.has_value() || *shape != op.shape) {
    return "input " + ToString(inputs[0].shape) + " doesn't broadcast to " +
           ToString(op.shape);
  }
  return std::vector<TensorType>{{inputs[0].dtype, op.shape}};
}

Kernel Compile(const BroadcastTo& op, const NodeView& view) {
  const Value& in = view.Input(0);
  const std::vector<Size> in_strides = StridesOf(in.shape);
  std::vector<CopyAxis> axes = AxesInto(op.shape, StridesOf(op.shape));
  const std::size_t added = op.shape.size() - in.shape.size();
  for (std::size_t i = 0; i < axes.size(); ++i) {
    const bool repeats = i < added || in.shape[i - added] == 1;
    axes[i].in_stride = repeats ? 0 : in_strides[i - added];
  }
  return CopyKernel({axes, 0, 0, SizeOf(in.dtype)}, view);
}

TfliteOp Form(const BroadcastTo& op, const NodeView& view,
              flatbuffers::FlatBufferBuilder& /*builder*/) {
  return WithoutOptions(view, tflite::BuiltinOperator_BROADCAST_TO, {2, 3, 3},
                        {IntVector(op.shape)});
}

Parsed ParseBroadcastTo(const TfliteSource& source) {
  const bool fills = source.code == tflite::BuiltinOperator_FILL;
  const auto shape = IntsOf(source, fills ? 0 : 1);
  if (!shape.has_value()) return "its shape is not constant";
  return ParsedOp{BroadcastTo{*shape}, 1, {fills ? std::size_t{1} : std::size_t{0}}};
}

}  // namespace

const OpDef& BroadcastTo::Def() {
  static const OpDef kDef = Define<BroadcastTo>({
      .infer = Infer,
      .types = AnyType(),
      .compile = Compile,
      .quantization = {.range = RangeRule::kSameAsInputs},
      .tflite = Form,
      .codes = {tflite::BuiltinOperator_BROADCAST_TO, tflite::BuiltinOperator_FILL},
      .parse = ParseBroadcastTo,
  });
  return kDef;
}

}  // namespace kinglet
