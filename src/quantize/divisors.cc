#include "quantize/divisors.h"

#include <cstdint>

namespace kinglet {
namespace {

/// A constant of less than half a step of the other operand leaves INT8 sums as they are.
constexpr float kUnseen = 0.5F;
/// One of so much of the sum's step moves zero to the step above it.
constexpr float kSeen = 0.55F;

}  // namespace

Divisor DivisorOf(const Graph& graph, const Uses& uses, const ParamsPlan& plan,
                  ValueId id) {
  const auto producer = uses.Producer(id);
  if (!producer.has_value()) return {id};
  const Node& sum = graph.nodes[*producer];
  if (!std::holds_alternative<Add>(sum.op)) return {id};
  for (std::size_t i = 0; i < 2; ++i) {
    const auto& constant = graph[sum.inputs[i]].constant;
    const ValueId other = sum.inputs[1 - i];
    const auto& params = plan.params[Index(other)];
    const bool is_of_one_shape = graph[other].shape == graph[id].shape;
    if (constant == nullptr || constant->size() != 1 || !params.has_value() ||
        !is_of_one_shape) {
      continue;
    }
    const float c = constant->Data<float>()[0];
    if (c >= 0 && c < kUnseen * params->scale) return {other};
    const bool has_sign = params->zero_point != INT8_MIN;
    const bool is_seen = c >= kSeen * plan.params[Index(id)]->scale;
    return {id, has_sign || !is_seen};
  }
  return {id};
}

}  // namespace kinglet
