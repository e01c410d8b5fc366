// not (x == v) is x != v, a choice by `not c` is the other choice by c, and what combines
// or reshapes negations can be negated once behind.
#include <map>

#include "passes/passes.h"
#include "passes/rewrite.h"

namespace kinglet {
namespace {

/// Comparisons for equality have complements also where an operand is no number.
std::optional<Relation> Complement(Relation relation) {
  if (relation == Relation::kEqual) return Relation::kNotEqual;
  if (relation == Relation::kNotEqual) return Relation::kEqual;
  return std::nullopt;
}

Graph IntoComparisons(const Graph& graph) {
  return AbsorbIntoProducers(graph, [](Graph& /*g*/, Node& producer, const Node& node) {
    auto* compared = std::get_if<Relational>(&producer.op);
    if (compared == nullptr || !std::holds_alternative<LogicalNot>(node.op)) return false;
    const auto complement = Complement(compared->kind);
    if (complement.has_value()) compared->kind = *complement;
    return complement.has_value();
  });
}

/// Carries negations from node to node of a graph that is built anew.
class Sinking {
 public:
  explicit Sinking(const Graph& graph) : uses_(graph), sunk_(graph) {
    sunk_.nodes.clear();
    for (const Node& node : graph.nodes) Append(node);
  }

  Graph Result() && { return WithoutDeadParts(sunk_); }

 private:
  void Append(Node node) {
    const auto first = negated_.find(node.inputs[0]);
    if (std::holds_alternative<LogicalNot>(node.op)) {
      if (first == negated_.end()) {
        negated_[node.outputs[0]] = node.inputs[0];
      } else {  // twice is not at all
        node = {Reshape{sunk_[first->second].shape},
                {first->second},
                node.outputs,
                node.name};
      }
    } else if (std::holds_alternative<Select>(node.op) && first != negated_.end()) {
      node.inputs = {first->second, node.inputs[2], node.inputs[1]};
    } else if (const auto opposite = Opposite(node)) {
      for (ValueId& id : node.inputs) id = negated_.at(id);
      return AppendNegated({*opposite, node.inputs, node.outputs, node.name});
    }
    sunk_.nodes.push_back(std::move(node));
  }

  /// The operation whose result over the operands before their negations is the negation
  /// of the node's, if all are negated for this node alone.
  [[nodiscard]] std::optional<Op> Opposite(const Node& node) const {
    for (const ValueId id : node.inputs) {
      if (!negated_.contains(id) || uses_.Count(id) != 1) return std::nullopt;
    }
    if (std::holds_alternative<LogicalAnd>(node.op)) return LogicalOr{};
    if (std::holds_alternative<LogicalOr>(node.op)) return LogicalAnd{};
    if (std::holds_alternative<Reshape>(node.op)) return node.op;
    return std::nullopt;
  }

  void AppendNegated(Node node) {
    const ValueId result = node.outputs[0];
    const ValueId opposite = sunk_.AddValue(sunk_[result]);
    node.outputs = {opposite};
    sunk_.nodes.push_back(node);
    sunk_.nodes.push_back({LogicalNot{}, {opposite}, {result}, node.name});
    negated_[result] = opposite;
  }

  Uses uses_;
  Graph sunk_;
  std::map<ValueId, ValueId> negated_;  // results of LogicalNot, and its operands
};

}  // namespace

Graph SinkNegations(const Graph& graph) {
  return Sinking(IntoComparisons(graph)).Result();
}

}  // namespace kinglet
