// Nodes that are calls of a function, not of a layer: keras.ops and Python operators in
// Keras 3, TFOpLambda in Keras 2. The same builder serves both.
#pragma once

#include <initializer_list>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "import/layer_context.h"

namespace kinglet {

/// The names of an argument in Keras 3 and in TensorFlow.
using Names = std::initializer_list<const char*>;
/// What the tensor is called that an operation moves or repeats.
inline constexpr Names kTensor = {"x", "a", "tensor", "input", "inputs"};

/// What a function of one or two tensors is called on.
inline constexpr Names kFirst = {"x1", "x", "a", "tensor", "input"};
inline constexpr Names kSecond = {"x2", "y", "b"};
/// What a function reduces, and whether the axes stay with size 1.
inline constexpr Names kReduced = {"x", "input_tensor", "input"};
inline constexpr Names kKeepDims = {"keepdims", "keep_dims"};

/// A call of a function. Arguments are found by place, by keyword, or in the
/// configuration of the node; those that nobody asks for are refused in the end.
class Operation {
 public:
  explicit Operation(const LayerContext& context) : context_(context) {}

  [[nodiscard]] const LayerContext& context() const { return context_; }

  /// Null when it was not passed. `place` -1: it has none.
  const Json& Argument(int place, Names names) const;
  /// Numbers and flags; a missing one gives the default, as does a limit at infinity.
  std::optional<double> Number(int place, Names names) const;
  std::optional<std::int64_t> Int(int place, Names names) const;
  /// A list of integers, or one; nothing when the argument is missing. -1 stands for
  /// null.
  std::optional<Ints> Integers(int place, Names names) const;
  bool Flag(int place, Names names, bool missing) const;
  std::string Text(int place, Names names, const std::string& missing) const;
  /// By `data_format`, in the words of Keras or TensorFlow.
  [[nodiscard]] bool HasChannelsFirst() const;

  /// A tensor of the call, or a constant made from the argument.
  /// @throws kUnsupported when it is neither.
  ValueId Operand(int place, Names names) const;
  /// An operand of numbers that the file holds.
  /// @throws kUnsupported when the model computes it, or it is no float.
  Tensor Constant(int place, Names names) const;
  /// The same as Operand of each member of a list.
  std::vector<ValueId> Operands(int place, Names names) const;
  /// Operands brought to one type, constants named after `name`.
  std::vector<ValueId> OfOneType(std::vector<ValueId> operands,
                                 const std::string& name) const;
  std::pair<ValueId, ValueId> Pair(Names first, Names second) const;
  /// The same as float32.
  ValueId Floats(int place, Names names) const;
  std::pair<ValueId, ValueId> PairOfFloats(Names first, Names second) const;
  /// The axes that an argument names, rising. @throws kUnsupported for that of the batch,
  /// which mixes its samples, and where they are missing, which means all.
  Ints Axes(ValueId x, int place = 1, Names names = {"axis"}) const;

  ValueId Node(const Op& op, std::vector<ValueId> inputs,
               const std::string& suffix = "") const {
    return context_.Node(op, std::move(inputs), suffix);
  }
  [[nodiscard]] const Shape& ShapeOf(ValueId id) const { return context_.ShapeOf(id); }

  /// @throws kUnsupported naming an argument that was passed and that nobody asked for.
  void CheckAllRead() const;

 private:
  ValueId OperandFrom(const Json& argument, const std::string& name) const;

  const LayerContext& context_;
  mutable std::set<std::string> read_names_;
  mutable std::set<std::size_t> read_places_;
};

using OperationBuilder = std::vector<ValueId> (*)(const Operation&);

struct OperationRow {
  std::string_view class_name;  ///< of Keras 3; empty when only TensorFlow has it
  std::vector<std::string_view> functions;  ///< of TensorFlow
  OperationBuilder build;
  std::string_view becomes;
};

/// Results of a node that is a call of a function.
/// @throws kUnsupported naming the node when the function is not known.
std::vector<ValueId> BuildOperation(const LayerContext& context);

/// All tables in one, sorted by class.
std::vector<OperationRow> SupportedOperations();

/// The rows of one file each.
const std::vector<OperationRow>& ArithmeticOperations();
const std::vector<OperationRow>& ComposedOperations();
const std::vector<OperationRow>& PairwiseOperations();
const std::vector<OperationRow>& AngleOperations();
const std::vector<OperationRow>& NormOperations();
const std::vector<OperationRow>& StatisticOperations();
const std::vector<OperationRow>& DiagonalOperations();
const std::vector<OperationRow>& JoinOperations();
const std::vector<OperationRow>& UpdateOperations();
const std::vector<OperationRow>& CategoryOperations();
const std::vector<OperationRow>& ImageOperations();
const std::vector<OperationRow>& ReductionOperations();
const std::vector<OperationRow>& OrderOperations();
const std::vector<OperationRow>& RepeatOperations();
const std::vector<OperationRow>& ShapeOperations();
const std::vector<OperationRow>& SliceOperations();
const std::vector<OperationRow>& ActivationOperations();
const std::vector<OperationRow>& ProductOperations();
const std::vector<OperationRow>& ContractionOperations();
const std::vector<OperationRow>& ConvolutionOperations();
const std::vector<OperationRow>& NormalizationOperations();
const std::vector<OperationRow>& AttentionOperations();
const std::vector<OperationRow>& FourierOperations();

}  // namespace kinglet
