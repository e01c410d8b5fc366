// Pack: inputs of one shape joined along a new axis. INT8 copies, so all share one scale.
#include "ops/copies.h"
#include "ops/define.h"
#include "ops/problems.h"
#include "ops/tflite_form.h"
#include "ops/tflite_parse.h"

namespace kinglet {
namespace {

constexpr std::size_t kMostParts = 1024;

Inferred Infer(const Pack& op, std::span<const TensorType> inputs) {
  TensorType out = inputs[0];
  if (op.axis < 0 || op.axis > std::ssize(out.shape)) {
    return "no axis " + std::to_string(op.axis);
  }
  for (const TensorType& input : inputs) {
    if (input != inputs[0]) {
      return "input " + ToString(input.shape) + " beside " + ToString(inputs[0].shape);
    }
  }
  out.shape.insert(out.shape.begin() + op.axis, std::ssize(inputs));
  return std::vector<TensorType>{out};
}

Kernel Compile(const Pack& op, const NodeView& view) {
  const Value& out = view.Output();
  std::vector<Size> out_strides = StridesOf(out.shape);
  const Size step = out_strides[static_cast<std::size_t>(op.axis)];
  out_strides.erase(out_strides.begin() + op.axis);
  return JoinKernel(view, out_strides, std::vector<Size>(view.node.inputs.size(), step));
}

TfliteOp Form(const Pack& op, const NodeView& view,
              flatbuffers::FlatBufferBuilder& builder) {
  const auto options = tflite::CreatePackOptions(
      builder, static_cast<std::int32_t>(view.node.inputs.size()),
      static_cast<std::int32_t>(op.axis));
  return {.code = tflite::BuiltinOperator_PACK,
          .version = VersionFor(view, {}),
          .options_type = tflite::BuiltinOptions_PackOptions,
          .options = options.Union(),
          .inputs = Operands(view)};
}

Parsed ParsePack(const TfliteSource& source) {
  const auto* options = source.OptionsAs<tflite::PackOptions>();
  const std::int64_t axis = options == nullptr ? 0 : options->axis();
  return ParsedOp{Pack{NormalizedAxis(axis, source.inputs[0]->shape.size() + 1)},
                  source.inputs.size()};
}

}  // namespace

const OpDef& Pack::Def() {
  static const OpDef kDef = Define<Pack>({
      .max_inputs = kMostParts,
      .infer = Infer,
      .types = AnyType(),
      .problem = SameScaleProblem,
      .compile = Compile,
      .quantization = {.range = RangeRule::kSameAsInputs},
      .tflite = Form,
      .codes = {tflite::BuiltinOperator_PACK},
      .parse = ParsePack,
  });
  return kDef;
}

}  // namespace kinglet
