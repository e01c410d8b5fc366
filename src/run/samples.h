// Many samples on several threads, one sample per thread at a time.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <vector>

#include "run/executor.h"

namespace kinglet {

/// body(worker, sample): `worker` says whose memory and statistics to use.
using SampleBody = std::function<void(std::size_t worker, std::size_t sample)>;

/// Calls `body` once for each sample below `count`, in ascending order per worker; no two
/// calls of one worker at a time. If bodies throw, the exception of the first such sample
/// is rethrown, whatever the number of workers; later samples may be left out.
/// REQUIRES: at least one worker.
void ForEachSample(std::size_t count, std::size_t workers, const SampleBody& body);

/// body(group, workers): how many workers it may use itself.
using GroupBody = std::function<void(std::size_t group, std::size_t workers)>;

/// Calls `body` once for each group below `count`: several at a time with one worker
/// each, a single one with all. Exceptions as above.
void ForEachGroup(std::size_t count, std::size_t workers, const GroupBody& body);

/// Memory of the executor for each worker.
std::vector<Executor::Context> ContextsFor(const Executor& executor, std::size_t workers);

/// The outputs of every sample, in order. `samples` holds the graph's inputs of each.
std::vector<std::vector<Tensor>> RunSamples(const Executor& executor,
                                            std::span<const std::vector<Tensor>> samples,
                                            std::size_t workers);

}  // namespace kinglet
