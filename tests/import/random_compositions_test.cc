// Functions of keras.ops that are composed, element by element, against their formulas.
#include <limits>
#include <numbers>

#include "tests/support/random_layer.h"

namespace kinglet {
namespace {

using nlohmann::json;

LayerCase Function(const std::string& name, const json& config, std::vector<Nd> inputs) {
  LayerCase function{name, config, std::move(inputs)};
  function.is_function = true;
  function.has_arguments = function.inputs.size() > 1;
  return function;
}

struct OfOneNumber {
  std::string name;
  double low;
  double high;
  std::function<double(double x)> of;
};

const std::vector<OfOneNumber> kOfOne = {
    {"Deg2rad", -360, 360, [](double x) { return x / 180 * std::numbers::pi; }},
    {"Rad2deg", -7, 7, [](double x) { return x * 180 / std::numbers::pi; }},
    {"Exp2", -3, 4, [](double x) { return std::exp2(x); }},
    {"Sinh", -4, 4, [](double x) { return std::sinh(x); }},
    {"Cosh", -4, 4, [](double x) { return std::cosh(x); }},
    {"Tan", -1.4, 1.4, [](double x) { return std::tan(x); }},
    {"Sinc", -3, 3,
     [](double x) {
       const double angle = std::numbers::pi * x;
       return x == 0 ? 1 : std::sin(angle) / angle;
     }},
    {"Arcsinh", -50, 50, [](double x) { return std::asinh(x); }},
    {"Arccosh", 1, 20, [](double x) { return std::acosh(x); }},
    {"Arctanh", -0.99, 0.99, [](double x) { return std::atanh(x); }},
    {"Arctan", -20, 20, [](double x) { return std::atan(x); }},
    {"Arcsin", -1, 1, [](double x) { return std::asin(x); }},
    {"Arccos", -1, 1, [](double x) { return std::acos(x); }},
    {"Erf", -6, 6, [](double x) { return std::erf(x); }},
    {"Cbrt", -30, 30, [](double x) { return std::cbrt(x); }},
    {"Trunc", -5, 5, [](double x) { return std::trunc(x); }},
    {"Round", -5, 5, [](double x) { return std::nearbyint(x); }},
    {"Signbit", -1, 1, [](double x) { return x < 0 ? 1 : 0; }},
    {"Angle", -1, 1, [](double x) { return x < 0 ? std::numbers::pi : 0; }},
    {"Conjugate", -1, 1, [](double x) { return x; }},
    {"Isfinite", -1, 1, [](double) { return 1; }},
    {"Isnan", -1, 1, [](double) { return 0; }},
    {"NanToNum", -1, 1, [](double x) { return x; }},
};

TEST(RandomCompositions, ComputeEachNumber) {
  for (const OfOneNumber& function : kOfOne) {
    ForSeeds(4, [&function](Dice& dice) {
      Nd x = dice.Numbers({4, 5}, function.low, function.high);
      if (function.low < 0) x(1, 1) = 0;
      x(0, 0) = static_cast<double>(static_cast<float>(function.low));
      x(0, 1) = static_cast<double>(static_cast<float>(function.high));
      Nd y = x;
      for (double& number : y.data) number = function.of(number);
      ExpectLayer(Function(function.name, json::object(), {x}), y);
    });
  }
}

TEST(RandomCompositions, RoundToDecimals) {
  ForSeeds(8, [](Dice& dice) {
    const std::int64_t decimals = dice.Int(-2, 2);
    const Nd x = dice.Numbers({3, 5}, -300, 300);
    const double factor = std::pow(10.0, static_cast<double>(decimals));
    Nd y = x;
    for (double& number : y.data) number = std::nearbyint(number * factor) / factor;
    ExpectLayer(Function("Round", {{"decimals", decimals}}, {x}), y);
  });
}

struct OfTwoNumbers {
  std::string name;
  std::function<double(double a, double b)> of;
};

const std::vector<OfTwoNumbers> kOfTwo = {
    {"Fmax", [](double a, double b) { return std::max(a, b); }},
    {"Fmin", [](double a, double b) { return std::min(a, b); }},
    {"Fmod", [](double a, double b) { return std::fmod(a, b); }},
    {"DivideNoNan", [](double a, double b) { return b == 0 ? 0 : a / b; }},
    {"Heaviside", [](double a, double b) { return a < 0 ? 0 : (a > 0 ? 1 : b); }},
    {"Hypot", [](double a, double b) { return std::hypot(a, b); }},
    {"Logaddexp", [](double a, double b) { return std::log(std::exp(a) + std::exp(b)); }},
    {"Logaddexp2",
     [](double a, double b) { return std::log2(std::exp2(a) + std::exp2(b)); }},
    {"LogicalXor", [](double a, double b) { return (a != 0) != (b != 0) ? 1 : 0; }},
    {"Arctan2", [](double a, double b) { return std::atan2(a, b); }},
    {"Isclose",
     [](double a, double b) {
       return std::abs(a - b) <= 1e-8 + 1e-5 * std::abs(b) ? 1 : 0;
     }},
};

/// Halves, many of which are equal or zero, against each other or against one column.
TEST(RandomCompositions, ComputeEachPairOfNumbers) {
  for (const OfTwoNumbers& function : kOfTwo) {
    ForSeeds(8, [&function](Dice& dice) {
      const auto halves = [&dice](const Shape& shape) {
        Nd numbers(shape);
        for (double& x : numbers.data) x = static_cast<double>(dice.Int(-4, 4)) / 2;
        return numbers;
      };
      const bool is_column = dice.Coin();
      const Nd a = halves({4, 5});
      Nd b = halves(is_column ? Shape{4, 1} : Shape{4, 5});
      if (function.name == "Fmod") {
        for (double& x : b.data) x = x == 0 ? 1.5 : x;
      }
      Nd y = a;
      for (std::int64_t i = 0; i < 4; ++i) {
        for (std::int64_t j = 0; j < 5; ++j) {
          y(i, j) = function.of(a(i, j), b(i, is_column ? 0 : j));
        }
      }
      ExpectLayer(Function(function.name, json::object(), {a, b}), y);
    });
  }
}

TEST(RandomCompositions, DivideByConstantsOfWhichSomeAreZero) {
  ForSeeds(1, [](Dice& dice) {
    const Nd x = dice.Numbers({2, 3});
    Nd y = x;
    for (std::int64_t i = 0; i < 2; ++i) {
      y(i, 0) = 0;
      y(i, 1) /= 4;
      y(i, 2) /= -0.5;
    }
    ExpectLayer(Function("DivideNoNan", {{"x2", {0, 4, -0.5}}}, {x}), y);
  });
}

float Infinity() { return std::numeric_limits<float>::infinity(); }
float NotANumber() { return std::numeric_limits<float>::quiet_NaN(); }

/// What a function makes of 1, NaN and both infinities.
std::vector<double> OfTheOdd(const std::string& name, const json& config) {
  const std::vector<double> odd = {1, NotANumber(), Infinity(), -Infinity()};
  return RunOn(Imported(Function(name, config, {Nd({4}, odd)})), {Nd({4}, odd)}).data;
}

TEST(RandomCompositions, TellWhatIsNoFiniteNumber) {
  const double largest = std::numeric_limits<float>::max();
  EXPECT_EQ(OfTheOdd("Isnan", json::object()), (std::vector<double>{0, 1, 0, 0}));
  EXPECT_EQ(OfTheOdd("Isfinite", json::object()), (std::vector<double>{1, 0, 0, 0}));
  EXPECT_EQ(OfTheOdd("NanToNum", json::object()),
            (std::vector<double>{1, 0, largest, -largest}));
  EXPECT_EQ(OfTheOdd("NanToNum", {{"nan", 5}, {"posinf", 6}, {"neginf", 7}}),
            (std::vector<double>{1, 5, 6, 7}));
}

TEST(RandomCompositions, LeaveOutWhatIsNoNumber) {
  const Nd x({4}, {1, NotANumber(), 4, NotANumber()});
  const auto of = [&x](const std::string& name) {
    return RunOn(Imported(Function(name, {{"axis", 1}}, {x})), {x}).data.at(0);
  };
  EXPECT_EQ(of("Nansum"), 5);
  EXPECT_EQ(of("Nanmean"), 2.5);
}

}  // namespace
}  // namespace kinglet
