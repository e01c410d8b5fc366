// A result in INT16 gains nothing if it is rounded to INT8 for its readers. So a tensor
// counts together with those that share its scale, and raising it raises all operations
// around it; their other operands and results are converted.
#include "tune/mix_precisions.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <set>

#include "quantize/assign_params.h"
#include "quantize/deciding_ranges.h"
#include "quantize/quantize.h"
#include "tune/contest.h"

namespace kinglet {
namespace {

/// Tensors that operations with one scale for all tie together.
class Groups {
 public:
  Groups(const Graph& graph, const ParamsPlan& plan) : group_of_(graph.values.size()) {
    std::iota(group_of_.begin(), group_of_.end(), std::size_t{0});
    for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
      const Node& node = graph.nodes[i];
      if (!plan.quantized_nodes[i] || !WantsOneScale(node)) continue;
      const ValueId result = node.outputs[0];
      const auto tie = [&](ValueId id) {
        const auto& params = plan.params[Index(id)];
        if (params.has_value() && params == plan.params[Index(result)]) Tie(id, result);
      };
      for (const ValueId id : node.inputs) tie(id);
      for (const ValueId id : node.outputs) tie(id);
    }
  }

  [[nodiscard]] std::size_t Of(ValueId id) const { return group_of_[Index(id)]; }

 private:
  void Tie(ValueId a, ValueId b) {
    std::ranges::replace(group_of_, std::size_t{Of(a)}, std::size_t{Of(b)});
  }

  std::vector<std::size_t> group_of_;  // by value
};

std::string NameOf(const Node& node) {
  return fmt::format("{} ({})", node.name, NameOf(node.op));
}

struct RaisableGroup {
  std::size_t group = 0;
  double share = 0;
  ValueId costliest{};  // of its tensors
};

/// Nodes of higher precision, and the tensors for whose sake they are.
struct Raised {
  Precisions precisions;
  std::set<ValueId> values;
  std::vector<std::string> passed_over;  // and why
};

/// How raised operations are measured.
struct Measurement {
  const Ranges& ranges;
  const QuantizeOptions& options;
  const SampleRefs& samples;
  std::span<const Outputs> reference;
  std::size_t workers;
};

/// The errors with these nodes in one precision and all else in float.
std::vector<SampleError> ErrorsAlone(const Graph& graph, const Measurement& by,
                                     const std::vector<std::size_t>& nodes,
                                     Precision precision) {
  QuantizeOptions options = by.options;
  options.precisions.assign(graph.nodes.size(), Precision::kFloat);
  for (const std::size_t i : nodes) options.precisions[i] = precision;
  const Graph quantized = QuantizeInt8(graph, by.ranges, options).graph;
  return ErrorsOf(by.reference, OutputsOf(quantized, by.samples, by.workers));
}

/// True where the nodes err less in INT16 than in INT8. They needn't: functions that INT8
/// looks up are lines between a few points in INT16.
bool GainInInt16(const Graph& graph, const Measurement& by,
                 const std::vector<std::size_t>& nodes) {
  const auto narrow = ErrorsAlone(graph, by, nodes, Precision::kInt8);
  const auto losses = Losses(narrow, ErrorsAlone(graph, by, nodes, Precision::kInt16));
  const double sum = std::accumulate(losses.begin(), losses.end(), 0.0);
  return sum < static_cast<double>(losses.size());
}

class Mixer {
 public:
  Mixer(const Graph& graph, const Measurement& by, const MixedPrecision& wanted)
      : graph_(graph),
        by_(by),
        plan_(AssignParams(graph, by.ranges, by.options)),
        groups_(graph, plan_),
        precision_(wanted.int16 > 0 ? Precision::kInt16 : Precision::kFloat),
        most_(static_cast<std::size_t>(std::max(wanted.int16, wanted.float32))) {
    raised_.precisions.assign(graph.nodes.size(), Precision::kInt8);
  }

  Raised Run(const std::map<ValueId, double>& shares) {
    std::size_t count = 0;
    for (const RaisableGroup& candidate : GroupsByShare(shares)) {
      if (count == most_) break;
      count += Raise(candidate) ? 1 : 0;
    }
    return std::move(raised_);
  }

 private:
  /// Whole groups, what costs most first.
  [[nodiscard]] std::vector<RaisableGroup> GroupsByShare(
      const std::map<ValueId, double>& shares) const {
    std::map<std::size_t, RaisableGroup> groups;
    for (const auto& [id, share] : shares) {
      const std::size_t group = groups_.Of(id);
      RaisableGroup& candidate =
          groups.try_emplace(group, RaisableGroup{group, 0, id}).first->second;
      if (share > shares.at(candidate.costliest)) candidate.costliest = id;
      candidate.share += share;
    }
    std::vector<RaisableGroup> candidates;
    for (const auto& [group, candidate] : groups) {
      if (candidate.share > 0) candidates.push_back(candidate);
    }
    std::ranges::stable_sort(candidates, std::greater<>(), &RaisableGroup::share);
    return candidates;
  }

