// Convolutions of every kind with random options against loops over all taps.
#include "tests/support/swept_window.h"

namespace kinglet {
namespace {

constexpr unsigned kTrials = 40;

TEST(RandomConvolutions, WithGroups) {
  ForSeeds(kTrials, [](Dice& dice) {
    Geometry g(dice, dice.Coin() ? 1 : 2, Geometry::Steps::kAny);
    const std::int64_t groups = dice.Int(1, 3);
    const std::int64_t each = dice.Int(1, 3);
    const std::int64_t filters = groups * dice.Int(1, 3);
    g.config["groups"] = groups;
    g.config["filters"] = filters;
    const Nd x = dice.Numbers({g.h.in, g.w.in, groups * each});
    const Nd kernel = dice.Numbers({g.h.kernel, g.w.kernel, each, filters});
    const Nd bias = g.Bias(dice, filters);
    LayerCase layer{g.Name("Conv"), g.config, {g.InForm(x)}};
    layer.Add(g.Stored(kernel));
    if (g.HasBias()) layer.Add(bias);
    ExpectLayer(layer, g.InForm(Convolved(x, kernel, bias, g.h, g.w)));
  });
}

TEST(RandomConvolutions, Depthwise) {
  ForSeeds(kTrials, [](Dice& dice) {
    Geometry g(dice, dice.Coin() ? 1 : 2, Geometry::Steps::kAlike, false);
    const std::int64_t multiplier = dice.Int(1, 3);
    g.config["depth_multiplier"] = multiplier;
    const Nd x = dice.Numbers({g.h.in, g.w.in, g.channels});
    const Nd kernel = dice.Numbers({g.h.kernel, g.w.kernel, g.channels, multiplier});
    const Nd bias = g.Bias(dice, g.channels * multiplier);
    LayerCase layer{g.Name("DepthwiseConv"), g.config, {g.InForm(x)}};
    layer.Add(g.Stored(kernel));
    if (g.HasBias()) layer.Add(bias);
    ExpectLayer(layer, g.InForm(Convolved(x, Grouped(kernel), bias, g.h, g.w)));
  });
}

TEST(RandomConvolutions, Separable) {
  ForSeeds(kTrials, [](Dice& dice) {
    Geometry g(dice, dice.Coin() ? 1 : 2, Geometry::Steps::kAlike);
    const std::int64_t multiplier = dice.Int(1, 3);
    const std::int64_t filters = dice.Int(1, 5);
    g.config["depth_multiplier"] = multiplier;
    g.config["filters"] = filters;
    const Nd x = dice.Numbers({g.h.in, g.w.in, g.channels});
    const Nd kernel = dice.Numbers({g.h.kernel, g.w.kernel, g.channels, multiplier});
    const Nd point = dice.Numbers({1, 1, g.channels * multiplier, filters});
    const Nd bias = g.Bias(dice, filters);
    LayerCase layer{g.Name("SeparableConv"), g.config, {g.InForm(x)}};
    layer.Add(g.Stored(kernel));
    layer.Add(g.Stored(point));
    if (g.HasBias()) layer.Add(bias);
    const Nd between = Convolved(x, Grouped(kernel), Nd({0}), g.h, g.w);
    const Nd y = Convolved(between, point, bias, {.in = between.shape[0]},
                           {.in = between.shape[1]});
    ExpectLayer(layer, g.InForm(y));
  });
}

/// Every input adds to outputs stride * i + dilation * tap of a full result, from which
/// the layer's is cut (docs of Conv2DTranspose and its gradient).
struct TransposedAxis {
  SweptAxis axis;
  std::int64_t out;
  std::int64_t crop;

  explicit TransposedAxis(const SweptAxis& its) : axis(its) {
    const std::int64_t full = (axis.in - 1) * axis.stride + axis.Taps();
    const std::int64_t gap = std::max<std::int64_t>(axis.stride - axis.Taps(), 0);
    out = axis.padding == "same" ? axis.in * axis.stride : full + gap;
    crop = axis.padding == "same" ? std::max<std::int64_t>(full - out, 0) / 2 : 0;
  }
  [[nodiscard]] std::int64_t At(std::int64_t i, std::int64_t tap) const {
    return i * axis.stride + tap * axis.dilation - crop;
  }
  [[nodiscard]] bool Holds(std::int64_t at) const { return at >= 0 && at < out; }
};

/// x [h,w,c], kernel [kh,kw,o,c].
Nd Spread(const Nd& x, const Nd& kernel, const Nd& bias, const TransposedAxis& h,
          const TransposedAxis& w) {
  Nd y({h.out, w.out, kernel.shape[2]});
  for (std::size_t i = 0; i < y.data.size() && !bias.data.empty(); ++i) {
    y.data[i] = bias.data[i % bias.data.size()];
  }
  for (std::int64_t i = 0; i < h.axis.in; ++i) {
    for (std::int64_t j = 0; j < w.axis.in; ++j) {
      for (std::int64_t a = 0; a < h.axis.kernel; ++a) {
        for (std::int64_t b = 0; b < w.axis.kernel; ++b) {
          if (!h.Holds(h.At(i, a)) || !w.Holds(w.At(j, b))) continue;
          for (std::int64_t o = 0; o < kernel.shape[2]; ++o) {
            for (std::int64_t c = 0; c < kernel.shape[3]; ++c) {
              y(h.At(i, a), w.At(j, b), o) += x(i, j, c) * kernel(a, b, o, c);
            }
          }
        }
      }
    }
  }
  return y;
}

TEST(RandomConvolutions, Transposed) {
  ForSeeds(kTrials, [](Dice& dice) {
    Geometry g(dice, dice.Coin() ? 1 : 2, Geometry::Steps::kAny, false);
    const std::int64_t filters = dice.Int(1, 4);
    g.config["filters"] = filters;
    const Nd x = dice.Numbers({g.h.in, g.w.in, g.channels});
    const Nd kernel = dice.Numbers({g.h.kernel, g.w.kernel, filters, g.channels});
    const Nd bias = g.Bias(dice, filters);
    LayerCase layer{g.Name("Conv", "Transpose"), g.config, {g.InForm(x)}};
    layer.Add(g.Stored(kernel));
    if (g.HasBias()) layer.Add(bias);
    const SweptAxis h = g.axes == 1 ? SweptAxis{} : g.h;
    ExpectLayer(
        layer, g.InForm(Spread(x, kernel, bias, TransposedAxis(h), TransposedAxis(g.w))));
  });
}

}  // namespace
}  // namespace kinglet
