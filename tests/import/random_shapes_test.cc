// Layers that pool, merge and move against what they do to each index.
#include "tests/support/random_layer.h"

namespace kinglet {
namespace {

using nlohmann::json;

Shape ShapeOfRank(Dice& dice, std::int64_t rank, std::int64_t most = 5) {
  Shape shape;
  for (std::int64_t i = 0; i < rank; ++i) shape.push_back(dice.Int(1, most));
  return shape;
}

/// The first and the end of the inputs under window `out`, those outside left out.
struct Pool {
  std::int64_t in = 1;
  std::int64_t size = 1;
  std::int64_t stride = 1;
  bool same = false;

  [[nodiscard]] std::int64_t Out() const {
    return (same ? in - 1 : in - size) / stride + 1;
  }
  [[nodiscard]] std::pair<std::int64_t, std::int64_t> Window(std::int64_t out) const {
    const std::int64_t pad =
        same ? std::max<std::int64_t>((Out() - 1) * stride + size - in, 0) / 2 : 0;
    const std::int64_t begin = out * stride - pad;
    return {std::max<std::int64_t>(begin, 0), std::min(begin + size, in)};
  }
};

Nd Pooled(const Nd& x, const Pool& h, const Pool& w, bool is_max) {
  return Made({h.Out(), w.Out(), x.shape[2]}, [&](auto i, auto j, auto c) {
    const auto [top, bottom] = h.Window(i);
    const auto [left, right] = w.Window(j);
    double sum = 0;
    double largest = -1e9;
    for (std::int64_t a = top; a < bottom; ++a) {
      for (std::int64_t b = left; b < right; ++b) {
        sum += x(a, b, c);
        largest = std::max(largest, x(a, b, c));
      }
    }
    return is_max ? largest : sum / static_cast<double>((bottom - top) * (right - left));
  });
}

TEST(RandomShapes, Pools) {
  ForSeeds(80, [](Dice& dice) {
    const bool is_max = dice.Coin();
    const bool is_series = dice.Coin();
    const bool same = dice.Coin();
    const bool has_strides = dice.Coin();
    const auto axis = [&] {
      Pool pool{dice.Int(5, 11), dice.Int(1, 4), 1, same};
      pool.stride = has_strides ? dice.Int(1, 4) : pool.size;
      return pool;
    };
    const Pool w = axis();
    const Pool h = is_series ? Pool{} : axis();
    const Nd x = dice.Numbers({h.in, w.in, dice.Int(1, 4)}, -2, 0.5);
    const Nd y = Pooled(x, h, w, is_max);
    const auto series = [&](const Nd& image) {
      return is_series ? image.Reshaped({image.shape[1], image.shape[2]}) : image;
    };
    const auto pair = [&](std::int64_t a, std::int64_t b) {
      return is_series ? json{b} : json{a, b};
    };
    ExpectLayer(
        {std::string(is_max ? "Max" : "Average") + "Pooling" + (is_series ? "1D" : "2D"),
         {{"pool_size", pair(h.size, w.size)},
          {"strides", has_strides ? pair(h.stride, w.stride) : json()},
          {"padding", same ? "same" : "valid"}},
         {series(x)}},
        series(y));
  });
}

TEST(RandomShapes, PoolsOfEverything) {
  ForSeeds(40, [](Dice& dice) {
    const bool is_max = dice.Coin();
    const bool keeps = dice.Coin();
    const bool is_series = dice.Coin();
    const Nd x = dice.Numbers({is_series ? 1 : dice.Int(1, 6), dice.Int(1, 6), 3});
    const Nd y = Pooled(x, {x.shape[0], x.shape[0]}, {x.shape[1], x.shape[1]}, is_max);
    const Shape in = is_series ? Shape{x.shape[1], 3} : x.shape;
    const Shape kept = is_series ? Shape{1, 3} : Shape{1, 1, 3};
    ExpectLayer({std::string("Global") + (is_max ? "Max" : "Average") + "Pooling" +
                     (is_series ? "1D" : "2D"),
                 {{"keepdims", keeps}},
                 {x.Reshaped(in)}},
                y.Reshaped(keeps ? kept : Shape{3}));
  });
}

double Combined(const std::string& kind, double a, double b) {
  if (kind == "Subtract") return a - b;
  if (kind == "Multiply") return a * b;
  if (kind == "Maximum") return std::max(a, b);
  if (kind == "Minimum") return std::min(a, b);
  return a + b;
}

TEST(RandomShapes, MergesThatBroadcast) {
  ForSeeds(80, [](Dice& dice) {
    const std::string kind =
        dice.Word({"Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum"});
    const std::int64_t count = kind == "Subtract" ? 2 : dice.Int(2, 4);
    const Shape whole = ShapeOfRank(dice, 3, 4);
    LayerCase layer{kind, json::object(), {}};
    for (std::int64_t n = 0; n < count; ++n) {
      Shape shape = whole;
      for (std::int64_t& size : shape) size = n > 0 && dice.Int(0, 3) == 0 ? 1 : size;
      layer.inputs.push_back(dice.Numbers(shape));
    }
    const Nd y = Made(whole, [&](auto i, auto j, auto c) {
      double merged = 0;
      for (std::size_t n = 0; n < layer.inputs.size(); ++n) {
        const Nd& x = layer.inputs[n];
        const double next = x(i % x.shape[0], j % x.shape[1], c % x.shape[2]);
        merged = n == 0 ? next : Combined(kind, merged, next);
      }
      return kind == "Average" ? merged / static_cast<double>(count) : merged;
    });
    ExpectLayer(layer, y);
  });
}

TEST(RandomShapes, Concatenate) {
  ForSeeds(40, [](Dice& dice) {
    const auto axis = static_cast<std::size_t>(dice.Int(0, 2));
    Shape shape = ShapeOfRank(dice, 3, 4);
    LayerCase layer{"Concatenate", {{"axis", axis + 1}}, {}};
    std::vector<std::pair<std::size_t, std::int64_t>> places;  // by index along the axis
    for (std::size_t n = 0; n < static_cast<std::size_t>(dice.Int(2, 4)); ++n) {
      shape[axis] = dice.Int(1, 3);
      for (std::int64_t i = 0; i < shape[axis]; ++i) places.emplace_back(n, i);
      layer.inputs.push_back(dice.Numbers(shape));
    }
    shape[axis] = static_cast<std::int64_t>(places.size());
    ExpectLayer(layer, Made(shape, [&](auto i, auto j, auto c) {
                  Shape at = {i, j, c};
                  const auto [n, place] = places[static_cast<std::size_t>(at[axis])];
                  at[axis] = place;
                  return layer.inputs[n](at[0], at[1], at[2]);
                }));
  });
}

TEST(RandomShapes, MoversOfAllElements) {
  ForSeeds(60, [](Dice& dice) {
    const Nd x = dice.Numbers(ShapeOfRank(dice, 3));
    const std::int64_t count = ElementCount(x.shape);
    ExpectLayer({"Flatten", json::object(), {x}}, x.Reshaped({count}));
    ExpectLayer({"Reshape", {{"target_shape", {x.shape[2], -1}}}, {x}},
                x.Reshaped({x.shape[2], count / x.shape[2]}));
    std::vector<std::size_t> perm = {0, 1, 2};
    for (std::size_t i = 2; i > 0; --i) {
      std::swap(
          perm[i],
          perm[static_cast<std::size_t>(dice.Int(0, static_cast<std::int64_t>(i)))]);
    }
    ExpectLayer({"Permute", {{"dims", {perm[0] + 1, perm[1] + 1, perm[2] + 1}}}, {x}},
                Transposed(x, perm));
    const Nd row = dice.Numbers({dice.Int(1, 5)});
    Nd repeated({dice.Int(1, 4), row.shape[0]});
    for (std::size_t i = 0; i < repeated.data.size(); ++i) {
      repeated.data[i] = row.data[i % row.data.size()];
    }
    ExpectLayer({"RepeatVector", {{"n", repeated.shape[0]}}, {row}}, repeated);
  });
}

TEST(RandomShapes, PaddingCroppingAndEnlarging) {
  ForSeeds(60, [](Dice& dice) {
    const std::int64_t top = dice.Int(0, 2);
    const std::int64_t bottom = dice.Int(0, 2);
    const std::int64_t left = dice.Int(0, 2);
    const std::int64_t right = dice.Int(0, 2);
    const Nd x = dice.Numbers({dice.Int(5, 7), dice.Int(5, 7), dice.Int(1, 3)});
    const std::int64_t h = x.shape[0];
    const std::int64_t w = x.shape[1];
    const json edges = {{top, bottom}, {left, right}};
    ExpectLayer({"ZeroPadding2D", {{"padding", edges}}, {x}},
                Made({h + top + bottom, w + left + right, x.shape[2]},
                     [&](auto i, auto j, auto c) {
                       const bool inside =
                           i >= top && i < top + h && j >= left && j < left + w;
                       return inside ? x(i - top, j - left, c) : 0;
                     }));
    ExpectLayer({"Cropping2D", {{"cropping", edges}}, {x}},
                Made({h - top - bottom, w - left - right, x.shape[2]},
                     [&](auto i, auto j, auto c) { return x(i + top, j + left, c); }));
    const std::int64_t up = dice.Int(1, 3);
    const std::int64_t across = dice.Int(1, 3);
    ExpectLayer(
        {"UpSampling2D", {{"size", {up, across}}, {"interpolation", "nearest"}}, {x}},
        Made({h * up, w * across, x.shape[2]},
             [&](auto i, auto j, auto c) { return x(i / up, j / across, c); }));
  });
}

}  // namespace
}  // namespace kinglet
