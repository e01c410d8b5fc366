// OpDef: all the program knows of an operation. One file an operation defines it;
// importer, passes, runner, quantizer, emitter and reports ask DefOf(op) and never switch
// over ops.
#pragma once

#include <flatbuffers/flatbuffers.h>

#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "base/tensor.h"
#include "ir/graph.h"
#include "kernels/int_arguments.h"
#include "schema/tflite_generated.h"

namespace kinglet {

struct TensorType {
  DType dtype = DType::kFloat32;
  Shape shape;
  bool operator==(const TensorType&) const = default;
};

/// A node seen together with the values it reads and makes.
struct NodeView {
  const Graph& graph;
  const Node& node;
  Rounding rounding = Rounding::kDouble;  ///< of the integer kernels

  [[nodiscard]] const Value& Input(std::size_t i) const { return graph[node.inputs[i]]; }
  [[nodiscard]] const Value& Output(std::size_t i = 0) const {
    return graph[node.outputs[i]];
  }
  [[nodiscard]] bool HasInput(std::size_t i) const { return i < node.inputs.size(); }
};

/// Types of the results, or why the operation can't take these inputs.
using Inferred = std::variant<std::vector<TensorType>, std::string>;

/// Where a compiled node finds its data, in the order of the node's inputs and outputs.
/// Constants are there too. Output and input never overlap unless they are one buffer.
struct Buffers {
  std::span<const std::byte* const> inputs;
  std::span<std::byte* const> outputs;

  template <typename T>
  [[nodiscard]] const T* In(std::size_t i) const {
    return reinterpret_cast<const T*>(inputs[i]);
  }
  template <typename T>
  [[nodiscard]] T* Out(std::size_t i = 0) const {
    return reinterpret_cast<T*>(outputs[i]);
  }
};

/// A node made ready: shapes and strides resolved, weights packed. Safe to call from many
/// threads at once. An empty one means: the result is the bytes of the first input.
using Kernel = std::function<void(const Buffers&)>;

/// How the INT8 parameters of an operation's result come about (docs/numerics.md).
enum class RangeRule : std::uint8_t {
  kCalibrated,    ///< from the statistics of the result
  kSameAsInputs,  ///< one scale and zero point for all float operands and the result
  kFixed,         ///< the same for every model
  kFloatOnly,     ///< there is no integer form
};

/// Scale and zero point of a whole tensor.
struct QuantParams {
  float scale = 1.0F;
  std::int32_t zero_point = 0;
  bool operator==(const QuantParams&) const = default;
};

struct QuantRule {
  RangeRule range = RangeRule::kCalibrated;
  QuantParams fixed = {};  ///< with kFixed
  /// Input that holds INT8 weights, symmetric, with one scale per index of
  /// `channel_axis`; the input after it is the bias. None: every constant operand is
  /// quantized as an activation.
  std::optional<std::size_t> weights = std::nullopt;
  std::int64_t channel_axis = 0;
  /// The weights have one scale altogether, whatever `channel_axis` says.
  bool per_tensor = false;
  /// In float where the operand or the result is: TensorFlow has it in float everywhere,
  /// which rounds nothing more there.
  bool only_between_integers = false;
};

/// An operand that the file stores as a tensor and the graph as an attribute.
struct IntsOperand {
  Shape shape;
  std::vector<std::int32_t> values;
};
/// An optional operand that isn't there (index -1 in the file).
struct AbsentOperand {};
using TfliteOperand = std::variant<ValueId, IntsOperand, AbsentOperand>;

/// An operation as the .tflite file has it.
struct TfliteOp {
  tflite::BuiltinOperator code{};
  int version = 1;
  tflite::BuiltinOptions options_type = tflite::BuiltinOptions_NONE;
  flatbuffers::Offset<void> options = 0;
  std::vector<TfliteOperand> inputs;
};

/// An operator of a .tflite file together with the values it reads and makes; an optional
/// operand that is absent is null.
struct TfliteSource {
  const tflite::Operator& op;
  tflite::BuiltinOperator code{};
  std::span<const Value* const> inputs;
  const Value& output;

  /// The options table, or null when the file leaves it out.
  template <typename Options>
  [[nodiscard]] const Options* OptionsAs() const {
    return op.builtin_options_as<Options>();
  }
};

/// An operation read from a file: the inputs of the node are the first `operands` inputs
/// of the operator, or where it has another order the `order`; the others have become
/// attributes. `reshaped`: the operator gives the result this shape of as many elements.
struct ParsedOp {
  Op op;
  std::size_t operands = 1;
  std::vector<std::size_t> order = {};
  std::optional<Shape> reshaped = std::nullopt;
};
/// Or why the operator can't be represented.
using Parsed = std::variant<ParsedOp, std::string>;

struct OpDef {
  std::string_view name;
  std::size_t min_inputs = 1;
  std::size_t max_inputs = 1;
  std::function<Inferred(const Op&, std::span<const TensorType>)> infer;
  /// Types of the first input that `compile` takes.
  std::vector<DType> types;
  /// What else `compile` can't take, or nothing.
  std::function<std::optional<std::string>(const NodeView&)> problem;
  std::function<Kernel(const Op&, const NodeView&)> compile;
  QuantRule quantization;
  /// It has an integer form that computes what it does in float, to rounding.
  std::function<bool(const Op&)> has_int8;
  /// The runtimes compute it on INT16 activations as well.
  std::function<bool(const Op&)> has_int16;
  std::function<TfliteOp(const Op&, const NodeView&, flatbuffers::FlatBufferBuilder&)>
      tflite;
  /// The operators of the file format that `parse` reads.
  std::vector<tflite::BuiltinOperator> codes;
  std::function<Parsed(const TfliteSource&)> parse;
  /// Multiply-accumulates of one inference.
  std::function<std::int64_t(const NodeView&)> macs;
};

/// The description of the operation that `op` holds.
const OpDef& DefOf(const Op& op);

/// The description whose `codes` hold `code`, or null.
const OpDef* DefOf(tflite::BuiltinOperator code);

/// Types of the results of `op` over `inputs`, arity checked.
Inferred InferTypes(const Op& op, std::span<const TensorType> inputs);

/// Why the node can't be run, or nothing. What quantizer and passes make always can.
std::optional<std::string> ProblemOf(const NodeView& view);

/// Appends a node of a single result and returns that result, named `name`.
/// REQUIRES: InferTypes succeeds.
ValueId AddNode(Graph& graph, Op op, std::vector<ValueId> inputs,
                const std::string& name);

/// The same for a node of several results (Split, TopK, Unpack).
std::vector<ValueId> AddNodeOfMany(Graph& graph, Op op, std::vector<ValueId> inputs,
                                   const std::string& name);

TensorType TypeOf(const Value& value);

}  // namespace kinglet
