// TransposeConv: every input spreads its product with the kernel over the output, in as
// many convolutions as there are phases (transpose_phases.h). INT8: weights symmetric per
// output channel.
#include <algorithm>
#include <memory>

#include "kernels/conv.h"
#include "kernels/strided_copy.h"
#include "ops/define.h"
#include "ops/float_kernels.h"
#include "ops/hybrid.h"
#include "ops/hybrid_products.h"
#include "ops/int_kernels.h"
#include "ops/int_linear.h"
#include "ops/problems.h"
#include "ops/tflite_form.h"
#include "ops/tflite_parse.h"
#include "ops/transpose_phases.h"

namespace kinglet {
namespace {

Inferred Infer(const TransposeConv& op, std::span<const TensorType> inputs) {
  const Shape& in = inputs[0].shape;
  const Shape& weights = inputs[1].shape;
  if (in.size() != 4 || weights.size() != 4) return "input or weights not of rank 4";
  if (in[3] != weights[3]) {
    return "weights " + ToString(weights) + " for input " + ToString(in);
  }
  const Window h = WindowH(op, weights);
  const Window w = WindowW(op, weights);
  const bool fits = h.IsSound() && w.IsSound() && op.out_h > 0 && op.out_w > 0 &&
                    h.Out() == in[1] && w.Out() == in[2];
  if (!fits) {
    return "a result of " + ToString({op.out_h, op.out_w}) + " from input " +
           ToString(in);
  }
  if (inputs.size() == 3 && inputs[2].shape != Shape{weights[0]}) {
    return "a bias of another size";
  }
  return std::vector<TensorType>{
      {inputs[0].dtype, {in[0], op.out_h, op.out_w, weights[0]}}};
}

/// A phase made ready: its convolution, and where its results go.
struct PhaseKernel {
  std::optional<PackedConv> conv;  ///< none where no tap falls on these outputs
  StridedCopy place;
};

class TransposedConv {
 public:
  TransposedConv(const TransposeConv& op, const NodeView& view) {
    const Shape& in = view.Input(0).shape;
    const Value& weights = view.Input(1);
    const Window window_h = WindowH(op, weights.shape);
    const Window window_w = WindowW(op, weights.shape);
    channels_ = weights.shape[0];
    clamp_ = ClampOf(op.activation);
    bias_.resize(static_cast<std::size_t>(channels_));
    if (view.HasInput(2)) std::ranges::copy(FloatConstant(view.Input(2)), bias_.begin());
    for (Size y = 0; y < std::min(op.stride_h, op.out_h); ++y) {
      for (Size x = 0; x < std::min(op.stride_w, op.out_w); ++x) {
        const Phase h = PhaseOf(window_h, y);
        const Phase w = PhaseOf(window_w, x);
        PhaseKernel kernel{std::nullopt, PlaceOf(op, h, w, channels_, sizeof(float))};
        if (h.taps > 0 && w.taps > 0) {
          const ConvShape shape{.h = PhaseAxis(h, in[1]),
                                .w = PhaseAxis(w, in[2]),
                                .in_channels = in[3],
                                .out_channels = channels_};
          kernel.conv.emplace(shape,
                              PhaseWeights<float>(h, w, window_h, window_w, weights),
                              bias_, clamp_);
        }
        largest_ = std::max(largest_, h.count * w.count * channels_);
        phases_.push_back(std::move(kernel));
      }
    }
  }

  void Run(const KernelTable& kernels, const float* in, float* out) const {
    std::vector<float> results(static_cast<std::size_t>(largest_));
    for (const PhaseKernel& phase : phases_) {
      if (phase.conv.has_value()) {
        phase.conv->Run(kernels, in, results.data());
      } else {
        FillWithBias(kernels, results);
      }
      phase.place.Run(kernels, reinterpret_cast<const std::byte*>(results.data()),
                      reinterpret_cast<std::byte*>(out));
    }
  }

 private:
  void FillWithBias(const KernelTable& kernels, std::vector<float>& results) const {
    for (std::size_t i = 0; i < results.size(); ++i) results[i] = bias_[i % bias_.size()];
    kernels.clamp(clamp_, std::ssize(results), results.data(), results.data());
  }