  [[nodiscard]] bool IsAround(const Node& node, std::size_t group) const {
    const auto is_in = [&](ValueId id) {
      return plan_.params[Index(id)].has_value() && groups_.Of(id) == group;
    };
    return std::ranges::any_of(node.inputs, is_in) ||
           std::ranges::any_of(node.outputs, is_in);
  }

  /// False where INT16 has no form of an operation around the group, or no better one.
  bool Raise(const RaisableGroup& candidate) {
    const std::size_t group = candidate.group;
    std::vector<std::size_t> around;
    for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
      if (plan_.quantized_nodes[i] && IsAround(graph_.nodes[i], group))
        around.push_back(i);
    }
    if (precision_ == Precision::kInt16 && !CanWiden(candidate, around)) {
      return false;
    }
    for (const std::size_t i : around) raised_.precisions[i] = precision_;
    for (std::size_t i = 0; i < graph_.values.size(); ++i) {
      const auto id = static_cast<ValueId>(i);
      if (groups_.Of(id) == group) raised_.values.insert(id);
    }
    return true;
  }

  bool CanWiden(const RaisableGroup& candidate, const std::vector<std::size_t>& around) {
    const auto pass_over = [&](const std::string& why) {
      raised_.passed_over.push_back(
          fmt::format("'{}' stays INT8: {}", graph_[candidate.costliest].name, why));
      return false;
    };
    for (const std::size_t i : around) {
      const Node& node = graph_.nodes[i];
      if (DefOf(node.op).has_int16(node.op)) continue;
      return pass_over(NameOf(node) + " has no form with 16-bit activations");
    }
    if (GainInInt16(graph_, by_, around)) return true;
    std::string names;
    for (const std::size_t i : around) {
      names += (names.empty() ? "" : ", ") + NameOf(graph_.nodes[i]);
    }
    return pass_over(fmt::format("{} err no less with 16-bit activations", names));
  }

  const Graph& graph_;
  const Measurement& by_;
  ParamsPlan plan_;
  Groups groups_;
  Precision precision_;
  std::size_t most_;
  Raised raised_;
};

std::vector<RoundingRecord> RecordsOf(const Graph& graph,
                                      const std::map<ValueId, double>& shares,
                                      const Raised& raised,
                                      const MixedPrecision& wanted) {
  const DType higher = wanted.int16 > 0 ? DType::kInt16 : DType::kFloat32;
  std::vector<RoundingRecord> records;
  for (const auto& [id, share] : shares) {
    const bool is_raised = raised.values.contains(id);
    records.push_back({graph[id].name, share, is_raised ? higher : DType::kInt8});
  }
  std::ranges::stable_sort(records, std::greater<>(), &RoundingRecord::share);
  return records;
}

}  // namespace

std::map<ValueId, double> SharesOfError(std::span<const Sensitivity> sensitivities) {
  const auto sum_of = [](const Sensitivity& one, double SampleError::*part) {
    double sum = 0;
    for (const SampleError& error : one.errors) sum += error.*part;
    return sum;
  };
  std::map<ValueId, double> shares;
  for (double SampleError::*part : {&SampleError::squared, &SampleError::relative}) {
    double total = 0;
    for (const Sensitivity& one : sensitivities) total += sum_of(one, part);
    for (const Sensitivity& one : sensitivities) {
      shares[one.value] += total > 0 ? sum_of(one, part) / total / 2 : 0;
    }
  }
  return shares;
}

std::vector<std::size_t> PlacesToMeasure(std::size_t samples) {
  constexpr std::size_t kMost = 32;
  const std::size_t count = std::min(samples, kMost);
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < count; ++i) places.push_back(i * samples / count);
  return places;
}

Mix MixPrecisions(const Graph& graph, const Ranges& ranges,
                  const QuantizeOptions& options, const MixedPrecision& wanted,
                  const SampleRefs& samples, std::span<const Outputs> reference,
                  std::size_t workers) {
  const auto shares = SharesOfError(
      FindSensitivities(graph, ranges, options, samples, reference, workers));
  Raised raised;
  if (wanted.IsAsked()) {
    const Measurement by{ranges, options, samples, reference, workers};
    raised = Mixer(graph, by, wanted).Run(shares);
  }
  Mix mix{.precisions = raised.precisions,
          .rounding = RecordsOf(graph, shares, raised, wanted)};
  for (std::size_t i = 0; i < raised.precisions.size(); ++i) {
    if (raised.precisions[i] == Precision::kInt8) continue;
    mix.layers.push_back(NameOf(graph.nodes[i]));
  }
  for (const std::string& why : raised.passed_over) {
    mix.warnings.push_back(fmt::format("--int16: {}; the next result was taken", why));
  }
  return mix;
}

}  // namespace kinglet
