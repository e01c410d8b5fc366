// Cumsum: sums of the elements up to each along an axis.
#include "ops/broadcasting.h"
#include "ops/define.h"
#include "ops/tflite_form.h"
#include "ops/tflite_parse.h"

namespace kinglet {
namespace {

Inferred Infer(const Cumsum& op, std::span<const TensorType> inputs) {
  if (op.axis < 0 || op.axis >= std::ssize(inputs[0].shape)) {
    return "no axis " + std::to_string(op.axis);
  }
  return std::vector<TensorType>{inputs[0]};
}

template <typename T>
Kernel CompileOf(const Cumsum& op, const NodeView& view) {
  const Shape& shape = view.Input(0).shape;
  const Size count = shape[static_cast<std::size_t>(op.axis)];
  const Size inner = StridesOf(shape)[static_cast<std::size_t>(op.axis)];
  const Size chains = ElementCount(shape) / count;
  return [op, count, inner, chains](const Buffers& buffers) {
    for (Size chain = 0; chain < chains; ++chain) {
      const Size start = chain / inner * inner * count + chain % inner;
      T sum = 0;
      for (Size i = 0; i < count; ++i) {
        const Size at = start + (op.reverse ? count - 1 - i : i) * inner;
        const T next = sum + buffers.In<T>(0)[at];
        buffers.Out<T>()[at] = op.exclusive ? sum : next;
        sum = next;
      }
    }
  };
}

Kernel Compile(const Cumsum& op, const NodeView& view) {
  switch (view.Input(0).dtype) {
    case DType::kInt32:
      return CompileOf<std::int32_t>(op, view);
    case DType::kInt64:
      return CompileOf<std::int64_t>(op, view);
    default:
      Check(view.Input(0).dtype == DType::kFloat32, "numbers");
      return CompileOf<float>(op, view);
  }
}

TfliteOp Form(const Cumsum& op, const NodeView& view,
              flatbuffers::FlatBufferBuilder& builder) {
  return {
      .code = tflite::BuiltinOperator_CUMSUM,
      .version = 1,
      .options_type = tflite::BuiltinOptions_CumsumOptions,
      .options = tflite::CreateCumsumOptions(builder, op.exclusive, op.reverse).Union(),
      .inputs = Operands(view, {IntScalar(op.axis)})};
}

Parsed ParseCumsum(const TfliteSource& source) {
  const auto* options = source.OptionsAs<tflite::CumsumOptions>();
  const auto axis = IntOf(source, 1);
  if (!axis.has_value()) return "its axis is not constant";
  Cumsum op{.axis = NormalizedAxis(*axis, source.inputs[0]->shape.size())};
  if (options != nullptr) op.exclusive = options->exclusive();
  if (options != nullptr) op.reverse = options->reverse();
  return ParsedOp{op};
}

}  // namespace

const OpDef& Cumsum::Def() {
  static const OpDef kDef = Define<Cumsum>({
      .infer = Infer,
      .types = FloatsAndIntegers(),
      .compile = Compile,
      .quantization = {.range = RangeRule::kFloatOnly},
      .tflite = Form,
      .codes = {tflite::BuiltinOperator_CUMSUM},
      .parse = ParseCumsum,
  });
  return kDef;
}

}  // namespace kinglet
