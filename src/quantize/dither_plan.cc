#include "quantize/dither_plan.h"

#include <algorithm>
#include <cmath>

#include "ops/linear.h"
#include "ops/op_def.h"

namespace kinglet {
namespace {

/// What a sum of INT8 products, its bias and offset, may reach before it is taken K
/// times.
constexpr double kMostSum = 2147483647.0 / kMostCopies;
constexpr double kLargestProduct = 255 * 127;

bool IsInt8Result(const Graph& graph, ValueId id) {
  const Value& value = graph[id];
  return value.constant == nullptr && value.dtype == DType::kInt8 &&
         value.quantization.has_value() && value.quantization->scales.size() == 1;
}

/// Constant INT8 weights and, if any, a constant INT32 bias.
bool HasIntegerWeights(const Graph& graph, const Node& node) {
  if (!HasLinearGeometry(node.op) || !IsInt8Result(graph, node.inputs[0])) return false;
  const Value& weights = graph[node.inputs[1]];
  if (weights.constant == nullptr || weights.dtype != DType::kInt8) return false;
  return node.inputs.size() < 3 || (graph[node.inputs[2]].constant != nullptr &&
                                    graph[node.inputs[2]].dtype == DType::kInt32);
}

}  // namespace

std::vector<std::int32_t> BiasIntegers(const Graph& quantized, const Node& linear) {
  if (linear.inputs.size() > 2) {
    const auto bias = quantized[linear.inputs[2]].constant->Data<std::int32_t>();
    return {bias.begin(), bias.end()};
  }
  const Size channels = LinearGeometryOf({quantized, linear}).out_channels;
  return std::vector<std::int32_t>(static_cast<std::size_t>(channels));
}

bool CanBeDithered(const Graph& quantized, const Node& node) {
  return IsInt8Result(quantized, node.outputs[0]) && HasIntegerWeights(quantized, node);
}

bool CanFollowCopies(const Graph& quantized, const Node& node) {
  return node.outputs.size() == 1 && IsInt8Result(quantized, node.outputs[0]) &&
         !std::holds_alternative<Quantize>(node.op);
}

bool TakesCopies(const Graph& quantized, const Node& node, std::size_t input) {
  if (input != 0) return false;
  const Value& read = quantized[node.inputs[0]];
  if (std::holds_alternative<Dequantize>(node.op)) {
    return !read.shape.empty() && read.shape[0] == 1;
  }
  if (std::holds_alternative<DepthwiseConv2d>(node.op) ||
      !HasIntegerWeights(quantized, node)) {
    return false;
  }
  const LinearGeometry linear = LinearGeometryOf({quantized, node});
  if (linear.groups != 1 || linear.in_channels != read.shape.back()) return false;
  const double sum =
      static_cast<double>(linear.Taps() * linear.in_channels) * kLargestProduct;
  return std::ranges::all_of(BiasIntegers(quantized, node), [sum](std::int32_t bias) {
    return std::abs(static_cast<double>(bias)) + sum < kMostSum;
  });
}

DitherPlan::DitherPlan(const Graph& graph, const Copies& copies)
    : graph_(graph),
      count_(graph.values.size(), 1),
      reads_whole_(graph.values.size()),
      reads_copies_(graph.values.size()) {
  for (const Node& node : graph.nodes) Count(node, copies);
  for (const Port& port : graph.outputs) reads_whole_[Index(port.value)] = true;
  for (std::size_t n = graph.nodes.size(); n-- > 0;) {
    const Node& node = graph.nodes[n];
    const std::size_t out = Index(node.outputs[0]);
    if (!reads_copies_[out]) count_[out] = 1;
    MarkOperands(node);
  }
}

bool DitherPlan::IsWhole(const Node& node) const {
  return CopiesOf(node) == 1 || std::ranges::any_of(node.outputs, [this](ValueId id) {
           return reads_whole_[Index(id)];
         });
}

bool DitherPlan::Joins(const Node& node) const {
  return !node.inputs.empty() && CountOf(node.inputs[0]) > 1 &&
         TakesCopies(graph_, node, 0);
}

void DitherPlan::Count(const Node& node, const Copies& copies) {
  const auto found = copies.find(graph_[node.outputs[0]].name);
  if (found == copies.end() || !CanFollowCopies(graph_, node)) return;
  const bool has_copies = std::ranges::any_of(
      node.inputs, [&](ValueId id) { return CountOf(id) == found->second; });
  if (has_copies || CanBeDithered(graph_, node)) {
    count_[Index(node.outputs[0])] = found->second;
  }
}

void DitherPlan::MarkOperands(const Node& node) {
  for (std::size_t i = 0; i < node.inputs.size(); ++i) {
    const ValueId id = node.inputs[i];
    const bool joins = i == 0 && Joins(node);
    const bool is_copied = CopiesOf(node) > 1;
    const bool is_read_whole =
        !joins && (IsWhole(node) || (is_copied && !Follows(node, id)));
    if (is_read_whole) reads_whole_[Index(id)] = true;
    if (joins || Follows(node, id)) reads_copies_[Index(id)] = true;
  }
}

std::int64_t MacsWithCopies(const Graph& quantized, const Copies& copies) {
  const DitherPlan plan(quantized, copies);
  std::int64_t macs = 0;
  for (const Node& node : quantized.nodes) {
    const std::int64_t once = DefOf(node.op).macs({quantized, node});
    const int joined = plan.Joins(node) ? plan.CountOf(node.inputs[0]) : 1;
    if (plan.IsWhole(node)) macs += once * joined;
    if (plan.CopiesOf(node) == 1) continue;
    macs +=
        once * plan.CopiesOf(node) * (plan.Follows(node, node.inputs[0]) ? 1 : joined);
  }
  return macs;
}

}  // namespace kinglet
