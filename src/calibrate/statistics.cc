#include "calibrate/statistics.h"

#include "run/samples.h"

namespace kinglet {

StatisticsCollector::StatisticsCollector(const Graph& graph, Detail detail)
    : graph_(&graph),
      extremes_(graph),
      histograms_(detail == Detail::kAll ? graph.values.size() : 0),
      outermost_(graph.values.size()) {}

void StatisticsCollector::See(ValueId id, std::span<const std::byte> bytes) {
  if ((*graph_)[id].dtype != DType::kFloat32) return;
  const std::optional<Range> range = extremes_.See(id, bytes);
  if (range.has_value()) outermost_[Index(id)].Add(*range);
  if (!histograms_.empty()) histograms_[Index(id)].Add(AsFloats(bytes));
}

void StatisticsCollector::Merge(const StatisticsCollector& other) {
  extremes_.Merge(other.extremes_);
  for (std::size_t i = 0; i < outermost_.size(); ++i) {
    outermost_[i].Merge(other.outermost_[i]);
  }
  for (std::size_t i = 0; i < histograms_.size(); ++i) {
    histograms_[i].Merge(other.histograms_[i]);
  }
}

std::vector<StatisticsCollector> CollectStatistics(
    const Executor& executor, std::span<const std::vector<Tensor>* const> samples,
    std::span<const std::size_t> part_of, std::size_t parts, std::size_t workers,
    const SampleObserver& also, Detail detail) {
  const std::vector<StatisticsCollector> empty(
      parts, StatisticsCollector(executor.graph(), detail));
  std::vector<std::vector<StatisticsCollector>> collectors(workers, empty);
  std::vector<Executor::Context> contexts = ContextsFor(executor, workers);
  ForEachSample(samples.size(), workers, [&](std::size_t worker, std::size_t sample) {
    StatisticsCollector& mine = collectors[worker][part_of[sample]];
    executor.Run(contexts[worker], *samples[sample],
                 [&](ValueId id, std::span<const std::byte> bytes) {
                   mine.See(id, bytes);
                   if (also) also(sample, id, bytes);
                 });
  });
  for (std::size_t i = 1; i < workers; ++i) {
    for (std::size_t p = 0; p < parts; ++p) collectors[0][p].Merge(collectors[i][p]);
  }
  return std::move(collectors[0]);
}

}  // namespace kinglet
