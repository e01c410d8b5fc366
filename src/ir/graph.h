// Graph: a model as a value, from the Keras file to the bytes of the .tflite.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/tensor.h"
#include "ir/op.h"

namespace kinglet {

/// Index into Graph::values.
enum class ValueId : std::int32_t {};

inline std::size_t Index(ValueId id) { return static_cast<std::size_t>(id); }

/// Real value = scale * (q - zero point). One scale and zero point for the whole tensor,
/// or one per index of `axis`; both vectors have equal length.
struct Quantization {
  std::vector<float> scales;
  std::vector<std::int64_t> zero_points;
  std::int64_t axis = 0;
  bool operator==(const Quantization&) const = default;
};

/// A tensor of the graph: an input, a constant, or the result of a node.
struct Value {
  std::string name;  ///< unique in the graph, not empty
  DType dtype = DType::kFloat32;
  Shape shape;
  std::optional<Quantization> quantization;  ///< of integer tensors with a real meaning
  std::shared_ptr<const Tensor> constant;    ///< null for what is computed

  /// Constants are compared by content.
  bool operator==(const Value& other) const;
};

/// One operation. `name` is the layer it came from, for messages and reports.
struct Node {
  Op op;
  std::vector<ValueId> inputs;
  std::vector<ValueId> outputs;
  std::string name;
  bool operator==(const Node&) const = default;
};

/// An input or output of the whole model under its public name.
struct Port {
  std::string name;
  ValueId value{};
  bool operator==(const Port&) const = default;
};

/// Nodes stand in an order in which each comes after the producers of its inputs.
struct Graph {
  std::vector<Value> values;
  std::vector<Node> nodes;
  std::vector<Port> inputs;   ///< in the model's order
  std::vector<Port> outputs;  ///< output_0, output_1, ... in the model's order

  [[nodiscard]] const Value& operator[](ValueId id) const { return values[Index(id)]; }
  [[nodiscard]] Value& operator[](ValueId id) { return values[Index(id)]; }

  /// Appends a value; its name gets a number if it is taken.
  ValueId AddValue(Value value);
  /// Appends a constant.
  ValueId AddConstant(std::string_view name, Tensor tensor);

  bool operator==(const Graph&) const = default;
};

/// Who reads and who makes each value of one graph, computed once.
class Uses {
 public:
  explicit Uses(const Graph& graph);

  /// Readers, counting a node once per operand, plus one for each graph output.
  [[nodiscard]] int Count(ValueId id) const { return counts_[Index(id)]; }
  /// Index of the node that makes the value; none for inputs and constants.
  [[nodiscard]] std::optional<std::size_t> Producer(ValueId id) const;
  /// Nodes that read the value, in order, each once.
  [[nodiscard]] const std::vector<std::size_t>& Readers(ValueId id) const {
    return readers_[Index(id)];
  }
  [[nodiscard]] bool IsGraphOutput(ValueId id) const { return is_output_[Index(id)]; }

 private:
  std::vector<int> counts_;
  std::vector<int> producers_;
  std::vector<std::vector<std::size_t>> readers_;
  std::vector<bool> is_output_;
};

/// The graph without the nodes and values that no output needs, values in the order
/// inputs, constants and results as they are met. Inputs stay.
Graph WithoutDeadParts(const Graph& graph);

/// What is wrong with the structure, or nothing: ids in range, every value made once and
/// before it is read, names unique and not empty, constants of the stated type and shape,
/// quantization vectors of equal and right length.
std::optional<std::string> StructureProblem(const Graph& graph);

}  // namespace kinglet
