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

/// float32 and mixed policies compute in float32; float16 variables are widened.
void CheckDType(const LayerContext& context) {
  const Json& dtype = context.Entry("dtype");
  const std::string name = dtype.is_string()
                               ? dtype.get<std::string>()
                               : TextAt(MemberOrNull(dtype, "config"), "name");
  static const std::set<std::string> kKnown = {"", "float32", "mixed_float16",
                                               "mixed_bfloat16", "float16"};
  if (!kKnown.contains(name)) {
    context.Refuse(fmt::format("dtype policy '{}'; save the model with float32", name));
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

const LayerRow& CheckedRow(const LayerContext& context) {
  const LayerConfig& layer = context.layer();
  if (layer.is_operation) {
    context.Refuse("an operation of keras.ops; use the layer of that name");
  }
  const LayerRow* row = FindLayer(layer.class_name);
  if (row == nullptr) RefuseUnknown(context);
  CheckKeys(context, *row);
  CheckDType(context);
  if (MemberOrNull(context.call().kwargs, "training") == true) {
    context.Refuse("called with training=True, which makes its output random");
  }
  return *row;
}

}  // namespace kinglet
