#include "run/layerwise.h"

#include <gtest/gtest.h>

#include "ir/text.h"
#include "run/executor.h"

namespace kinglet {
namespace {

constexpr const char* kText =
    "in input = x : float32[1x2]\nconst two : float32[1] = 2\n"
    "const three : float32[1] = 3\na : float32[1x2] = mul(x, two)\n"
    "r : float32[2x1] = reshape(a) shape=[2,1]\nb : float32[1x2] = mul(a, three)\n"
    "s : float32[1x2] = reshape(r) shape=[1,2]\nc : float32[1x2] = add(b, s)\n"
    "out output_0 = c\n";

std::vector<std::vector<Tensor>> Samples() {
  std::vector<std::vector<Tensor>> samples;
  for (int i = 0; i < 5; ++i) {
    const float values[] = {static_cast<float>(i), -1.5F};
    samples.push_back({Tensor::Of<float>({1, 2}, std::span<const float>(values))});
  }
  return samples;
}

std::vector<const std::vector<Tensor>*> Refs(
    const std::vector<std::vector<Tensor>>& samples) {
  std::vector<const std::vector<Tensor>*> refs;
  for (const auto& sample : samples) refs.push_back(&sample);
  return refs;
}

TEST(LayerwiseRun, ComputesWhatTheExecutorComputes) {
  const Graph graph = Parse(kText);
  const auto samples = Samples();
  const auto refs = Refs(samples);
  const Executor executor(graph);
  auto context = executor.NewContext();
  LayerwiseRun run(graph, refs, 2);
  EXPECT_EQ(run.At(3, graph.inputs[0].value), samples[3][0]);
  while (run.next() < graph.nodes.size()) run.Step();
  for (std::size_t s = 0; s < samples.size(); ++s) {
    EXPECT_EQ(run.At(s, graph.outputs[0].value), executor.Run(context, samples[s])[0]);
  }
}

TEST(LayerwiseRun, SeesConstantsThatChangeAheadOfIt) {
  Graph graph = Parse(kText);
  const auto samples = Samples();
  const auto refs = Refs(samples);
  LayerwiseRun run(graph, refs, 1);
  run.Step();
  const float ten = 10;
  for (Value& value : graph.values) {
    if (value.name != "three") continue;
    value.constant = std::make_shared<const Tensor>(
        Tensor::Of<float>({1}, std::span<const float>(&ten, 1)));
  }
  while (run.next() < graph.nodes.size()) run.Step();
  EXPECT_EQ(run.At(1, graph.outputs[0].value).Data<float>()[0], 2 * 10 + 2);
}

}  // namespace
}  // namespace kinglet
