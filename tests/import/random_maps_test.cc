// Activations, normalizations and products with weights against their formulas.
#include <map>

#include "tests/support/random_layer.h"

namespace kinglet {
namespace {

using nlohmann::json;

double Sigmoid(double x) { return 1 / (1 + std::exp(-x)); }
double Softplus(double x) {
  return std::max(x, 0.0) + std::log1p(std::exp(-std::abs(x)));
}
double HardSigmoid(double x) { return std::clamp(x / 6 + 0.5, 0.0, 1.0); }
double Selu(double x) {
  return 1.0507009873554805 * (x > 0 ? x : 1.6732632423543772 * std::expm1(x));
}
double SoftShrink(double x) { return x > 0.5 ? x - 0.5 : x < -0.5 ? x + 0.5 : 0; }
double SparsePlus(double x) { return x <= -1 ? 0 : x >= 1 ? x : (x + 1) * (x + 1) / 4; }

const std::map<std::string, std::function<double(double)>> kFunctions = {
    {"celu", [](double x) { return x > 0 ? x : std::expm1(x); }},
    {"elu", [](double x) { return x > 0 ? x : std::expm1(x); }},
    {"exponential", [](double x) { return std::exp(x); }},
    {"gelu", [](double x) { return x * 0.5 * std::erfc(-x / std::sqrt(2.0)); }},
    {"hard_shrink", [](double x) { return std::abs(x) > 0.5 ? x : 0; }},
    {"hard_sigmoid", HardSigmoid},
    {"hard_silu", [](double x) { return x * HardSigmoid(x); }},
    {"hard_tanh", [](double x) { return std::clamp(x, -1.0, 1.0); }},
    {"leaky_relu", [](double x) { return x > 0 ? x : 0.2 * x; }},
    {"linear", [](double x) { return x; }},
    {"log_sigmoid", [](double x) { return -Softplus(-x); }},
    {"mish", [](double x) { return x * std::tanh(Softplus(x)); }},
    {"relu", [](double x) { return std::max(x, 0.0); }},
    {"relu6", [](double x) { return std::clamp(x, 0.0, 6.0); }},
    {"selu", Selu},
    {"sigmoid", Sigmoid},
    {"silu", [](double x) { return x * Sigmoid(x); }},
    {"soft_shrink", SoftShrink},
    {"softplus", Softplus},
    {"softsign", [](double x) { return x / (1 + std::abs(x)); }},
    {"sparse_plus", SparsePlus},
    {"sparse_sigmoid", [](double x) { return std::clamp((x + 1) / 2, 0.0, 1.0); }},
    {"squareplus", [](double x) { return (x + std::sqrt(x * x + 4)) / 2; }},
    {"tanh", [](double x) { return std::tanh(x); }},
    {"tanh_shrink", [](double x) { return x - std::tanh(x); }},
};

Shape RandomShape(Dice& dice, std::int64_t least_rank, std::int64_t most_rank) {
  Shape shape;
  for (std::int64_t i = dice.Int(least_rank, most_rank); i > 0; --i) {
    shape.push_back(dice.Int(1, 6));
  }
  return shape;
}

// Far below zero as well, where they are small: sigmoid(|x|) rounds to 2^-24.
TEST(RandomMaps, SoftplusAndTheLogOfItsSigmoidKeepSmallResults) {
  const Nd below = {{4}, {-7, -8, -9, -10}};
  const Nd above = {{4}, {7, 8, 9, 10}};
  const auto results = [](const std::string& name, const Nd& x) {
    return RunOn(Imported({"Activation", {{"activation", name}}, {x}}), {x}).data;
  };
  const auto small = results("softplus", below);
  const auto logs = results("log_sigmoid", above);
  for (std::size_t i = 0; i < below.data.size(); ++i) {
    EXPECT_NEAR(small[i], Softplus(below.data[i]), 0x1p-24);
    EXPECT_NEAR(logs[i], -Softplus(below.data[i]), 0x1p-24);
  }
}

TEST(RandomMaps, Activations) {
  for (const auto& [name, function] : kFunctions) {
    ForSeeds(4, [&, &its_name = name, &its_function = function](Dice& dice) {
      const double reach = dice.Of<double>({1, 6, 40});
      const Nd x = dice.Numbers(RandomShape(dice, 1, 3), -reach, reach);
      Nd y = x;
      std::ranges::transform(x.data, y.data.begin(), its_function);
      ExpectLayer({"Activation", {{"activation", its_name}}, {x}}, y);
    });
  }
}

/// Axis and its stride: element i lies at i / stride % size along it.
struct Line {
  std::int64_t size = 1;
  std::int64_t stride = 1;

