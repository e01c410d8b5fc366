// Pad: zeros around the input. INT8 fills with the zero point.
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

TfliteOp Form(const Pad& op, const NodeView& view,
              flatbuffers::FlatBufferBuilder& builder) {
  IntsOperand paddings{{static_cast<std::int64_t>(op.before.size()), 2}, {}};
  for (std::size_t i = 0; i < op.before.size(); ++i) {
    paddings.values.push_back(static_cast<std::int32_t>(op.before[i]));
    paddings.values.push_back(static_cast<std::int32_t>(op.after[i]));
  }
  const bool many_axes = op.before.size() > 4;
  return {.code = tflite::BuiltinOperator_PAD,
          .version = many_axes ? 4 : VersionFor(view, {}),
          .options_type = tflite::BuiltinOptions_PadOptions,
          .options = tflite::CreatePadOptions(builder).Union(),
          .inputs = Operands(view, {paddings})};
}

Parsed Parse(const TfliteSource& source) {
  const auto paddings = IntsOf(source, 1);
  if (!paddings.has_value()) return "its paddings are not constant";
  Pad op;
  for (std::size_t i = 0; i + 1 < paddings->size(); i += 2) {
    op.before.push_back((*paddings)[i]);
    op.after.push_back((*paddings)[i + 1]);
  }
  return ParsedOp{op};
}

}  // namespace

const OpDef& Pad::Def() {
  static const OpDef kDef = Define<Pad>({
      .infer = Infer,
      .quantization = {.range = RangeRule::kSameAsInputs},
      .tflite = Form,
      .codes = {tflite::BuiltinOperator_PAD},
      .parse = Parse,
  });
  return kDef;
}

}  // namespace kinglet
