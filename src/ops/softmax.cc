// Softmax over the last axis. INT8: the result is always in [0, 1), 256 steps.
#include "kernels/int16_functions.h"
#include "kernels/int_softmax.h"
#include "kernels/kernels.h"
#include "ops/define.h"
#include "ops/float_kernels.h"
#include "ops/infer.h"
#include "ops/int_kernels.h"
#include "ops/problems.h"
#include "ops/tflite_form.h"
#include "ops/tflite_parse.h"

namespace kinglet {
namespace {

Kernel Compile(const Softmax& op, const NodeView& view) {
  const Shape& shape = view.Input(0).shape;
  const Size columns = shape.empty() ? 1 : shape.back();
  const Size rows = ElementCount(shape) / columns;
  if (view.Output().dtype == DType::kInt16) {
    return [softmax = Int16Softmax(op.beta, ScaleOf(view.Input(0)).scale), rows,
            columns](const Buffers& buffers) {
      softmax.Run(rows, columns, buffers.In<std::int16_t>(0),
                  buffers.Out<std::int16_t>());
    };
  }
  if (!MakesFloat(view)) {
    return [softmax = IntSoftmax(op.beta, ScaleOf(view.Input(0)).scale), rows,
            columns](const Buffers& buffers) {
      softmax.Run(rows, columns, buffers.In<std::int8_t>(0), buffers.Out<std::int8_t>());
    };
  }
  CheckFloat(view);
  return [&kernels = Kernels(), beta = op.beta, rows, columns](const Buffers& buffers) {
    kernels.softmax(beta, rows, columns, buffers.In<float>(0), buffers.Out<float>());
  };
}

TfliteOp Form(const Softmax& op, const NodeView& view,
              flatbuffers::FlatBufferBuilder& builder) {
  return {.code = tflite::BuiltinOperator_SOFTMAX,
          .version = VersionFor(view, {}),
          .options_type = tflite::BuiltinOptions_SoftmaxOptions,
          .options = tflite::CreateSoftmaxOptions(builder, op.beta).Union(),
          .inputs = Operands(view)};
}

Parsed ParseSoftmax(const TfliteSource& source) {
  const auto* options = source.OptionsAs<tflite::SoftmaxOptions>();
  return ParsedOp{Softmax{options == nullptr ? 0.0F : options->beta()}};
}

}  // namespace

const OpDef& Softmax::Def() {
  static const OpDef kDef = Define<Softmax>({
      .infer = SameAsInput<Softmax>,
      .types = Reals(),
      .problem = ScaleProblem,
      .compile = Compile,
      .quantization = {.range = RangeRule::kFixed, .fixed = {1.0F / 256, -128}},
      .tflite = Form,
      .codes = {tflite::BuiltinOperator_SOFTMAX},
      .parse = ParseSoftmax,
  });
  return kDef;
}

}  // namespace kinglet
