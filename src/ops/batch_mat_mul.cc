// BatchMatMul: products of matrices, both computed. INT8: both operands are activations.
#include <array>

#include "kernels/conv.h"
#include "kernels/portable_int.h"
#include "ops/define.h"
#include "ops/float_kernels.h"
#include "ops/hybrid.h"
#include "ops/hybrid_products.h"
#include "ops/int_kernels.h"
#include "ops/matrices.h"
#include "ops/problems.h"
#include "ops/tflite_form.h"
#include "ops/tflite_parse.h"

namespace kinglet {
namespace {

Inferred Infer(const BatchMatMul& op, std::span<const TensorType> inputs) {
  const auto shape = ProductShape(op, inputs[0].shape, inputs[1].shape);
  if (!shape.has_value()) {
    return "no product of " + ToString(inputs[0].shape) + " and " +
           ToString(inputs[1].shape);
  }
  return std::vector<TensorType>{{inputs[0].dtype, *shape}};
}

/// The matrix at `in`, turned into `scratch` where it lies the other way round.
const float* Turned(const KernelTable& kernels, bool turn, Size rows, Size columns,
                    const float* in, std::vector<float>& scratch) {
  if (!turn) return in;
  scratch.resize(static_cast<std::size_t>(rows * columns));
  kernels.transpose(columns, rows, in, rows, scratch.data(), columns);
  return scratch.data();
}

template <typename T>
Kernel IntProducts(const IntMatrixPlan& matrix, const MatrixPlan& plan) {
  return [matrix, plan](const Buffers& buffers) {
    plan.batches.ForEach([&](Size i, const std::array<Size, 2>& at) {
      portable::MultiplyMatrices(matrix, buffers.In<T>(0) + at[0] * plan.m * plan.k,
                                 buffers.In<T>(1) + at[1] * plan.n * plan.k,
                                 buffers.Out<T>() + i * plan.m * plan.n);
    });
  };
}

/// The product of the scales is rounded to float32.
Kernel CompileInt(const BatchMatMul& op, const NodeView& view) {
  const MatrixPlan plan(op, view);
  const Scale x = ScaleOf(view.Input(0));
  const Scale y = ScaleOf(view.Input(1));
  const float product = x.scale * y.scale;
  const IntMatrixPlan matrix{
      .m = plan.m,
      .k = plan.k,
      .n = plan.n,
      .x_row = op.adj_x ? 1 : plan.k,
      .x_step = op.adj_x ? plan.m : 1,
      .y_step = op.adj_y ? 1 : plan.n,
      .y_column = op.adj_y ? plan.k : 1,
      .x_zero_point = x.zero_point,
      .y_zero_point = y.zero_point,
      .multiplier = QuantizeMultiplier(
          static_cast<double>(product) / ScaleOf(view.Output()).scale, view.rounding),
      .output = OutputOf(view, Activation::kNone)};
  if (view.Output().dtype == DType::kInt8) return IntProducts<std::int8_t>(matrix, plan);
  return IntProducts<std::int16_t>(matrix, plan);
}

// One product is a fully connected layer whose weights are the columns of y.
Kernel Compile(const BatchMatMul& op, const NodeView& view) {
  if (MakesQuantized(view)) return CompileInt(op, view);
  if (IsHybrid(view)) return HybridBatchMatMul(op, view);
  CheckFloat(view);
  return [&kernels = Kernels(), op, plan = MatrixPlan(op, view)](const Buffers& buffers) {
    const std::vector<float> no_bias(static_cast<std::size_t>(plan.n));
    std::vector<float> x_scratch;
    std::vector<float> y_scratch;
    plan.batches.ForEach([&](Size i, const std::array<Size, 2>& at) {
      const float* x = Turned(kernels, op.adj_x, plan.m, plan.k,
                              buffers.In<float>(0) + at[0] * plan.m * plan.k, x_scratch);
      const float* y = Turned(kernels, !op.adj_y, plan.n, plan.k,
                              buffers.In<float>(1) + at[1] * plan.n * plan.k, y_scratch);
      PackDense(plan.m, plan.k, plan.n, {y, static_cast<std::size_t>(plan.n * plan.k)},
                no_bias, {})
          .Run(kernels, x, buffers.Out<float>() + i * plan.m * plan.n);
    });
  };
}

/// Two activations, or INT8 weights with one scale beside a float.
std::optional<std::string> MatMulProblem(const NodeView& view) {
  const Value& y = view.Input(1);
  if (!IsHybrid(view)) return ScaleProblem(view);
  const bool one_scale = y.quantization.has_value() && y.quantization->scales.size() == 1;
  if (!one_scale) return "weights without one scale for all";
  return std::nullopt;
}

TfliteOp Form(const BatchMatMul& op, const NodeView& view,
              flatbuffers::FlatBufferBuilder& builder) {
  const bool dynamic = IsHybrid(view);
  return {
      .code = tflite::BuiltinOperator_BATCH_MATMUL,
      .version = dynamic ? 4 : VersionFor(view, {}),
      .options_type = tflite::BuiltinOptions_BatchMatMulOptions,
      .options =
          tflite::CreateBatchMatMulOptions(builder, op.adj_x, op.adj_y, dynamic).Union(),
      .inputs = Operands(view)};
}

std::int64_t MatMulMacs(const NodeView& view) {
  const bool turned = std::get<BatchMatMul>(view.node.op).adj_x;
  const Shape& x = view.Input(0).shape;
  return ElementCount(view.Output().shape) * x[x.size() - (turned ? 2 : 1)];
}

Parsed ParseBatchMatMul(const TfliteSource& source) {
  const auto* options = source.OptionsAs<tflite::BatchMatMulOptions>();
  if (options == nullptr) return ParsedOp{BatchMatMul{}, 2};
  return ParsedOp{BatchMatMul{options->adj_x(), options->adj_y()}, 2};
}

}  // namespace

const OpDef& BatchMatMul::Def() {
  static const OpDef kDef = Define<BatchMatMul>({
      .min_inputs = 2,
      .max_inputs = 2,
      .infer = Infer,
      .types = Reals(),
      .problem = MatMulProblem,
      .compile = Compile,
      .quantization = {.range = RangeRule::kCalibrated},
      .tflite = Form,
      .codes = {tflite::BuiltinOperator_BATCH_MATMUL},
      .parse = ParseBatchMatMul,
      .macs = MatMulMacs,
  });
  return kDef;
}

}  // namespace kinglet
