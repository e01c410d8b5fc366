#include <algorithm>

#include "passes/rewrite.h"

namespace kinglet {
namespace {

bool IsClamped(const Op& op) {
  const auto* relu = std::get_if<Relu>(&op);
  const Activation* clamp = relu != nullptr ? &relu->kind : ActivationOf(op);
  return clamp != nullptr &&
         (*clamp == Activation::kRelu || *clamp == Activation::kRelu6);
}

/// Whether the operation makes nothing below zero of operands that hold nothing below it.
bool KeepsSign(const Op& op) {
  return IsOneOf<Add, Mul, Div, Maximum, Minimum, ReduceMax, Sum, Mean, MaxPool2d,
                 AveragePool2d, Reshape, Transpose, StridedSlice, Concatenation>(op);
}

}  // namespace

bool IsNonnegative(const Graph& graph, const Uses& uses, ValueId id) {
  if (const auto constant = ConstantFloats(graph, id)) {
    return std::ranges::all_of(*constant, [](float x) { return x >= 0; });
  }
  const auto producer = uses.Producer(id);
  if (!producer.has_value()) return false;
  const Node& node = graph.nodes[*producer];
  if (IsClamped(node.op) || IsOneOf<Logistic, Softmax, Exp, Abs, Square>(node.op)) {
    return true;
  }
  return KeepsSign(node.op) && std::ranges::all_of(node.inputs, [&](ValueId input) {
           return graph[input].dtype != DType::kFloat32 ||
                  IsNonnegative(graph, uses, input);
         });
}

}  // namespace kinglet
