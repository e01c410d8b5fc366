// Linear layers of every kind with random weights and inputs.
#pragma once

#include <random>
#include <string>
#include <vector>

#include "calibrate/statistics.h"
#include "ops/linear.h"
#include "tune/float_means.h"
#include "tune/folds.h"

namespace kinglet {

struct LinearLayer {
  std::string name;
  Graph graph;  ///< input x, a single linear node, output y
  [[nodiscard]] const Node& node() const { return graph.nodes.front(); }
  [[nodiscard]] LinearGeometry geometry() const {
    return LinearGeometryOf({graph, node()});
  }
};

inline Tensor RandomFloats(const Shape& shape, std::mt19937& random, float low = -1,
                           float high = 1) {
  Tensor tensor(DType::kFloat32, shape);
  std::uniform_real_distribution<float> draw(low, high);
  for (float& value : tensor.Data<float>()) value = draw(random);
  return tensor;
}

inline LinearLayer MakeLayer(const std::string& name, Op op, const Shape& input,
                             const Shape& weights, std::int64_t outputs) {
  std::mt19937 random(static_cast<unsigned>(ElementCount(weights)));
  LinearLayer layer{name, {}};
  Value x;
  x.name = "x";
  x.shape = input;
  const ValueId in = layer.graph.AddValue(x);
  layer.graph.inputs.push_back({"input", in});
  const ValueId w = layer.graph.AddConstant("w", RandomFloats(weights, random));
  const ValueId b = layer.graph.AddConstant("b", RandomFloats({outputs}, random));
  layer.graph.outputs.push_back(
      {"output_0", AddNode(layer.graph, std::move(op), {in, w, b}, "y")});
  return layer;
}

/// Strides, padding that differs on both sides, dilation, groups, depth multiplier.
inline std::vector<LinearLayer> AllLinearLayers() {
  return {
      MakeLayer("conv same", Conv2d{.padding = Padding::kSame, .stride_w = 2},
                {1, 5, 6, 3}, {4, 3, 2, 3}, 4),
      MakeLayer("conv dilated", Conv2d{.dilation_h = 2}, {1, 7, 4, 2}, {3, 3, 3, 2}, 3),
      MakeLayer("conv grouped", Conv2d{.padding = Padding::kSame}, {1, 4, 4, 4},
                {6, 2, 2, 2}, 6),
      MakeLayer("depthwise", DepthwiseConv2d{.padding = Padding::kSame, .stride_h = 2},
                {1, 5, 5, 3}, {1, 3, 3, 6}, 6),
      MakeLayer("dense", FullyConnected{}, {1, 8}, {5, 8}, 5),
      MakeLayer("dense over rows", FullyConnected{}, {1, 3, 4}, {2, 4}, 2),
  };
}

inline std::vector<Sample> RandomSamples(const Graph& graph, std::size_t count,
                                         unsigned seed, float low = -1, float high = 1) {
  std::mt19937 random(seed);
  std::vector<Sample> samples(count);
  for (Sample& sample : samples) {
    for (const Port& port : graph.inputs) {
      sample.push_back(RandomFloats(graph[port.value].shape, random, low, high));
    }
  }
  return samples;
}

inline FloatMeans MeansOfLinearLayers(const Graph& graph, const SampleRefs& samples) {
  FloatMeansCollector means(graph, samples.size());
  const std::vector<std::size_t> one_part(samples.size());
  CollectStatistics(
      Executor(graph), samples, one_part, 1, 1,
      [&](std::size_t sample, ValueId id, std::span<const std::byte> bytes) {
        means.See(sample, id, bytes);
      });
  return means.means();
}

}  // namespace kinglet
