// Arrays of an .npz file as samples of a model.
#pragma once

#include <filesystem>
#include <vector>

#include "base/npz.h"
#include "ir/graph.h"

namespace kinglet {

/// N samples, each one tensor [1, ...] an input, in the order of the graph's inputs.
class SampleArrays {
 public:
  /// Finds each input's array: by name, or the only array for a model with one input.
  /// Arrays of the names of no input are ignored. int64 is narrowed to int32 where the
  /// input is int32.
  /// @throws kIo, kCorrupt as ReadNpz; kData when an input has no array, an array has not
  /// the shape [N, ...] or the type of its input, or the arrays differ in N or are empty.
  SampleArrays(const std::filesystem::path& path, const Graph& graph);

  [[nodiscard]] std::size_t size() const { return count_; }
  /// One tensor an input. REQUIRES: index < size().
  [[nodiscard]] std::vector<Tensor> Sample(std::size_t index) const;

 private:
  std::vector<Tensor> arrays_;
  std::vector<Shape> shapes_;
  std::size_t count_ = 0;
};

/// Outputs of N samples as one array [N, ...] each.
class OutputArrays {
 public:
  /// One array a name, shaped like `shapes` with N in front of what follows the batch.
  OutputArrays(std::vector<std::string> names, std::size_t samples);

  /// Keeps the tensors of one sample. Safe from many threads for different samples.
  /// REQUIRES: one tensor a name, first axis 1.
  void Set(std::size_t sample, std::vector<Tensor> tensors);
  [[nodiscard]] std::vector<NamedTensor> Take();

 private:
  std::vector<std::string> names_;
  std::vector<std::vector<Tensor>> samples_;
};

}  // namespace kinglet
