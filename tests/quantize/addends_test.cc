#include "quantize/addends.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <span>
#include <vector>

#include "quantize/params.h"

namespace kinglet {
namespace {

using ::testing::ElementsAre;

Tensor Row(const std::vector<float>& values) {
  return Tensor::Of<float>({static_cast<std::int64_t>(values.size())},
                           std::span<const float>(values));
}

Node SumNode() { return {Add{}, {}, {}, "sum"}; }
Node DifferenceNode() { return {Sub{}, {}, {}, "difference"}; }

// x is between 0 and 255/8, the result between 0 and 255/16; the room is a 32nd of x.
TEST(CutAddend, CutsWhatLeavesASumAtAnEnd) {
  const QuantParams x = {0.125F, -128};
  const QuantParams out = {0.0625F, -128};
  const float room = 255 * 0.125F / 32;
  const Tensor cut = CutAddend(SumNode(), 1, Row({-100, -20, 5, 100}), x, out);
  EXPECT_THAT(cut.Data<float>(),
              ElementsAre(-255 * 0.125F - room, -20, 5, 255 * 0.0625F + room));
}

TEST(CutAddend, TurnsTheEndsForWhatIsSubtracted) {
  const QuantParams x = {0.125F, -128};
  const QuantParams out = {0.0625F, -128};
  const float room = 255 * 0.125F / 32;
  const Tensor second = CutAddend(DifferenceNode(), 1, Row({-100, 100}), x, out);
  EXPECT_THAT(second.Data<float>(),
              ElementsAre(-255 * 0.0625F - room, 255 * 0.125F + room));
  const Tensor first = CutAddend(DifferenceNode(), 0, Row({-100, 100}), x, out);
  EXPECT_THAT(first.Data<float>(), ElementsAre(-room, 255 * (0.125F + 0.0625F) + room));
}

// With the exact sum in double, clamped to what the result can say.
TEST(CutAddend, LeavesEverySumAsItWas) {
  std::mt19937 random(3);
  std::uniform_real_distribution<float> real(-1, 1);
  const auto any_range = [&] {
    return ActivationParams({std::min(real(random), 0.0F), std::max(real(random), 0.0F)});
  };
  for (int i = 0; i < 200; ++i) {
    const QuantParams x = any_range();
    const QuantParams out = any_range();
    std::vector<float> constants(20);
    for (float& one : constants) one = 10 * real(random);
    const Tensor cut = CutAddend(SumNode(), 0, Row(constants), x, out);
    const QuantParams params = ConstantParams(cut.Data<float>());
    const auto integers = QuantizeConstant(cut.Data<float>(), params);
    const Range end = RangeOf(out);
    const Range other = RangeOf(x);
    for (std::size_t c = 0; c < constants.size(); ++c) {
      const double said =
          static_cast<double>(params.scale) * (integers[c] - params.zero_point);
      for (const double with : {other.min, 0.0F, other.max}) {
        const double whole = std::clamp<double>(constants[c] + with, end.min, end.max);
        const double after = std::clamp<double>(said + with, end.min, end.max);
        EXPECT_NEAR(after, whole, 0.501 * params.scale);
      }
    }
  }
}

TEST(LargestSum, TakesTheFurtherEnd) {
  EXPECT_EQ(LargestSum(SumNode(), {-1, 2}, {-4, 0.5F}), 5);
  EXPECT_EQ(LargestSum(DifferenceNode(), {-1, 2}, {-4, 0.5F}), 6);
}

}  // namespace
}  // namespace kinglet
