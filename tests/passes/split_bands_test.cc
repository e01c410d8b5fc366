#include <fmt/format.h>
#include <gtest/gtest.h>

#include <random>

#include "passes/passes.h"
#include "tests/support/rewrite_testing.h"
#include "tests/support/rounds.h"
#include "tests/support/same_function.h"

namespace kinglet {
namespace {

/// A bank of four bands over six rows, with these weights.
std::string Bank(const char* weights, const char* attributes = "") {
  return fmt::format(
      "in input = x : float32[1x6x1x1]\nconst w : float32[4x6x1x1] = {}\n"
      "const b : float32[4] = 1 2 3 4\n"
      "y : float32[1x1x1x4] = conv_2d(x, w, b){}\nout output_0 = y\n",
      weights, attributes);
}

TEST(SplitBands, LeavesOutRowsThatNoBandOfABlockReads) {
  ExpectRewrite(
      SplitBands,
      Bank("1 2 0 0 0 0  2 1 0 0 0 0  0 0 0 3 4 5  0 0 0 0 6 7", " activation=relu"),
      "in input = x : float32[1x6x1x1]\n"
      "low : float32[1x2x1x1] = strided_slice(x) begin=[0,0,0,0] end=[1,2,1,1] "
      "strides=[1,1,1,1]\n"
      "const w0 : float32[2x2x1x1] = 1 2 2 1\nconst b0 : float32[2] = 1 2\n"
      "y0 : float32[1x1x1x2] = conv_2d(low, w0, b0) activation=relu\n"
      "middle : float32[1x3x1x1] = strided_slice(x) begin=[0,3,0,0] end=[1,6,1,1] "
      "strides=[1,1,1,1]\n"
      "const w1 : float32[1x3x1x1] = 3 4 5\nconst b1 : float32[1] = 3\n"
      "y1 : float32[1x1x1x1] = conv_2d(middle, w1, b1) activation=relu\n"
      "high : float32[1x2x1x1] = strided_slice(x) begin=[0,4,0,0] end=[1,6,1,1] "
      "strides=[1,1,1,1]\n"
      "const w2 : float32[1x2x1x1] = 6 7\nconst b2 : float32[1] = 4\n"
      "y2 : float32[1x1x1x1] = conv_2d(high, w2, b2) activation=relu\n"
      "y : float32[1x1x1x4] = concatenation(y0, y1, y2) axis=3\nout output_0 = y\n");
}

TEST(SplitBands, LeavesDenseAndShorterKernels) {
  ExpectUnchanged(SplitBands, Bank("1 1 1 1 1 1  1 1 1 1 1 1  1 1 1 1 1 1  0 0 0 0 1 1"));
  ExpectUnchanged(SplitBands,
                  "in input = x : float32[1x6x1x1]\nconst w : float32[4x2x1x1] = "
                  "1 0 0 1 1 0 0 1\nconst b : float32[4] = 1 2 3 4\n"
                  "y : float32[1x5x1x4] = conv_2d(x, w, b)\nout output_0 = y\n");
}

/// Bands of some rows each, here and there of none.
std::string RandomBank(std::mt19937& random, Size bands, Size rows) {
  std::string weights;
  for (Size band = 0; band < bands; ++band) {
    const Size begin = static_cast<Size>(random()) % rows;
    const Size count = static_cast<Size>(random()) % 4;
    for (Size row = 0; row < rows; ++row) {
      const bool reads = row >= begin && row < begin + count;
      weights += fmt::format(" {}", reads ? static_cast<int>(random() % 9) - 4 : 0);
    }
  }
  return weights;
}

TEST(SplitBands, KeepsTheFunctionOfRandomBanks) {
  int split = 0;
  for (unsigned seed = 0; seed < Rounds(300); ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    const Size bands = 2 + static_cast<Size>(random()) % 20;
    const Size rows = 2 + static_cast<Size>(random()) % 12;
    std::string bias;
    for (Size band = 0; band < bands; ++band) bias += " 0.5";
    const Graph before = Parse(fmt::format(
        "in input = x : float32[1x{0}x3x1]\nconst w : float32[{1}x{0}x1x1] ={2}\n"
        "const b : float32[{1}] ={3}\n"
        "y : float32[1x1x3x{1}] = conv_2d(x, w, b)\nout output_0 = y\n",
        rows, bands, RandomBank(random, bands, rows), bias));
    const Graph after = SplitBands(before);
    ASSERT_EQ(StructureProblem(after), std::nullopt);
    split += after == before ? 0 : 1;
    Tensor input(DType::kFloat32, {1, rows, 3, 1});
    for (float& x : input.Data<float>()) {
      x = std::uniform_real_distribution<float>(-1, 1)(random);
    }
    ExpectSameFunction(before, after, {{std::move(input)}}, 0);
  }
  EXPECT_GT(split, static_cast<int>(Rounds(300)) / 2);
}

}  // namespace
}  // namespace kinglet
