// What the linear layers of a float graph compute on average, by sample.
#pragma once

#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "ir/graph.h"

namespace kinglet {

/// The mean output before its activation of one linear layer: [sample][channel].
using LayerMeans = std::vector<std::vector<double>>;

/// By the name of the layer's result.
using FloatMeans = std::map<std::string, LayerMeans>;

/// A convolution or dense layer whose weights are a constant.
bool IsLinearLayer(const Graph& graph, const Node& node);

/// Gathers while samples run, each by one thread.
class FloatMeansCollector {
 public:
  /// `graph` must outlive it.
  FloatMeansCollector(const Graph& graph, std::size_t samples);

  void See(std::size_t sample, ValueId id, std::span<const std::byte> bytes);

  [[nodiscard]] const FloatMeans& means() const { return means_; }

 private:
  const Graph* graph_;
  std::vector<std::vector<const Node*>> readers_;  // linear layers by what they read
  FloatMeans means_;
};

}  // namespace kinglet
