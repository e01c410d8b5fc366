#include "ir/graph.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>

namespace kinglet {
namespace {

std::string UniqueName(const Graph& graph, const std::string& wanted) {
  const auto taken = [&graph](const std::string& name) {
    return std::ranges::any_of(graph.values,
                               [&](const Value& value) { return value.name == name; });
  };
  if (!taken(wanted)) return wanted;
  int number = 1;
  while (taken(fmt::format("{}_{}", wanted, number))) ++number;
  return fmt::format("{}_{}", wanted, number);
}

bool QuantizationFits(const Value& value) {
  const Quantization& q = *value.quantization;
  if (q.scales.empty() || q.scales.size() != q.zero_points.size()) return false;
  if (q.scales.size() == 1) return true;
  const auto rank = static_cast<std::int64_t>(value.shape.size());
  return q.axis >= 0 && q.axis < rank &&
         value.shape[static_cast<std::size_t>(q.axis)] ==
             static_cast<std::int64_t>(q.scales.size());
}

std::optional<std::string> ValueProblem(const Value& value) {
  if (value.name.empty()) return "a value without a name";
  if (std::ranges::any_of(value.shape, [](std::int64_t size) { return size <= 0; })) {
    return fmt::format("value '{}' has an empty axis", value.name);
  }
  if (value.constant != nullptr && (value.constant->dtype() != value.dtype ||
                                    value.constant->shape() != value.shape)) {
    return fmt::format("constant '{}' differs from its value", value.name);
  }
  if (value.quantization.has_value() && !QuantizationFits(value)) {
    return fmt::format("value '{}' has an ill-fitting quantization", value.name);
  }
  return std::nullopt;
}

/// Walks the nodes in order and notes which values exist.
class OrderCheck {
 public:
  explicit OrderCheck(const Graph& graph) : graph_(graph) {
    for (const Value& value : graph.values) ready_.push_back(value.constant != nullptr);
  }

  std::optional<std::string> Run() {
    for (const Port& port : graph_.inputs) {
      if (auto problem = Make(port.value, port.name)) return problem;
    }
    for (const Node& node : graph_.nodes) {
      if (auto problem = Visit(node)) return problem;
    }
    for (const Port& port : graph_.outputs) {
      if (auto problem = Read(port.value, port.name)) return problem;
    }
    return std::nullopt;
  }

 private:
  std::optional<std::string> Visit(const Node& node) {
    for (const ValueId id : node.inputs) {
      if (auto problem = Read(id, node.name)) return problem;
    }
    for (const ValueId id : node.outputs) {
      if (auto problem = Make(id, node.name)) return problem;
    }
    return std::nullopt;
  }

  std::optional<std::string> Read(ValueId id, const std::string& where) {
    if (Index(id) >= ready_.size()) return fmt::format("'{}' reads no value", where);
    if (!ready_[Index(id)]) {
      return fmt::format("'{}' reads '{}' before it is made", where, graph_[id].name);
    }
    return std::nullopt;
  }

  std::optional<std::string> Make(ValueId id, const std::string& where) {
    if (Index(id) >= ready_.size()) return fmt::format("'{}' makes no value", where);
    if (ready_[Index(id)]) {
      return fmt::format("'{}' makes '{}' a second time", where, graph_[id].name);
    }
    ready_[Index(id)] = true;
    return std::nullopt;
  }

