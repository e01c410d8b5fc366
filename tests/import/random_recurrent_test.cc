// Recurrent layers with random options against their equations, step by step.
#include <map>

#include "tests/support/random_layer.h"

namespace kinglet {
namespace {

using nlohmann::json;
using Row = std::vector<double>;

double Activated(const std::string& name, double x) {
  if (name == "tanh") return std::tanh(x);
  if (name == "relu") return std::max(x, 0.0);
  if (name == "leaky") return std::max(x, 0.25 * x);
  if (name == "sigmoid") return 1 / (1 + std::exp(-x));
  if (name == "hard_sigmoid") return std::clamp(x / 6 + 0.5, 0.0, 1.0);
  return x;
}

struct Options {
  std::string kind;
  std::int64_t units = 1;
  std::string activation;
  std::string gate;
  bool use_bias = true;
  bool reset_after = true;
  bool sequences = false;
  bool backwards = false;

  explicit Options(Dice& dice)
      : kind(dice.Word({"LSTM", "GRU", "SimpleRNN"})),
        units(dice.Int(1, 5)),
        activation(dice.Word({"tanh", "relu", "linear", "leaky"})),
        gate(dice.Word({"sigmoid", "hard_sigmoid"})),
        use_bias(dice.Coin()),
        reset_after(dice.Coin()),
        sequences(dice.Coin()),
        backwards(dice.Coin()) {}

  [[nodiscard]] std::int64_t Gates() const {
    static const std::map<std::string, std::int64_t> kGates = {
        {"LSTM", 4}, {"GRU", 3}, {"SimpleRNN", 1}};
    return kGates.at(kind);
  }
  [[nodiscard]] json Config() const {
    json config = {{"units", units},
                   {"activation", activation},
                   {"use_bias", use_bias},
                   {"return_sequences", sequences},
                   {"go_backwards", backwards}};
    if (activation == "leaky") {
      config["activation"] = {{"class_name", "LeakyReLU"},
                              {"config", {{"name", "act"}, {"negative_slope", 0.25}}}};
    }
    if (kind != "SimpleRNN") config["recurrent_activation"] = gate;
    if (kind == "GRU") config["reset_after"] = reset_after;
    return config;
  }
};

/// The stored variables: kernel [c, g u], recurrent [u, g u], bias [g u] or [2, g u].
struct Weights {
  Nd kernel;
  Nd recurrent;
  Nd bias;

  Weights(Dice& dice, const Options& o, std::int64_t channels)
      : kernel(dice.Numbers({channels, o.Gates() * o.units})),
        recurrent(dice.Numbers({o.units, o.Gates() * o.units})),
        bias(dice.Numbers(o.kind == "GRU" && o.reset_after
                              ? Shape{2, o.Gates() * o.units}
                              : Shape{o.Gates() * o.units})) {
    if (!o.use_bias) std::ranges::fill(bias.data, 0.0);
  }
  void AddTo(LayerCase& layer, const Options& o, const std::string& group) const {
    layer.Add(kernel, group);
    layer.Add(recurrent, group);
    if (o.use_bias) layer.Add(bias, group);
  }
};

/// One direction over x [t,c]: outputs [t,u] in the order in which they are made.
class Loop {
 public:
  Loop(const Options& options, const Weights& weights, const Nd& x)
      : o_(options), w_(weights), x_(x) {}

  [[nodiscard]] std::vector<Row> Run() const {
    const auto units = static_cast<std::size_t>(o_.units);
    Row h(units);
    Row c(units);
    std::vector<Row> outputs;
    for (std::int64_t i = 0; i < x_.shape[0]; ++i) {
      const std::int64_t t = o_.backwards ? x_.shape[0] - 1 - i : i;
      Row next(units);
      Row carry = c;
      for (std::size_t u = 0; u < units; ++u) {
        if (o_.kind == "LSTM") next[u] = Lstm(t, h, u, carry[u]);
        if (o_.kind == "GRU") next[u] = Gru(t, h, u);
        if (o_.kind == "SimpleRNN") {
          next[u] = Activated(o_.activation, Input(t, 0, u) + Past(h, 0, u));
        }
      }
      h = next;
      c = carry;
      outputs.push_back(h);
    }
    return outputs;
  }

