// Sums and factors per channel of one tensor x, with clamps between, come as several
// operations. With integers each of them rounds. Together they are
//
//   y = offset + sum over rows r of slope[r] relu(x - start[r]),   start[0] = 0,
//
// for x at or above zero: one addition of -start, which changes no step of x, and one
// depthwise convolution over the rows, which rounds once. Without clamps between, x need
// not be above zero, and the convolution alone does.
#include <algorithm>
#include <array>
#include <set>

#include "passes/passes.h"
#include "passes/piecewise.h"
#include "passes/rewrite.h"

namespace kinglet {
namespace {

/// A value as a function of another, and the nodes in between.
struct Branch {
  Piecewise function;
  std::set<std::size_t> nodes;
};

class Finder {
 public:
  explicit Finder(const Graph& graph) : graph_(graph), uses_(graph) {}

  struct Found {
    ValueId x;
    Branch branch;
  };

  /// The earliest tensor of which the node's result, before its activation, is such a
  /// function, and which.
  [[nodiscard]] std::optional<Found> FunctionOf(std::size_t root) const {
    const Node& node = graph_.nodes[root];
    if (!IsSum(node) || graph_[node.outputs[0]].shape.size() != 4) return std::nullopt;
    for (const ValueId x : SourcesOf(node.outputs[0])) {
      auto branch = BranchOf(root, x);
      if (branch.has_value() && IsWorthwhile(x, *branch, root)) {
        return Found{x, std::move(*branch)};
      }
    }
    return std::nullopt;
  }

 private:
  [[nodiscard]] bool IsSum(const Node& node) const {
    const bool is_kind =
        std::holds_alternative<Add>(node.op) || std::holds_alternative<Sub>(node.op);
    const auto is_whole = [&](ValueId id) {
      return graph_[id].constant == nullptr &&
             graph_[id].shape == graph_[node.outputs[0]].shape;
    };
    return is_kind && std::ranges::all_of(node.inputs, is_whole);
  }

  /// The operands that a sum or an affine map reads; none for other nodes.
  [[nodiscard]] std::vector<ValueId> OperandsOf(const Node& node) const {
    if (IsSum(node)) return node.inputs;
    const auto x = OnlyComputedInput(graph_, node);
    const bool is_map = x.has_value() && ActivationOf(node.op) != nullptr &&
                        AffineOf(graph_, node).has_value();
    return is_map ? std::vector{*x} : std::vector<ValueId>{};
  }

  /// Values that come before `id`, earlier ones first.
  [[nodiscard]] std::vector<ValueId> SourcesOf(ValueId id) const {
    std::set<std::size_t> nodes;
    std::set<ValueId> values;
    std::vector<ValueId> waiting{id};
    while (!waiting.empty()) {
      const auto producer = uses_.Producer(waiting.back());
      waiting.pop_back();
      if (!producer.has_value() || !nodes.insert(*producer).second) continue;
      for (const ValueId operand : OperandsOf(graph_.nodes[*producer])) {
        values.insert(operand);
        waiting.push_back(operand);
      }
    }
    return {values.begin(), values.end()};
  }

  [[nodiscard]] std::optional<Branch> BranchTo(ValueId id, ValueId x) const {
    if (id == x) {
      return Branch{Piecewise(static_cast<std::size_t>(graph_[x].shape.back())), {}};
    }
    const auto producer = uses_.Producer(id);
    if (!producer.has_value()) return std::nullopt;
    auto branch = BranchOf(*producer, x);
    if (!branch.has_value()) return std::nullopt;
    const Activation activation = *ActivationOf(graph_.nodes[*producer].op);
    if (activation == Activation::kNone) return branch;
    const bool is_clamped = activation == Activation::kRelu && branch->function.Clamp();
    return is_clamped ? branch : std::nullopt;
  }

  /// What the node makes, before its activation.
  [[nodiscard]] std::optional<Branch> BranchOf(std::size_t index, ValueId x) const {
    const Node& node = graph_.nodes[index];
    const std::vector<ValueId> operands = OperandsOf(node);
    if (operands.empty()) return std::nullopt;
    auto branch = BranchTo(operands[0], x);
    if (!branch.has_value()) return std::nullopt;
    branch->nodes.insert(index);
    if (operands.size() == 1) {
      branch->function.Apply(*AffineOf(graph_, node));
      return branch;
    }
    const auto other = BranchTo(operands[1], x);
    if (!other.has_value()) return std::nullopt;
    branch->function.Add(other->function, std::holds_alternative<Add>(node.op) ? 1 : -1);
    branch->nodes.insert(other->nodes.begin(), other->nodes.end());
    return branch;
  }

