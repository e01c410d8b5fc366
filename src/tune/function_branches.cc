#include "tune/function_branches.h"

#include <algorithm>
#include <cmath>
#include <span>

#include "ops/pointwise.h"
#include "tune/plane_readings.h"

namespace kinglet {
namespace {

bool IsFinite(const Tensor& floats) {
  return std::ranges::all_of(floats.Data<float>(),
                             [](float x) { return std::isfinite(x); });
}

}  // namespace

bool FunctionBranches::Begin(const Node& node, std::size_t input, ValueId fine,
                             float threshold) {
  const Tensor at_threshold = Tensor::Of<float>({1}, std::span(&threshold, 1));
  if (!HasValueAt(node, at_threshold)) return false;
  const ValueId whole = node.inputs[input];
  const ValueId limit = to_.AddConstant(from_[whole].name + "/threshold", at_threshold);
  const ValueId above = Append(Maximum{}, {whole, limit}, whole, "/from_threshold", node);
  return Write(node, {fine, above, at_threshold});
}

bool FunctionBranches::Continue(const Node& node) {
  for (std::size_t i = 0; i < node.inputs.size(); ++i) {
    const auto found = branches_.find(node.inputs[i]);
    if (found == branches_.end()) continue;
    if (ReadingOf(from_, node, i) != Reading::kFunction) return false;
    return Write(node, found->second);
  }
  return false;
}

bool FunctionBranches::HasValueAt(const Node& first, Tensor at) const {
  return std::ranges::all_of(FunctionFrom(from_, first), [&](const Node* node) {
    at = ResultFor(from_, *node, at);
    return IsFinite(at);
  });
}

/// Hands branches on, and adds them for those who read the whole result.
bool FunctionBranches::Write(const Node& node, const Branches& before) {
  const std::size_t place = *OperandOfElements(from_, node);
  Tensor at = ResultFor(from_, node, before.at_threshold);
  if (!IsFinite(at)) return false;
  const ValueId out = node.outputs[0];
  std::vector<ValueId> inputs = node.inputs;
  inputs[place] = before.below;
  const ValueId below = Append(node.op, inputs, out, "/below", node);
  inputs[place] = before.above;
  const ValueId above = Append(node.op, inputs, out, "/above", node);
  branches_[out] = {below, above, at};
  for (float& value : at.Data<float>()) value = -value;
  const ValueId minus = to_.AddConstant(node.name + "/minus_at_threshold", at);
  const ValueId beyond = Append(Add{}, {above, minus}, out, "/beyond", node);
  to_.nodes.push_back({Add{}, {below, beyond}, {out}, node.name});
  return true;
}

ValueId FunctionBranches::Append(const Op& op, const std::vector<ValueId>& inputs,
                                 ValueId like, const char* ending, const Node& node) {
  Value value = from_[like];
  value.name += ending;
  const ValueId out = to_.AddValue(std::move(value));
  to_.nodes.push_back({op, inputs, {out}, node.name});
  return out;
}

}  // namespace kinglet
