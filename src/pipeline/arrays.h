// Arrays of an .npz file as samples of a model.
#pragma once

#include <filesystem>
#include <vector>

#include "base/npz.h"
#include "ir/graph.h"

namespace kinglet {

/// N samples, each one tensor [B, ...] an input, in the order of the graph's inputs; B is
/// the batch of the graph, 1 but for some foreign files.
class SampleArrays {
 public:
  /// Finds each input's array: by name, or the only array for a model with one input.
  /// Arrays of the names of no input are ignored. int64 is narrowed to int32 where the
  /// input is int32.
  /// @throws kIo, kCorrupt as ReadNpz; kData when an input has no array, an array has not
  /// the shape [N * B, ...] or the type of its input, or the arrays differ in N or are
  /// empty.
  SampleArrays(const std::filesystem::path& path, const Graph& graph);

  [[nodiscard]] std::size_t size() const { return count_; }
  /// One tensor an input. REQUIRES: index < size().
  [[nodiscard]] std::vector<Tensor> Sample(std::size_t index) const;

 private:
  std::vector<Tensor> arrays_;
  std::vector<Shape> shapes_;
  std::size_t count_ = 0;
};

/// Tensors of N samples, joined along the first axis: an array [N, ...] of tensors
/// [1, ...] or of numbers.
class OutputArrays {
 public:
  /// One array a name.
  OutputArrays(std::vector<std::string> names, std::size_t samples);

  /// Keeps the tensors of one sample. Safe from many threads for different samples.
  /// REQUIRES: one tensor a name, of the same shape for all samples.
  void Set(std::size_t sample, std::vector<Tensor> tensors);
  [[nodiscard]] std::vector<NamedTensor> Take();

 private:
  std::vector<std::string> names_;
  std::vector<std::vector<Tensor>> samples_;
};

}  // namespace kinglet
