#include "import/legacy_parts.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

namespace kinglet {
namespace {

using Weights = std::vector<LegacyWeight>;

/// The name of the object that a weight belongs to: its last part but one.
std::string ObjectOf(const LegacyWeight& weight) {
  return weight.parts.size() < 2 ? "" : weight.parts[weight.parts.size() - 2];
}

/// Weights by the path that `path_of` gives each, paths in the order of their first.
template <typename PathOf>
std::vector<LegacyPart> Grouped(const Weights& weights, PathOf path_of) {
  std::vector<LegacyPart> parts;
  for (const LegacyWeight& weight : weights) {
    const std::string path = path_of(weight);
    auto part = std::ranges::find(parts, path, &LegacyPart::path);
    if (part == parts.end()) {
      parts.push_back({.path = path, .inner = std::nullopt, .weights = {}});
      part = parts.end() - 1;
    }
    part->weights.push_back(weight);
  }
  return parts;
}

std::string AttentionPath(const LegacyWeight& weight) {
  static const std::map<std::string, std::string> kAttributes = {
      {"query", "query_dense"},
      {"key", "key_dense"},
      {"value", "value_dense"},
      {"gate", "gate_dense"},
      {"attention_output", "output_dense"}};
  const auto found = kAttributes.find(ObjectOf(weight));
  return found == kAttributes.end() ? ObjectOf(weight) : found->second;
}

/// The path of a piecewise linear scaling's weight below its group, if it is one.
std::string PiecewisePath(const std::string& object, const std::string& group) {
  for (const char* list : {"shift", "k"}) {
    for (int i = 0; i < 3; ++i) {
      if (!object.ends_with(fmt::format("pwl_{}{}_dw", list, i + 1))) continue;
      const std::string item =
          i == 0 ? "depthwise_conv2d" : fmt::format("depthwise_conv2d_{}", i);
      return fmt::format("{}_pwl_{}_dws/{}", group, list, item);
    }
  }
  return "";
}

/// "..._pwl_shift2_dw" is the second of a list, the others are attributes of that name.
std::string FrontendPath(const LegacyWeight& weight) {
  const std::string object = ObjectOf(weight);
  const std::string group = object.find("_mag_") == std::string::npos ? "" : "mag_layer/";
  for (const char* plain : {"mel_mixer", "fb2d"}) {
    if (object.ends_with(plain)) return plain;
  }
  if (object.ends_with("fb2d_bn") || object.ends_with("fb_bn")) return "fb_bn";
  for (const char* scaling :
       {"pwl_k0_dw", "pcen_agc_dw", "pcen_k1_dw", "pcen_shift_dw", "pcen_k2mk1_dw"}) {
    if (object.ends_with(scaling)) return fmt::format("{}_{}", group, scaling);
  }
  return PiecewisePath(object, group);
}

/// Whether a part of the weight's name, the layer's own aside, says that it belongs to
/// the second of the two. Keras 3 leaves the name of a second layer that was given.
bool IsBackward(const LayerConfig& layer, const LegacyWeight& weight) {
  const Json& given = MemberOrNull(layer.config, "backward_layer");
  const std::string name = TextAt(MemberOrNull(given, "config"), "name");
  return std::ranges::any_of(weight.parts, [&](const std::string& part) {
    return part != layer.name &&
           (part.starts_with("backward_") || (!name.empty() && part == name));
  });
}

std::vector<LegacyPart> BidirectionalParts(const LayerConfig& layer,
                                           const Weights& weights, KerasEra era) {
  const Json& forward = MemberOrNull(layer.config, "layer");
  const Json& backward = MemberOrNull(layer.config, "backward_layer");
  std::vector<LegacyPart> parts(2);
  parts[0].inner = InnerLayer(layer, forward, "forward_layer", era);
  parts[1].inner =
      InnerLayer(layer, backward.is_object() ? backward : forward, "backward_layer", era);
  for (const LegacyWeight& weight : weights) {
    parts[IsBackward(layer, weight) ? 1 : 0].weights.push_back(weight);
  }
  return parts;
}

/// What a wrapper adds of its own, and all else, which is its layer's.
std::vector<LegacyPart> WrapperParts(const LayerConfig& layer, const Weights& weights,
                                     KerasEra era) {
  std::vector<LegacyPart> parts(2);
  parts[1].inner = InnerLayer(layer, MemberOrNull(layer.config, "layer"), "layer", era);
  for (const LegacyWeight& weight : weights) {
    const std::string& name = weight.parts.back();
    const bool is_own = name == "vector_u" || name == "sn_u";
    parts[is_own ? 0 : 1].weights.push_back(weight);
  }
  return parts;
}

/// What is below the name of the layer that is the activation, and all else.
std::vector<LegacyPart> ActivatedParts(const LayerConfig& layer, const Weights& weights,
                                       KerasEra era) {
  std::vector<LegacyPart> parts(2);
  parts[1].inner =
      InnerLayer(layer, MemberOrNull(layer.config, "activation"), "activation", era);
  for (const LegacyWeight& weight : weights) {
    parts[ObjectOf(weight) == parts[1].inner->name ? 1 : 0].weights.push_back(weight);
  }
  return parts;
}

/// The cells of a stack have a directory each, in their order.
std::vector<LegacyPart> StackedParts(const Json& cells, const Weights& weights) {
  std::vector<LegacyPart> parts = Grouped(weights, [](const LegacyWeight& weight) {
    return fmt::format("{}",
                       fmt::join(weight.parts.begin(), weight.parts.end() - 1, "/"));
  });
  ItemNames items;
  for (std::size_t i = 0; i < parts.size() && i < cells.size(); ++i) {
    parts[i].path = "cell/cells/" + items.Next(TextAt(cells[i], "class_name"));
  }
  return parts;
}

bool IsRecurrent(const std::string& class_name) {
  constexpr std::array<std::string_view, 4> kClasses = {"LSTM", "GRU", "SimpleRNN",
                                                        "RNN"};
  return std::ranges::find(kClasses, class_name) != kClasses.end();
}

}  // namespace

std::vector<LegacyPart> LegacyPartsOf(const LayerConfig& layer, const Weights& weights,
                                      KerasEra era) {
  const std::string& class_name = layer.class_name;
  if (class_name == "Bidirectional") return BidirectionalParts(layer, weights, era);
  const Json& cells =
      MemberOrNull(MemberOrNull(MemberOrNull(layer.config, "cell"), "config"), "cells");
  if (class_name == "RNN" && cells.is_array()) return StackedParts(cells, weights);
  if (IsRecurrent(class_name)) return {{"cell", std::nullopt, weights}};
  if (MemberOrNull(layer.config, "layer").is_object()) {
    return WrapperParts(layer, weights, era);
  }
  if (class_name == "AudioFrontendLayer") return Grouped(weights, FrontendPath);
  if (class_name == "AttentionPooling") return {{"_score_dense", std::nullopt, weights}};
  if (class_name == "MultiHeadAttention" || class_name == "GroupQueryAttention" ||
      class_name == "GroupedQueryAttention") {
    return Grouped(weights, AttentionPath);
  }
  const Json& activation = MemberOrNull(layer.config, "activation");
  if (MemberOrNull(activation, "config").is_object()) {
    return ActivatedParts(layer, weights, era);
  }
  return {{"", std::nullopt, weights}};
}

}  // namespace kinglet
