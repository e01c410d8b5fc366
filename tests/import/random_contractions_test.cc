// Sums of products by keras.ops against walks over all values of all letters.
#include <map>

#include "tests/support/random_layer.h"

namespace kinglet {
namespace {

using nlohmann::json;

struct Factor {
  std::string letters;  ///< of its axes
  Nd x;
};

/// The element of a factor at these values of the letters.
double At(const Factor& factor, const std::map<char, std::int64_t>& at) {
  std::int64_t flat = 0;
  for (std::size_t i = 0; i < factor.letters.size(); ++i) {
    flat = flat * factor.x.shape[i] + at.at(factor.letters[i]);
  }
  return factor.x.data.at(static_cast<std::size_t>(flat));
}

Nd SumOfProducts(const std::vector<Factor>& factors, const std::string& out) {
  std::map<char, std::int64_t> sizes;
  for (const Factor& factor : factors) {
    for (std::size_t i = 0; i < factor.letters.size(); ++i) {
      sizes[factor.letters[i]] = factor.x.shape[i];
    }
  }
  Shape shape;
  for (const char letter : out) shape.push_back(sizes.at(letter));
  Factor sum{out, Nd(shape)};
  std::map<char, std::int64_t> at;
  std::int64_t count = 1;
  for (const auto& [letter, size] : sizes) count *= size;
  for (std::int64_t flat = 0; flat < count; ++flat) {
    std::int64_t rest = flat;
    for (const auto& [letter, size] : sizes) {
      at[letter] = rest % size;
      rest /= size;
    }
    double product = 1;
    for (const Factor& factor : factors) product *= At(factor, at);
    std::int64_t to = 0;
    for (const char letter : out) to = to * sizes.at(letter) + at.at(letter);
    sum.x.data.at(static_cast<std::size_t>(to)) += product;
  }
  return sum.x;
}

/// Factors with axes of random sizes, one size a letter.
std::vector<Factor> Drawn(Dice& dice, const std::vector<std::string>& letters) {
  std::map<char, std::int64_t> sizes;
  std::vector<Factor> factors;
  for (const std::string& of : letters) {
    Shape shape;
    for (const char letter : of) {
      if (!sizes.contains(letter)) sizes[letter] = dice.Int(1, 4);
      shape.push_back(sizes[letter]);
    }
    factors.push_back({of, dice.Numbers(shape)});
  }
  return factors;
}

LayerCase CallOn(const std::string& name, const json& config,
                 const std::vector<Factor>& factors) {
  LayerCase call{name, config, {}};
  for (const Factor& factor : factors) call.inputs.push_back(factor.x);
  call.is_function = call.has_arguments = true;
  return call;
}

TEST(RandomContractions, EinsumOfSeveralOperandsAndRepeatedLetters) {
  struct Equation {
    std::vector<std::string> in;  // without the batch, which is B
    std::string out;
  };
  const std::vector<Equation> equations = {{{"ij", "kj", "kl"}, "il"},
                                           {{"ij", "ik", "kj"}, "i"},
                                           {{"ij", "kj", "kl", "lm"}, "im"},
                                           {{"ij", "j", "jk"}, "ki"},
                                           {{"iic"}, "ic"},
                                           {{"icj", "jj"}, "cij"},
                                           {{"iii"}, "i"},
                                           {{"iij", "jk"}, "k"}};
  ForSeeds(60, [&](Dice& dice) {
    const Equation& equation = dice.Of(equations);
    const std::vector<Factor> factors = Drawn(dice, equation.in);
    std::string text;
    for (const std::string& letters : equation.in) {
      text += (text.empty() ? "B" : ",B") + letters;
    }
    LayerCase call =
        CallOn("Einsum", {{"subscripts", text + "->B" + equation.out}}, factors);
    call.has_arguments = factors.size() > 1;
    ExpectLayer(call, SumOfProducts(factors, equation.out));
  });
}

TEST(RandomContractions, EinsumWithoutAnArrowKeepsTheLettersThatStandOnce) {
  Dice dice(0);
  const Factor x{"dca", dice.Numbers({2, 3, 4})};
  const Graph graph = Imported(FunctionOf("Einsum", {{"subscripts", "Bdca"}}, x.x));
  ExpectNear(RunOn(graph, {x.x}), SumOfProducts({x}, "acd"));
}

TEST(RandomContractions, RefuseEquationsWithoutMeaning) {
  Dice dice(0);
  const Nd x = dice.Numbers({2, 3});
  for (const char* equation : {"bij->bijk", "bij->bii", "bij->bj,", "bijk->b", "->"}) {
    EXPECT_THROW(Imported(FunctionOf("Einsum", {{"subscripts", equation}}, x)), Error)
        << equation;
  }
}

TEST(RandomContractions, RefuseAxesThatDiffer) {
  Dice dice(0);
  const Nd x = dice.Numbers({2, 3});
  const json config = {{"axes", {{1, 2}, {0, 1}}}, {"x2", ArrayOf(dice.Numbers({3, 2}))}};
  EXPECT_THROW(Imported(FunctionOf("Tensordot", config, x)), Error);
}

TEST(RandomContractions, WithAConstantOnEitherSide) {
  struct Function {
    std::string name;
    json axes;
    std::string x;
    std::string constant;
    std::string out;
    bool has_constant_first = false;
  };
  const std::vector<Function> functions = {
      {"Dot", nullptr, "ij", "jk", "ik"},
      {"Dot", nullptr, "ij", "kjl", "ikl"},
      {"Dot", nullptr, "ij", "j", "i"},
      {"Inner", nullptr, "ij", "kj", "ik"},
      {"Tensordot", 1, "ij", "jk", "ik"},
      {"Tensordot", 2, "ij", "ijk", "k"},
      {"Tensordot", {{1, 2}, {2, 0}}, "ij", "jki", "k"},
      {"Tensordot", {{-2}, {-1}}, "ij", "ki", "jk"},
      {"Tensordot", {2, 0}, "ij", "jk", "ik"},
  };
  ForSeeds(60, [&](Dice& dice) {
    const Function& function = dice.Of(functions);
    const std::vector<Factor> factors = Drawn(dice, {function.x, function.constant});
    json config = {{"x2", ArrayOf(factors[1].x)}};
    if (!function.axes.is_null()) config["axes"] = function.axes;
    ExpectLayer(FunctionOf(function.name, config, factors[0].x),
                SumOfProducts(factors, function.out));
  });
}

TEST(RandomContractions, OfTwoTensorsTheBatchesStaySideBySide) {
  ForSeeds(12, [](Dice& dice) {
    const std::vector<Factor> factors = Drawn(dice, {"ij", "Bkj"});
    const std::vector<Factor> samples = {
        factors[0], {"kj", dice.Numbers({2, factors[0].x.shape[1]})}};
    Nd y = SumOfProducts(samples, "ik");
    y.shape.insert(y.shape.begin() + 1, 1);
    ExpectLayer(CallOn("Inner", json::object(), samples), y);
    ExpectLayer(CallOn("Tensordot", {{"axes", {{2}, {2}}}}, samples), y);
  });
}

}  // namespace
}  // namespace kinglet
