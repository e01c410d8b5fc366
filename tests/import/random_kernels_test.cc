// Convolutions of keras.ops, whose kernels are arguments, against loops over all taps.
#include "tests/support/swept_window.h"

namespace kinglet {
namespace {

using nlohmann::json;

/// The options of a function, which has its kernels as arguments and no bias.
json WithoutWeights(const Geometry& g) {
  json config = g.config;
  for (const char* key : {"kernel_size", "use_bias", "activation"}) config.erase(key);
  return config;
}

TEST(RandomKernels, AreArguments) {
  ForSeeds(40, [](Dice& dice) {
    Geometry g(dice, dice.Coin() ? 1 : 2, Geometry::Steps::kAlike, false);
    json config = WithoutWeights(g);
    const std::int64_t groups = dice.Int(1, 2);
    const Nd x = dice.Numbers({g.h.in, g.w.in, 2 * groups});
    const Nd kernel = dice.Numbers({g.h.kernel, g.w.kernel, 2, 2 * groups});
    config["kernel"] = ArrayOf(g.Stored(kernel));
    ExpectLayer(FunctionOf("Conv", config, g.InForm(x)),
                g.InForm(Convolved(x, kernel, Nd({0}), g.h, g.w)));
    const Nd each = dice.Numbers({g.h.kernel, g.w.kernel, 2 * groups, 2});
    config["kernel"] = ArrayOf(g.Stored(each));
    const Nd between = Convolved(x, Grouped(each), Nd({0}), g.h, g.w);
    ExpectLayer(FunctionOf("DepthwiseConv", config, g.InForm(x)), g.InForm(between));
    const Nd point = dice.Numbers({1, 1, 4 * groups, 3});
    config["depthwise_kernel"] = config["kernel"];
    config.erase("kernel");
    config["pointwise_kernel"] = ArrayOf(g.Stored(point));
    ExpectLayer(FunctionOf("SeparableConv", config, g.InForm(x)),
                g.InForm(Convolved(between, point, Nd({0}), {.in = between.shape[0]},
                                   {.in = between.shape[1]})));
  });
}

// TensorFlow's names, batch and channels among the strides, lists for arrays.
TEST(RandomKernels, AreArgumentsOfTensorFlowToo) {
  ForSeeds(20, [](Dice& dice) {
    Geometry g(dice, 2, Geometry::Steps::kAny, false);
    const Nd x = dice.Numbers({g.h.in, g.w.in, g.channels});
    const Nd kernel = dice.Numbers({g.h.kernel, g.w.kernel, g.channels, 3});
    std::string padding = g.config["padding"];
    std::ranges::transform(padding, padding.begin(), [](char c) {
      return static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    });
    const auto sizes = [&](std::int64_t h, std::int64_t w) {
      return g.is_channels_first ? json{1, 1, h, w} : json{1, h, w, 1};
    };
    const json config = {{"function", "nn.conv2d"},
                         {"filters", ArrayOf(kernel)["config"]["value"]},
                         {"strides", sizes(g.h.stride, g.w.stride)},
                         {"dilations", sizes(g.h.dilation, g.w.dilation)},
                         {"padding", padding},
                         {"data_format", g.is_channels_first ? "NCHW" : "NHWC"}};
    ExpectLayer({"TFOpLambda", config, {g.InForm(x)}},
                g.InForm(Convolved(x, kernel, Nd({0}), g.h, g.w)));
  });
}

TEST(RandomKernels, AreRefusedWhereTheModelComputesThem) {
  Dice dice(0);
  const Nd x = dice.Numbers({3, 2, 2});
  LayerCase layer{"Conv", {{"padding", "valid"}}, {x, x}};
  layer.is_function = layer.has_arguments = true;
  EXPECT_THROW(Imported(layer), Error);
}

/// Elements of a patch in the order of Keras: rows, columns, channels.
Nd Patches(const Nd& x, const SweptAxis& h, const SweptAxis& w) {
  return Made({h.Out(), w.Out(), h.kernel * w.kernel * x.shape[2]},
              [&](std::int64_t i, std::int64_t j, std::int64_t e) {
                const std::int64_t c = e % x.shape[2];
                const std::int64_t tap = e / x.shape[2];
                const std::int64_t row = h.At(i, tap / w.kernel);
                const std::int64_t column = w.At(j, tap % w.kernel);
                const bool is_inside = IsInside(row, h) && IsInside(column, w);
                return is_inside ? x(row, column, c) : 0;
              });
}

TEST(RandomKernels, PickPatches) {
  ForSeeds(40, [](Dice& dice) {
    Geometry g(dice, 2, Geometry::Steps::kAny, false);
    const bool are_side_by_side = dice.Coin();
    if (are_side_by_side) {
      g.w = {.in = 8, .kernel = 2, .stride = 2, .padding = g.w.padding};
      g.h = {.in = 6, .kernel = 2, .stride = 2, .padding = g.h.padding};
    }
    const Nd x = dice.Numbers({g.h.in, g.w.in, g.channels});
    const json config = {{"size", {g.h.kernel, g.w.kernel}},
                         {"strides", {g.h.stride, g.w.stride}},
                         {"dilation_rate", {g.h.dilation, g.w.dilation}},
                         {"padding", g.config["padding"]},
                         {"data_format", g.config["data_format"]}};
    ExpectLayer(FunctionOf("ExtractPatches", config, g.InForm(x)),
                g.InForm(Patches(x, g.h, g.w)));
  });
}

}  // namespace
}  // namespace kinglet
