// The first node of a graph in text form, run on numbers that are easy to follow.
#pragma once

#include <numeric>
#include <string>
#include <vector>

#include "ir/text.h"
#include "ops/evaluate.h"

namespace kinglet {

template <typename T>
Tensor CountingOf(const Shape& shape) {
  Tensor tensor(DTypeOf<T>(), shape);
  T next = 1;
  for (T& element : tensor.Data<T>()) element = next++;
  return tensor;
}

/// 1, 2, 3, ...
inline Tensor Counting(DType dtype, const Shape& shape) {
  switch (dtype) {
    case DType::kInt8:
      return CountingOf<std::int8_t>(shape);
    case DType::kInt16:
      return CountingOf<std::int16_t>(shape);
    case DType::kInt32:
      return CountingOf<std::int32_t>(shape);
    case DType::kInt64:
      return CountingOf<std::int64_t>(shape);
    case DType::kUint8:
      return CountingOf<std::uint8_t>(shape);
    default:
      return CountingOf<float>(shape);
  }
}

inline std::vector<double> Numbers(const Tensor& tensor) {
  const auto widened = [](auto data) {
    return std::vector<double>(data.begin(), data.end());
  };
  switch (tensor.dtype()) {
    case DType::kInt8:
      return widened(tensor.Data<std::int8_t>());
    case DType::kInt16:
      return widened(tensor.Data<std::int16_t>());
    case DType::kInt32:
      return widened(tensor.Data<std::int32_t>());
    case DType::kInt64:
      return widened(tensor.Data<std::int64_t>());
    case DType::kUint8:
      return widened(tensor.Data<std::uint8_t>());
    case DType::kBool:
      return widened(tensor.Data<bool>());
    default:
      return widened(tensor.Data<float>());
  }
}

/// Results of the first node; the graph's inputs count 1, 2, 3, ...
inline std::vector<std::vector<double>> RunFirstNode(Graph graph) {
  for (const Port& port : graph.inputs) {
    Value& value = graph[port.value];
    value.constant = std::make_shared<const Tensor>(Counting(value.dtype, value.shape));
  }
  std::vector<std::vector<double>> results;
  for (const Tensor& result : Evaluate({graph, graph.nodes.at(0)})) {
    results.push_back(Numbers(result));
  }
  return results;
}

}  // namespace kinglet
