#include "import/layer_table.h"

#include <algorithm>

namespace kinglet {

std::vector<LayerRow> SupportedLayers() {
  std::vector<LayerRow> all;
  for (const auto* rows :
       {&ConvolutionLayers(), &TransposeConvolutionLayers(), &DenseLayers(),
        &ActivationLayers(), &AffineLayers(), &NormalizationLayers(), &MergeLayers(),
        &PoolingLayers(), &ShapeLayers(), &IdentityLayers(), &ResizeLayers(),
        &RecurrentLayers(), &WrapperLayers(), &MultiHeadLayers(),
        &ScoredAttentionLayers(), &MaskLayers(), &CategoryLayers(), &AudioLayers(),
        &BirdLayers()}) {
    all.insert(all.end(), rows->begin(), rows->end());
  }
  std::ranges::sort(all, {}, &LayerRow::class_name);
  return all;
}

const LayerRow* FindLayer(const std::string& class_name) {
  static const std::vector<LayerRow> kAll = SupportedLayers();
  const auto row = std::ranges::lower_bound(kAll, class_name, {}, &LayerRow::class_name);
  return row != kAll.end() && row->class_name == class_name ? &*row : nullptr;
}

namespace {

constexpr std::string_view kPython =
    "Python code can't be read from a file; replace it by a layer";
constexpr std::string_view kVolume =
    "no operation of TensorFlow Lite Micro works on volumes; use the 2-D layer";
constexpr std::string_view kText = "text and lookup tables; put it in front of the model";
constexpr std::string_view kCudnn =
    "weights in the layout of cuDNN; load it in Keras 2 and save it with the plain "
    "layer";
constexpr std::string_view kConvolutional =
    "recurrent convolutions are not supported; use a convolution before a GRU or LSTM";
const std::vector<RefusedLayer> kRefused = {
    {"AdaptiveAveragePooling3D", kVolume},
    {"AdaptiveMaxPooling3D", kVolume},
    {"AveragePooling3D", kVolume},
    {"ClassMethod", kPython},
    {"Conv3D", kVolume},
    {"Conv3DTranspose", kVolume},
    {"ConvLSTM1D", kConvolutional},
    {"ConvLSTM2D", kConvolutional},
    {"ConvLSTM3D", kConvolutional},
    {"Cropping3D", kVolume},
    {"CuDNNGRU", kCudnn},
    {"CuDNNLSTM", kCudnn},
    {"FlaxLayer", kPython},
    {"GlobalAveragePooling3D", kVolume},
    {"GlobalMaxPooling3D", kVolume},
    {"HashedCrossing", kText},
    {"Hashing", kText},
    {"InstanceMethod", kPython},
    {"InstanceProperty", kPython},
    {"IntegerLookup", kText},
    {"JaxLayer", kPython},
    {"Lambda", kPython},
    {"MaxPooling3D", kVolume},
    {"RandomCrop",
     "versions of Keras differ in what it does at inference; use CenterCrop"},
    {"StringLookup", kText},
    {"TFSMLayer", "it points to a SavedModel, which is not read"},
    {"TensorFlowOpLayer",
     "a node of TensorFlow 2.3 or older; load the model in a later one and save it "
     "again"},
    {"TextVectorization", kText},
    {"TorchModuleWrapper", kPython},
    {"UpSampling3D", kVolume},
    {"ZeroPadding3D", kVolume},
};

}  // namespace

const std::vector<RefusedLayer>& RefusedLayers() { return kRefused; }

}  // namespace kinglet
