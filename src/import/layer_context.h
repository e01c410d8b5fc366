// What a layer's builder works with: one call of one layer.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "import/keras_file.h"
#include "ir/graph.h"
#include "kinglet/options.h"
#include "ops/op_def.h"

namespace kinglet {

/// What all layers of an import share.
struct ImportState {
  const KerasFile& file;
  const ImportOptions& options;
  Graph graph = {};
  std::set<std::string> bound = {};  ///< paths of which every variable was read
  std::map<std::string, ValueId> constants = {};  ///< what calls of one layer share
  /// That travel with a tensor; none where it can't be told.
  std::map<ValueId, std::optional<ValueId>> masks = {};
  std::vector<std::string> notes = {};  ///< decisions worth telling
  std::vector<std::string> warnings = {};
};

/// @throws kUnsupported "layer 'NAME' (CLASS): `reason`".
[[noreturn]] void RefuseLayer(const LayerConfig& layer, const std::string& reason);

class LayerContext {
 public:
  /// `operands`: what stands for each of call.inputs; none for a mask that the layer
  /// doesn't use.
  LayerContext(ImportState& state, const LayerConfig& layer, const LayerCall& call,
               std::vector<std::optional<ValueId>> operands);

  [[nodiscard]] const LayerConfig& layer() const { return layer_; }
  [[nodiscard]] const LayerCall& call() const { return call_; }
  /// The tensors of the call in order, masks left out.
  [[nodiscard]] const std::vector<ValueId>& inputs() const { return inputs_; }
  /// The one input. @throws kCorrupt when there is none, kUnsupported when there are
  /// more.
  [[nodiscard]] ValueId Input() const;
  /// The boolean tensor that tells which steps of the first input count, if there is one:
  /// an argument of the call, or what travels with the input.
  [[nodiscard]] std::optional<ValueId> Mask() const;
  /// The same for a layer of several tensors: Keras 3 then looks at the argument alone.
  [[nodiscard]] std::optional<ValueId> MaskOfFirst() const;
  /// The one that travels with an input. @throws kUnsupported when it can't be told.
  [[nodiscard]] std::optional<ValueId> MaskOf(ValueId input) const;
  [[nodiscard]] ImportState& state() const { return state_; }
  [[nodiscard]] Graph& graph() const { return state_.graph; }
  [[nodiscard]] const Shape& ShapeOf(ValueId id) const { return state_.graph[id].shape; }
  [[nodiscard]] bool IsKeras2() const { return state_.file.era == KerasEra::kKeras2; }

  /// An argument of the call by its place or its name; null when it was not passed.
  [[nodiscard]] const Json& Argument(std::size_t place, const char* name) const;
  /// The tensor that an argument of the call is, or nothing for other arguments.
  [[nodiscard]] std::optional<ValueId> TensorOf(const Json& argument) const;

  /// @throws kUnsupported "layer 'NAME' (CLASS): `reason`".
  [[noreturn]] void Refuse(const std::string& reason) const;
  /// @throws kCorrupt "layer 'NAME' (CLASS): `reason`".
  [[noreturn]] void Corrupt(const std::string& reason) const;

  /// Configuration entries; a missing key gives the default.
  [[nodiscard]] const Json& Entry(const char* key) const;
  [[nodiscard]] std::int64_t Int(const char* key, std::int64_t missing) const;
  [[nodiscard]] double Number(const char* key, double missing) const;
  [[nodiscard]] bool Flag(const char* key, bool missing) const;
  [[nodiscard]] std::string Text(const char* key, const std::string& missing) const;
  /// One number per axis; a single number means it for all.
  [[nodiscard]] Ints PerAxis(const char* key, std::size_t axes,
                             std::int64_t missing) const;

  /// The variable `index` of the object at `sub` below the layer's path ("" for the
  /// layer).
  /// @throws kCorrupt unless it exists with that shape; kUnsupported when it has another
  /// element type.
  [[nodiscard]] Tensor Variable(const std::string& sub, std::size_t index,
                                const Shape& shape, DType dtype = DType::kFloat32) const;
  /// A float variable of any shape. @throws as Variable.
  [[nodiscard]] Tensor VariableOfAnyShape(const std::string& sub,
                                          std::size_t index) const;
  /// Whether an object lies at or below `sub`, and how many variables it has.
  [[nodiscard]] std::size_t VariableCount(const std::string& sub) const;
  [[nodiscard]] bool HasObject(const std::string& sub) const;
  /// @throws kCorrupt unless the object at `sub` has exactly so many variables.
  void ExpectVariables(const std::string& sub, std::size_t count) const;
  /// Variables that the file holds and inference doesn't use.
  void Ignore(const std::string& sub) const;

  /// Appends a node and returns its result, named after the layer, plus "/`suffix`".
  /// @throws kUnsupported when the operation can't take these inputs.
  [[nodiscard]] ValueId Node(Op op, std::vector<ValueId> inputs,
                             const std::string& suffix = "") const;
  /// The same for an operation of several results.
  [[nodiscard]] std::vector<ValueId> Nodes(Op op, std::vector<ValueId> inputs,
                                           const std::string& suffix = "") const;
  /// Appends a constant named "LAYER/`suffix`", or returns the equal one that another
  /// call of the layer made.
  [[nodiscard]] ValueId Constant(const std::string& suffix, Tensor tensor) const;
  /// Float constants.
  [[nodiscard]] ValueId Scalar(const std::string& suffix, float value) const;
  [[nodiscard]] ValueId Vector(const std::string& suffix,
                               const std::vector<float>& values) const;
  /// Zeros, one a channel.
  [[nodiscard]] ValueId ZeroBias(std::int64_t channels) const;

 private:
  [[nodiscard]] const StoredObject* Find(const std::string& sub) const;
  [[nodiscard]] const Tensor& Stored(const std::string& sub, std::size_t index,
                                     DType dtype) const;
  void CheckInputs(const Op& op, const std::vector<ValueId>& inputs) const;
  [[nodiscard]] std::string NodeName(const std::string& suffix) const;
  [[nodiscard]] std::string PathOf(const std::string& sub) const;

  ImportState& state_;
  const LayerConfig& layer_;
  const LayerCall& call_;
  std::vector<std::optional<ValueId>> operands_;
  std::vector<ValueId> inputs_;
  std::optional<ValueId> mask_;
};

/// Indices of the inputs of the call that are its `mask`.
std::set<std::size_t> MaskInputs(const LayerCall& call);

}  // namespace kinglet
