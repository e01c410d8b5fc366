// Functions of keras.ops over axes: norms, moments, quantiles, weighted means.
#include <numeric>

#include "tests/support/random_layer.h"

namespace kinglet {
namespace {

using nlohmann::json;

LayerCase Statistic(const std::string& name, const json& config, std::vector<Nd> inputs) {
  LayerCase function{name, config, std::move(inputs)};
  function.is_function = true;
  function.has_arguments = function.inputs.size() > 1;
  return function;
}

using OfNumbers = std::function<double(std::vector<double> numbers)>;

/// A function of all numbers of a sample of three along one or two of its axes.
void ExpectOver(const std::string& name, json config, Dice& dice, const Nd& x,
                const OfNumbers& of, bool has_keepdims = true) {
  const std::vector<json> choices = {1, 2, -1, -2, json{1, 2}, json{-1, 1}, json{2, 3}};
  const json axis = dice.Of(choices);
  std::array<bool, 3> is_reduced{};
  for (const json& entry : axis.is_array() ? axis : json::array({axis})) {
    const auto at = entry.get<std::int64_t>();
    is_reduced.at(static_cast<std::size_t>(at < 0 ? at + 3 : at - 1)) = true;
  }
  const auto kept = [&](std::size_t i) { return is_reduced.at(i) ? 1 : x.shape[i]; };
  std::vector<std::vector<double>> groups(
      static_cast<std::size_t>(kept(0) * kept(1) * kept(2)));
  for (std::int64_t i = 0; i < x.shape[0]; ++i) {
    for (std::int64_t j = 0; j < x.shape[1]; ++j) {
      for (std::int64_t k = 0; k < x.shape[2]; ++k) {
        const std::int64_t row =
            (is_reduced[0] ? 0 : i) * kept(1) + (is_reduced[1] ? 0 : j);
        groups[static_cast<std::size_t>(row * kept(2) + (is_reduced[2] ? 0 : k))]
            .push_back(x(i, j, k));
      }
    }
  }
  const bool keeps = has_keepdims && dice.Coin();
  Shape shape;
  for (std::size_t i = 0; i < 3; ++i) {
    if (keeps || !is_reduced.at(i)) shape.push_back(kept(i));
  }
  Nd y(shape);
  for (std::size_t i = 0; i < groups.size(); ++i) y.data[i] = of(groups[i]);
  config[name == "Moments" ? "axes" : "axis"] = axis;
  if (has_keepdims) config["keepdims"] = keeps;
  ExpectLayer(Statistic(name, config, {x}), y);
}

Nd Sample(Dice& dice) {
  return dice.Numbers({dice.Int(1, 4), dice.Int(1, 4), dice.Int(1, 4)}, -2, 2);
}

double MeanOf(const std::vector<double>& numbers) {
  return std::accumulate(numbers.begin(), numbers.end(), 0.0) /
         static_cast<double>(numbers.size());
}

TEST(RandomStatistics, ReduceAxes) {
  ForSeeds(16, [](Dice& dice) {
    const Nd x = Sample(dice);
    ExpectOver("Ptp", json::object(), dice, x, [](const std::vector<double>& numbers) {
      return *std::ranges::max_element(numbers) - *std::ranges::min_element(numbers);
    });
    ExpectOver("Moments", json::object(), dice, x, MeanOf);
    ExpectOver("Nanmean", json::object(), dice, x, MeanOf);
    ExpectOver("Average", json::object(), dice, x, MeanOf, false);
    ExpectOver("Max", {{"initial", 0.5}}, dice, x,
               [](const std::vector<double>& numbers) {
                 return std::max(0.5, *std::ranges::max_element(numbers));
               });
    ExpectOver("Min", {{"initial", -0.5}}, dice, x,
               [](const std::vector<double>& numbers) {
                 return std::min(-0.5, *std::ranges::min_element(numbers));
               });
  });
}

TEST(RandomStatistics, CountWhatIsNotZero) {
  ForSeeds(8, [](Dice& dice) {
    Nd x = Sample(dice);
    for (double& number : x.data) number = dice.Coin() ? 0 : number;
    ExpectOver(
        "CountNonzero", json::object(), dice, x,
        [](const std::vector<double>& numbers) {
          return static_cast<double>(
              std::ranges::count_if(numbers, [](double number) { return number != 0; }));
        },
        false);
  });
}

/// NumPy's definition: a place (n - 1) q among the sorted numbers.
double QuantileOf(std::vector<double> numbers, double q) {
  std::ranges::sort(numbers);
  const double place = static_cast<double>(numbers.size() - 1) * q;
  const double below = numbers[static_cast<std::size_t>(std::floor(place))];
  const double above = numbers[static_cast<std::size_t>(std::ceil(place))];
  return below + (above - below) * (place - std::floor(place));
}

TEST(RandomStatistics, FindQuantiles) {
  ForSeeds(40, [](Dice& dice) {
    const double q = dice.Of<double>({0, 0.1, 0.25, 0.5, 0.75, 0.9, 1});
    ExpectOver(
        "Quantile", {{"q", q}}, dice, Sample(dice),
        [q](const std::vector<double>& numbers) { return QuantileOf(numbers, q); });
    ExpectOver(
        "Median", json::object(), dice, Sample(dice),
        [](const std::vector<double>& numbers) { return QuantileOf(numbers, 0.5); });
  });
}

TEST(RandomStatistics, MultiplyUpToEachElement) {
  ForSeeds(8, [](Dice& dice) {
    const Nd x = dice.Numbers({dice.Int(1, 9), 2}, -2, 2);
    Nd y = x;
    for (std::int64_t i = 1; i < x.shape[0]; ++i) {
      for (std::int64_t j = 0; j < 2; ++j) y(i, j) *= y(i - 1, j);
    }
    ExpectLayer(Statistic("Cumprod", {{"axis", 1}}, {x}), y);
  });
}

double NormOf(const std::vector<double>& numbers, double order) {
  double sum = 0;
  for (const double x : numbers) {
    sum += order == 0 ? (x != 0 ? 1 : 0) : std::pow(std::abs(x), order);
  }
  return order == 0 ? sum : std::pow(sum, 1 / order);
}

TEST(RandomStatistics, TakeNormsOfAnyOrder) {
  ForSeeds(16, [](Dice& dice) {
    Nd x = dice.Numbers({3, 4}, -2, 2);
    x(1, 2) = 0;
    const double order = dice.Of<double>({0, 0.5, 1, 1.5, 3, 4});
    Nd norms({3});
    Nd divided = x;
    for (std::int64_t i = 0; i < 3; ++i) {
      const auto row = x.data.begin() + i * 4;
      norms(i) = NormOf({row, row + 4}, order);
      for (std::int64_t j = 0; j < 4; ++j) divided(i, j) = x(i, j) / norms(i);
    }
    ExpectLayer(Statistic("Norm", {{"ord", order}, {"axis", -1}}, {x}), norms);
    if (order < 1) return;
    ExpectLayer(Statistic("Normalize", {{"order", order}, {"axis", -1}}, {x}), divided);
  });
}

TEST(RandomStatistics, TakeNormsOfMatrices) {
  ForSeeds(24, [](Dice& dice) {
    const Nd x = dice.Numbers({3, 4, 2}, -2, 2);
    const json order = dice.Of<json>({1, -1, "Infinity", "-Infinity"});
    const bool is_turned = dice.Coin();
    const bool keeps = dice.Coin();
    const bool sums_first_axis = (order == 1 || order == -1) != is_turned;
    Nd y(keeps ? Shape{1, 1, 2} : Shape{2});
    for (std::int64_t c = 0; c < 2; ++c) {
      std::vector<double> sums(sums_first_axis ? 4 : 3);
      for (std::int64_t i = 0; i < 3; ++i) {
        for (std::int64_t j = 0; j < 4; ++j) {
          sums[static_cast<std::size_t>(sums_first_axis ? j : i)] += std::abs(x(i, j, c));
        }
      }
      y.data[static_cast<std::size_t>(c)] = order == 1 || order == "Infinity"
                                                ? *std::ranges::max_element(sums)
                                                : *std::ranges::min_element(sums);
    }
    const json axis = is_turned ? json{2, -3} : json{1, 2};
    ExpectLayer(
        Statistic("Norm", {{"ord", order}, {"axis", axis}, {"keepdims", keeps}}, {x}), y);
  });
}

TEST(RandomStatistics, WeighMeans) {
  ForSeeds(12, [](Dice& dice) {
    const Nd x = dice.Numbers({3, 4});
    const Nd weights = dice.Numbers({3, 4}, 0.1, 2);
    const std::int64_t axis = dice.Int(1, 2);
    const bool is_vector = dice.Coin();
    const std::int64_t count = axis == 1 ? 4 : 3;
    Nd sums({count});
    Nd totals({count});
    for (std::int64_t i = 0; i < 3; ++i) {
      for (std::int64_t j = 0; j < 4; ++j) {
        const std::int64_t at = axis == 1 ? j : i;
        const double weight = is_vector ? weights(0, axis == 1 ? i : j) : weights(i, j);
        sums(at) += weight * x(i, j);
        totals(at) += weight;
      }
    }
    for (std::int64_t i = 0; i < count; ++i) sums(i) /= totals(i);
    json config = {{"axis", axis}};
    if (!is_vector) {
      ExpectLayer(Statistic("Average", config, {x, weights}), sums);
      return;
    }
    config["weights"] = json::array();
    for (std::int64_t i = 0; i < (axis == 1 ? 3 : 4); ++i) {
      config["weights"].push_back(weights(0, i));
    }
    ExpectLayer(Statistic("Average", config, {x}), sums);
  });
}

}  // namespace
}  // namespace kinglet
