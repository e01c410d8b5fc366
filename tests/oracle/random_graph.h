// Small random integer graphs, with scales and zero points up to their extremes: what the
// integer kernels are compared with LiteRT on.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "ops/op_def.h"

namespace kinglet {

/// The same numbers for the same seed wherever it runs.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : engine_(seed) {}

  /// In [low, high].
  std::int64_t Int(std::int64_t low, std::int64_t high);
  /// In [low, high).
  double Real(double low, double high);
  bool Chance(double probability) { return Real(0, 1) < probability; }
  template <typename T>
  T Choose(const std::vector<T>& from) {
    return from[static_cast<std::size_t>(Int(0, std::ssize(from) - 1))];
  }

 private:
  std::mt19937_64 engine_;
};

/// Appends nodes with random attributes, operands and parameters. Every result becomes an
/// output of the graph.
class RandomGraph {
 public:
  /// Activations of type int8 or int16.
  RandomGraph(std::uint64_t seed, DType dtype) : dice_(seed), dtype_(dtype) {}

  /// One to five operations of any kind.
  Graph Make();

  /// Values for the inputs of a graph.
  std::vector<Tensor> Inputs(const Graph& graph);

  // What the operations are made of; see random_operations.h.
  Dice& dice() { return dice_; }
  Graph& graph() { return graph_; }
  [[nodiscard]] DType dtype() const { return dtype_; }
  [[nodiscard]] const Value& operator[](ValueId id) const { return graph_[id]; }
  /// An earlier result or a new input of this rank.
  ValueId Activation(std::size_t rank);
  /// A new input.
  ValueId Input(const Shape& shape);
  /// Any scale, and a zero point that is often an extreme.
  Quantization Params();
  /// Parameters with a scale of about `scale`.
  Quantization ParamsNear(double scale);
  /// Appends `op` with this quantization of its result. False when it doesn't fit.
  bool Add(Op op, std::vector<ValueId> inputs, Quantization quantization);
  /// Random weights [...] with a scale per index of `axis`, or one scale.
  ValueId Weights(const Shape& shape, std::int64_t axis, bool per_channel);
  /// A bias for them.
  ValueId Bias(std::int64_t size, ValueId in, ValueId weights);
  /// A constant of the activations' type.
  ValueId Constant(const Shape& shape, Quantization quantization);

 private:
  std::vector<std::int64_t> Integers(std::size_t n, std::int64_t low, std::int64_t high);

  Dice dice_;
  DType dtype_;
  Graph graph_;
};

/// Appends one operation; false when this one came to nothing.
struct RandomOperation {
  std::string name;
  bool (*add)(RandomGraph& graph);
  bool has_int16 = true;  ///< LiteRT has a kernel for int16 as well
  bool is_alone = false;  ///< its graph has no other operation
};
const std::vector<RandomOperation>& RandomOperations();

}  // namespace kinglet
