// Networks of every layer that the recipes rewrite, before and after their rewrites, on
// inputs like those that calibrated and far beyond them.
#include <gtest/gtest.h>

#include "calibrate/gather.h"
#include "passes/passes.h"
#include "quantize/dither.h"
#include "quantize/fine_inputs.h"
#include "quantize/quantize.h"
#include "run/executor.h"
#include "run/samples.h"
#include "tests/support/random_network.h"
#include "tests/support/rounds.h"
#include "tests/tune/linear_layers.h"
#include "tune/equalize.h"
#include "tune/split_planes.h"

namespace kinglet {
namespace {

constexpr unsigned kNetworks = Rounds(500);

/// What a rewrite may change: float32 rounds to 6e-8 of the largest number on the way,
/// and a dozen layers of some tens of additions each hand the error on, twice as large
/// where weights are.
constexpr float kTolerance = 2e-5F;

struct Seen {
  std::vector<Tensor> outputs;
  float largest = 0;  // magnitude anywhere in the graph
};

Seen Run(const Graph& graph, const Sample& sample) {
  const Executor executor(graph);
  auto context = executor.NewContext();
  Seen seen;
  seen.outputs = executor.Run(context, sample, [&](ValueId id, auto bytes) {
    if (graph[id].dtype != DType::kFloat32) return;
    for (const float value : AsFloats(bytes)) {
      seen.largest = std::max(seen.largest, std::abs(value));
    }
  });
  return seen;
}

/// Largest difference over the largest number on the way.
float Difference(const Graph& before, const Graph& after, const Sample& sample) {
  const Seen wanted = Run(before, sample);
  const Seen got = Run(after, sample);
  float worst = 0;
  for (std::size_t o = 0; o < wanted.outputs.size(); ++o) {
    const auto a = wanted.outputs[o].Data<float>();
    const auto b = got.outputs[o].Data<float>();
    for (std::size_t i = 0; i < a.size(); ++i) {
      worst = std::max(worst, std::abs(a[i] - b[i]));
    }
  }
  return worst / std::max(wanted.largest, got.largest);
}

void ExpectSame(const Graph& before, const Graph& after, RandomNetwork& network) {
  ASSERT_EQ(StructureProblem(after), std::nullopt);
  for (const float largest : {0.1F, 2.0F, 50.0F, 1e4F}) {
    EXPECT_LE(Difference(before, after, network.Sample(before, largest)), kTolerance)
        << "inputs up to " << largest;
  }
}

/// As a layer came from its builder, or as the passes left it.
Graph NetworkOf(RandomNetwork& network, unsigned seed) {
  const Graph graph = network.Make(14);
  return seed % 2 == 0 ? graph : Optimize(graph);
}

Thresholds SomeThresholds(const Graph& graph, RandomNetwork& network) {
  Thresholds thresholds;
  for (std::size_t i = 0; i < graph.values.size(); ++i) {
    if (graph.values[i].constant != nullptr || !network.Chance(3)) continue;
    thresholds[static_cast<ValueId>(i)] = std::exp2(network.Real(-6, 3));
  }
  return thresholds;
}

Graph EqualizedOn(const Graph& graph, RandomNetwork& network) {
  std::vector<Sample> samples;
  for (int i = 0; i < 4; ++i) samples.push_back(network.Sample(graph, 2));
  return Equalize(
      graph, CollectChannelExtremes(graph, RefsTo(samples), 1),
      {.strength = network.Chance(2) ? 0.5 : 1.0, .depthwise_only = network.Chance(3)});
}

TEST(FloatRewrites, KeepTheFunctionWhenChannelsAreEqualized) {
  int changed = 0;
  for (unsigned seed = 0; seed < kNetworks; ++seed) {
    SCOPED_TRACE(seed);
    RandomNetwork network(seed);
    const Graph graph = NetworkOf(network, seed);
    const Graph equalized = EqualizedOn(graph, network);
    changed += equalized == graph ? 0 : 1;
    ExpectSame(graph, equalized, network);
  }
  EXPECT_GT(changed, static_cast<int>(kNetworks) / 4);
}

TEST(FloatRewrites, KeepTheFunctionWhenTensorsAreSplit) {
  for (unsigned seed = 0; seed < kNetworks; ++seed) {
    SCOPED_TRACE(seed);
    RandomNetwork network(seed);
    const Graph graph = NetworkOf(network, seed);
    ExpectSame(graph, SplitPlanes(graph, SomeThresholds(graph, network)), network);
  }
}

TEST(FloatRewrites, KeepTheFunctionWhenEqualizedChannelsAreSplit) {
  for (unsigned seed = 0; seed < kNetworks; ++seed) {
    SCOPED_TRACE(seed);
    RandomNetwork network(seed);
    const Graph graph = NetworkOf(network, seed);
    const Graph equalized = EqualizedOn(graph, network);
    ExpectSame(graph, SplitPlanes(equalized, SomeThresholds(equalized, network)),
               network);
  }
}

/// The sample as the inputs' INT8 forms hold it.
Sample OnGrid(const Graph& quantized, Sample sample) {
  const Uses uses(quantized);
  for (std::size_t i = 0; i < sample.size(); ++i) {
    for (const std::size_t reader : uses.Readers(quantized.inputs[i].value)) {
      const Node& node = quantized.nodes[reader];
      if (!std::holds_alternative<Quantize>(node.op)) continue;
      const Quantization& grid = *quantized[node.outputs[0]].quantization;
      const auto zero = static_cast<float>(grid.zero_points[0]);
      for (float& value : sample[i].Data<float>()) {
        const float code = std::round(value / grid.scales[0]) + zero;
        value = (std::clamp(code, -128.0F, 127.0F) - zero) * grid.scales[0];
      }
    }
  }
  return sample;
}

/// Numbers on the coarse grid leave nothing over.
TEST(IntegerRewrites, KeepEveryIntegerWhenAFinePlaneIsZero) {
  std::size_t refined = 0;
  for (unsigned seed = 0; seed < kNetworks; ++seed) {
    SCOPED_TRACE(seed);
    RandomNetwork network(seed);
    const Graph graph = NetworkOf(network, seed);
    const std::vector<Sample> samples = {network.Sample(graph, 2),
                                         network.Sample(graph, 2)};
    const Ranges ranges =
        GatherFrom<RangeCollector>(Executor(graph), samples, 1).ranges();
    const QuantizedGraph plain = QuantizeInt8(graph, ranges);
    const auto inputs = InputsToRefine(plain.graph);
    if (inputs.empty()) continue;
    const Graph fine = WithFineInputs(plain, inputs).graph;
    ASSERT_EQ(StructureProblem(fine), std::nullopt);
    refined += fine == plain.graph ? 0 : 1;
    EXPECT_EQ(
        Difference(plain.graph, fine, OnGrid(plain.graph, network.Sample(graph, 3))), 0);
  }
  EXPECT_GT(refined, kNetworks / 4);
}

/// What is counted before copies are made is what they cost, whoever reads them.
TEST(IntegerRewrites, MakeTheCopiesThatWereCounted) {
  std::int64_t added = 0;
  for (unsigned seed = 0; seed < kNetworks; ++seed) {
    SCOPED_TRACE(seed);
    RandomNetwork network(seed);
    const Graph graph = NetworkOf(network, seed);
    const std::vector<Sample> samples = {network.Sample(graph, 2)};
    const Graph plain =
        QuantizeInt8(graph,
                     GatherFrom<RangeCollector>(Executor(graph), samples, 1).ranges())
            .graph;
    Copies copies;
    for (const Value& value : graph.values) {
      if (network.Chance(2)) copies[value.name] = network.Chance(3) ? 4 : 2;
    }
    const Graph dithered = WithDitheredResults(plain, copies).graph;
    ASSERT_EQ(StructureProblem(dithered), std::nullopt);
    EXPECT_EQ(MacsOf(dithered), MacsWithCopies(plain, copies));
    added += MacsOf(dithered) - MacsOf(plain);
  }
  EXPECT_GT(added, 0);
}

/// Ranges end at thresholds and at clamps that equalization moved: there it drops most.
TEST(IntegerRewrites, KeepEveryIntegerWhenIdleClampsAreDropped) {
  std::size_t dropped = 0;
  for (unsigned seed = 0; seed < kNetworks; ++seed) {
    SCOPED_TRACE(seed);
    RandomNetwork network(seed);
    const Graph equalized = EqualizedOn(NetworkOf(network, seed), network);
    const Graph split = SplitPlanes(equalized, SomeThresholds(equalized, network));
    const std::vector<Sample> samples = {network.Sample(split, 2),
                                         network.Sample(split, 2)};
    const Ranges ranges =
        GatherFrom<RangeCollector>(Executor(split), samples, 1).ranges();
    const Graph quantized = QuantizeInt8(split, ranges).graph;
    const Graph fewer = DropIdleClamps(quantized);
    dropped += quantized.nodes.size() - fewer.nodes.size();
    for (const float largest : {2.0F, 50.0F, 1e4F}) {
      EXPECT_EQ(Difference(quantized, fewer, network.Sample(split, largest)), 0);
    }
  }
  EXPECT_GT(dropped, kNetworks);
}

}  // namespace
}  // namespace kinglet
