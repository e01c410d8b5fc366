#include "pipeline/outside_data.h"

#include <algorithm>

#include "ops/op_def.h"
#include "pipeline/compare_graphs.h"

namespace kinglet {
namespace {

/// Whose range is not that of its own numbers: fixed results, what is chosen from several
/// operands by their size, these operands, and what is only moved between them.
class OtherRanges {
 public:
  explicit OtherRanges(const Graph& graph) : is_other_(graph.values.size()) {
    for (std::size_t i = graph.nodes.size(); i-- > 0;) {
      const Node& node = graph.nodes[i];
      if (IsMover(node) && (node.inputs.size() > 1 || IsAny(node.outputs))) {
        MarkAll(node.inputs);
      }
    }
    for (const Node& node : graph.nodes) {
      const bool is_fixed = RuleOf(node) == RangeRule::kFixed;
      if (is_fixed || (IsMover(node) && IsAny(node.inputs))) MarkAll(node.outputs);
    }
  }

  bool operator[](std::size_t value) const { return is_other_[value]; }

 private:
  static RangeRule RuleOf(const Node& node) { return DefOf(node.op).quantization.range; }
  static bool IsMover(const Node& node) {
    return RuleOf(node) == RangeRule::kSameAsInputs;
  }
  [[nodiscard]] bool IsAny(const std::vector<ValueId>& ids) const {
    return std::ranges::any_of(ids, [&](ValueId id) { return is_other_[Index(id)]; });
  }
  void MarkAll(const std::vector<ValueId>& ids) {
    for (const ValueId id : ids) is_other_[Index(id)] = true;
  }

  std::vector<bool> is_other_;  // by value
};

}  // namespace

ValueLimits LimitsOfFile(const Graph& graph, const Graph& written,
                         const std::map<std::string, Range>& calibrated) {
  ValueLimits limits = LimitsOf(graph, written);
  const OtherRanges others(graph);
  for (std::size_t i = 0; i < limits.size(); ++i) {
    if (others[i]) limits[i].reset();
    const auto seen = calibrated.find(graph.values[i].name);
    if (others[i] || seen == calibrated.end()) continue;
    const auto [low, high] = limits[i].value_or(std::pair(0.0F, 0.0F));
    limits[i] = {std::min(low, seen->second.min), std::max(high, seen->second.max)};
  }
  return limits;
}

WatchedOutputs WatchOutputs(const Graph& graph, const ValueLimits& limits,
                            std::span<const Sample> samples,
                            std::vector<std::string> names, std::size_t workers) {
  OutsideCounter counter(graph, limits, samples.size());
  WatchedOutputs watched;
  watched.outputs = OutputVectors(graph, samples, workers, nullptr,
                                  [&counter](std::size_t sample, ValueId id, auto bytes) {
                                    counter.See(sample, id, bytes);
                                  });
  watched.outside = {counter.Found(), counter.SharesOfSamples(), std::move(names)};
  return watched;
}

}  // namespace kinglet
