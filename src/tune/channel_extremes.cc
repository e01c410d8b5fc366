#include "tune/channel_extremes.h"

#include <algorithm>

#include "run/executor.h"
#include "run/samples.h"

namespace kinglet {
namespace {

void Widen(std::vector<Range>& channels, std::span<const float> values) {
  const std::size_t count = channels.size();
  for (std::size_t i = 0; i < values.size(); i += count) {
    for (std::size_t c = 0; c < count; ++c) {
      const float value = values[i + c];
      Range& range = channels[c];
      range.min = value < range.min ? value : range.min;  // NaN is left out
      range.max = value > range.max ? value : range.max;
    }
  }
}

}  // namespace

ChannelExtremes CollectChannelExtremes(const Graph& graph, const SampleRefs& samples,
                                       std::size_t workers) {
  ChannelExtremes empty(graph.values.size());
  for (std::size_t i = 0; i < empty.size(); ++i) {
    const Value& value = graph.values[i];
    const bool has_channels = value.constant == nullptr && !value.shape.empty() &&
                              value.dtype == DType::kFloat32;
    if (has_channels) empty[i].resize(static_cast<std::size_t>(value.shape.back()));
  }
  std::vector<ChannelExtremes> seen(workers, empty);
  const Executor executor(graph);
  std::vector<Executor::Context> contexts = ContextsFor(executor, workers);
  ForEachSample(samples.size(), workers, [&](std::size_t worker, std::size_t sample) {
    executor.Run(contexts[worker], *samples[sample],
                 [&](ValueId id, std::span<const std::byte> bytes) {
                   std::vector<Range>& channels = seen[worker][Index(id)];
                   if (channels.empty()) return;
                   Widen(channels, AsFloats(bytes));
                 });
  });
  for (std::size_t w = 1; w < workers; ++w) {
    for (std::size_t i = 0; i < empty.size(); ++i) {
      for (std::size_t c = 0; c < empty[i].size(); ++c) {
        seen[0][i][c] = Union(seen[0][i][c], seen[w][i][c]);
      }
    }
  }
  return std::move(seen[0]);
}

}  // namespace kinglet
