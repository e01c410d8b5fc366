// Concatenation along one axis. INT8 copies, so all inputs and the result share one
// scale.
#include "ops/copies.h"
#include "ops/define.h"
#include "ops/problems.h"
#include "ops/tflite_form.h"
#include "ops/tflite_parse.h"

namespace kinglet {
namespace {

constexpr std::size_t kMaxInputs = 1024;

Inferred Infer(const Concatenation& op, std::span<const TensorType> inputs) {
  TensorType out = inputs[0];
  const auto axis = static_cast<std::size_t>(op.axis);
  if (op.axis < 0 || axis >= out.shape.size())
    return "no axis " + std::to_string(op.axis);
  out.shape[axis] = 0;
  for (const TensorType& input : inputs) {
    Shape rest = input.shape;
    if (rest.size() != out.shape.size()) return "inputs of different rank";
    out.shape[axis] += rest[axis];
    rest[axis] = out.shape[axis];
    if (rest != out.shape || input.dtype != out.dtype) {
      return "input " + ToString(input.shape) + " doesn't fit " +
             ToString(inputs[0].shape);
    }
  }
  return std::vector<TensorType>{out};
}

Kernel Compile(const Concatenation& op, const NodeView& view) {
  const std::vector<Size> out_strides = StridesOf(view.Output().shape);
  const auto axis = static_cast<std::size_t>(op.axis);
  std::vector<Size> steps;
  for (std::size_t i = 0; i < view.node.inputs.size(); ++i) {
    steps.push_back(view.Input(i).shape[axis] * out_strides[axis]);
  }
  return JoinKernel(view, out_strides, steps);
}

TfliteOp Form(const Concatenation& op, const NodeView& view,
              flatbuffers::FlatBufferBuilder& builder) {
  const auto options = tflite::CreateConcatenationOptions(
      builder, static_cast<std::int32_t>(op.axis), tflite::ActivationFunctionType_NONE);
  return {.code = tflite::BuiltinOperator_CONCATENATION,
          .version = VersionFor(view, {}),
          .options_type = tflite::BuiltinOptions_ConcatenationOptions,
          .options = options.Union(),
          .inputs = Operands(view)};
}

Parsed ParseConcatenation(const TfliteSource& source) {
  const auto* options = source.OptionsAs<tflite::ConcatenationOptions>();
  if (options == nullptr) return "its options are missing";
  if (options->activation() != tflite::ActivationFunctionType_NONE) {
    return "a fused activation is not supported";
  }
  const auto rank = static_cast<std::int64_t>(source.output.shape.size());
  const std::int64_t axis = options->axis();
  return ParsedOp{Concatenation{axis < 0 ? axis + rank : axis}, source.inputs.size()};
}

}  // namespace

const OpDef& Concatenation::Def() {
  static const OpDef kDef = Define<Concatenation>({
      .max_inputs = kMaxInputs,
      .infer = Infer,
      .types = AnyType(),
      .problem = SameScaleProblem,
      .compile = Compile,
      .quantization = {.range = RangeRule::kSameAsInputs},
      .tflite = Form,
      .codes = {tflite::BuiltinOperator_CONCATENATION},
      .parse = ParseConcatenation,
  });
  return kDef;
}

}  // namespace kinglet
