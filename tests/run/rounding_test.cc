// Both roundings of the integer runner, against rules 7.1 to 7.3 written out in long
// double, which holds every product exactly.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <random>

#include "ir/text.h"
#include "run/executor.h"

namespace kinglet {
namespace {

using Ints = std::vector<int>;

long double Rescaled(long double x, double factor, Rounding rounding) {
  int e = 0;
  const long double q = std::round(std::ldexp(std::frexp(factor, &e), 31));
  if (rounding == Rounding::kSingle) {
    return std::floor(std::ldexp(x * q, e - 31) + 0.5L);
  }
  const int left = std::max(e, 0);
  const long double high = std::floor(std::ldexp(x * q, left - 31) + 0.5L);
  return std::round(std::ldexp(high, e - left));
}

int Byte(long double x) { return static_cast<int>(std::clamp(x, -128.0L, 127.0L)); }

struct Params {
  float scale;
  int zero_point;
};

struct Case {
  const char* name;
  /// Over x, w of as many values, and k with w in every row, one further each.
  std::string text;
  /// The result of element i.
  std::function<int(const Ints& x, const Ints& w, std::size_t i, const Params& in,
                    const Params& other, const Params& out, Rounding rounding)>
      expected;
};
void PrintTo(const Case& c, std::ostream* stream) { *stream << c.name; }

constexpr std::size_t kCount = 16;

const std::vector<Case> kCases = {
    {"relu", "relu(x)",
     [](const Ints& x, const Ints&, std::size_t i, const Params& in, const Params&,
        const Params& out, Rounding rounding) {
       const double factor = in.scale / out.scale;
       const long double y = Rescaled(x[i] - in.zero_point, factor, rounding);
       return std::max(Byte(y + out.zero_point), out.zero_point);
     }},
    {"mul", "mul(x, w)",
     [](const Ints& x, const Ints& w, std::size_t i, const Params& in,
        const Params& other, const Params& out, Rounding rounding) {
       const double factor = in.scale * other.scale / out.scale;
       const int product = (x[i] - in.zero_point) * (w[i] - other.zero_point);
       return Byte(Rescaled(product, factor, rounding) + out.zero_point);
     }},
    {"add", "add(x, w)",
     [](const Ints& x, const Ints& w, std::size_t i, const Params& in,
        const Params& other, const Params& out, Rounding rounding) {
       const double twice = 2.0 * std::max(in.scale, other.scale);
       const auto part = [&](int q, const Params& params) {
         return Rescaled(std::ldexp(q - params.zero_point, 20), params.scale / twice,
                         rounding);
       };
       const long double sum = part(x[i], in) + part(w[i], other);
       const double factor = std::ldexp(twice, -20) / out.scale;
       return Byte(Rescaled(sum, factor, rounding) + out.zero_point);
     }},
    {"depthwise", "depthwise_conv_2d(x, w)",
     [](const Ints& x, const Ints& w, std::size_t i, const Params& in,
        const Params& other, const Params& out, Rounding rounding) {
       const double factor = double{in.scale} * other.scale / out.scale;
       const int sum = (x[i] - in.zero_point) * w[i];
       return Byte(Rescaled(sum, factor, rounding) + out.zero_point);
     }},
    {"conv", "conv_2d(x, k)",
     [](const Ints& x, const Ints& w, std::size_t i, const Params& in,
        const Params& other, const Params& out, Rounding rounding) {
       const double factor = double{in.scale} * other.scale / out.scale;
       int sum = 0;
       for (std::size_t k = 0; k < kCount; ++k) {
         sum += (x[k] - in.zero_point) * w[(i + k) % kCount];
       }
       return Byte(Rescaled(sum, factor, rounding) + out.zero_point);
     }},
};

std::string Written(const Ints& values) {
  return fmt::format("{}", fmt::join(values, " "));
}

class Roundings : public testing::TestWithParam<Case> {};

// Scales are simple fractions, so that there are ties.
TEST_P(Roundings, AreThoseOfTheRules) {
  std::mt19937 engine(1);
  const auto draw = [&](int low, int high) {
    return static_cast<int>(engine() % static_cast<unsigned>(high - low + 1)) + low;
  };
  const auto params = [&](bool is_weight) {
    return Params{static_cast<float>(draw(1, 10)) / 64.0F,
                  is_weight ? 0 : draw(-128, 127)};
  };
  const bool is_linear = GetParam().text.find("conv") != std::string::npos;
  int differing = 0;
  for (int round = 0; round < 400; ++round) {
    const Params in = params(false);
    const Params other = params(is_linear);
    const Params out = params(false);
    Ints x(kCount);
    Ints w(kCount);
    for (int& q : x) q = draw(-128, 127);
    for (int& q : w) q = draw(-127, 127);
    Ints kernel;
    for (std::size_t i = 0; i < kCount * kCount; ++i) {
      kernel.push_back(w[(i / kCount + i % kCount) % kCount]);
    }
    const auto text = [](const Params& p) {
      return fmt::format("q{{{}/{}}}", p.scale, p.zero_point);
    };
    const Graph graph = Parse(
        fmt::format("in x = x : int8[1x1x1x16] {}\nconst w : int8[1x1x1x16] {} = {}\n"
                    "const k : int8[16x1x1x16] {} = {}\ny : int8[1x1x1x16] {} = {}\n"
                    "out y = y\n",
                    text(in), text(other), Written(w), text(other), Written(kernel),
                    text(out), GetParam().text));
    const std::vector<std::int8_t> bytes(x.begin(), x.end());
    const Tensor input = Tensor::Of<std::int8_t>({1, 1, 1, 16}, bytes);
    std::vector<Tensor> results;
    for (const Rounding rounding : {Rounding::kDouble, Rounding::kSingle}) {
      const Executor executor(graph, rounding);
      Executor::Context context = executor.NewContext();
      results.push_back(executor.Run(context, {&input, 1})[0]);
      for (std::size_t i = 0; i < kCount; ++i) {
        ASSERT_EQ(int{results.back().Data<std::int8_t>()[i]},
                  GetParam().expected(x, w, i, in, other, out, rounding))
            << "element " << i << " of\n"
            << Print(graph);
      }
    }
    differing += results[0] == results[1] ? 0 : 1;
  }
  EXPECT_GT(differing, 0);
}

INSTANTIATE_TEST_SUITE_P(Operations, Roundings, testing::ValuesIn(kCases),
                         [](const auto& instance) { return instance.param.name; });

}  // namespace
}  // namespace kinglet
