#include <fmt/format.h>
#include <gtest/gtest.h>

#include "passes/passes.h"
#include "tests/support/rewrite_testing.h"

namespace kinglet {
namespace {

std::string Inputs(const char* sizes, const char* of_weights) {
  return fmt::format("in x = x : float32[{}]\nin w = w : float32[{}]\n", sizes,
                     of_weights);
}

std::string Product(const char* sizes, const char* product) {
  return fmt::format("p : float32[{}] = {}\n", sizes, product);
}

TEST(ExpressWeightedSums, TakesARowOfWeightsTimesAMatrix) {
  const std::string inputs = Inputs("1x4x3", "1x4x1");
  for (const char* product : {"mul(x, w)", "mul(w, x)"}) {
    ExpectRewrite(ExpressWeightedSums,
                  inputs + Product("1x4x3", product) +
                      "y : float32[1x3] = sum(p) axes=[1]\nout output_0 = y\n",
                  inputs +
                      "row : float32[1x1x4] = reshape(w) shape=[1,1,4]\n"
                      "rows : float32[1x4x3] = reshape(x) shape=[1,4,3]\n"
                      "m : float32[1x1x3] = batch_mat_mul(row, rows)\n"
                      "y : float32[1x3] = reshape(m) shape=[1,3]\nout output_0 = y\n");
  }
}

TEST(ExpressWeightedSums, TakesPlacesInTwoAxes) {
  const std::string inputs = Inputs("1x2x2x3", "1x2x2x1");
  ExpectRewrite(
      ExpressWeightedSums,
      inputs + Product("1x2x2x3", "mul(x, w)") +
          "y : float32[1x1x1x3] = sum(p) axes=[2,1] keep_dims=true\nout output_0 = y\n",
      inputs +
          "row : float32[1x1x4] = reshape(w) shape=[1,1,4]\n"
          "rows : float32[1x4x3] = reshape(x) shape=[1,4,3]\n"
          "m : float32[1x1x3] = batch_mat_mul(row, rows)\n"
          "y : float32[1x1x1x3] = reshape(m) shape=[1,1,1,3]\nout output_0 = y\n");
}

TEST(ExpressWeightedSums, LeavesOtherSums) {
  const std::string sum = "y : float32[1x3] = sum(p) axes=[1]\nout output_0 = y\n";
  const std::string inputs = Inputs("1x4x3", "1x4x1");
  const std::string product = Product("1x4x3", "mul(x, w)");
  ExpectUnchanged(ExpressWeightedSums, inputs + product + sum + "out output_1 = p\n");
  ExpectUnchanged(ExpressWeightedSums,
                  inputs + Product("1x4x3", "mul(x, w) activation=relu") + sum);
  ExpectUnchanged(
      ExpressWeightedSums,
      inputs + product + "y : float32[1x4] = sum(p) axes=[2]\n" + "out output_0 = y\n");
  ExpectUnchanged(ExpressWeightedSums,
                  Inputs("1x4x3", "1x4x3") + Product("1x4x3", "mul(x, w)") + sum);
  ExpectUnchanged(ExpressWeightedSums,
                  "in x = x : float32[1x2x1]\nconst w : float32[1x2x1] = 1 2\n" +
                      Product("1x2x1", "mul(x, w)") +
                      "y : float32[1x1] = sum(p) axes=[1]\nout output_0 = y\n");
}

}  // namespace
}  // namespace kinglet
