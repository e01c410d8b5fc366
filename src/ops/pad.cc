// Pad: zeros around the input. INT8 fills with the zero point.
#include "ops/copies.h"
#include "ops/define.h"
#include "ops/tflite_form.h"
#include "ops/tflite_parse.h"

namespace kinglet {
namespace {

Inferred Infer(const Pad& op, std::span<const TensorType> inputs) {
  TensorType out = inputs[0];
  if (op.before.size() != out.shape.size() || op.after.size() != out.shape.size()) {
    return "padding of another rank than input " + ToString(out.shape);
  }
  for (std::size_t i = 0; i < out.shape.size(); ++i) {
    if (op.before[i] < 0 || op.after[i] < 0) return "negative padding";
    out.shape[i] += op.before[i] + op.after[i];
  }
  return std::vector<TensorType>{out};
}

Kernel Compile(const Pad& op, const NodeView& view) {
  const Value& in = view.Input(0);
  const Value& out = view.Output();
  const std::vector<Size> out_strides = StridesOf(out.shape);
  Size offset = 0;
  for (std::size_t i = 0; i < out_strides.size(); ++i) {
    offset += op.before[i] * out_strides[i];
  }
  Kernel copy =
      CopyKernel({AxesInto(in.shape, out_strides), 0, offset, SizeOf(in.dtype)}, view);
  if (copy == nullptr) return copy;
  return [out, copy = std::move(copy)](const Buffers& buffers) {
    FillZero(out, buffers.outputs[0]);
    copy(buffers);
  };
}

TfliteOp Form(const Pad& op, const NodeView& view,
              flatbuffers::FlatBufferBuilder& builder) {
  const bool many_axes = op.before.size() > 4;
  return {.code = tflite::BuiltinOperator_PAD,
          .version = many_axes ? 4 : VersionFor(view, {}),
          .options_type = tflite::BuiltinOptions_PadOptions,
          .options = tflite::CreatePadOptions(builder).Union(),
          .inputs = Operands(view, {PairRows(op.before, op.after)})};
}

Parsed ParsePad(const TfliteSource& source) {
  const auto paddings = PairsOf(source, 1);
  if (!paddings.has_value()) return "its paddings are not constant";
  return ParsedOp{Pad{.before = paddings->before, .after = paddings->after}};
}

}  // namespace

const OpDef& Pad::Def() {
  static const OpDef kDef = Define<Pad>({
      .infer = Infer,
      .types = AnyType(),
      .compile = Compile,
      .quantization = {.range = RangeRule::kSameAsInputs},
      .tflite = Form,
      .codes = {tflite::BuiltinOperator_PAD},
      .parse = ParsePad,
  });
  return kDef;
}

}  // namespace kinglet
