// What the lists of random operations share.
#pragma once

#include <cmath>

#include "tests/oracle/random_graph.h"

namespace kinglet {

inline const std::vector<Activation>& Activations() {
  static const std::vector<Activation> kActivations = {
      Activation::kNone, Activation::kNone, Activation::kRelu, Activation::kRelu6,
      Activation::kReluN1To1};
  return kActivations;
}

inline double ScaleOf(const RandomGraph& graph, ValueId id) {
  return graph[id].quantization->scales[0];
}

/// `natural` times a factor from a quarter to eight.
inline Quantization Around(RandomGraph& graph, double natural) {
  const double steps = graph.dtype() == DType::kInt8 ? 1.0 : 256.0;
  return graph.ParamsNear(natural * steps * std::exp2(graph.dice().Real(-2, 3)));
}

inline std::size_t AnyRank(RandomGraph& graph) {
  return static_cast<std::size_t>(graph.dice().Int(2, 4));
}

inline Padding AnyPadding(RandomGraph& graph) {
  return graph.dice().Chance(0.6) ? Padding::kSame : Padding::kValid;
}

/// What most values of int8 or int16 lie below.
inline double TypicalLargest(const RandomGraph& graph) {
  return graph.dtype() == DType::kInt8 ? 60.0 : 16000.0;
}

/// Where the result's parameters are the same for every model.
template <typename Op>
bool AddFixed(RandomGraph& graph) {
  const ValueId in = graph.Activation(AnyRank(graph));
  const QuantParams fixed = Op::Def().quantization.fixed;
  Quantization params{{fixed.scale}, {fixed.zero_point}, 0};
  if (graph.dtype() == DType::kInt16) params = {{1.0F / 32768}, {0}, 0};
  return graph.Add(Op{}, {in}, params);
}

std::vector<RandomOperation> LinearOperations();
std::vector<RandomOperation> BinaryOperations();
std::vector<RandomOperation> UnaryOperations();
std::vector<RandomOperation> OtherOperations();

}  // namespace kinglet
