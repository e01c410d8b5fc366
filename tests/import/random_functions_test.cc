// Functions of keras.ops with other arguments than the defaults against their formulas.
#include "tests/support/random_layer.h"

namespace kinglet {
namespace {

using nlohmann::json;

struct Formula {
  std::string name;
  std::string argument;
  std::function<double(double x, double a)> of;
};

const std::vector<Formula> kFormulas = {
    {"Elu", "alpha", [](double x, double a) { return x > 0 ? x : a * std::expm1(x); }},
    {"Celu", "alpha",
     [](double x, double a) { return x > 0 ? x : a * std::expm1(x / a); }},
    {"HardShrink", "threshold",
     [](double x, double a) { return std::abs(x) > a ? x : 0; }},
    {"SoftShrink", "threshold",
     [](double x, double a) { return std::copysign(std::max(std::abs(x) - a, 0.0), x); }},
    {"Squareplus", "b",
     [](double x, double a) { return (x + std::sqrt(x * x + a)) / 2; }},
};

TEST(RandomFunctions, TakeTheirArgument) {
  for (const Formula& formula : kFormulas) {
    ForSeeds(6, [&formula](Dice& dice) {
      const double a = dice.Of<double>({0.25, 0.75, 1, 1.5, 3});
      const Nd x = dice.Numbers({3, 4}, -4, 4);
      Nd y = x;
      for (double& number : y.data) number = formula.of(number, a);
      ExpectLayer(FunctionOf(formula.name, {{formula.argument, a}}, x), y);
    });
  }
}

/// The axis of the sample that `axis` of the batch is.
std::size_t OfSample(std::int64_t axis, std::size_t rank) {
  return static_cast<std::size_t>(axis < 0 ? axis + static_cast<std::int64_t>(rank)
                                           : axis - 1);
}

TEST(RandomFunctions, GateOneHalfOfAnAxisByTheOther) {
  ForSeeds(12, [](Dice& dice) {
    const std::int64_t axis = dice.Of<std::int64_t>({1, 2, 3, -1, -2, -3});
    const std::size_t at = OfSample(axis, 3);
    Shape half = {dice.Int(1, 3), dice.Int(1, 3), dice.Int(1, 3)};
    Shape whole = half;
    whole[at] *= 2;
    const Nd x = dice.Numbers(whole, -3, 3);
    Nd y(half);
    for (std::int64_t i = 0; i < half[0]; ++i) {
      for (std::int64_t j = 0; j < half[1]; ++j) {
        for (std::int64_t k = 0; k < half[2]; ++k) {
          std::array<std::int64_t, 3> other = {i, j, k};
          other.at(at) += half[at];
          y(i, j, k) = x(i, j, k) / (1 + std::exp(-x(other[0], other[1], other[2])));
        }
      }
    }
    ExpectLayer(FunctionOf("Glu", {{"axis", axis}}, x), y);
  });
}

/// A function of the numbers along one axis of a sample of three.
void ExpectAlongAxis(const std::string& name, json config, Dice& dice,
                     const std::function<void(std::vector<double>&)>& of,
                     std::int64_t shortest = 1) {
  const std::int64_t axis = dice.Of<std::int64_t>({1, 2, 3, -1, -2, -3});
  const std::size_t at = OfSample(axis, 3);
  const auto size = [&] { return dice.Int(shortest, shortest + 3); };
  const Nd x = dice.Numbers({size(), size(), size()});
  std::vector<double> line(static_cast<std::size_t>(x.shape[at]));
  const auto elements = [&](Nd& tensor, std::int64_t i, std::int64_t j, std::int64_t k) {
    std::array<std::int64_t, 3> place = {at == 0 ? k : i, at == 1 ? k : (at == 0 ? i : j),
                                         at == 2 ? k : j};
    return &tensor(place[0], place[1], place[2]);
  };
  Nd in = x;
  Shape shape = x.shape;
  Shape others = x.shape;
  others.erase(others.begin() + static_cast<std::ptrdiff_t>(at));
  std::optional<Nd> y;
  for (std::int64_t i = 0; i < others[0]; ++i) {
    for (std::int64_t j = 0; j < others[1]; ++j) {
      line.clear();
      for (std::int64_t k = 0; k < x.shape[at]; ++k)
        line.push_back(*elements(in, i, j, k));
      of(line);
      shape[at] = static_cast<std::int64_t>(line.size());
      if (!y.has_value()) y = Nd(shape);
      for (std::int64_t k = 0; k < shape[at]; ++k) {
        *elements(*y, i, j, k) = line[static_cast<std::size_t>(k)];
      }
    }
  }
  config["axis"] = axis;
  if (config.contains("keepdims") && !config["keepdims"].get<bool>()) y->shape = others;
  ExpectLayer(FunctionOf(name, config, x), *y);
}

TEST(RandomFunctions, PutAnAxisInOrder) {
  ForSeeds(12, [](Dice& dice) {
    ExpectAlongAxis("Sort", {}, dice,
                    [](std::vector<double>& line) { std::ranges::sort(line); });
    ExpectAlongAxis("Median", {{"keepdims", dice.Coin()}}, dice,
                    [](std::vector<double>& line) {
                      std::ranges::sort(line);
                      const std::size_t n = line.size();
                      line = {(line[(n - 1) / 2] + line[n / 2]) / 2};
                    });
  });
}

TEST(RandomFunctions, TakeDifferencesAlongAnAxis) {
  ForSeeds(12, [](Dice& dice) {
    const std::int64_t times = dice.Int(1, 2);
    ExpectAlongAxis(
        "Diff", {{"n", times}}, dice,
        [times](std::vector<double>& line) {
          for (std::int64_t i = 0; i < times; ++i) {
            for (std::size_t k = 0; k + 1 < line.size(); ++k)
              line[k] = line[k + 1] - line[k];
            line.pop_back();
          }
        },
        3);
  });
}

TEST(RandomFunctions, FillWithTheTypeThatIsAskedFor) {
  ForSeeds(1, [](Dice& dice) {
    const Nd x = dice.Numbers({2, 3});
    const Graph plain = Imported(FunctionOf("OnesLike", json::object(), x));
    EXPECT_EQ(plain[plain.outputs[0].value].dtype, DType::kFloat32);
    const Graph bools = Imported(FunctionOf("OnesLike", {{"dtype", "bool"}}, x));
    ASSERT_EQ(bools[bools.outputs[0].value].dtype, DType::kBool);
    EXPECT_TRUE(bools[bools.outputs[0].value].constant->Data<bool>()[5]);
  });
}

TEST(RandomFunctions, TakeTheLargest) {
  ForSeeds(6, [](Dice& dice) {
    const Nd x = dice.Numbers({3, 5});
    const std::int64_t k = dice.Int(1, 5);
    Nd y({3, k});
    for (std::int64_t i = 0; i < 3; ++i) {
      std::vector<double> row(x.data.begin() + i * 5, x.data.begin() + i * 5 + 5);
      std::ranges::sort(row, std::greater<>());
      for (std::int64_t j = 0; j < k; ++j) y(i, j) = row[static_cast<std::size_t>(j)];
    }
    ExpectLayer(FunctionOf("TopK", {{"k", k}, {"sorted", true}}, x), y);
  });
}

TEST(RandomFunctions, FindTheExtremes) {
  ForSeeds(8, [](Dice& dice) {
    const Nd x = dice.Numbers({3, 4});
    const bool keeps = dice.Coin();
    const bool is_largest = dice.Coin();
    Nd y(keeps ? Shape{3, 1} : Shape{3});
    for (std::int64_t i = 0; i < 3; ++i) {
      double& found = y.data[static_cast<std::size_t>(i)];
      found = x(i, 0);
      for (std::int64_t j = 1; j < 4; ++j) {
        found = is_largest ? std::max(found, x(i, j)) : std::min(found, x(i, j));
      }
    }
    ExpectLayer(
        FunctionOf(is_largest ? "Amax" : "Amin", {{"axis", 2}, {"keepdims", keeps}}, x),
        y);
  });
}

// numpy.moveaxis(range(2 * 3 * 4 * 5), [1, 3], [3, -2]) without a batch, and so on.
TEST(RandomFunctions, MoveSeveralAxes) {
  ForSeeds(8, [](Dice& dice) {
    const Nd x = dice.Numbers({2, 3, 4});
    const std::vector<std::pair<json, std::vector<std::size_t>>> cases = {
        {{{"source", {1, 2}}, {"destination", {2, 3}}}, {2, 0, 1}},
        {{{"source", {3, 1}}, {"destination", {1, 2}}}, {2, 0, 1}},
        {{{"source", {1, -1}}, {"destination", {-1, 1}}}, {2, 1, 0}},
        {{{"source", 2}, {"destination", -1}}, {0, 2, 1}},
    };
    const auto& [config, perm] = dice.Of(cases);
    ExpectLayer(FunctionOf("Moveaxis", config, x), Transposed(x, perm));
  });
}

TEST(RandomFunctions, TakeNormsOfVectorsAndMatrices) {
  ForSeeds(12, [](Dice& dice) {
    const Nd x = dice.Numbers({3, 4}, -2, 2);
    const bool keeps = dice.Coin();
    const json order = dice.Of<json>({nullptr, 1, 2, "fro"});
    const bool is_matrix = order == "fro";
    const std::int64_t rows = is_matrix ? 1 : 3;
    Nd y(keeps ? Shape{rows, 1} : is_matrix ? Shape{} : Shape{3});
    for (std::size_t i = 0; i < x.data.size(); ++i) {
      const double number = x.data[i];
      y.data[is_matrix ? 0 : i / 4] += order == 1 ? std::abs(number) : number * number;
    }
    if (order != 1) {
      for (double& sum : y.data) sum = std::sqrt(sum);
    }
    const json axis = is_matrix ? json{1, 2} : json{-1};
    ExpectLayer(
        FunctionOf("Norm", {{"ord", order}, {"axis", axis}, {"keepdims", keeps}}, x), y);
  });
}

TEST(RandomFunctions, TakeTheExtremesOfMagnitudesAsNorms) {
  ForSeeds(6, [](Dice& dice) {
    const Nd x = dice.Numbers({3, 4});
    const bool is_largest = dice.Coin();
    Nd y({3});
    for (std::int64_t i = 0; i < 3; ++i) {
      std::vector<double> row(4);
      for (std::int64_t j = 0; j < 4; ++j) {
        row[static_cast<std::size_t>(j)] = std::abs(x(i, j));
      }
      y.data[static_cast<std::size_t>(i)] =
          is_largest ? *std::ranges::max_element(row) : *std::ranges::min_element(row);
    }
    // As ParseKerasJson reads Python's bare words.
    ExpectLayer(
        FunctionOf("Norm", {{"ord", is_largest ? "Infinity" : "-Infinity"}, {"axis", -1}},
                   x),
        y);
  });
}

TEST(RandomFunctions, DivideByANorm) {
  ForSeeds(12, [](Dice& dice) {
    const Nd x = dice.Numbers({3, 4}, -2, 2);
    const bool along_rows = dice.Coin();
    const auto order = dice.Int(1, 2);
    std::array<double, 12> norms{};
    const auto line = [&](std::size_t i) { return along_rows ? i / 4 : i % 4; };
    for (std::size_t i = 0; i < 12; ++i) {
      norms.at(line(i)) += std::pow(std::abs(x.data[i]), static_cast<double>(order));
    }
    Nd y = x;
    for (std::size_t i = 0; i < 12; ++i) {
      y.data[i] /= std::pow(norms.at(line(i)), 1 / static_cast<double>(order));
    }
    ExpectLayer(
        FunctionOf("Normalize", {{"axis", along_rows ? -1 : 1}, {"order", order}}, x), y);
  });
}

}  // namespace
}  // namespace kinglet
