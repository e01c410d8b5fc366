// Executor: runs a graph as it stands, float or quantized, one sample at a time.
//
// It compiles every node once and lays the intermediate results out in one arena by their
// lifetimes; a Context holds such an arena and belongs to one thread. A result depends on
// the inputs alone: not on the context, the thread or the processor.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <vector>

#include "base/tensor.h"
#include "ir/graph.h"
#include "kernels/aligned.h"
#include "ops/op_def.h"

namespace kinglet {

/// Sees each graph input, then each result right after it was computed. The bytes are
/// those of a dense tensor of the value's type and are gone after the call.
using Observer = std::function<void(ValueId id, std::span<const std::byte> bytes)>;

/// Immutable: one executor serves any number of threads, each with its own Context.
class Executor {
 public:
  class Context;

  /// REQUIRES: StructureProblem(graph) is nothing; every node can be compiled.
  explicit Executor(Graph graph, Rounding rounding = Rounding::kDouble);

  [[nodiscard]] const Graph& graph() const { return graph_; }
  /// Bytes of intermediate results, per context.
  [[nodiscard]] std::size_t arena_bytes() const { return arena_bytes_; }

  [[nodiscard]] Context NewContext() const;

  /// Outputs in the order of graph().outputs.
  /// REQUIRES: a context of this executor; one input for each of graph().inputs, of its
  /// type and shape.
  std::vector<Tensor> Run(Context& context, std::span<const Tensor> inputs,
                          const Observer& observer = nullptr) const;

 private:
  void ShareBytes();
  void FindPlaces();
  [[nodiscard]] ValueId RootOf(ValueId id) const { return roots_[Index(id)]; }
  void RunNode(std::size_t node, Context& context) const;
  [[nodiscard]] std::vector<Tensor> CopyOutputs(const Context& context) const;

  Graph graph_;
  std::vector<Kernel> kernels_;       ///< by node
  std::vector<ValueId> roots_;        ///< by value: whose bytes it has
  std::vector<ValueId> made_;         ///< roots that nodes make
  std::vector<std::size_t> offsets_;  ///< of `made_`, in the arena
  std::size_t arena_bytes_ = 0;
};

/// Memory of one run at a time.
class Executor::Context {
 public:
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;
  Context(Context&&) = default;
  Context& operator=(Context&&) = default;
  ~Context() = default;

 private:
  friend class Executor;
  Context() = default;

  AlignedBytes arena_;
  std::vector<std::byte*> made_;               ///< by value; null where no node makes it
  std::vector<const std::byte*> addresses_;    ///< by value
  std::vector<const std::byte*> node_inputs_;  ///< of the node that runs
  std::vector<std::byte*> node_outputs_;
};

}  // namespace kinglet
