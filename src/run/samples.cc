// Workers take the next sample from a counter. Samples are handed out in order, so when
// one throws, all before it have been handed out and finish: the first failure is always
// found.
#include "run/samples.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>

#include "base/check.h"

namespace kinglet {
namespace {

/// The failure of the lowest sample.
class FirstFailure {
 public:
  void Note(std::size_t sample, const std::exception_ptr& exception) {
    const std::lock_guard lock(mutex_);
    if (exception_ != nullptr && sample >= sample_) return;
    sample_ = sample;
    exception_ = exception;
  }

  void Rethrow() const {
    if (exception_ != nullptr) std::rethrow_exception(exception_);
  }

 private:
  std::mutex mutex_;
  std::size_t sample_ = 0;
  std::exception_ptr exception_;
};

}  // namespace

void ForEachSample(std::size_t count, std::size_t workers, const SampleBody& body) {
  Check(workers > 0, "at least one worker");
  std::atomic<std::size_t> next = 0;
  FirstFailure failure;
  const auto work = [&](std::size_t worker) {
    for (std::size_t sample = next++; sample < count; sample = next++) {
      try {
        body(worker, sample);
      } catch (...) {
        failure.Note(sample, std::current_exception());
        next = count;
      }
    }
  };
  std::vector<std::jthread> threads;
  for (std::size_t worker = 1; worker < std::min(workers, count); ++worker) {
    threads.emplace_back(work, worker);
  }
  work(0);
  threads.clear();
  failure.Rethrow();
}

void ForEachGroup(std::size_t count, std::size_t workers, const GroupBody& body) {
  if (count == 1) return body(0, workers);
  ForEachSample(count, workers,
                [&body](std::size_t, std::size_t group) { body(group, 1); });
}

std::vector<Executor::Context> ContextsFor(const Executor& executor,
                                           std::size_t workers) {
  std::vector<Executor::Context> contexts;
  contexts.reserve(workers);
  for (std::size_t i = 0; i < workers; ++i) contexts.push_back(executor.NewContext());
  return contexts;
}

std::vector<std::vector<Tensor>> RunSamples(const Executor& executor,
                                            std::span<const std::vector<Tensor>> samples,
                                            std::size_t workers) {
  std::vector<Executor::Context> contexts = ContextsFor(executor, workers);
  std::vector<std::vector<Tensor>> outputs(samples.size());
  ForEachSample(samples.size(), workers, [&](std::size_t worker, std::size_t sample) {
    outputs[sample] = executor.Run(contexts[worker], samples[sample]);
  });
  return outputs;
}

}  // namespace kinglet
