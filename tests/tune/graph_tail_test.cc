#include "tune/graph_tail.h"

#include <gtest/gtest.h>

#include <map>

#include "ir/text.h"
#include "tests/tune/linear_layers.h"
#include "tune/trial.h"

namespace kinglet {
namespace {

// Of each place: two values that jump over nodes, a constant, an output in the middle.
TEST(TailOf, ComputesWhatTheWholeDoesFromWhatTheHeadMade) {
  const Graph graph = Parse(
      "in first = x : float32[1x4]\nin second = u : float32[1x4]\n"
      "const k : float32[4] = 1 2 3 4\n"
      "a : float32[1x4] = mul(x, k)\nb : float32[1x4] = tanh(a)\n"
      "c : float32[1x4] = add(b, u)\nd : float32[1x4] = mul(c, a)\n"
      "out output_0 = b\nout output_1 = d\n");
  const std::vector<Sample> samples = RandomSamples(graph, 2, 4);
  const auto whole = OutputsOf(graph, RefsTo(samples), 1);
  for (std::size_t first = 0; first <= graph.nodes.size(); ++first) {
    const GraphTail tail = TailOf(graph, first);
    EXPECT_EQ(StructureProblem(tail.graph), std::nullopt);
    EXPECT_EQ(tail.graph.nodes.size(), graph.nodes.size() - first);
    std::vector<Sample> read;
    for (const Sample& sample : samples) {
      std::map<ValueId, Tensor> made;
      const Executor executor(graph);
      auto context = executor.NewContext();
      executor.Run(context, sample, [&](ValueId id, std::span<const std::byte> bytes) {
        made[id] = Tensor::Of<float>(graph[id].shape, AsFloats(bytes));
      });
      read.emplace_back();
      for (const ValueId id : tail.reads) read.back().push_back(made.at(id));
    }
    EXPECT_EQ(OutputsOf(tail.graph, RefsTo(read), 1), whole) << first;
  }
}

}  // namespace
}  // namespace kinglet
