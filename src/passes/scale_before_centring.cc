// Layer normalization takes the mean off and multiplies by what makes the variance one.
// In integers the difference is rounded in steps of the loudest place, and quiet ones are
// made louder with their rounding. Multiplied first, both terms are rounded in steps of
// the result.
#include "passes/passes.h"
#include "passes/rewrite.h"

namespace kinglet {
namespace {

/// (x - mean) * factor
struct Centred {
  ValueId x;
  ValueId mean;
  ValueId factor;
};

/// The node that makes the value as the difference of another and its mean, or null.
const Node* DifferenceFromMean(const Graph& graph, const Uses& uses, ValueId id) {
  const auto maker = uses.Producer(id);
  if (!maker.has_value()) return nullptr;
  const Node& difference = graph.nodes[*maker];
  const auto* sub = std::get_if<Sub>(&difference.op);
  if (sub == nullptr || sub->activation != Activation::kNone) return nullptr;
  const auto of_mean = uses.Producer(difference.inputs[1]);
  if (!of_mean.has_value()) return nullptr;
  const Node& mean = graph.nodes[*of_mean];
  const bool is_own_mean =
      std::holds_alternative<Mean>(mean.op) && mean.inputs[0] == difference.inputs[0];
  return is_own_mean ? &difference : nullptr;
}

std::optional<Centred> CentredOf(const Graph& graph, const Uses& uses, const Node& node) {
  if (!std::holds_alternative<Mul>(node.op)) return std::nullopt;
  for (const std::size_t i : {0U, 1U}) {
    const ValueId factor = node.inputs[1 - i];
    const Node* difference = DifferenceFromMean(graph, uses, node.inputs[i]);
    if (difference == nullptr || graph[factor].constant != nullptr) continue;
    const ValueId mean = difference->inputs[1];
    if (graph[factor].shape == graph[mean].shape) {
      return Centred{difference->inputs[0], mean, factor};
    }
  }
  return std::nullopt;
}

}  // namespace

Graph ScaleBeforeCentring(const Graph& graph) {
  const Uses uses(graph);
  Graph scaled = graph;
  scaled.nodes.clear();
  for (const Node& node : graph.nodes) {
    const auto found = CentredOf(graph, uses, node);
    if (!found.has_value()) {
      scaled.nodes.push_back(node);
      continue;
    }
    const auto product = [&](ValueId id) {
      Value value = graph[id];
      value.name += "/scaled";
      const ValueId to = scaled.AddValue(std::move(value));
      scaled.nodes.push_back({Mul{}, {id, found->factor}, {to}, node.name});
      return to;
    };
    const ValueId x = product(found->x);
    const ValueId mean = product(found->mean);
    const Activation activation = std::get<Mul>(node.op).activation;
    scaled.nodes.push_back({Sub{activation}, {x, mean}, node.outputs, node.name});
  }
  return WithoutDeadParts(scaled);
}

}  // namespace kinglet
