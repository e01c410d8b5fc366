// FullyConnected: y[..., o] = clamp(b[o] + sum_i x[..., i] * w[o, i]). INT8: weights
// symmetric per output.
#include <memory>

#include "kernels/conv.h"
#include "ops/define.h"
#include "ops/float_kernels.h"
#include "ops/hybrid.h"
#include "ops/int_kernels.h"
#include "ops/int_linear.h"
#include "ops/problems.h"
#include "ops/tflite_form.h"
#include "ops/tflite_parse.h"

namespace kinglet {
namespace {

Inferred Infer(const FullyConnected& /*op*/, std::span<const TensorType> inputs) {
  TensorType out = inputs[0];
  const Shape& weights = inputs[1].shape;
  if (weights.size() != 2 || out.shape.empty() || out.shape.back() != weights[1]) {
    return "weights " + ToString(weights) + " for input " + ToString(out.shape);
  }
  out.shape.back() = weights[0];
  if (inputs.size() == 3 && inputs[2].shape != Shape{weights[0]}) {
    return "a bias of another size";
  }
  return std::vector<TensorType>{out};
}

bool KeepsDims(const NodeView& view) { return view.Input(0).shape.size() > 2; }

int DenseVersion(const NodeView& view) {
  if (IsHybrid(view)) return view.Input(1).quantization->scales.size() > 1 ? 12 : 9;
  const bool is_int16 = view.Input(0).dtype == DType::kInt16;
  if (KeepsDims(view) && !is_int16) return 5;
  return VersionFor(view, {.float32 = 1, .int8 = 4, .int16 = 11});
}

/// The reference kernels multiply sums in double (rule 8.2).
Kernel CompileInt(const FullyConnected& op, const NodeView& view) {
  const Shape& weights = view.Input(1).shape;
  const Size rows = ElementCount(view.Input(0).shape) / weights[1];
  return IntConv({.w = {.in = rows, .out = rows},
                  .in_channels = weights[1],
                  .out_channels = weights[0],
                  .activation = op.activation,
                  .factors = ChannelFactors(view),
                  .in_double = view.rounding == Rounding::kDouble},
                 view);
}

/// Each row is quantized by itself.
Kernel CompileDynamic(const FullyConnected& op, const NodeView& view) {
  const Shape& weights = view.Input(1).shape;
  return CompileHybrid({.form = HybridForm::kDense,
                        .batch = ElementCount(view.Input(0).shape) / weights[1],
                        .in_channels = weights[1],
                        .out_channels = weights[0],
                        .clamp = ClampOf(op.activation)},
                       view);
}

/// Weights and bias that another operation computes are packed anew for every run.
Kernel CompileComputed(const FullyConnected& op, const NodeView& view) {
  const Shape& weights = view.Input(1).shape;
  const Size rows = ElementCount(view.Input(0).shape) / weights[1];
  return [&kernels = Kernels(), clamp = ClampOf(op.activation), rows, inputs = weights[1],
          outputs = weights[0], has_bias = view.HasInput(2)](const Buffers& buffers) {
    const auto count = static_cast<std::size_t>(outputs);
    const std::vector<float> zeros(count);
    const std::span<const float> bias =
        has_bias ? std::span(buffers.In<float>(2), count) : std::span(zeros);
    PackDense(rows, inputs, outputs,
              {buffers.In<float>(1), count * static_cast<std::size_t>(inputs)}, bias,
              clamp)
        .Run(kernels, buffers.In<float>(0), buffers.Out<float>());
  };
}

Kernel Compile(const FullyConnected& op, const NodeView& view) {
  if (!MakesFloat(view)) return CompileInt(op, view);
  if (IsHybrid(view)) return CompileDynamic(op, view);
  CheckFloat(view);
  const bool is_constant = view.Input(1).constant != nullptr &&
                           (!view.HasInput(2) || view.Input(2).constant != nullptr);
  if (!is_constant) return CompileComputed(op, view);
  const Shape& weights = view.Input(1).shape;
  const std::vector<float> zeros(static_cast<std::size_t>(weights[0]));
  const auto bias = view.HasInput(2) ? FloatConstant(view.Input(2)) : zeros;
  const auto dense = std::make_shared<const PackedConv>(
      PackDense(ElementCount(view.Input(0).shape) / weights[1], weights[1], weights[0],
                WeightsOf(view.Input(1))->Data<float>(), bias, ClampOf(op.activation)));
  return [&kernels = Kernels(), dense](const Buffers& buffers) {
    dense->Run(kernels, buffers.In<float>(0), buffers.Out<float>());
  };
}

std::optional<std::string> DenseProblem(const NodeView& view) {
  const bool are_float = view.Input(0).dtype == DType::kFloat32 &&
                         view.Input(1).dtype == DType::kFloat32 &&
                         (!view.HasInput(2) || view.Input(2).dtype == DType::kFloat32);
  return are_float ? std::nullopt : WeightsProblem(view);
}

TfliteOp Form(const FullyConnected& op, const NodeView& view,
              flatbuffers::FlatBufferBuilder& builder) {
  const auto options = tflite::CreateFullyConnectedOptions(
      builder, TfliteActivation(op.activation), 0, KeepsDims(view), IsHybrid(view),
      WideBiasType(view));
  std::vector<TfliteOperand> operands = Operands(view);
  if (!view.HasInput(2)) operands.emplace_back(AbsentOperand{});
  return {.code = tflite::BuiltinOperator_FULLY_CONNECTED,
          .version = DenseVersion(view),
          .options_type = tflite::BuiltinOptions_FullyConnectedOptions,
          .options = options.Union(),
          .inputs = std::move(operands)};
}

std::int64_t DenseMacs(const NodeView& view) {
  return ElementCount(view.Output().shape) * view.Input(1).shape[1];
}

/// Without keep_num_dims the leading axes become one.
Parsed Joined(const TfliteSource& source, ParsedOp parsed) {
  const Shape& weights = source.inputs[1]->shape;
  if (weights.size() != 2 || weights[1] == 0) return "its weights are no matrix";
  const std::int64_t rows = ElementCount(source.inputs[0]->shape) / weights[1];
  parsed.reshaped = Shape{rows, weights[0]};
  return parsed;
}

Parsed ParseFullyConnected(const TfliteSource& source) {
  const auto* options = source.OptionsAs<tflite::FullyConnectedOptions>();
  if (options == nullptr) return "its options are missing";
  const auto activation = ActivationFrom(options->activation());
  if (!activation.has_value()) return "its fused activation is not supported";
  if (options->weights_format() != 0) return "its weights are shuffled";
  const bool has_bias = source.inputs.size() > 2 && source.inputs[2] != nullptr;
  ParsedOp parsed{FullyConnected{*activation},
                  has_bias ? std::size_t{3} : std::size_t{2}};
  const bool joins = !options->keep_num_dims() && source.inputs[0]->shape.size() != 2;
  if (joins && source.inputs.size() > 1 && source.inputs[1] != nullptr) {
    return Joined(source, std::move(parsed));
  }
  return parsed;
}

}  // namespace

const OpDef& FullyConnected::Def() {
  static const OpDef kDef = Define<FullyConnected>({
      .min_inputs = 2,
      .max_inputs = 3,
      .infer = Infer,
      .types = Reals(),
      .problem = DenseProblem,
      .compile = Compile,
      .quantization = {.range = RangeRule::kCalibrated, .weights = 1, .channel_axis = 0},
      .tflite = Form,
      .codes = {tflite::BuiltinOperator_FULLY_CONNECTED},
      .parse = ParseFullyConnected,
      .macs = DenseMacs,
  });
  return kDef;
}

}  // namespace kinglet
