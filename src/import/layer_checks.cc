#include "import/layer_checks.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "kinglet/error.h"

namespace kinglet {
namespace {

/// Entries of a layer's configuration that never change its inference result.
bool IsHarmless(const std::string& key, const Json& value) {
  static const std::set<std::string> kHarmless = {
      "name",    "trainable",         "dtype",       "activity_regularizer",
      "seed",    "batch_input_shape", "batch_shape", "registered_name",
      "autocast"};
  const bool is_training_only = key.ends_with("_initializer") ||
                                key.ends_with("_regularizer") ||
                                key.ends_with("_constraint");
  const bool is_off = value.is_null() || value == false || value == 0 ||
                      (value.is_structured() && value.empty());
  return is_training_only || is_off || kHarmless.contains(key);
}

void CheckKeys(const LayerContext& context, const LayerRow& row) {
  if (!context.layer().config.is_object()) context.Corrupt("no configuration");
  for (const auto& [key, value] : context.layer().config.items()) {
    if (IsHarmless(key, value) || std::ranges::find(row.keys, key) != row.keys.end()) {
      continue;
    }
    context.Refuse(
        fmt::format("configuration '{}' = {} is not supported", key, value.dump()));
  }
}

/// float32 and mixed policies compute in float32; float16 variables are widened. Layers
/// that Keras quantized to INT8 are read as the floats that their integers stand for.
void CheckDType(const LayerContext& context, const LayerRow& row) {
  const Json& dtype = context.Entry("dtype");
  const bool reads_int8 =
      std::ranges::find(row.keys, "quantization_config") != row.keys.end();
  if (reads_int8 && IsInt8Policy(dtype)) return;
  const std::string name = dtype.is_string()
                               ? dtype.get<std::string>()
                               : TextAt(MemberOrNull(dtype, "config"), "name");
  static const std::set<std::string> kKnown = {
      "", "float32", "float16", "mixed_float16", "int32", "mixed_bfloat16"};
  const bool is_quantized = MemberOrNull(dtype, "config").contains("mode");
  if (is_quantized || !kKnown.contains(name)) {
    context.Refuse(fmt::format("dtype policy {}; save the model with float32",
                               name.empty() ? dtype.dump() : "'" + name + "'"));
  }
  if (name.empty() || name == "float32" || name == "int32") return;
  const std::string note = fmt::format(
      "dtype policy '{}': everything is computed in float32, which rounds less", name);
  std::vector<std::string>& notes = context.state().notes;
  if (std::ranges::find(notes, note) == notes.end()) notes.push_back(note);
}

/// Random, or dependent on the batch, where the call says that it trains. Keras 2 keeps
/// to that; Keras 3 gives all layers of a model what the model is called with, and a
/// prediction doesn't train.
void CheckTraining(const LayerContext& context) {
  if (!context.IsKeras2() || MemberOrNull(context.call().kwargs, "training") != true) {
    return;
  }
  const std::string& name = context.layer().class_name;
  const bool is_random = name.find("Dropout") != std::string::npos ||
                         name.starts_with("Random") || name.starts_with("Gaussian") ||
                         name == "BatchNormalization" || name == "StochasticDepth" ||
                         context.Number("dropout", 0) != 0 ||
                         context.Number("recurrent_dropout", 0) != 0;
  const bool is_wrapper = context.Entry("layer").is_object();
  if (is_random || is_wrapper) {
    context.Refuse("called with training=True, which makes its output random");
  }
}

[[noreturn]] void RefuseUnknown(const LayerContext& context) {
  const LayerConfig& layer = context.layer();
  const auto refused =
      std::ranges::find(RefusedLayers(), layer.class_name, &RefusedLayer::class_name);
  if (refused != RefusedLayers().end()) context.Refuse(std::string(refused->reason));
  context.Refuse(
      fmt::format("this class{} is not known; replace it by layers of Keras",
                  layer.module.empty() ? "" : " of module '" + layer.module + "'"));
}

}  // namespace

bool IsInt8Policy(const Json& dtype) {
  return TextAt(dtype, "class_name") == "QuantizedDTypePolicy" &&
         TextAt(MemberOrNull(dtype, "config"), "mode") == "int8";
}

const LayerRow& CheckedRow(const LayerContext& context) {
  const LayerRow* row = FindLayer(context.layer().class_name);
  if (row == nullptr) RefuseUnknown(context);
  CheckKeys(context, *row);
  CheckDType(context, *row);
  CheckTraining(context);
  return *row;
}

}  // namespace kinglet
