// What a layer's builder works with: one call of one layer.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "import/model_config.h"
#include "import/weight_store.h"
#include "ir/graph.h"
#include "kinglet/options.h"
#include "ops/op_def.h"

namespace kinglet {

/// What all layers of an import share.
struct ImportState {
  Graph graph;
  const WeightStore& weights;
  const ImportOptions& options;
  const ModelConfig* model;        ///< the outermost
  std::string date_saved;          ///< from metadata.json
  std::set<std::string> bound;     ///< paths of which every variable was read
  std::vector<std::string> notes;  ///< decisions worth telling
  std::vector<std::string> warnings;
};

class LayerContext {
 public:
  LayerContext(ImportState& state, const LayerConfig& layer, const LayerCall& call,
               std::vector<ValueId> inputs)
      : state_(state), layer_(layer), call_(call), inputs_(std::move(inputs)) {}

  [[nodiscard]] const LayerConfig& layer() const { return layer_; }
  [[nodiscard]] const LayerCall& call() const { return call_; }
  [[nodiscard]] const std::vector<ValueId>& inputs() const { return inputs_; }
  [[nodiscard]] ImportState& state() const { return state_; }
  [[nodiscard]] Graph& graph() const { return state_.graph; }
  [[nodiscard]] const Shape& ShapeOf(ValueId id) const { return state_.graph[id].shape; }

  /// @throws kUnsupported "layer 'NAME' (CLASS): `reason`".
  [[noreturn]] void Refuse(const std::string& reason) const;
  /// @throws kCorrupt "layer 'NAME' (CLASS): `reason`".
  [[noreturn]] void Corrupt(const std::string& reason) const;

  /// Configuration entries; a missing key gives the default.
  [[nodiscard]] std::int64_t Int(const char* key, std::int64_t missing) const;
  [[nodiscard]] double Number(const char* key, double missing) const;
  [[nodiscard]] bool Flag(const char* key, bool missing) const;
  [[nodiscard]] std::string Text(const char* key, const std::string& missing) const;
  /// A number means it twice.
  [[nodiscard]] std::pair<std::int64_t, std::int64_t> Pair(const char* key,
                                                           std::int64_t missing) const;

  /// The variable `index` of the object at `sub` below the layer's path ("" for the
  /// layer).
  /// @throws kCorrupt unless it exists with that shape.
  Tensor Variable(const std::string& sub, std::size_t index, const Shape& shape) const;
  /// Whether an object lies at `sub`, and how many variables it has.
  [[nodiscard]] std::size_t VariableCount(const std::string& sub) const;
  [[nodiscard]] bool HasObject(const std::string& sub) const;
  /// @throws kCorrupt unless the object at `sub` has exactly so many variables.
  void ExpectVariables(const std::string& sub, std::size_t count) const;
  /// Variables that the file holds and inference doesn't use.
  void Ignore(const std::string& sub) const;

  /// Appends a node and returns its result, named after the layer, plus "/`suffix`".
  /// @throws kUnsupported when the operation can't take these inputs.
  ValueId Node(Op op, std::vector<ValueId> inputs, const std::string& suffix = "") const;
  /// Appends a constant named "LAYER/`suffix`".
  ValueId Constant(const std::string& suffix, Tensor tensor) const;
  /// Float constants.
  ValueId Scalar(const std::string& suffix, float value) const;
  ValueId Vector(const std::string& suffix, const std::vector<float>& values) const;
  /// Zeros, one a channel.
  ValueId ZeroBias(std::int64_t channels) const;

 private:
  [[nodiscard]] const StoredObject* Find(const std::string& sub) const;
  [[nodiscard]] std::string PathOf(const std::string& sub) const;

  ImportState& state_;
  const LayerConfig& layer_;
  const LayerCall& call_;
  std::vector<ValueId> inputs_;
};

/// Results of the call.
using LayerBuilder = std::vector<ValueId> (*)(const LayerContext&);

/// A layer class that can be read.
struct LayerRow {
  std::string_view class_name;
  LayerBuilder build;
  /// Configuration keys that the builder reads. Others are refused unless they can't
  /// matter (initializers, regularizers, names) or are null, false or empty.
  std::vector<std::string_view> keys;
};

/// Null for a class that is in no table.
const LayerRow* FindLayer(const std::string& class_name);

/// Applies a Keras activation (the value of an `activation` key) to `x`.
/// @throws kUnsupported for one that is not known.
ValueId ApplyActivation(const LayerContext& context, const Json& activation, ValueId x,
                        const std::string& suffix = "");

/// The affine map of a BatchNormalization whose variables lie at `sub`: gamma, beta, mean
/// and variance (gamma and beta as the flags say), over the last axis when `axis` is -1.
struct BatchNormalizationForm {
  std::int64_t axis = -1;
  bool scale = true;
  bool center = true;
  bool renorm = false;
  double epsilon = 1e-3;
};
ValueId AppendBatchNormalization(const LayerContext& context, ValueId x,
                                 const std::string& sub,
                                 const BatchNormalizationForm& form = {});

/// The rows of one file each.
const std::vector<LayerRow>& ConvolutionLayers();
const std::vector<LayerRow>& ActivationLayers();
const std::vector<LayerRow>& MergeLayers();
const std::vector<LayerRow>& PoolingLayers();
const std::vector<LayerRow>& ShapeLayers();
const std::vector<LayerRow>& BirdLayers();

}  // namespace kinglet
