// LogSoftmax over the last axis: x - max - log(sum of exp(x - max)). INT8: the result is
// always in [-16, 0].
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

void RunRow(const KernelTable& kernels, Size columns, const float* in, float* out) {
  const float largest = kernels.extremes(columns, in).max;
  for (Size i = 0; i < columns; ++i) out[i] = in[i] - largest;
  std::vector<float> powers(static_cast<std::size_t>(columns));
  kernels.unary(UnaryOp::kExp, columns, out, powers.data());
  float sum = 0.0F;
  for (const float power : powers) sum += power;
  float log_sum = 0.0F;
  kernels.unary(UnaryOp::kLog, 1, &sum, &log_sum);
  for (Size i = 0; i < columns; ++i) out[i] -= log_sum;
}

Kernel Compile(const LogSoftmax& /*op*/, const NodeView& view) {
  const Shape& shape = view.Input(0).shape;
  const Size columns = shape.empty() ? 1 : shape.back();
  const Size rows = ElementCount(shape) / columns;
  if (MakesQuantized(view)) {
    return [softmax = IntLogSoftmax(ScaleOf(view.Input(0)).scale, view.rounding), rows,
            columns](const Buffers& buffers) {
      softmax.Run(rows, columns, buffers.In<std::int8_t>(0), buffers.Out<std::int8_t>());
    };
  }
  CheckFloat(view);
  return [&kernels = Kernels(), rows, columns](const Buffers& buffers) {
    for (Size r = 0; r < rows; ++r) {
      RunRow(kernels, columns, buffers.In<float>(0) + r * columns,
             buffers.Out<float>() + r * columns);
    }
  };
}

TfliteOp Form(const LogSoftmax& /*op*/, const NodeView& view,
              flatbuffers::FlatBufferBuilder& builder) {
  return {.code = tflite::BuiltinOperator_LOG_SOFTMAX,
          .version = VersionFor(view, {}),
          .options_type = tflite::BuiltinOptions_LogSoftmaxOptions,
          .options = tflite::CreateLogSoftmaxOptions(builder).Union(),
          .inputs = Operands(view)};
}

}  // namespace

const OpDef& LogSoftmax::Def() {
  static const OpDef kDef = Define<LogSoftmax>({
      .infer = SameAsInput<LogSoftmax>,
      .types = {DType::kFloat32, DType::kInt8},
      .problem = ScaleProblem,
      .compile = Compile,
      .quantization = {.range = RangeRule::kFixed, .fixed = {16.0F / 256, 127}},
      .tflite = Form,
      .codes = {tflite::BuiltinOperator_LOG_SOFTMAX},
      .parse = ParsePlain<LogSoftmax>,
  });
  return kDef;
}

}  // namespace kinglet
