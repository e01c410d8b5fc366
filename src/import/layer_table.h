// The tables of what can be read: a row per layer class, a row per operation.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "import/layer_context.h"

namespace kinglet {

/// Results of the call.
using LayerBuilder = std::vector<ValueId> (*)(const LayerContext&);

/// Whether the mask of a call can change what a layer computes.
enum class MaskUse : std::uint8_t { kNone, kUsed };

/// A layer class that can be read.
struct LayerRow {
  std::string_view class_name;
  LayerBuilder build;
  std::string_view becomes;  ///< for the documentation: "CONV_2D"
  /// Configuration keys that the builder reads. Others are refused unless they can't
  /// matter (initializers, regularizers, names) or are null, false or empty.
  std::vector<std::string_view> keys;
  MaskUse mask = MaskUse::kNone;
};

/// A layer class that can't be read, and why.
struct RefusedLayer {
  std::string_view class_name;
  std::string_view reason;
};

/// Null for a class that is in no table.
const LayerRow* FindLayer(const std::string& class_name);

/// All tables of layers in one, sorted by class.
std::vector<LayerRow> SupportedLayers();
const std::vector<RefusedLayer>& RefusedLayers();

/// The rows of one file each.
const std::vector<LayerRow>& ConvolutionLayers();
const std::vector<LayerRow>& TransposeConvolutionLayers();
const std::vector<LayerRow>& DenseLayers();
const std::vector<LayerRow>& ActivationLayers();
const std::vector<LayerRow>& AffineLayers();
const std::vector<LayerRow>& NormalizationLayers();
const std::vector<LayerRow>& MergeLayers();
const std::vector<LayerRow>& PoolingLayers();
const std::vector<LayerRow>& ShapeLayers();
const std::vector<LayerRow>& IdentityLayers();
const std::vector<LayerRow>& ResizeLayers();
const std::vector<LayerRow>& RecurrentLayers();
const std::vector<LayerRow>& WrapperLayers();
const std::vector<LayerRow>& MultiHeadLayers();
const std::vector<LayerRow>& ScoredAttentionLayers();
const std::vector<LayerRow>& MaskLayers();
const std::vector<LayerRow>& CategoryLayers();
const std::vector<LayerRow>& AudioLayers();
const std::vector<LayerRow>& BirdLayers();

}  // namespace kinglet
