// ReverseV2: elements in opposite order along some axes.
#include <iterator>

#include "ops/copies.h"
#include "ops/define.h"
#include "ops/tflite_form.h"
#include "ops/tflite_parse.h"

namespace kinglet {
namespace {

Inferred Infer(const ReverseV2& op, std::span<const TensorType> inputs) {
  for (const std::int64_t axis : op.axes) {
    if (axis < 0 || axis >= std::ssize(inputs[0].shape)) {
      return "no axis " + std::to_string(axis);
    }
  }
  return std::vector<TensorType>{inputs[0]};
}

Kernel Compile(const ReverseV2& op, const NodeView& view) {
  const Value& in = view.Input(0);
  std::vector<CopyAxis> axes = AxesInto(in.shape, StridesOf(in.shape));
  Size offset = 0;
  for (const std::int64_t axis : op.axes) {
    CopyAxis& reversed = axes[static_cast<std::size_t>(axis)];
    offset += (reversed.size - 1) * reversed.in_stride;
    reversed.in_stride = -reversed.in_stride;
  }
  return CopyKernel({axes, offset, 0, SizeOf(in.dtype)}, view);
}

TfliteOp Form(const ReverseV2& op, const NodeView& view,
              flatbuffers::FlatBufferBuilder& /*builder*/) {
  return WithoutOptions(view, tflite::BuiltinOperator_REVERSE_V2, {.int8 = 3},
                        {IntVector(op.axes)});
}

Parsed ParseReverseV2(const TfliteSource& source) {
  const auto axes = IntsOf(source, 1);
  if (!axes.has_value()) return "its axes are not constant";
  const auto normalized = NormalizedAxes(*axes, source.inputs[0]->shape.size());
  if (!normalized.has_value()) return "an axis is out of range";
  return ParsedOp{ReverseV2{*normalized}};
}

}  // namespace

const OpDef& ReverseV2::Def() {
  static const OpDef kDef = Define<ReverseV2>({
      .infer = Infer,
      .types = AnyType(),
      .compile = Compile,
      .quantization = {.range = RangeRule::kSameAsInputs},
      .tflite = Form,
      .codes = {tflite::BuiltinOperator_REVERSE_V2},
      .parse = ParseReverseV2,
  });
  return kDef;
}

}  // namespace kinglet
