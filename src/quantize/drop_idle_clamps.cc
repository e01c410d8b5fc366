// INT8 itself cuts at the ends of the range: a minimum with the largest integer, or a
// maximum with the smallest, changes nothing.
#include <algorithm>
#include <map>

#include "quantize/quantize.h"

namespace kinglet {
namespace {

constexpr std::int8_t kLowestByte = -128;
constexpr std::int8_t kHighestByte = 127;

/// The operand that the node passes on, or nothing.
std::optional<ValueId> Passed(const Graph& graph, const Node& node) {
  const bool is_minimum = std::holds_alternative<Minimum>(node.op);
  if (!is_minimum && !std::holds_alternative<Maximum>(node.op)) return std::nullopt;
  for (std::size_t i = 0; i < 2; ++i) {
    const Value& bound = graph[node.inputs[i]];
    const ValueId other = node.inputs[1 - i];
    if (bound.constant == nullptr || bound.dtype != DType::kInt8) continue;
    const bool is_idle = std::ranges::all_of(
        bound.constant->Data<std::int8_t>(), [is_minimum](std::int8_t q) {
          return q == (is_minimum ? kHighestByte : kLowestByte);
        });
    const Value& out = graph[node.outputs[0]];
    if (is_idle && graph[other].shape == out.shape &&
        graph[other].quantization == out.quantization) {
      return other;
    }
  }
  return std::nullopt;
}

}  // namespace

Graph DropIdleClamps(const Graph& quantized) {
  Graph result = quantized;
  result.nodes.clear();
  std::map<ValueId, ValueId> passed;
  const auto resolve = [&passed](ValueId& id) {
    const auto found = passed.find(id);
    if (found != passed.end()) id = found->second;
  };
  for (Node node : quantized.nodes) {
    for (ValueId& id : node.inputs) resolve(id);
    if (const auto from = Passed(quantized, node)) {
      passed[node.outputs[0]] = *from;
    } else {
      result.nodes.push_back(std::move(node));
    }
  }
  for (Port& port : result.outputs) resolve(port.value);
  return WithoutDeadParts(result);
}

}  // namespace kinglet