  Line(const Shape& shape, std::size_t axis) : size(shape[axis]) {
    for (std::size_t i = axis + 1; i < shape.size(); ++i) stride *= shape[i];
  }
  [[nodiscard]] std::size_t At(std::size_t element) const {
    return element / static_cast<std::size_t>(stride) % static_cast<std::size_t>(size);
  }
};

/// For each element the number of the group of those that share all its other indices.
std::vector<std::size_t> GroupsOver(const Shape& shape,
                                    const std::vector<std::int64_t>& axes) {
  std::vector<std::size_t> groups(static_cast<std::size_t>(ElementCount(shape)));
  for (std::size_t i = 0; i < groups.size(); ++i) {
    for (std::size_t axis = 0; axis < shape.size(); ++axis) {
      const Line line(shape, axis);
      const auto number = static_cast<std::int64_t>(axis);
      if (std::ranges::find(axes, number) != axes.end()) continue;
      groups[i] = groups[i] * static_cast<std::size_t>(line.size) + line.At(i);
    }
  }
  return groups;
}

/// The index of each element among the variables stored for `axes`.
std::vector<std::size_t> StoredAt(const Shape& shape,
                                  const std::vector<std::int64_t>& axes) {
  std::vector<std::int64_t> others;
  for (std::int64_t i = 0; i < static_cast<std::int64_t>(shape.size()); ++i) {
    if (std::ranges::find(axes, i) == axes.end()) others.push_back(i);
  }
  return GroupsOver(shape, others);
}

struct Moments {
  double mean = 0;
  double square = 0;  ///< mean of squares
  [[nodiscard]] double Variance() const { return square - mean * mean; }
};

/// By group.
std::vector<Moments> MomentsOf(const Nd& x, const std::vector<std::size_t>& groups) {
  std::vector<Moments> moments(x.data.size());
  std::vector<double> counts(x.data.size());
  for (std::size_t i = 0; i < groups.size(); ++i) {
    moments[groups[i]].mean += x.data[i];
    moments[groups[i]].square += x.data[i] * x.data[i];
    counts[groups[i]] += 1;
  }
  for (std::size_t i = 0; i < moments.size(); ++i) {
    moments[i].mean /= std::max(counts[i], 1.0);
    moments[i].square /= std::max(counts[i], 1.0);
  }
  return moments;
}

/// Some axes, counted without the batch.
std::vector<std::int64_t> RandomAxes(Dice& dice, std::size_t rank) {
  std::vector<std::int64_t> axes;
  for (std::size_t i = 0; i < rank; ++i) {
    if (dice.Coin()) axes.push_back(static_cast<std::int64_t>(i));
  }
  if (axes.empty()) axes.push_back(static_cast<std::int64_t>(rank) - 1);
  return axes;
}

/// As Keras counts them, the batch first.
json WithBatch(const std::vector<std::int64_t>& axes) {
  json list = json::array();
  for (const std::int64_t axis : axes) list.push_back(axis + 1);
  return list;
}

Shape SizesOf(const Shape& shape, const std::vector<std::int64_t>& axes) {
  Shape sizes;
  for (const std::int64_t axis : axes) {
    sizes.push_back(shape[static_cast<std::size_t>(axis)]);
  }
  return sizes;
}

/// y * gamma + beta, drawn and stored by flags of the configuration.
void ScaleAndCenter(Dice& dice, LayerCase& layer, Nd& y, const Shape& stored,
                    const std::vector<std::size_t>& at) {
  const bool scale = layer.config.value("scale", true);
  const bool center = layer.config.value("center", true);
  const Nd gamma = dice.Numbers(stored, 0.5, 2);
  const Nd beta = dice.Numbers(stored);
  for (std::size_t i = 0; i < y.data.size(); ++i) {
    if (scale) y.data[i] *= gamma.data[at[i]];
    if (center) y.data[i] += beta.data[at[i]];
  }
  if (scale) layer.Add(gamma);
  if (center) layer.Add(beta);
}

TEST(RandomMaps, LayerNormalization) {
  ForSeeds(80, [](Dice& dice) {
    const Nd x = dice.Numbers(RandomShape(dice, 1, 3), -2, 3);
    const auto axes = RandomAxes(dice, x.shape.size());
    LayerCase layer{"LayerNormalization",
                    {{"axis", WithBatch(axes)},
                     {"epsilon", 0.01},
                     {"scale", dice.Coin()},
                     {"center", dice.Coin()}},
                    {x}};
    const auto groups = GroupsOver(x.shape, axes);
    const auto moments = MomentsOf(x, groups);
    Nd y = x;
    for (std::size_t i = 0; i < y.data.size(); ++i) {
      const Moments& m = moments[groups[i]];
      y.data[i] = (x.data[i] - m.mean) / std::sqrt(m.Variance() + 0.01);
    }
    ScaleAndCenter(dice, layer, y, SizesOf(x.shape, axes), StoredAt(x.shape, axes));
    ExpectLayer(layer, y);
  });
}

/// The last axes of so many.
std::vector<std::int64_t> LastAxes(Dice& dice, std::size_t rank) {
  const auto count = static_cast<std::int64_t>(rank);
  std::vector<std::int64_t> axes;
  for (auto axis = dice.Int(0, count - 1); axis < count; ++axis) axes.push_back(axis);
  return axes;
}

TEST(RandomMaps, RmsAndUnitNormalization) {
  ForSeeds(60, [](Dice& dice) {
    const Nd x = dice.Numbers(RandomShape(dice, 1, 3), -2, 3);
    const bool is_unit = dice.Coin();
    const auto axes =
        is_unit ? RandomAxes(dice, x.shape.size()) : LastAxes(dice, x.shape.size());
    LayerCase layer{is_unit ? "UnitNormalization" : "RMSNormalization",
                    {{"axis", WithBatch(axes)}},
                    {x}};
    if (!is_unit) layer.config["epsilon"] = 0.01;
    const auto groups = GroupsOver(x.shape, axes);
    const auto moments = MomentsOf(x, groups);
    const auto count = static_cast<double>(ElementCount(SizesOf(x.shape, axes)));
    const Nd scale = dice.Numbers(SizesOf(x.shape, axes), 0.5, 2);
    const auto stored = StoredAt(x.shape, axes);
    Nd y = x;
    for (std::size_t i = 0; i < y.data.size(); ++i) {
      const double square = moments[groups[i]].square;
      y.data[i] *= is_unit ? 1 / std::sqrt(square * count)
                           : scale.data[stored[i]] / std::sqrt(square + 0.01);
    }
    if (!is_unit) layer.Add(scale);
    ExpectLayer(layer, y);
  });
}

// Keras multiplies by the scale as it is, which meets the last axis.
TEST(RandomMaps, RmsNormalizationOverAnotherAxisScalesTheLast) {
  ForSeeds(6, [](Dice& dice) {
    const Nd x = dice.Numbers({3, 2, 3}, -2, 3);
    const Nd scale = dice.Numbers({3}, 0.5, 2);
    Nd y = x;
    for (std::int64_t j = 0; j < 2; ++j) {
      for (std::int64_t k = 0; k < 3; ++k) {
        double square = 0;
        for (std::int64_t i = 0; i < 3; ++i) square += x(i, j, k) * x(i, j, k) / 3;
        for (std::int64_t i = 0; i < 3; ++i) {
          y(i, j, k) *= scale(k) / std::sqrt(square + 0.01);
        }
      }
    }
    LayerCase layer{"RMSNormalization", {{"axis", {1}}, {"epsilon", 0.01}}, {x}};
    layer.Add(scale);
    ExpectLayer(layer, y);
  });
}

TEST(RandomMaps, GroupNormalization) {
  ForSeeds(60, [](Dice& dice) {
    Shape shape = RandomShape(dice, 1, 3);
    const auto axis = static_cast<std::size_t>(
        dice.Coin() ? 0 : static_cast<std::int64_t>(shape.size()) - 1);
    const std::int64_t groups = dice.Int(1, 3);
    shape[axis] = groups * dice.Int(1, 3);
    const Nd x = dice.Numbers(shape, -2, 3);
    LayerCase layer{"GroupNormalization",
                    {{"axis", axis + 1},
                     {"groups", groups},
                     {"epsilon", 0.01},
                     {"scale", dice.Coin()},
                     {"center", dice.Coin()}},
                    {x}};
    const Line channels(shape, axis);
    std::vector<std::size_t> channel(x.data.size());
    std::vector<std::size_t> group(x.data.size());
    for (std::size_t i = 0; i < x.data.size(); ++i) {
      channel[i] = channels.At(i);
      group[i] = channel[i] * static_cast<std::size_t>(groups) /
                 static_cast<std::size_t>(channels.size);
    }
    const auto moments = MomentsOf(x, group);
    Nd y = x;
    for (std::size_t i = 0; i < y.data.size(); ++i) {
      const Moments& m = moments[group[i]];
      y.data[i] = (x.data[i] - m.mean) / std::sqrt(m.Variance() + 0.01);
    }
    ScaleAndCenter(dice, layer, y, {channels.size}, channel);
    ExpectLayer(layer, y);
  });
}

TEST(RandomMaps, BatchNormalization) {
  ForSeeds(60, [](Dice& dice) {
    const Nd x = dice.Numbers(RandomShape(dice, 1, 3), -2, 3);
    const std::vector<std::int64_t> axis = {
        dice.Int(0, static_cast<std::int64_t>(x.shape.size()) - 1)};
    LayerCase layer{"BatchNormalization",
                    {{"axis", axis[0] + 1},
                     {"epsilon", 0.01},
                     {"scale", dice.Coin()},
                     {"center", dice.Coin()}},
                    {x}};
    const Shape sizes = SizesOf(x.shape, axis);
    const auto stored = StoredAt(x.shape, axis);
    const Nd mean = dice.Numbers(sizes);
    const Nd variance = dice.Numbers(sizes, 0.1, 2);
    Nd y = x;
    for (std::size_t i = 0; i < y.data.size(); ++i) {
      y.data[i] =
          (x.data[i] - mean.data[stored[i]]) / std::sqrt(variance.data[stored[i]] + 0.01);
    }
    ScaleAndCenter(dice, layer, y, sizes, stored);
    layer.Add(mean);
    layer.Add(variance);
    ExpectLayer(layer, y);
  });
}

TEST(RandomMaps, LayerScale) {
  ForSeeds(10, [](Dice& dice) {
    const Nd x = dice.Numbers(RandomShape(dice, 1, 3));
    const std::int64_t channels = x.shape.back();
    LayerCase layer{
        "LayerScale", {{"init_values", 0.1}, {"projection_dim", channels}}, {x}};
    const Nd gamma = dice.Numbers({channels});
    layer.Add(gamma);
    Nd y = x;
    for (std::size_t i = 0; i < y.data.size(); ++i) {
      y.data[i] *= gamma.data[i % gamma.data.size()];
    }
    ExpectLayer(layer, y);
  });
}

}  // namespace
}  // namespace kinglet
