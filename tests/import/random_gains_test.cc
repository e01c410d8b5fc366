// Normalizations, attention and softmaxes with what they are given as arguments.
#include "tests/support/random_layer.h"

namespace kinglet {
namespace {

using nlohmann::json;

TEST(RandomGains, OfABatch) {
  ForSeeds(24, [](Dice& dice) {
    const Nd x = dice.Numbers({dice.Int(1, 3), dice.Int(1, 3), dice.Int(1, 3)});
    const std::int64_t axis = dice.Of<std::int64_t>({1, 2, 3, -1, -2});
    const std::size_t at = static_cast<std::size_t>(axis < 0 ? axis + 3 : axis - 1);
    const Shape channels = {x.shape[at]};
    const Nd mean = dice.Numbers(channels);
    const Nd variance = dice.Numbers(channels, 0.1, 2);
    const Nd offset = dice.Numbers(channels);
    const Nd scale = dice.Numbers(channels);
    const bool has_offset = dice.Coin();
    const bool has_scale = dice.Coin();
    json config = {{"axis", axis},
                   {"epsilon", 0.01},
                   {"mean", ArrayOf(mean)},
                   {"variance", ArrayOf(variance)}};
    if (has_offset) config["offset"] = ArrayOf(offset);
    if (has_scale) config["scale"] = ArrayOf(scale);
    ExpectLayer(FunctionOf("BatchNorm", config, x),
                Made(x.shape, [&](std::int64_t i, std::int64_t j, std::int64_t k) {
                  const std::int64_t c = std::array{i, j, k}.at(at);
                  return (x(i, j, k) - mean(c)) / std::sqrt(variance(c) + 0.01) *
                             (has_scale ? scale(c) : 1) +
                         (has_offset ? offset(c) : 0);
                }));
  });
}

/// Whether two places are in one group: they differ along the axes alone.
bool AreTogether(const std::array<std::int64_t, 3>& a,
                 const std::array<std::int64_t, 3>& b, const std::vector<bool>& along) {
  for (std::size_t i = 0; i < 3; ++i) {
    if (!along[i] && a.at(i) != b.at(i)) return false;
  }
  return true;
}

/// The mean of x^power over the places that go with one.
double MeanAt(const Nd& x, const std::array<std::int64_t, 3>& at,
              const std::vector<bool>& along, int power) {
  double sum = 0;
  double count = 0;
  Made(x.shape, [&](std::int64_t i, std::int64_t j, std::int64_t k) {
    if (AreTogether(at, {i, j, k}, along)) {
      sum += std::pow(x(i, j, k), power);
      ++count;
    }
    return 0.0;
  });
  return sum / count;
}

TEST(RandomGains, OfASample) {
  struct Axes {
    json of_batch;
    std::vector<bool> along;
  };
  const std::vector<Axes> choices = {{-1, {false, false, true}},
                                     {3, {false, false, true}},
                                     {1, {true, false, false}},
                                     {{2, 3}, {false, true, true}},
                                     {{-1, 1}, {true, false, true}}};
  ForSeeds(48, [&](Dice& dice) {
    const Axes& axes = dice.Of(choices);
    const Nd x = dice.Numbers({dice.Int(2, 3), dice.Int(2, 3), dice.Int(2, 3)}, 1, 3);
    Shape sizes;
    Shape whole;
    for (std::size_t i = 0; i < 3; ++i) {
      whole.push_back(axes.along[i] ? x.shape[i] : 1);
      if (axes.along[i]) sizes.push_back(x.shape[i]);
    }
    const Nd gamma = dice.Numbers(whole);
    const Nd beta = dice.Numbers(whole);
    const bool has_gamma = dice.Coin();
    const bool has_beta = dice.Coin();
    const std::string kind = dice.Word({"LayerNorm", "rms_scaling", "RMSNorm"});
    const bool is_rms = kind == "RMSNorm";
    json config = {{"axis", axes.of_batch}, {"epsilon", 0.01}};
    if (!is_rms) config["rms_scaling"] = kind == "rms_scaling";
    if (has_gamma && is_rms) config["scale"] = ArrayOf(gamma);
    if (has_gamma && !is_rms) config["gamma"] = ArrayOf(gamma.Reshaped(sizes));
    if (has_beta && !is_rms) config["beta"] = ArrayOf(beta.Reshaped(sizes));
    ExpectLayer(FunctionOf(is_rms ? "RMSNorm" : "LayerNorm", config, x),
                Made(x.shape, [&](std::int64_t i, std::int64_t j, std::int64_t k) {
                  const std::array<std::int64_t, 3> at = {i, j, k};
                  const auto of = [&](const Nd& gain) {
                    return gain(axes.along[0] ? i : 0, axes.along[1] ? j : 0,
                                axes.along[2] ? k : 0);
                  };
                  const double mean = MeanAt(x, at, axes.along, 1);
                  const double square = MeanAt(x, at, axes.along, 2);
                  const double centre = kind == "LayerNorm" ? mean : 0;
                  const double spread = is_rms ? square : square - mean * mean;
                  return (x(i, j, k) - centre) / std::sqrt(spread + 0.01) *
                             (has_gamma ? of(gamma) : 1) +
                         (has_beta && kind == "LayerNorm" ? of(beta) : 0);
                }));
  });
}

TEST(RandomGains, OfPairsInAttention) {
  ForSeeds(32, [](Dice& dice) {
    const std::int64_t groups = dice.Int(1, 2);
    const std::int64_t heads = groups * dice.Int(1, 2);
    const std::int64_t size = dice.Int(1, 4);
    const std::int64_t steps = dice.Int(1, 4);
    const Nd query = dice.Numbers({dice.Int(1, 4), heads, size});
    const Nd key = dice.Numbers({steps, groups, size});
    const Nd value = dice.Numbers({steps, groups, dice.Int(1, 4)});
    const Nd bias = dice.Numbers({1, heads, query.shape[0], steps});
    const bool has_bias = dice.Coin();
    const bool is_causal = dice.Coin();
    const bool has_scale = dice.Coin();
    LayerCase call{
        "DotProductAttention", {{"is_causal", is_causal}}, {query, key, value}};
    call.is_function = call.has_arguments = true;
    if (has_bias) call.config["bias"] = ArrayOf(bias);
    if (has_scale) call.config["scale"] = 0.7;
    const double scale = has_scale ? 0.7 : 1 / std::sqrt(static_cast<double>(size));
    const auto weight = [&](std::int64_t q, std::int64_t h, std::int64_t s) {
      if (is_causal && s > q) return 0.0;
      double score = has_bias ? bias(0, h, q, s) : 0;
      for (std::int64_t d = 0; d < size; ++d) {
        score += scale * query(q, h, d) * key(s, h / (heads / groups), d);
      }
      return std::exp(score);
    };
    ExpectLayer(call, Made({query.shape[0], heads, value.shape[2]},
                           [&](std::int64_t q, std::int64_t h, std::int64_t d) {
                             double sum = 0;
                             double all = 0;
                             for (std::int64_t s = 0; s < steps; ++s) {
                               all += weight(q, h, s);
                               sum += weight(q, h, s) * value(s, h / (heads / groups), d);
                             }
                             return sum / all;
                           }));
  });
}

// In Keras 3 what a mask leaves out is 0 where it leaves nothing, too.
TEST(RandomGains, OfWhatAMaskLeaves) {
  ForSeeds(32, [](Dice& dice) {
    const Nd x = dice.Numbers({dice.Int(1, 3), dice.Int(1, 3), dice.Int(1, 3)});
    const Nd mask = dice.Numbers(x.shape, 0, 1);
    const std::vector<bool> along = dice.Of<std::vector<bool>>({{false, false, true},
                                                                {true, false, false},
                                                                {false, true, false},
                                                                {true, true, false}});
    json axes = json::array();
    for (std::size_t i = 0; i < 3; ++i) {
      if (along[i]) axes.push_back(i + 1);
    }
    LayerCase layer{"Softmax", {{"axis", axes.size() == 1 ? axes[0] : axes}}, {x, mask}};
    layer.has_arguments = true;
    layer.last_keyword = "mask";
    const auto weight = [&](std::int64_t i, std::int64_t j, std::int64_t k) {
      return mask(i, j, k) > 0.5 ? std::exp(x(i, j, k)) : 0;
    };
    ExpectLayer(layer, Made(x.shape, [&](std::int64_t i, std::int64_t j, std::int64_t k) {
                  double all = 0;
                  Made(x.shape, [&](std::int64_t a, std::int64_t b, std::int64_t c) {
                    if (AreTogether({i, j, k}, {a, b, c}, along)) all += weight(a, b, c);
                    return 0.0;
                  });
                  return all == 0 ? 0 : weight(i, j, k) / all;
                }));
  });
}

// With dropout Keras 3.15 calls its layer Softmax, which gives a query without keys none;
// without it tf.nn.softmax, which gives it all alike.
TEST(RandomGains, OfQueriesWithoutKeys) {
  for (const double dropout : {0.0, 0.1}) {
    Dice dice(0);
    const Nd x = dice.Numbers({3, 1});
    const Nd mask({3, 3}, {0, 1, 0, 0, 0, 0, 1, 0, 0});
    LayerCase layer{
        "MultiHeadAttention",
        {{"num_heads", 1}, {"key_dim", 1}, {"use_bias", false}, {"dropout", dropout}},
        {x, x, mask}};
    layer.has_arguments = true;
    layer.last_keyword = "attention_mask";
    for (const char* name : {"query", "key", "value", "output"}) {
      layer.Add(Nd({1, 1, 1}, {1}), std::string(name) + "_dense");
    }
    const double mean = (x(0, 0) + x(1, 0) + x(2, 0)) / 3;
    ExpectLayer(layer, Nd({3, 1}, {x(1, 0), dropout > 0 ? 0 : mean, x(0, 0)}));
  }
}

TEST(RandomGains, OfATableThatIsReadTheOtherWay) {
  ForSeeds(12, [](Dice& dice) {
    const std::int64_t rows = dice.Int(1, 5);
    const std::int64_t size = dice.Int(1, 4);
    const bool is_tied = dice.Coin();
    const json cap = dice.Of<json>({nullptr, 2.0});
    const Nd table = dice.Numbers({rows, size});
    const Nd kernel = dice.Numbers({size, rows});
    const Nd x = dice.Numbers({3, size}, -3, 3);
    LayerCase layer{"ReversibleEmbedding",
                    {{"input_dim", rows},
                     {"output_dim", size},
                     {"tie_weights", is_tied},
                     {"logit_soft_cap", cap}},
                    {x}};
    layer.Add(table);
    if (!is_tied) layer.Add(kernel);
    layer.keywords["reverse"] = true;
    Nd y({3, rows});
    for (std::int64_t t = 0; t < 3; ++t) {
      for (std::int64_t row = 0; row < rows; ++row) {
        for (std::int64_t d = 0; d < size; ++d) {
          y(t, row) += x(t, d) * (is_tied ? table(row, d) : kernel(d, row));
        }
        if (!cap.is_null()) y(t, row) = 2 * std::tanh(y(t, row) / 2);
      }
    }
    ExpectLayer(layer, y);
  });
}

}  // namespace
}  // namespace kinglet