  std::vector<float> bias_;
  Clamp clamp_;
  Size channels_ = 1;
  Size largest_ = 0;  ///< results of a phase
  std::vector<PhaseKernel> phases_;
};

/// A phase of integers: a kernel over one sample.
struct IntPhase {
  Kernel conv;
  StridedCopy place;
  Size bytes = 0;  ///< of its results
};

std::vector<IntPhase> IntPhases(const TransposeConv& op, const NodeView& view) {
  const Shape& in = view.Input(0).shape;
  const Value& weights = view.Input(1);
  const std::size_t element = SizeOf(view.Output().dtype);
  const Window window_h = WindowH(op, weights.shape);
  const Window window_w = WindowW(op, weights.shape);
  std::vector<IntPhase> phases;
  for (Size y = 0; y < std::min(op.stride_h, op.out_h); ++y) {
    for (Size x = 0; x < std::min(op.stride_w, op.out_w); ++x) {
      const Phase h = PhaseOf(window_h, y);
      const Phase w = PhaseOf(window_w, x);
      const auto chosen = PhaseWeights<std::int8_t>(h, w, window_h, window_w, weights);
      const IntLinear linear{.h = PhaseAxis(h, in[1]),
                             .w = PhaseAxis(w, in[2]),
                             .in_channels = in[3],
                             .out_channels = weights.shape[0],
                             .activation = op.activation,
                             .factors = ChannelFactors(view),
                             .weights = chosen};
      const Size results = h.count * w.count * weights.shape[0];
      phases.push_back({IntConv(linear, view),
                        PlaceOf(op, h, w, weights.shape[0], element),
                        results * static_cast<Size>(element)});
    }
  }
  return phases;
}

Kernel CompileInt(const TransposeConv& op, const NodeView& view) {
  const Shape& in = view.Input(0).shape;
  const auto element = static_cast<Size>(SizeOf(view.Output().dtype));
  return [&kernels = Kernels(), phases = IntPhases(op, view), batch = in[0],
          in_bytes = in[1] * in[2] * in[3] * element,
          out_bytes = ElementCount(view.Output().shape) / in[0] *
                      element](const Buffers& buffers) {
    std::vector<std::byte> results;
    for (Size i = 0; i < batch; ++i) {
      const std::byte* from = buffers.inputs[0] + i * in_bytes;
      for (const IntPhase& phase : phases) {
        results.resize(static_cast<std::size_t>(phase.bytes));
        std::byte* to = results.data();
        phase.conv({{&from, 1}, {&to, 1}});
        phase.place.Run(kernels, to, buffers.outputs[0] + i * out_bytes);
      }
    }
  };
}

Kernel Compile(const TransposeConv& op, const NodeView& view) {
  if (MakesQuantized(view)) return CompileInt(op, view);
  if (IsHybrid(view)) return HybridTransposeConv(op, view);
  CheckFloat(view);
  const Shape& in = view.Input(0).shape;
  return [&kernels = Kernels(), conv = std::make_shared<const TransposedConv>(op, view),
          batch = in[0], in_size = in[1] * in[2] * in[3],
          out_size = ElementCount(view.Output().shape) / in[0]](const Buffers& buffers) {
    for (Size i = 0; i < batch; ++i) {
      conv->Run(kernels, buffers.In<float>(0) + i * in_size,
                buffers.Out<float>() + i * out_size);
    }
  };
}

int Version(const TransposeConv& op, const NodeView& view) {
  if (op.activation != Activation::kNone) return VersionFor(view, {4, 4, 5});
  return view.HasInput(2) ? VersionFor(view, {3, 3, 5}) : VersionFor(view, {1, 2, 3});
}

TfliteOp Form(const TransposeConv& op, const NodeView& view,
              flatbuffers::FlatBufferBuilder& builder) {
  const auto options = tflite::CreateTransposeConvOptions(
      builder, TflitePadding(op.padding), static_cast<std::int32_t>(op.stride_w),
      static_cast<std::int32_t>(op.stride_h), TfliteActivation(op.activation),
      WideBiasType(view));
  std::vector<TfliteOperand> operands = {IntVector(view.Output().shape),
                                         view.node.inputs[1], view.node.inputs[0]};
  if (view.HasInput(2)) operands.emplace_back(view.node.inputs[2]);
  return {.code = tflite::BuiltinOperator_TRANSPOSE_CONV,
          .version = Version(op, view),
          .options_type = tflite::BuiltinOptions_TransposeConvOptions,
          .options = options.Union(),
          .inputs = std::move(operands)};
}

std::int64_t TransposeConvMacs(const NodeView& view) {
  return ElementCount(view.Input(0).shape) / view.Input(0).shape[3] *
         ElementCount(view.Input(1).shape);
}

// Operands: shape of the result, weights, input and perhaps a bias.
Parsed ParseTransposeConv(const TfliteSource& source) {
  const auto* options = source.OptionsAs<tflite::TransposeConvOptions>();
  if (options == nullptr) return "its options are missing";
  const auto padding = PaddingFrom(options->padding());
  const auto activation = ActivationFrom(options->activation());
  if (!padding.has_value() || !activation.has_value()) {
    return "its padding or fused activation is not supported";
  }
  const auto shape = IntsOf(source, 0);
  if (!shape.has_value() || shape->size() != 4) return "its output shape is not constant";
  const bool has_bias = source.inputs.size() > 3 && source.inputs[3] != nullptr;
  std::vector<std::size_t> order = {2, 1};
  if (has_bias) order.push_back(3);
  return ParsedOp{TransposeConv{.padding = *padding,
                                .stride_h = options->stride_h(),
                                .stride_w = options->stride_w(),
                                .out_h = (*shape)[1],
                                .out_w = (*shape)[2],
                                .activation = *activation},
                  order.size(), order};
}

}  // namespace

const OpDef& TransposeConv::Def() {
  static const OpDef kDef = Define<TransposeConv>({
      .min_inputs = 2,
      .max_inputs = 3,
      .infer = Infer,
      .types = Reals(),
      .problem = WeightsProblem,
      .compile = Compile,
      .quantization = {.range = RangeRule::kCalibrated, .weights = 1, .channel_axis = 0},
      .tflite = Form,
      .codes = {tflite::BuiltinOperator_TRANSPOSE_CONV},
      .parse = ParseTransposeConv,
      .macs = TransposeConvMacs,
  });
  return kDef;
}

}  // namespace kinglet
