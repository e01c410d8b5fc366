// One pass over samples on several threads.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "run/executor.h"
#include "run/samples.h"

namespace kinglet {

/// What a collector (made from a graph, with See and Merge) gathers from every tensor of
/// every sample. `on_sample` is told of each that is done, from any thread.
template <typename Collector>
Collector GatherFrom(const Executor& executor,
                     std::span<const std::vector<Tensor>> samples, std::size_t workers,
                     const std::function<void()>& on_sample = nullptr) {
  std::vector<Collector> collectors(workers, Collector(executor.graph()));
  std::vector<Executor::Context> contexts = ContextsFor(executor, workers);
  ForEachSample(samples.size(), workers, [&](std::size_t worker, std::size_t sample) {
    Collector& mine = collectors[worker];
    executor.Run(
        contexts[worker], samples[sample],
        [&mine](ValueId id, std::span<const std::byte> bytes) { mine.See(id, bytes); });
    if (on_sample) on_sample();
  });
  for (std::size_t i = 1; i < workers; ++i) collectors[0].Merge(collectors[i]);
  return std::move(collectors[0]);
}

}  // namespace kinglet
