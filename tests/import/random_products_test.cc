// Dense, einsum and attention layers against sums over all indices.
#include <map>

#include "tests/support/random_layer.h"

namespace kinglet {
namespace {

using nlohmann::json;

/// Sizes by letter.
using Sizes = std::map<char, std::int64_t>;

Shape ShapeOf(const std::string& letters, const Sizes& sizes) {
  Shape shape;
  for (const char letter : letters) shape.push_back(sizes.at(letter));
  return shape;
}

std::size_t FlatIndex(const std::string& letters, const Sizes& sizes, const Sizes& at) {
  std::int64_t flat = 0;
  for (const char letter : letters) flat = flat * sizes.at(letter) + at.at(letter);
  return static_cast<std::size_t>(flat);
}

/// numpy.einsum("a,b->c", x, y) by walking over all values of all letters.
Nd Einsum(const std::string& a, const std::string& b, const std::string& c, const Nd& x,
          const Nd& y) {
  Sizes sizes;
  for (std::size_t i = 0; i < a.size(); ++i) sizes[a[i]] = x.shape[i];
  for (std::size_t i = 0; i < b.size(); ++i) sizes[b[i]] = y.shape[i];
  Nd sum(ShapeOf(c, sizes));
  Sizes at;
  for (const auto& [letter, unused] : sizes) at[letter] = 0;
  while (true) {
    sum.data[FlatIndex(c, sizes, at)] +=
        x.data[FlatIndex(a, sizes, at)] * y.data[FlatIndex(b, sizes, at)];
    auto letter = at.begin();
    for (; letter != at.end(); ++letter) {
      if (++letter->second < sizes.at(letter->first)) break;
      letter->second = 0;
    }
    if (letter == at.end()) return sum;
  }
}

/// Adds `bias` to each of the last elements.
Nd Plus(Nd x, const Nd& bias) {
  for (std::size_t i = 0; i < x.data.size(); ++i) {
    x.data[i] += bias.data[i % bias.data.size()];
  }
  return x;
}

Nd SoftmaxOfRows(Nd x) {
  const auto width = static_cast<std::size_t>(x.shape.back());
  for (std::size_t row = 0; row < x.data.size(); row += width) {
    double sum = 0;
    for (std::size_t i = row; i < row + width; ++i) sum += std::exp(x.data[i]);
    for (std::size_t i = row; i < row + width; ++i) x.data[i] = std::exp(x.data[i]) / sum;
  }
  return x;
}

TEST(RandomProducts, Dense) {
  ForSeeds(40, [](Dice& dice) {
    const Shape shapes[] = {{dice.Int(1, 7)},
                            {dice.Int(1, 4), dice.Int(1, 7)},
                            {dice.Int(1, 3), dice.Int(1, 4), dice.Int(1, 7)}};
    const Nd x = dice.Numbers(shapes[dice.Int(0, 2)]);
    const std::int64_t units = dice.Int(1, 6);
    const bool use_bias = dice.Coin();
    const std::string activation = dice.Word({"linear", "softmax"});
    LayerCase layer{
        "Dense",
        {{"units", units}, {"use_bias", use_bias}, {"activation", activation}},
        {x}};
    const Nd kernel = dice.Numbers({x.shape.back(), units});
    layer.Add(kernel);
    const std::string letters = std::string("abc").substr(0, x.shape.size() - 1);
    Nd y = Einsum(letters + "x", "xy", letters + "y", x, kernel);
    if (use_bias) {
      const Nd bias = dice.Numbers({units});
      layer.Add(bias);
      y = Plus(y, bias);
    }
    ExpectLayer(layer, activation == "softmax" ? SoftmaxOfRows(y) : y);
  });
}

TEST(RandomProducts, EinsumDense) {
  struct Equation {
    const char* x;
    const char* kernel;
    const char* y;
    const char* bias_axes;
  };
  // Without the batch, which stands first in x and y.
  const std::vector<Equation> equations = {
      {"d", "de", "e", "e"},     {"td", "dh", "th", "h"},  {"td", "dhk", "thk", "hk"},
      {"thk", "hkd", "td", "d"}, {"td", "dhk", "thk", ""}, {"td", "ts", "sd", ""},
      {"tcd", "de", "tce", "e"}};
  ForSeeds(60, [&](Dice& dice) {
    const Equation e = dice.Of(equations);
    Sizes sizes;
    for (const char* c = "tcdehks"; *c != 0; ++c) sizes[*c] = dice.Int(1, 4);
    const Nd x = dice.Numbers(ShapeOf(e.x, sizes));
    const Nd kernel = dice.Numbers(ShapeOf(e.kernel, sizes));
    const std::string bias_axes = e.bias_axes;
    const Nd y = Einsum(e.x, e.kernel, e.y, x, kernel);
    json shape = json::array();
    for (const std::int64_t size : y.shape) shape.push_back(size);
    LayerCase layer{"EinsumDense",
                    {{"equation", std::string("b") + e.x + "," + e.kernel + "->b" + e.y},
                     {"output_shape", shape},
                     {"activation", "linear"},
                     {"bias_axes", bias_axes.empty() ? json() : json(bias_axes)}},
                    {x}};
    layer.Add(kernel);
    if (bias_axes.empty()) return ExpectLayer(layer, y);
    const Nd bias = dice.Numbers(ShapeOf(bias_axes, sizes));
    layer.Add(bias);
    ExpectLayer(layer, Plus(y, bias));
  });
}

/// Draws x . kernel + bias [t,h,k] of an attention layer and stores its variables.
Nd Projected(Dice& dice, LayerCase& layer, const std::string& name, const Nd& x,
             std::int64_t heads, std::int64_t size) {
  const Nd kernel = dice.Numbers({x.shape[1], heads, size});
  layer.Add(kernel, name);
  Nd y = Einsum("td", "dhk", "thk", x, kernel);
  if (!layer.config["use_bias"]) return y;
  const Nd bias = dice.Numbers({heads, size});
  layer.Add(bias, name);
  return Plus(y, bias);
}

TEST(RandomProducts, MultiHeadAttention) {
  ForSeeds(40, [](Dice& dice) {
    const std::int64_t heads = dice.Int(1, 3);
    const std::int64_t size = dice.Int(1, 4);
    const std::int64_t value_size = dice.Int(1, 4);
    const Nd query = dice.Numbers({dice.Int(1, 5), dice.Int(1, 5)});
    const Nd value = dice.Numbers({dice.Int(1, 5), dice.Int(1, 5)});
    LayerCase layer{"MultiHeadAttention",
                    {{"num_heads", heads},
                     {"key_dim", size},
                     {"value_dim", value_size},
                     {"use_bias", dice.Coin()}},
                    {query, value}};
    layer.has_arguments = true;
    Nd q = Projected(dice, layer, "query_dense", query, heads, size);
    const Nd k = Projected(dice, layer, "key_dense", value, heads, size);
    const Nd v = Projected(dice, layer, "value_dense", value, heads, value_size);
    for (double& x : q.data) x /= std::sqrt(static_cast<double>(size));
    const Nd weights = SoftmaxOfRows(Einsum("qhk", "shk", "hqs", q, k));
    const Nd mixed = Einsum("hqs", "shk", "qhk", weights, v);
    const Nd kernel = dice.Numbers({heads, value_size, query.shape[1]});
    layer.Add(kernel, "output_dense");
    Nd y = Einsum("qhk", "hkd", "qd", mixed, kernel);
    if (layer.config["use_bias"]) {
      const Nd bias = dice.Numbers({query.shape[1]});
      layer.Add(bias, "output_dense");
      y = Plus(y, bias);
    }
    ExpectLayer(layer, y);
  });
}

/// One head's kernels over [t,d], without biases.
struct Head {
  Nd query;
  Nd key;
  Nd value;
  Nd output;

