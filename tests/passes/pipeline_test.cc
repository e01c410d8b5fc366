#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "ir/text.h"
#include "passes/passes.h"
#include "run/executor.h"
#include "tests/support/random_graph.h"
#include "tests/support/rounds.h"

namespace kinglet {
namespace {

std::vector<Tensor> Outputs(const Graph& graph, const Tensor& input) {
  const Executor executor(graph);
  Executor::Context context = executor.NewContext();
  return executor.Run(context, {&input, 1});
}

/// Largest difference over the largest magnitude.
double RelativeError(const Tensor& expected, const Tensor& got) {
  const auto a = expected.Data<float>();
  const auto b = got.Data<float>();
  double largest = 1e-6;
  double error = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    largest = std::max(largest, std::abs(static_cast<double>(a[i])));
    error = std::max(error, std::abs(static_cast<double>(a[i]) - b[i]));
  }
  return error / largest;
}

// A dozen operations of at most 54 products: rounding of a few dozen float32 steps of
// 6e-8 each, which nothing here amplifies by more than the largest weight, 2, a step.
constexpr double kTolerance = 1e-4;
constexpr int kSteps = 9;
constexpr unsigned kGraphs = Rounds(400);

TEST(Optimize, KeepsWhatRandomGraphsCompute) {
  std::size_t nodes_before = 0;
  std::size_t nodes_after = 0;
  for (unsigned seed = 0; seed < kGraphs; ++seed) {
    RandomGraph random(seed);
    const Graph graph = random.Make(kSteps);
    const Graph optimized = Optimize(graph);
    nodes_before += graph.nodes.size();
    nodes_after += optimized.nodes.size();
    const Tensor input = random.Floats({1, 5, 4, 3}, -1, 1);
    const auto expected = Outputs(graph, input);
    const auto got = Outputs(optimized, input);
    ASSERT_EQ(expected.size(), got.size());
    for (std::size_t i = 0; i < got.size(); ++i) {
      ASSERT_EQ(expected[i].shape(), got[i].shape());
      ASSERT_LE(RelativeError(expected[i], got[i]), kTolerance)
          << "seed " << seed << ", output " << i << "\n"
          << Print(graph, Constants::kElided) << "\n"
          << Print(optimized, Constants::kElided);
    }
  }
  EXPECT_LT(nodes_after, nodes_before * 3 / 4) << "the graphs give the passes no work";
}

TEST(Optimize, FindsNothingToDoInItsOwnResult) {
  for (unsigned seed = 0; seed < kGraphs; ++seed) {
    const Graph optimized = Optimize(RandomGraph(seed).Make(kSteps));
    ASSERT_EQ(Print(Optimize(optimized)), Print(optimized)) << "seed " << seed;
  }
}

TEST(Optimize, TellsTheListenerOfEachPassAndMergesEqualNodesLast) {
  std::vector<std::string> seen;
  std::vector<std::size_t> nodes;
  const Graph optimized =
      Optimize(RandomGraph(1).Make(kSteps), [&](std::string_view pass, const Graph& g) {
        seen.emplace_back(pass);
        nodes.push_back(g.nodes.size());
      });
  EXPECT_EQ(seen.front(), Passes().front().name);
  EXPECT_EQ(seen.back(), "merge_equal_nodes");
  EXPECT_EQ(nodes.back(), optimized.nodes.size());
}

// y = k0 x + k1 relu(s x + b), as a piecewise-linear front end has it, becomes two
// operations and their sum: the identity s goes, the factor k1 moves under the clamp.
TEST(Optimize, LeavesThreeOperationsOfAPiecewiseLinearBranch) {
  const Graph optimized = Optimize(
      Parse("in input = x : float32[1x1x2x2]\n"
            "const one : float32[1x1x1x2] = 1 1\nconst k0 : float32[1x1x1x2] = 2 3\n"
            "const k1 : float32[1x1x1x2] = 0.5 0.25\nconst zero : float32[2] = 0 0\n"
            "const b : float32[2] = -0.1 -0.2\n"
            "a : float32[1x1x2x2] = depthwise_conv_2d(x, k0, zero)\n"
            "s : float32[1x1x2x2] = depthwise_conv_2d(x, one, b)\n"
            "r : float32[1x1x2x2] = relu(s)\n"
            "k : float32[1x1x2x2] = depthwise_conv_2d(r, k1, zero)\n"
            "y : float32[1x1x2x2] = add(a, k)\nout output_0 = y\n"));
  EXPECT_EQ(optimized.nodes.size(), 3U);
}

TEST(OptimizeForFloats, LeavesMapsInFrontOfLinearOperations) {
  const auto dense = [](const std::string& before, const std::string& behind) {
    return Parse(
        "in input = x : float32[1x2]\nconst c : float32[2] = 2 3\n"
        "const w : float32[2x2] = 1 2 3 4\nconst b : float32[2] = 1 1\n" +
        before + behind + "out output_0 = z\n");
  };
  const Graph before = dense("y : float32[1x2] = mul(x, c)\n",
                             "z : float32[1x2] = fully_connected(y, w, b)\n");
  EXPECT_EQ(OptimizeForFloats(before).nodes.size(), 2U);
  EXPECT_EQ(Optimize(before).nodes.size(), 1U);
  const Graph behind = dense("y : float32[1x2] = fully_connected(x, w, b)\n",
                             "z : float32[1x2] = mul(y, c)\n");
  EXPECT_EQ(OptimizeForFloats(behind).nodes.size(), 1U);
}

}  // namespace
}  // namespace kinglet