  /// Whether nothing else needs what lies between, and fewer nodes do as much.
  [[nodiscard]] bool IsWorthwhile(ValueId x, const Branch& branch,
                                  std::size_t root) const {
    const bool is_private = std::ranges::all_of(branch.nodes, [&](std::size_t node) {
      const ValueId out = graph_.nodes[node].outputs[0];
      return node == root ||
             (!uses_.IsGraphOutput(out) &&
              std::ranges::all_of(uses_.Readers(out), [&](std::size_t reader) {
                return branch.nodes.contains(reader);
              }));
    });
    const Piecewise& function = branch.function;
    if (!is_private || branch.nodes.size() <= std::min<std::size_t>(function.rows(), 2)) {
      return false;
    }
    if (function.is_clamped() && !IsNonnegative(graph_, uses_, x)) return false;
    return function.rows() == 1 || graph_[x].shape[1] == 1;
  }

  const Graph& graph_;
  Uses uses_;
};

std::vector<float> Floats(std::span<const double> values) {
  return {values.begin(), values.end()};
}

/// [1, rows, 1, channels] of what `of` gives for each row.
template <typename OfRow>
ValueId RowsConstant(Graph& graph, const std::string& name, const Piecewise& function,
                     const OfRow& of) {
  std::vector<float> elements;
  for (std::size_t row = 0; row < function.rows(); ++row) {
    for (const double value : of(row)) elements.push_back(static_cast<float>(value));
  }
  const auto rows = static_cast<std::int64_t>(function.rows());
  const auto channels = static_cast<std::int64_t>(elements.size()) / rows;
  return graph.AddConstant(
      name, Tensor::Of<float>({1, rows, 1, channels}, std::span<const float>(elements)));
}

/// Appends the nodes that compute what `sum` does.
void AppendMerged(Graph& graph, const Node& sum, const Finder::Found& found) {
  const Piecewise& function = found.branch.function;
  ValueId rows = found.x;
  if (function.rows() > 1) {
    Shape shape = graph[found.x].shape;
    shape[1] = static_cast<std::int64_t>(function.rows());
    rows = ValueLike(graph, found.x, shape);
    const ValueId starts =
        RowsConstant(graph, sum.name + "/starts", function, [&](std::size_t row) {
          Channels shifts = function.Starts(row);
          for (double& start : shifts) start = start == 0 ? 0 : -start;
          return shifts;
        });
    graph.nodes.push_back(
        {Add{{Activation::kRelu}}, {found.x, starts}, {rows}, sum.name + "/rows"});
  }
  const ValueId slopes =
      RowsConstant(graph, sum.name + "/slopes", function,
                   [&](std::size_t row) { return function.Slopes(row); });
  const std::vector<float> offset = Floats(function.offset());
  const ValueId bias = graph.AddConstant(
      sum.name + "/offset", Tensor::Of<float>({static_cast<std::int64_t>(offset.size())},
                                              std::span<const float>(offset)));
  graph.nodes.push_back({DepthwiseConv2d{.activation = *ActivationOf(sum.op)},
                         {rows, slopes, bias},
                         sum.outputs,
                         sum.name});
}

}  // namespace

Graph MergeHinges(const Graph& graph) {
  const Finder finder(graph);
  std::map<std::size_t, Finder::Found> roots;
  std::set<std::size_t> merged;
  for (std::size_t i = graph.nodes.size(); i-- > 0;) {
    if (merged.contains(i)) continue;
    auto found = finder.FunctionOf(i);
    if (!found.has_value()) continue;
    merged.insert(found->branch.nodes.begin(), found->branch.nodes.end());
    roots.emplace(i, std::move(*found));
  }
  Graph result = graph;
  result.nodes.clear();
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    if (const auto root = roots.find(i); root != roots.end()) {
      AppendMerged(result, graph.nodes[i], root->second);
    } else if (!merged.contains(i)) {
      result.nodes.push_back(graph.nodes[i]);
    }
  }
  return WithoutDeadParts(result);
}

}  // namespace kinglet
