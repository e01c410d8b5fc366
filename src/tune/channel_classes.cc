// Values start alone and are joined by the operations that keep channels apart. What
// another operation reads or makes, and the ends of the graph, are fixed, and with them
// all they are joined with.
#include "tune/channel_classes.h"

#include <algorithm>
#include <map>
#include <numeric>

#include "ops/channel_rule.h"
#include "ops/linear.h"
#include "passes/rewrite.h"

namespace kinglet {
namespace {

class Finder {
 public:
  explicit Finder(const Graph& graph)
      : graph_(graph), parent_(graph.values.size()), fixed_(graph.values.size()) {
    std::iota(parent_.begin(), parent_.end(), std::size_t{0});
  }

  std::vector<ChannelClass> Run() {
    for (const Port& port : graph_.inputs) Fix(port.value);
    for (const Port& port : graph_.outputs) Fix(port.value);
    for (const Node& node : graph_.nodes) Look(node);
    return Collect();
  }

 private:
  [[nodiscard]] bool IsComputed(ValueId id) const {
    return graph_[id].constant == nullptr;
  }
  [[nodiscard]] std::int64_t Channels(ValueId id) const {
    const Shape& shape = graph_[id].shape;
    return shape.empty() ? 1 : shape.back();
  }

  std::size_t Root(ValueId id) {
    std::size_t i = Index(id);
    while (parent_[i] != i) i = parent_[i] = parent_[parent_[i]];
    return i;
  }
  void Fix(ValueId id) { fixed_[Root(id)] = true; }
  void Join(ValueId a, ValueId b) {
    const std::size_t from = Root(b);
    const std::size_t to = Root(a);
    fixed_[to] = fixed_[to] || fixed_[from];
    parent_[from] = to;
  }

  void Look(const Node& node) {
    if (IsLinearLayer(node)) {
      if (!IsScalable(node)) Fix(node.outputs[0]);
      return;
    }
    switch (ChannelRuleOf({graph_, node})) {
      case ChannelRule::kKeeps:
        return Join(node.outputs[0], node.inputs[0]);
      case ChannelRule::kAdds:
        return LookAtSum(node);
      case ChannelRule::kMultiplies:
        return LookAtProduct(node);
      case ChannelRule::kMixes:
        break;
    }
    for (const ValueId id : node.inputs) {
      if (IsComputed(id)) Fix(id);
    }
    for (const ValueId id : node.outputs) Fix(id);
  }

  [[nodiscard]] bool AddsConstant(const Node& node) const {
    return ChannelRuleOf({graph_, node}) == ChannelRule::kAdds &&
           std::ranges::any_of(node.inputs,
                               [this](ValueId id) { return !IsComputed(id); });
  }
  [[nodiscard]] bool IsLinearLayer(const Node& node) const {
    return HasLinearGeometry(node.op) && IsLinear(graph_, node);
  }

  /// Its clamp lets a factor pass, or can be made to.
  static bool IsScalable(const Node& node) {
    const Activation activation = *ActivationOf(node.op);
    return activation == Activation::kNone || activation == Activation::kRelu ||
           activation == Activation::kRelu6;
  }

  /// Operands of other shapes would be scaled for several channels at once.
  void LookAtSum(const Node& node) {
    const ValueId out = node.outputs[0];
    for (const ValueId id : node.inputs) {
      if (!IsComputed(id)) continue;
      if (Channels(id) != Channels(out)) {
        Fix(id);
        Fix(out);
      }
      Join(out, id);
    }
  }

  /// An operand of the result's shape hands its factors on, the other has none.
  void LookAtProduct(const Node& node) {
    const ValueId out = node.outputs[0];
    const auto can_pass = [&](ValueId id) {
      return IsComputed(id) && graph_[id].shape == graph_[out].shape;
    };
    ValueId scaled = node.inputs[0];
    ValueId other = node.inputs[1];
    if (!can_pass(scaled)) std::swap(scaled, other);
    if (can_pass(scaled)) {
      Join(out, scaled);
    } else {
      Fix(out);
      Fix(scaled);
    }
    Fix(other);
  }

  /// The class that the value is in, made on first use; null for what is fixed.
  ChannelClass* ClassOf(ValueId id) {
    if (!IsComputed(id) || fixed_[Root(id)]) return nullptr;
    const auto [entry, is_new] = places_.emplace(Root(id), classes_.size());
    if (is_new) classes_.emplace_back();
    return &classes_[entry->second];
  }

  std::vector<ChannelClass> Collect() {
    for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
      const Node& node = graph_.nodes[i];
      const bool is_linear = IsLinearLayer(node);
      if (ChannelClass* read = ClassOf(node.inputs[0]); read != nullptr && is_linear) {
        read->readers.push_back(i);
      }
      ChannelClass* made = ClassOf(node.outputs[0]);
      if (made == nullptr) continue;
      made->values.push_back(node.outputs[0]);
      if (is_linear) made->producers.push_back(i);
      if (AddsConstant(node)) made->offsets.push_back(i);
    }
    std::erase_if(classes_, [](const ChannelClass& one) {
      return one.producers.empty() || one.readers.empty();
    });
    for (ChannelClass& one : classes_) one.channels = CommonChannels(one);
    return std::move(classes_);
  }

  /// So many factors repeat along the last axis of every value.
  [[nodiscard]] std::size_t CommonChannels(const ChannelClass& one) const {
    std::size_t common = 0;
    for (const ValueId id : one.values) {
      common = std::gcd(common, static_cast<std::size_t>(Channels(id)));
    }
    return common;
  }

  const Graph& graph_;
  std::vector<std::size_t> parent_;
  std::vector<bool> fixed_;                    // by root
  std::map<std::size_t, std::size_t> places_;  // of a root among the classes
  std::vector<ChannelClass> classes_;
};

}  // namespace

std::vector<ChannelClass> FindChannelClasses(const Graph& graph) {
  return Finder(graph).Run();
}

}  // namespace kinglet
