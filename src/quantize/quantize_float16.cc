// Each float constant is stored in half precision and widened by a Dequantize, which
// runtimes fold when they load the file.
#include "base/float16.h"
#include "quantize/quantize.h"

namespace kinglet {
namespace {

Tensor Narrowed(const Tensor& tensor) {
  Tensor narrow(DType::kFloat16, tensor.shape());
  const auto from = tensor.Data<float>();
  auto* to = reinterpret_cast<std::uint16_t*>(narrow.bytes().data());
  for (std::size_t i = 0; i < from.size(); ++i) to[i] = NarrowToFloat16(from[i]);
  return narrow;
}

}  // namespace

Graph QuantizeFloat16(const Graph& graph) {
  Graph half = graph;
  std::vector<Node> widening;
  for (std::size_t i = 0; i < graph.values.size(); ++i) {
    const Value& value = graph.values[i];
    if (value.constant == nullptr || value.dtype != DType::kFloat32) continue;
    const ValueId stored =
        half.AddConstant(value.name + "/float16", Narrowed(*value.constant));
    half.values[i].constant = nullptr;
    widening.push_back({Dequantize{}, {stored}, {static_cast<ValueId>(i)}, value.name});
  }
  half.nodes.insert(half.nodes.begin(), widening.begin(), widening.end());
  return WithoutDeadParts(half);
}

}  // namespace kinglet