 private:
  [[nodiscard]] std::size_t Column(std::int64_t gate, std::size_t unit) const {
    return static_cast<std::size_t>(gate * o_.units) + unit;
  }
  [[nodiscard]] double Input(std::int64_t t, std::int64_t gate, std::size_t unit) const {
    double sum = w_.bias.data[Column(gate, unit)];
    for (std::int64_t c = 0; c < x_.shape[1]; ++c) {
      sum += x_(t, c) * w_.kernel(c, Column(gate, unit));
    }
    return sum;
  }
  [[nodiscard]] double Past(const Row& h, std::int64_t gate, std::size_t unit) const {
    double sum = 0;
    for (std::size_t i = 0; i < h.size(); ++i) {
      sum += h[i] * w_.recurrent(i, Column(gate, unit));
    }
    return sum;
  }
  /// Row 1 of a GRU's bias.
  [[nodiscard]] double PastBias(std::int64_t gate, std::size_t unit) const {
    return w_.bias.shape.size() == 2 ? w_.bias(1, Column(gate, unit)) : 0;
  }
  [[nodiscard]] double Gate(std::int64_t t, const Row& h, std::int64_t gate,
                            std::size_t unit) const {
    return Activated(o_.gate,
                     Input(t, gate, unit) + Past(h, gate, unit) + PastBias(gate, unit));
  }
  /// Gates input, forget, candidate, output.
  double Lstm(std::int64_t t, const Row& h, std::size_t unit, double& carry) const {
    const double candidate =
        Activated(o_.activation, Input(t, 2, unit) + Past(h, 2, unit));
    carry = Gate(t, h, 1, unit) * carry + Gate(t, h, 0, unit) * candidate;
    return Gate(t, h, 3, unit) * Activated(o_.activation, carry);
  }
  /// Gates update, reset, candidate.
  [[nodiscard]] double Gru(std::int64_t t, const Row& h, std::size_t unit) const {
    const double z = Gate(t, h, 0, unit);
    double past = 0;
    if (o_.reset_after) {
      past = Gate(t, h, 1, unit) * (Past(h, 2, unit) + PastBias(2, unit));
    } else {
      Row reset = h;
      for (std::size_t i = 0; i < h.size(); ++i) reset[i] *= Gate(t, h, 1, i);
      past = Past(reset, 2, unit);
    }
    const double candidate = Activated(o_.activation, Input(t, 2, unit) + past);
    return z * h[unit] + (1 - z) * candidate;
  }

  const Options& o_;
  const Weights& w_;
  const Nd& x_;
};

Nd Joined(const std::vector<Row>& rows, bool sequences) {
  const auto units = static_cast<std::int64_t>(rows[0].size());
  if (!sequences) return {{units}, rows.back()};
  Nd all({static_cast<std::int64_t>(rows.size()), units});
  for (std::int64_t t = 0; t < all.shape[0]; ++t) {
    for (std::int64_t u = 0; u < units; ++u) {
      all(t, u) = rows[static_cast<std::size_t>(t)][static_cast<std::size_t>(u)];
    }
  }
  return all;
}

TEST(RandomRecurrent, OneDirection) {
  ForSeeds(120, [](Dice& dice) {
    const Options options(dice);
    const Nd x = dice.Numbers({dice.Int(1, 6), dice.Int(1, 4)});
    const Weights weights(dice, options, x.shape[1]);
    LayerCase layer{options.kind, options.Config(), {x}};
    weights.AddTo(layer, options, "cell");
    ExpectLayer(layer, Joined(Loop(options, weights, x).Run(), options.sequences));
  });
}

/// Two results along the last axis, or element by element.
Nd Merged(const Nd& a, const Nd& b, const std::string& mode) {
  if (mode != "concat") {
    Nd y = a;
    for (std::size_t i = 0; i < y.data.size(); ++i) {
      if (mode == "mul") y.data[i] *= b.data[i];
      if (mode != "mul") y.data[i] += b.data[i];
      if (mode == "ave") y.data[i] /= 2;
    }
    return y;
  }
  Shape shape = a.shape;
  const auto units = static_cast<std::size_t>(shape.back());
  shape.back() *= 2;
  Nd y(shape);
  for (std::size_t i = 0; i < y.data.size(); ++i) {
    const std::size_t row = i / (2 * units);
    const std::size_t column = i % (2 * units);
    y.data[i] = column < units ? a.data[row * units + column]
                               : b.data[row * units + column - units];
  }
  return y;
}

TEST(RandomRecurrent, BothDirections) {
  ForSeeds(60, [](Dice& dice) {
    Options forward(dice);
    forward.backwards = false;
    Options backward = forward;
    backward.backwards = true;
    const std::string mode = dice.Word({"concat", "sum", "mul", "ave"});
    const Nd x = dice.Numbers({dice.Int(1, 5), dice.Int(1, 4)});
    const Weights first(dice, forward, x.shape[1]);
    const Weights second(dice, backward, x.shape[1]);
    const auto inner = [](const Options& options, const char* name) {
      json config = options.Config();
      config["name"] = name;
      return json{{"module", "keras.layers"},
                  {"class_name", options.kind},
                  {"config", config},
                  {"registered_name", nullptr}};
    };
    LayerCase layer{"Bidirectional",
                    {{"merge_mode", mode},
                     {"layer", inner(forward, "forward")},
                     {"backward_layer", inner(backward, "backward")}},
                    {x}};
    first.AddTo(layer, forward, "forward_layer/cell");
    second.AddTo(layer, backward, "backward_layer/cell");
    std::vector<Row> back = Loop(backward, second, x).Run();
    if (forward.sequences) std::ranges::reverse(back);
    ExpectLayer(layer, Merged(Joined(Loop(forward, first, x).Run(), forward.sequences),
                              Joined(back, forward.sequences), mode));
  });
}

}  // namespace
}  // namespace kinglet
