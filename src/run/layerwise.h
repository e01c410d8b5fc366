// Runs a graph node by node, each over all samples before the next: what a step that
// changes a layer needs to see what the layers before it really hand on.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "ir/graph.h"

namespace kinglet {

/// Keeps, of every sample, the tensors that nodes still to come will read.
class LayerwiseRun {
 public:
  /// `graph` and `samples` (the graph's inputs of each) must outlive the run. Constants
  /// that only nodes still to come read may be changed meanwhile.
  LayerwiseRun(const Graph& graph, std::span<const std::vector<Tensor>* const> samples,
               std::size_t workers);

  /// The next node; as many as the graph has when all have run.
  [[nodiscard]] std::size_t next() const { return next_; }
  [[nodiscard]] std::size_t samples() const { return samples_.size(); }
  /// Elements of a value in a sample. REQUIRES: computed or an input, still to be read.
  [[nodiscard]] const Tensor& At(std::size_t sample, ValueId id) const;

  /// Calls `body` for every sample, on all workers.
  void ForEach(const std::function<void(std::size_t sample)>& body) const;

  /// Runs the next node on every sample.
  void Step();

 private:
  void Free();

  const Graph& graph_;
  std::span<const std::vector<Tensor>* const> samples_;
  std::size_t workers_;
  std::size_t next_ = 0;
  std::vector<std::size_t> last_reader_;            // by value
  std::vector<std::optional<std::size_t>> inputs_;  // by value: which input it is
  std::vector<std::vector<Tensor>> tensors_;        // by sample, by value
};

}  // namespace kinglet