  const Graph& graph_;
  std::vector<bool> ready_;
};

/// Which nodes lead to an output, and which values those nodes read or make.
struct Live {
  std::vector<bool> nodes;
  std::vector<bool> values;
};

Live FindLive(const Graph& graph) {
  Live live{std::vector<bool>(graph.nodes.size()),
            std::vector<bool>(graph.values.size())};
  for (const Port& port : graph.inputs) live.values[Index(port.value)] = true;
  std::vector<bool> needed(graph.values.size());
  for (const Port& port : graph.outputs) needed[Index(port.value)] = true;
  for (std::size_t i = graph.nodes.size(); i-- > 0;) {
    const Node& node = graph.nodes[i];
    live.nodes[i] = std::ranges::any_of(
        node.outputs, [&](ValueId id) -> bool { return needed[Index(id)]; });
    if (!live.nodes[i]) continue;
    for (const ValueId id : node.inputs) needed[Index(id)] = true;
    for (const ValueId id : node.outputs) live.values[Index(id)] = true;
  }
  for (std::size_t i = 0; i < needed.size(); ++i) {
    if (needed[i]) live.values[i] = true;
  }
  return live;
}

}  // namespace

bool Value::operator==(const Value& other) const {
  const bool same_constant =
      constant == other.constant ||
      (constant != nullptr && other.constant != nullptr && *constant == *other.constant);
  return same_constant && name == other.name && dtype == other.dtype &&
         shape == other.shape && quantization == other.quantization;
}

ValueId Graph::AddValue(Value value) {
  value.name = UniqueName(*this, value.name);
  values.push_back(std::move(value));
  return static_cast<ValueId>(values.size() - 1);
}

ValueId Graph::AddConstant(std::string_view name, Tensor tensor) {
  Value value{.name = std::string(name),
              .dtype = tensor.dtype(),
              .shape = tensor.shape(),
              .quantization = std::nullopt,
              .constant = nullptr};
  value.constant = std::make_shared<const Tensor>(std::move(tensor));
  return AddValue(std::move(value));
}

Uses::Uses(const Graph& graph)
    : counts_(graph.values.size()),
      producers_(graph.values.size(), -1),
      readers_(graph.values.size()),
      is_output_(graph.values.size()) {
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    for (const ValueId id : graph.nodes[i].inputs) {
      ++counts_[Index(id)];
      auto& readers = readers_[Index(id)];
      if (readers.empty() || readers.back() != i) readers.push_back(i);
    }
    for (const ValueId id : graph.nodes[i].outputs) {
      producers_[Index(id)] = static_cast<int>(i);
    }
  }
  for (const Port& port : graph.outputs) {
    ++counts_[Index(port.value)];
    is_output_[Index(port.value)] = true;
  }
}

std::optional<std::size_t> Uses::Producer(ValueId id) const {
  const int producer = producers_[Index(id)];
  if (producer < 0) return std::nullopt;
  return static_cast<std::size_t>(producer);
}

Graph WithoutDeadParts(const Graph& graph) {
  const Live live = FindLive(graph);
  Graph kept;
  std::vector<ValueId> renumbered(graph.values.size());
  for (std::size_t i = 0; i < graph.values.size(); ++i) {
    if (!live.values[i]) continue;
    renumbered[i] = static_cast<ValueId>(kept.values.size());
    kept.values.push_back(graph.values[i]);
  }
  const auto renumber = [&renumbered](std::vector<ValueId> ids) {
    for (ValueId& id : ids) id = renumbered[Index(id)];
    return ids;
  };
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    if (!live.nodes[i]) continue;
    const Node& node = graph.nodes[i];
    kept.nodes.push_back(
        {node.op, renumber(node.inputs), renumber(node.outputs), node.name});
  }
  for (const Port& port : graph.inputs) {
    kept.inputs.push_back({port.name, renumbered[Index(port.value)]});
  }
  for (const Port& port : graph.outputs) {
    kept.outputs.push_back({port.name, renumbered[Index(port.value)]});
  }
  return kept;
}

std::optional<std::string> StructureProblem(const Graph& graph) {
  std::unordered_set<std::string> names;
  for (const Value& value : graph.values) {
    if (auto problem = ValueProblem(value)) return problem;
    if (!names.insert(value.name).second) {
      return fmt::format("two values are called '{}'", value.name);
    }
  }
  return OrderCheck(graph).Run();
}

}  // namespace kinglet
