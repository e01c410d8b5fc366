#include "tune/layer_rounding.h"

#include <gtest/gtest.h>

#include <cmath>

#include "quantize/quantize.h"
#include "tests/tune/linear_layers.h"
#include "tune/round_weights.h"

namespace kinglet {
namespace {

/// Dense layers of equal weights on two inputs of different ranges.
struct Twins {
  static constexpr std::int64_t kReads = 6;
  static constexpr std::int64_t kMakes = 5;
  static constexpr float kWider = 4;  // the second range, times the first

  Graph graph;
  Graph quantized;
  std::vector<Sample> samples;
  std::vector<const Node*> originals;  // by node of the quantized graph

  explicit Twins(bool differ = false) {
    std::mt19937 random(3);
    const Tensor weights = RandomFloats({kMakes, kReads}, random);
    std::vector<ValueId> inputs;
    for (const char* name : {"x", "y"}) {
      Value value;
      value.name = name;
      value.shape = {1, kReads};
      inputs.push_back(graph.AddValue(value));
      graph.inputs.push_back({name, inputs.back()});
    }
    Ranges ranges;
    for (const ValueId in : inputs) {
      const std::string name = graph[in].name;
      const Tensor own = differ ? RandomFloats({kMakes, kReads}, random) : weights;
      const ValueId w = graph.AddConstant("w_" + name, own);
      const ValueId b = graph.AddConstant("b_" + name, RandomFloats({kMakes}, random));
      graph.outputs.push_back(
          {"of_" + name, AddNode(graph, FullyConnected{}, {in, w, b}, "of_" + name)});
    }
    ranges.assign(graph.values.size(), Range{-kWider, kWider});
    ranges[Index(inputs[0])] = Range{-1, 1};
    quantized = QuantizeInt8(graph, ranges, {}).graph;
    for (const Node& node : quantized.nodes) {
      const bool is_layer = std::holds_alternative<FullyConnected>(node.op);
      const bool is_first = quantized[node.outputs[0]].name == "of_x";
      originals.push_back(is_layer ? &graph.nodes[is_first ? 0 : 1] : nullptr);
    }
    for (int s = 0; s < 40; ++s) {
      const Tensor x = RandomFloats({1, kReads}, random);
      Tensor y = RandomFloats({1, kReads}, random);
      for (float& number : y.Data<float>()) number = kWider * number * x.Data<float>()[0];
      samples.push_back({x, y});
    }
  }

  [[nodiscard]] SharedRounding Rounded() const {
    return RoundShared(quantized, graph, originals, RefsTo(samples), 1);
  }

  [[nodiscard]] const Node& Layer(const std::string& name) const {
    for (const Node& node : quantized.nodes) {
      if (quantized[node.outputs[0]].name == name) return node;
    }
    throw std::out_of_range(name);
  }

  /// Covariances of what a layer reads, in real units.
  [[nodiscard]] std::vector<double> Covariances(std::size_t input,
                                                const Node& layer) const {
    const Quantization& q = *quantized[layer.inputs[0]].quantization;
    std::vector<std::vector<double>> rows;
    std::vector<double> mean(kReads);
    for (const Sample& sample : samples) {
      rows.emplace_back();
      for (const float number : sample[input].Data<float>()) {
        const double step = std::round(number / q.scales[0]);
        rows.back().push_back(q.scales[0] * step);
      }
      for (std::size_t i = 0; i < mean.size(); ++i) {
        mean[i] += rows.back()[i] / static_cast<double>(samples.size());
      }
    }
    std::vector<double> moments;
    for (std::size_t i = 0; i < mean.size(); ++i) {
      for (std::size_t j = 0; j < mean.size(); ++j) {
        double sum = 0;
        for (const auto& row : rows) sum += (row[i] - mean[i]) * (row[j] - mean[j]);
        moments.push_back(sum / static_cast<double>(rows.size()));
      }
    }
    return moments;
  }
};

TEST(RoundShared, RoundsOnceForAllThatIsRead) {
  const Twins twins;
  const Node& of_x = twins.Layer("of_x");
  const Node& of_y = twins.Layer("of_y");
  Gram sum{.size = Twins::kReads, .moments = twins.Covariances(0, of_x)};
  const auto of_other = twins.Covariances(1, of_y);
  for (std::size_t i = 0; i < of_other.size(); ++i) sum.moments[i] += of_other[i];
  const Tensor wanted =
      RoundWeights(LinearGeometryOf({twins.quantized, of_x}),
                   *twins.graph[twins.graph.nodes[0].inputs[1]].constant,
                   twins.quantized[of_x.inputs[1]].quantization->scales, {&sum, 1}, 1);
  const SharedRounding rounded = twins.Rounded();
  EXPECT_EQ(*rounded.at(of_x.inputs[1]), wanted);
  EXPECT_EQ(rounded.at(of_x.inputs[1]), rounded.at(of_y.inputs[1]));
  EXPECT_NE(wanted, *twins.quantized[of_x.inputs[1]].constant);  // the nearest
}

TEST(RoundShared, LeavesWeightsOfOneLayerToIt) {
  EXPECT_TRUE(Twins(true).Rounded().empty());
}

}  // namespace
}  // namespace kinglet