  [[nodiscard]] Nd Of(const Nd& x) const {
    Nd q = Einsum("td", "dhk", "thk", x, query);
    for (double& number : q.data) {
      number /= std::sqrt(static_cast<double>(query.shape[2]));
    }
    const Nd weights =
        SoftmaxOfRows(Einsum("qhk", "shk", "hqs", q, Einsum("td", "dhk", "thk", x, key)));
    const Nd mixed =
        Einsum("hqs", "shk", "qhk", weights, Einsum("td", "dhk", "thk", x, value));
    return Einsum("qhk", "hkd", "qd", mixed, output);
  }
};

/// `head` over each line along the first axis, which the batch keeps apart.
Nd OfEach(const Head& head, const Nd& x) {
  Nd y(x.shape);
  const std::int64_t line = x.shape[1] * x.shape[2];
  for (std::int64_t i = 0; i < x.shape[0]; ++i) {
    const auto begin = x.data.begin() + i * line;
    const Nd one = head.Of({{x.shape[1], x.shape[2]}, {begin, begin + line}});
    std::ranges::copy(one.data, y.data.begin() + i * line);
  }
  return y;
}

TEST(RandomProducts, MultiHeadAttentionOverAxes) {
  ForSeeds(30, [](Dice& dice) {
    const Nd x = dice.Numbers({dice.Int(1, 4), dice.Int(1, 4), dice.Int(1, 4)});
    const std::int64_t features = x.shape[2];
    const Head head{dice.Numbers({features, 1, 3}), dice.Numbers({features, 1, 3}),
                    dice.Numbers({features, 1, 2}), dice.Numbers({1, 2, features})};
    LayerCase layer{
        "MultiHeadAttention",
        {{"num_heads", 1}, {"key_dim", 3}, {"value_dim", 2}, {"use_bias", false}},
        {x, x}};
    layer.has_arguments = true;
    layer.Add(head.query, "query_dense");
    layer.Add(head.key, "key_dense");
    layer.Add(head.value, "value_dense");
    layer.Add(head.output, "output_dense");
    const Nd joined = x.Reshaped({1, x.shape[0] * x.shape[1], features});
    ExpectLayer(layer, OfEach(head, joined).Reshaped(x.shape));
    layer.config["attention_axes"] = {2};
    ExpectLayer(layer, OfEach(head, x));
    layer.config["attention_axes"] = {1};
    ExpectLayer(layer, Transposed(OfEach(head, Transposed(x, {1, 0, 2})), {1, 0, 2}));
  });
}

TEST(RandomProducts, Attention) {
  ForSeeds(60, [](Dice& dice) {
    const std::int64_t features = dice.Int(1, 5);
    const std::int64_t keys = dice.Int(1, 5);
    const Nd query = dice.Numbers({dice.Int(1, 5), features});
    const Nd value = dice.Numbers({keys, dice.Int(1, 5)});
    const Nd key = dice.Numbers({keys, features});
    const bool is_additive = dice.Coin();
    const bool use_scale = dice.Coin();
    LayerCase layer{is_additive ? "AdditiveAttention" : "Attention",
                    {{"use_scale", use_scale}},
                    {query, value, key}};
    if (!is_additive) layer.config["score_mode"] = "dot";
    Nd scale = dice.Numbers(is_additive ? Shape{features} : Shape{});
    if (use_scale) layer.Add(scale);
    if (!use_scale) std::ranges::fill(scale.data, 1.0);
    Nd scores({query.shape[0], keys});
    for (std::int64_t q = 0; q < query.shape[0]; ++q) {
      for (std::int64_t s = 0; s < keys; ++s) {
        for (std::int64_t d = 0; d < features; ++d) {
          scores(q, s) += is_additive ? scale(d) * std::tanh(query(q, d) + key(s, d))
                                      : scale.data[0] * query(q, d) * key(s, d);
        }
      }
    }
    ExpectLayer(layer, Einsum("qs", "sd", "qd", SoftmaxOfRows(scores), value));
  });
}

TEST(RandomProducts, DotOfTwoSeries) {
  ForSeeds(40, [](Dice& dice) {
    const std::int64_t shared = dice.Int(1, 5);
    const std::int64_t first = dice.Int(1, 2);
    const std::int64_t second = dice.Int(1, 2);
    const auto shape = [&](std::int64_t axis) {
      Shape of = {dice.Int(1, 5), dice.Int(1, 5)};
      of[static_cast<std::size_t>(axis - 1)] = shared;
      return of;
    };
    const Nd a = dice.Numbers(shape(first), 0.1, 1);
    const Nd b = dice.Numbers(shape(second), 0.1, 1);
    const std::string x = first == 1 ? "st" : "ts";
    const std::string y = second == 1 ? "su" : "us";
    Nd dot = Einsum(x, y, "tu", a, b);
    const bool normalize = dice.Coin();
    if (normalize) {
      const Nd lengths =
          Einsum("t", "u", "tu", Einsum(x, x, "t", a, a), Einsum(y, y, "u", b, b));
      for (std::size_t i = 0; i < dot.data.size(); ++i) {
        dot.data[i] /= std::sqrt(lengths.data[i]);
      }
    }
    ExpectLayer({"Dot", {{"axes", {first, second}}, {"normalize", normalize}}, {a, b}},
                dot);
  });
}

}  // namespace
}  // namespace kinglet
