// Layers that bring pictures and series to a size, against plain loops.
#include "tests/support/random_layer.h"

namespace kinglet {
namespace {

using nlohmann::json;

Nd Picture(Dice& dice) {
  return dice.Numbers({dice.Int(1, 7), dice.Int(1, 7), dice.Int(1, 3)}, -2, 2);
}

/// Where output i of `out` lies among `in`: the lower neighbour and the upper's share.
std::pair<std::int64_t, double> Between(std::int64_t i, std::int64_t in,
                                        std::int64_t out) {
  const double at = (static_cast<double>(i) + 0.5) * static_cast<double>(in) /
                        static_cast<double>(out) -
                    0.5;
  const double inside = std::clamp(at, 0.0, static_cast<double>(in - 1));
  return {static_cast<std::int64_t>(inside), inside - std::floor(inside)};
}

/// Each pixel from the four around it, bilinear.
Nd Resized(const Nd& x, std::int64_t height, std::int64_t width) {
  return Made({height, width, x.shape[2]}, [&](auto i, auto j, auto c) {
    const auto [a, down] = Between(i, x.shape[0], height);
    const auto [b, right] = Between(j, x.shape[1], width);
    const std::int64_t below = std::min(a + 1, x.shape[0] - 1);
    const std::int64_t beside = std::min(b + 1, x.shape[1] - 1);
    return (1 - down) * ((1 - right) * x(a, b, c) + right * x(a, beside, c)) +
           down * ((1 - right) * x(below, b, c) + right * x(below, beside, c));
  });
}

/// Rows and columns from `top` and `left` on; outside of x they are `filler`.
Nd Part(const Nd& x, std::int64_t top, std::int64_t left, std::int64_t height,
        std::int64_t width, double filler = 0) {
  return Made({height, width, x.shape[2]}, [&](auto i, auto j, auto c) {
    const bool is_inside =
        i + top >= 0 && i + top < x.shape[0] && j + left >= 0 && j + left < x.shape[1];
    return is_inside ? x(i + top, j + left, c) : filler;
  });
}

/// The middle of the ratio of height to width.
Nd Cropped(const Nd& x, std::int64_t height, std::int64_t width) {
  const std::int64_t h = x.shape[0];
  const std::int64_t w = x.shape[1];
  const std::int64_t rows = std::max<std::int64_t>(std::min(h, w * height / width), 1);
  const std::int64_t columns = std::max<std::int64_t>(std::min(w, h * width / height), 1);
  return Part(x, (h - rows) / 2, (w - columns) / 2, rows, columns);
}

TEST(RandomSizes, BilinearEnlarging) {
  ForSeeds(30, [](Dice& dice) {
    const Nd x = Picture(dice);
    const Shape to = {x.shape[0] * dice.Int(1, 3), x.shape[1] * dice.Int(1, 3),
                      x.shape[2]};
    ExpectLayer({"UpSampling2D",
                 {{"size", {to[0] / x.shape[0], to[1] / x.shape[1]}},
                  {"interpolation", "bilinear"}},
                 {x}},
                Resized(x, to[0], to[1]));
  });
}

TEST(RandomSizes, ResizingByTheRatio) {
  ForSeeds(40, [](Dice& dice) {
    const Nd x = Picture(dice);
    const std::int64_t h = x.shape[0];
    const std::int64_t w = x.shape[1];
    const std::int64_t height = dice.Int(1, 9);
    const std::int64_t width = dice.Int(1, 9);
    const json size = {{"height", height}, {"width", width}};
    LayerCase layer{"Resizing", size, {x}};
    ExpectLayer(layer, Resized(x, height, width));
    layer.config["crop_to_aspect_ratio"] = true;
    ExpectLayer(layer, Resized(Cropped(x, height, width), height, width));
    layer.config = size;
    layer.config["pad_to_aspect_ratio"] = true;
    layer.config["fill_value"] = dice.Of<double>({0, 0.5});
    const std::int64_t rows = (std::max(h, w * height / width) - h) / 2;
    const std::int64_t columns = (std::max(w, h * width / height) - w) / 2;
    const Nd padded = Part(x, -rows, -columns, h + 2 * rows, w + 2 * columns,
                           layer.config["fill_value"].get<double>());
    ExpectLayer(layer, Resized(padded, height, width));
  });
}

TEST(RandomSizes, CenterCrop) {
  ForSeeds(30, [](Dice& dice) {
    const Nd x = Picture(dice);
    const std::int64_t height = dice.Int(1, 8);
    const std::int64_t width = dice.Int(1, 8);
    const bool fits = height <= x.shape[0] && width <= x.shape[1];
    const Nd y =
        fits ? Part(x, (x.shape[0] - height) / 2, (x.shape[1] - width) / 2, height, width)
             : Resized(Cropped(x, height, width), height, width);
    ExpectLayer({"CenterCrop", {{"height", height}, {"width", width}}, {x}}, y);
  });
}

/// Windows from floor(i in / out) to ceil((i + 1) in / out) along both axes.
Nd AdaptivelyPooled(const Nd& x, std::int64_t height, std::int64_t width, bool is_max) {
  const auto end = [](std::int64_t i, std::int64_t in, std::int64_t out) {
    return ((i + 1) * in + out - 1) / out;
  };
  return Made({height, width, x.shape[2]}, [&](auto i, auto j, auto c) {
    double sum = 0;
    double largest = -1e9;
    double count = 0;
    for (auto a = i * x.shape[0] / height; a < end(i, x.shape[0], height); ++a) {
      for (auto b = j * x.shape[1] / width; b < end(j, x.shape[1], width); ++b) {
        sum += x(a, b, c);
        largest = std::max(largest, x(a, b, c));
        count += 1;
      }
    }
    return is_max ? largest : sum / count;
  });
}

TEST(RandomSizes, AdaptivePools) {
  ForSeeds(60, [](Dice& dice) {
    const bool is_max = dice.Coin();
    const std::string kind = is_max ? "AdaptiveMaxPooling" : "AdaptiveAveragePooling";
    const Nd x = Picture(dice);
    const std::int64_t height = dice.Int(1, 8);
    const std::int64_t width = dice.Int(1, 8);
    ExpectLayer({kind + "2D", {{"output_size", {height, width}}}, {x}},
                AdaptivelyPooled(x, height, width, is_max));
    const Nd series = x.Reshaped({1, x.shape[0] * x.shape[1], x.shape[2]});
    ExpectLayer({kind + "1D",
                 {{"output_size", width}},
                 {series.Reshaped({series.shape[1], x.shape[2]})}},
                AdaptivelyPooled(series, 1, width, is_max).Reshaped({width, x.shape[2]}));
  });
}

}  // namespace
}  // namespace kinglet
