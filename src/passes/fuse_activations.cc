#include "passes/passes.h"
#include "passes/rewrite.h"

namespace kinglet {
namespace {

/// The clamp that equals `first` followed by `second`, or nothing.
std::optional<Activation> Combined(Activation first, Activation second) {
  if (first == Activation::kNone || first == second) return second;
  const bool both_at_zero =
      first != Activation::kReluN1To1 && second != Activation::kReluN1To1;
  if (both_at_zero) return Activation::kRelu6;  // relu and relu6, in either order
  return std::nullopt;
}

/// Where an operation keeps its clamp, a Relu its kind; null when it has none.
Activation* ClampOf(Op& op) {
  if (auto* relu = std::get_if<Relu>(&op)) return &relu->kind;
  return ActivationOf(op);
}

}  // namespace

Graph FuseActivations(const Graph& graph) {
  return AbsorbIntoProducers(graph, [](Graph& /*g*/, Node& producer, const Node& node) {
    const auto* relu = std::get_if<Relu>(&node.op);
    Activation* clamp = ClampOf(producer.op);
    if (relu == nullptr || clamp == nullptr) return false;
    if (relu->kind == Activation::kRelu0To1 || *clamp == Activation::kRelu0To1) {
      return false;
    }
    const auto combined = Combined(*clamp, relu->kind);
    if (combined.has_value()) *clamp = *combined;
    return combined.has_value();
  });
}

}  // namespace kinglet
