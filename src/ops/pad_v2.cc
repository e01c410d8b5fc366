// PadV2: a value around the input. INT8: value, input and result share one scale.
#include "ops/copies.h"
#include "ops/define.h"
#include "ops/problems.h"
#include "ops/tflite_form.h"
#include "ops/tflite_parse.h"

namespace kinglet {
namespace {

Inferred Infer(const PadV2& op, std::span<const TensorType> inputs) {
  TensorType out = inputs[0];
  if (op.before.size() != out.shape.size() || op.after.size() != out.shape.size()) {
    return "padding of another rank than input " + ToString(out.shape);
  }
  if (ElementCount(inputs[1].shape) != 1 || inputs[1].dtype != out.dtype) {
    return "a value that is no scalar of the input's type";
  }
  for (std::size_t i = 0; i < out.shape.size(); ++i) {
    if (op.before[i] < 0 || op.after[i] < 0) return "negative padding";
    out.shape[i] += op.before[i] + op.after[i];
  }
  return std::vector<TensorType>{out};
}

Kernel Compile(const PadV2& op, const NodeView& view) {
  const Value& in = view.Input(0);
  const Shape& out = view.Output().shape;
  const std::vector<Size> out_strides = StridesOf(out);
  Size offset = 0;
  std::vector<CopyAxis> everywhere = AxesInto(out, out_strides);
  for (std::size_t i = 0; i < out_strides.size(); ++i) {
    offset += op.before[i] * out_strides[i];
    everywhere[i].in_stride = 0;
  }
  const std::size_t bytes = SizeOf(in.dtype);
  const StridedCopy fill(everywhere, 0, 0, bytes);
  const StridedCopy copy(AxesInto(in.shape, out_strides), 0, offset, bytes);
  return [&kernels = Kernels(), fill, copy](const Buffers& buffers) {
    fill.Run(kernels, buffers.inputs[1], buffers.outputs[0]);
    copy.Run(kernels, buffers.inputs[0], buffers.outputs[0]);
  };
}

TfliteOp Form(const PadV2& op, const NodeView& view,
              flatbuffers::FlatBufferBuilder& builder) {
  const bool many_axes = op.before.size() > 4;
  return {.code = tflite::BuiltinOperator_PADV2,
          .version = many_axes ? 4 : VersionFor(view, {}),
          .options_type = tflite::BuiltinOptions_PadV2Options,
          .options = tflite::CreatePadV2Options(builder).Union(),
          .inputs = {view.node.inputs[0], PairRows(op.before, op.after),
                     view.node.inputs[1]}};
}

Parsed ParsePadV2(const TfliteSource& source) {
  const auto paddings = PairsOf(source, 1);
  if (!paddings.has_value()) return "its paddings are not constant";
  return ParsedOp{PadV2{.before = paddings->before, .after = paddings->after}, 2, {0, 2}};
}

}  // namespace

const OpDef& PadV2::Def() {
  static const OpDef kDef = Define<PadV2>({
      .min_inputs = 2,
      .max_inputs = 2,
      .infer = Infer,
      .types = AnyType(),
      .problem = SameScaleProblem,
      .compile = Compile,
      .quantization = {.range = RangeRule::kSameAsInputs},
      .tflite = Form,
      .codes = {tflite::BuiltinOperator_PADV2},
      .parse = ParsePadV2,
  });
  return kDef;
}

}  // namespace kinglet
