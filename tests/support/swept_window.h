// Convolutions as loops over all taps, and random options of them.
#pragma once

#include "tests/support/random_layer.h"

namespace kinglet {

/// Sizes along one axis.
struct SweptAxis {
  std::int64_t in = 1;
  std::int64_t kernel = 1;
  std::int64_t stride = 1;
  std::int64_t dilation = 1;
  std::string padding = "valid";

  [[nodiscard]] std::int64_t Taps() const { return (kernel - 1) * dilation + 1; }
  [[nodiscard]] std::int64_t Out() const {
    const std::int64_t reach = padding == "valid" ? in - Taps() : in - 1;
    return reach / stride + 1;
  }
  /// Zeros in front.
  [[nodiscard]] std::int64_t Before() const {
    if (padding == "valid") return 0;
    if (padding == "causal") return Taps() - 1;
    return std::max<std::int64_t>((Out() - 1) * stride + Taps() - in, 0) / 2;
  }
  /// The input that a tap of an output meets; outside 0..in-1: none.
  [[nodiscard]] std::int64_t At(std::int64_t out, std::int64_t tap) const {
    return out * stride + tap * dilation - Before();
  }
};

inline bool IsInside(std::int64_t i, const SweptAxis& axis) {
  return i >= 0 && i < axis.in;
}

/// x [h,w,c], kernel [kh,kw,c/groups,o], bias [o] or empty.
inline Nd Convolved(const Nd& x, const Nd& kernel, const Nd& bias, const SweptAxis& h,
                    const SweptAxis& w) {
  const std::int64_t outputs = kernel.shape[3];
  const std::int64_t each = kernel.shape[2];
  const std::int64_t per_group = outputs / (x.shape[2] / each);
  Nd y({h.Out(), w.Out(), outputs});
  for (std::int64_t i = 0; i < h.Out(); ++i) {
    for (std::int64_t j = 0; j < w.Out(); ++j) {
      for (std::int64_t o = 0; o < outputs; ++o) {
        double& sum = y(i, j, o);
        if (!bias.data.empty()) sum = bias(o);
        for (std::int64_t a = 0; a < h.kernel; ++a) {
          for (std::int64_t b = 0; b < w.kernel; ++b) {
            const std::int64_t row = h.At(i, a);
            const std::int64_t column = w.At(j, b);
            if (!IsInside(row, h) || !IsInside(column, w)) continue;
            for (std::int64_t c = 0; c < each; ++c) {
              sum += x(row, column, o / per_group * each + c) * kernel(a, b, c, o);
            }
          }
        }
      }
    }
  }
  return y;
}

/// kernel [kh,kw,c,m] as that of as many groups as channels: [kh,kw,1,c*m].
inline Nd Grouped(const Nd& kernel) {
  return kernel.Reshaped(
      {kernel.shape[0], kernel.shape[1], 1, kernel.shape[2] * kernel.shape[3]});
}

/// Random axes and the configuration that says so.
struct Geometry {
  SweptAxis h;
  SweptAxis w;
  std::int64_t channels;
  std::size_t axes;
  bool is_channels_first;
  nlohmann::json config;

  enum class Steps { kAny, kAlike };  // depthwise: one stride for both axes

  Geometry(Dice& dice, std::size_t its_axes, Steps steps, bool can_be_causal = true)
      : axes(its_axes) {
    const bool strides = dice.Coin();
    std::vector<std::string> paddings = {"valid", "same"};
    if (axes == 1 && can_be_causal) paddings.emplace_back("causal");
    const std::string padding = dice.Word(paddings);
    const auto axis = [&](std::int64_t stride, std::int64_t dilation) {
      return SweptAxis{dice.Int(9, 14), dice.Int(1, 4), stride, dilation, padding};
    };
    w = axis(strides ? dice.Int(1, 3) : 1, strides ? 1 : dice.Int(1, 3));
    if (axes == 2) h = axis(w.stride, w.dilation);
    if (axes == 2 && steps == Steps::kAny) h.stride = strides ? dice.Int(1, 3) : 1;
    channels = dice.Int(1, 5);
    is_channels_first = padding != "causal" && dice.Int(0, 3) == 0;
    config = {{"padding", padding},
              {"kernel_size", Pair(h.kernel, w.kernel)},
              {"strides", Pair(h.stride, w.stride)},
              {"dilation_rate", Pair(w.dilation, w.dilation)},
              {"use_bias", dice.Coin()},
              {"activation", "linear"},
              {"data_format", is_channels_first ? "channels_first" : "channels_last"}};
  }

  [[nodiscard]] nlohmann::json Pair(std::int64_t along_h, std::int64_t along_w) const {
    return axes == 1 ? nlohmann::json{along_w} : nlohmann::json{along_h, along_w};
  }
  [[nodiscard]] bool HasBias() const { return config["use_bias"]; }
  [[nodiscard]] Nd Bias(Dice& dice, std::int64_t count) const {
    return HasBias() ? dice.Numbers({count}) : Nd({0});
  }
  /// The kernel as the layer stores it: no height for series.
  [[nodiscard]] Nd Stored(const Nd& kernel) const {
    return axes == 2 ? kernel
                     : kernel.Reshaped({kernel.shape.begin() + 1, kernel.shape.end()});
  }
  /// [h,w,c] as the layer has its data.
  [[nodiscard]] Nd InForm(const Nd& x) const {
    const Nd ordered = is_channels_first ? Transposed(x, {2, 0, 1}) : x;
    if (axes == 2) return ordered;
    return ordered.Reshaped(is_channels_first
                                ? Shape{ordered.shape[0], ordered.shape[2]}
                                : Shape{ordered.shape[1], ordered.shape[2]});
  }
  [[nodiscard]] std::string Name(const std::string& kind,
                                 const std::string& suffix = "") const {
    return kind + (axes == 1 ? "1D" : "2D") + suffix;
  }
};

}  // namespace kinglet
