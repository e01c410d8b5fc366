// The layers of the BirdNET-STM32 project: AudioFrontendLayer in the front ends
// precomputed, hybrid and raw, its magnitude scalings, and AttentionPooling. The hybrid
// front end's transpose, padding to a multiple of eight channels and 1x1 convolution are
// one convolution with a kernel as tall as the spectrogram: the padding only ever met
// zeros.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "import/building_blocks.h"
#include "import/layer_table.h"
#include "import/layout.h"

namespace kinglet {
namespace {

constexpr const char* kScalingInGroup = "mag_layer/";
constexpr std::int64_t kMixerAlignment = 8;
constexpr std::int64_t kFilterTaps = 16;
constexpr float kNormalizationFloor = 1e-6F;
constexpr const char* kNormalizationSince = "2026-04-17";
constexpr const char* kPointwisePcenSince = "2025-09-13";
constexpr std::int64_t kEarlyPcenPools = 4;

/// The front end while it is being built.
struct Frontend {
  const LayerContext& context;
  std::string scaling;  ///< path of the scaling's variables: "mag_layer/" or ""
  std::int64_t bands;
  std::int64_t width;
};

/// y = x * w per channel, plus b.
ValueId PerChannel(const Frontend& frontend, ValueId x, const std::string& object,
                   bool has_bias, const std::string& name) {
  const LayerContext& context = frontend.context;
  const std::string path = frontend.scaling + object;
  const std::int64_t c = frontend.bands;
  context.ExpectVariables(path, has_bias ? 2 : 1);
  const Tensor kernel = context.Variable(path, 0, {1, 1, c, 1}).Reshaped({1, 1, 1, c});
  const ValueId bias =
      has_bias ? context.Constant(name + "/bias", context.Variable(path, 1, {c}))
               : context.Constant(name + "/bias", Tensor(DType::kFloat32, {c}));
  return context.Node(DepthwiseConv2d{},
                      {x, context.Constant(name + "/kernel", kernel), bias}, name);
}

/// "depthwise_conv2d", "depthwise_conv2d_1", ... as Keras names the items of a list.
std::string ListItem(const char* list, int number) {
  return number == 0 ? fmt::format("{}/depthwise_conv2d", list)
                     : fmt::format("{}/depthwise_conv2d_{}", list, number);
}

/// y = k0 x + sum over i = 1..3 of ki relu(si x + bi)
ValueId PiecewiseLinear(const Frontend& frontend, ValueId x) {
  const LayerContext& context = frontend.context;
  constexpr int kBranches = 3;
  ValueId sum = PerChannel(frontend, x, "_pwl_k0_dw", false, "pwl_k0");
  for (int i = 0; i < kBranches; ++i) {
    const std::string number = std::to_string(i + 1);
    const ValueId shifted = PerChannel(frontend, x, ListItem("_pwl_shift_dws", i), true,
                                       "pwl_shift" + number);
    const ValueId clamped = context.Node(Relu{}, {shifted}, "pwl_relu" + number);
    const ValueId scaled =
        PerChannel(frontend, clamped, ListItem("_pwl_k_dws", i), false, "pwl_k" + number);
    sum = context.Node(Add{}, {sum, scaled}, "pwl_add" + number);
  }
  return sum;
}

/// Pools of width 3 smoothed the energy in the first weeks; since then they are 1x1.
bool PcenPoolsSmooth(const Frontend& frontend) {
  const std::string& date = frontend.context.state().file.date_saved;
  return frontend.context.Int("pcen_K", 0) == kEarlyPcenPools && !date.empty() &&
         date < kPointwisePcenSince;
}

/// y0 = relu(x - g m), y = relu(k1 y0 + k2 relu(s y0 + b)), m the smoothed x.
ValueId PcenLike(const Frontend& frontend, ValueId x) {
  const LayerContext& context = frontend.context;
  ValueId smooth = x;
  if (PcenPoolsSmooth(frontend)) {
    for (std::int64_t i = 0; i < context.Int("pcen_K", 0); ++i) {
      smooth = context.Node(AveragePool2d{{.padding = Padding::kSame, .filter_w = 3}},
                            {smooth}, fmt::format("pcen_pool{}", i + 1));
    }
  }
  const ValueId gain = PerChannel(frontend, smooth, "_pcen_agc_dw", false, "pcen_agc");
  const ValueId rest = context.Node(Sub{}, {x, gain}, "pcen_sub");
  const ValueId y0 = context.Node(Relu{}, {rest}, "pcen_relu0");
  const ValueId low = PerChannel(frontend, y0, "_pcen_k1_dw", false, "pcen_k1");
  const ValueId shifted = PerChannel(frontend, y0, "_pcen_shift_dw", true, "pcen_shift");
  const ValueId clamped = context.Node(Relu{}, {shifted}, "pcen_relu1");
  const ValueId high = PerChannel(frontend, clamped, "_pcen_k2mk1_dw", false, "pcen_k2");
  const ValueId sum = context.Node(Add{}, {low, high}, "pcen_add");
  return context.Node(Relu{}, {sum}, "pcen_relu2");
}

/// 10 log10(max(x, 1e-6))
ValueId Decibels(const Frontend& frontend, ValueId x) {
  const LayerContext& context = frontend.context;
  constexpr float kSmallest = 1e-6F;
  const auto factor = static_cast<float>(10 / std::log(10.0));
  const ValueId floor =
      context.Node(Maximum{}, {x, context.Scalar("db_floor", kSmallest)}, "db_max");
  const ValueId log = context.Node(Log{}, {floor}, "db_log");
  return context.Node(Mul{}, {log, context.Scalar("db_factor", factor)}, "db");
}

ValueId Scaled(const Frontend& frontend, ValueId x) {
  const std::string scale = frontend.context.Text("mag_scale", "none");
  if (scale == "none") return x;
  if (scale == "pwl") return PiecewiseLinear(frontend, x);
  if (scale == "pcen") return PcenLike(frontend, x);
  if (scale == "db") return Decibels(frontend, x);
  frontend.context.Refuse(fmt::format("mag_scale '{}'", scale));
}

/// The first `width` elements of `axis`.
ValueId Cut(const Frontend& frontend, ValueId x, std::size_t axis, std::int64_t width) {
  const Shape& shape = frontend.context.ShapeOf(x);
  if (shape[axis] < width) {
    frontend.context.Refuse(fmt::format(
        "an input of shape {}, of which {} frames are needed", ToString(shape), width));
  }
  if (shape[axis] == width) return x;
  StridedSlice op{
      .begin = Ints(shape.size(), 0), .end = shape, .strides = Ints(shape.size(), 1)};
  op.end[axis] = width;
  return frontend.context.Node(op, {x}, "cut");
}

struct Decision {
  bool normalizes = false;
  std::string reason;
};

/// Whether the layer divided by the sample's largest value when it was trained. Neither
/// the configuration nor the metadata says so; the code that wrote the file did one or
/// the other, and its other traces tell which.
Decision DecideNormalization(const LayerContext& context) {
  const ImportState& state = context.state();
  switch (state.options.frontend_normalization) {
    case FrontendNormalization::kOn:
      return {true, "as asked"};
    case FrontendNormalization::kOff:
      return {false, "as asked"};
    case FrontendNormalization::kAuto:
      break;
  }
  if (state.file.model.Find("frontend_bn") != nullptr) {
    return {false, "a layer frontend_bn follows"};
  }
  if (context.HasObject("mag_layer")) return {true, "the file has a mag_layer"};
  if (context.VariableCount("") > 0) return {true, "the file stores mel spacing"};
  if (!state.file.date_saved.empty() && state.file.date_saved < kNormalizationSince) {
    return {false, "saved before " + std::string(kNormalizationSince)};
  }
  if (context.Int("pcen_K", 0) == kEarlyPcenPools) return {false, "pcen_K is 4"};
  context.Refuse(
      "the file doesn't tell whether the front end normalizes; give "
      "--frontend-normalization on or off");
}

/// x / (largest value + 1e-6)
ValueId Normalized(const LayerContext& context, ValueId x) {
  const ValueId largest =
      context.Node(ReduceMax{{.axes = {1, 2, 3}, .keep_dims = true}}, {x}, "max");
  const ValueId divisor = context.Node(
      Add{}, {largest, context.Scalar("floor", kNormalizationFloor)}, "divisor");
  return context.Node(Div{}, {x, divisor}, "normalized");
}

ValueId BuildHybrid(const Frontend& frontend, ValueId spectrogram) {
  const LayerContext& context = frontend.context;
  const ValueId x = Cut(frontend, spectrogram, 2, frontend.width);
  const std::int64_t bins = context.ShapeOf(x)[1];
  const std::int64_t aligned =
      (bins + kMixerAlignment - 1) / kMixerAlignment * kMixerAlignment;
  context.ExpectVariables("mel_mixer", 1);
  const Tensor stored = context.Variable("mel_mixer", 0, {1, 1, aligned, frontend.bands});
  Tensor rows(DType::kFloat32, {bins, frontend.bands});
  std::copy_n(stored.Data<float>().begin(), rows.size(), rows.Data<float>().begin());
  const Tensor kernel = Permuted(rows, {1, 0}).Reshaped({frontend.bands, bins, 1, 1});
  const ValueId bias =
      context.Constant("mel_mixer/bias", Tensor(DType::kFloat32, {frontend.bands}));
  const ValueId mixed = context.Node(
      Conv2d{}, {x, context.Constant("mel_mixer/kernel", kernel), bias}, "mel_mixer");
  const ValueId mel = context.Node(Relu{}, {mixed}, "mel");
  const Decision decision = DecideNormalization(context);
  context.state().notes.push_back(
      fmt::format("front end '{}' {} by its largest value: {}", context.layer().name,
                  decision.normalizes ? "divides" : "doesn't divide", decision.reason));
  const ValueId scaled =
      Scaled(frontend, decision.normalizes ? Normalized(context, mel) : mel);
  return context.Node(Transpose{{0, 3, 2, 1}}, {scaled});
}

/// Samples are cut to T and padded so that the strided filters give exactly W frames.
ValueId BuildRaw(const Frontend& frontend, ValueId waveform) {
  const LayerContext& context = frontend.context;
  if (!context.HasObject("fb2d") || context.VariableCount("fb2d") == 0) {
    context.Refuse("a raw front end without 'fb2d', of an early form; retrain it");
  }
  const auto samples = static_cast<std::int64_t>(context.Number("sample_rate", 0) *
                                                 context.Number("chunk_duration", 0));
  if (samples <= 0) context.Corrupt("no samples");
  const std::int64_t stride = (samples + frontend.width - 1) / frontend.width;
  const std::int64_t taps = kFilterTaps;
  const std::int64_t total =
      std::max<std::int64_t>(0, stride * (frontend.width - 1) + taps - samples);
  ValueId x = Cut(frontend, waveform, 1, samples);
  if (total > 0) {
    x = context.Node(Pad{{0, total / 2, 0}, {0, total - total / 2, 0}}, {x}, "pad");
  }
  x = context.Node(Reshape{{1, 1, samples + total, 1}}, {x}, "expand");
  context.ExpectVariables("fb2d", 1);
  const Tensor kernel = context.Variable("fb2d", 0, {1, taps, 1, frontend.bands});
  const ValueId weights = context.Constant("fb2d/kernel", Permuted(kernel, {3, 0, 1, 2}));
  const ValueId bias =
      context.Constant("fb2d/bias", Tensor(DType::kFloat32, {frontend.bands}));
  x = context.Node(Conv2d{.stride_w = stride}, {x, weights, bias}, "fb2d");
  x = AppendBatchNormalization(context, x, "fb_bn");
  x = context.Node(Relu{Activation::kRelu6}, {x}, "fb_relu");
  return context.Node(Transpose{{0, 3, 2, 1}}, {Scaled(frontend, x)});
}

/// Variables that this mode keeps in the file without using them.
void IgnoreUnused(const LayerContext& context) {
  const std::string prefix = context.layer().path;
  for (const auto& [path, object] : context.state().file.weights) {
    if (path == prefix || path.starts_with(prefix + "/"))
      context.state().bound.insert(path);
  }
}

std::vector<ValueId> BuildFrontend(const LayerContext& context) {
  const ValueId input = context.Input();
  const Frontend frontend{context, context.HasObject("mag_layer") ? kScalingInGroup : "",
                          context.Int("mel_bins", 0), context.Int("spec_width", 0)};
  const std::string mode = context.Text("mode", "");
  ValueId result{};
  if (mode == "precomputed") {
    result = Cut(frontend, input, 2, frontend.width);
  } else if (mode == "hybrid") {
    result = BuildHybrid(frontend, input);
  } else if (mode == "raw") {
    result = BuildRaw(frontend, input);
  } else {
    context.Refuse(fmt::format("mode '{}'", mode));
  }
  IgnoreUnused(context);
  return {result};
}

/// Softmax of one score a position over all positions, then the weighted sum.
std::vector<ValueId> BuildAttentionPooling(const LayerContext& context) {
  const ValueId x = context.Input();
  const Shape in = context.ShapeOf(x);
  if (in.size() != 4)
    context.Refuse("an input that is no [batch, height, width, channels]");
  const std::int64_t positions = in[1] * in[2];
  const std::int64_t channels = in[3];
  context.ExpectVariables("_score_dense", 1);
  const Tensor score = context.Variable("_score_dense", 0, {channels, 1});
  const ValueId rows = context.Node(Reshape{{1, positions, channels}}, {x}, "positions");
  const ValueId weights = context.Constant("score/kernel", score.Reshaped({1, channels}));
  const ValueId scores = context.Node(FullyConnected{}, {rows, weights}, "score");
  const ValueId row = context.Node(Reshape{{1, positions}}, {scores}, "scores");
  const ValueId soft = context.Node(Softmax{}, {row}, "softmax");
  const ValueId column = context.Node(Reshape{{1, positions, 1}}, {soft}, "attention");
  const ValueId weighted = context.Node(Mul{}, {rows, column}, "weighted");
  return {context.Node(Sum{{.axes = {1}}}, {weighted})};
}

}  // namespace

const std::vector<LayerRow>& BirdLayers() {
  static const std::vector<LayerRow> kRows = {
      {"AudioFrontendLayer",
       BuildFrontend,
       "CONV_2D, DEPTHWISE_CONV_2D, ADD, TRANSPOSE, by mode and scaling",
       {"mode", "mel_bins", "spec_width", "sample_rate", "chunk_duration", "fft_length",
        "pcen_K", "init_mel", "mel_fmin", "mel_fmax", "mel_norm", "mag_scale",
        "is_trainable"}},
      {"AttentionPooling",
       BuildAttentionPooling,
       "RESHAPE, FULLY_CONNECTED, SOFTMAX, BATCH_MATMUL",
       {}},
  };
  return kRows;
}

}  // namespace kinglet
