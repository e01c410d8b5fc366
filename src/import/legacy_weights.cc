// Layers of the outermost model have a group of weights each. The weights of a nested
// model all lie in its one group, those of all layers mixed (trainable ones first), so
// they are told apart by the layer's name, which their names contain. What a layer with
// layers inside calls its parts in weight names differs from the attributes by which a
// .keras file has them: SubPathOf knows both.
#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <optional>

#include "import/legacy_file.h"
#include "import/legacy_parts.h"
#include "kinglet/error.h"

namespace kinglet {
namespace {

using Weights = std::vector<LegacyWeight>;

/// A layer of a nested model, or of a model nested in that, that is no model itself.
struct Leaf {
  const LayerConfig* layer;
  std::vector<std::string> models;  ///< names of the models around it
};

void CollectLeaves(const ModelConfig& model, std::vector<std::string> around,
                   std::vector<Leaf>& leaves) {
  around.push_back(model.name);
  for (const LayerConfig& layer : model.layers) {
    if (layer.model != nullptr) {
      CollectLeaves(*layer.model, around, leaves);
    } else {
      leaves.push_back({&layer, around});
    }
  }
}

std::vector<std::string> SplitPath(const std::string& name) {
  std::vector<std::string> parts = {""};
  for (const char c : name) {
    if (c == '/') {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

/// Where the parts of `name` stand in those of the weight, its last one aside.
std::optional<std::size_t> PlaceOf(const std::string& name, const LegacyWeight& weight) {
  const std::vector<std::string> wanted = SplitPath(name);
  const auto found = std::search(weight.parts.begin(), weight.parts.end() - 1,
                                 wanted.begin(), wanted.end());
  if (found == weight.parts.end() - 1) return std::nullopt;
  return static_cast<std::size_t>(found - weight.parts.begin());
}

/// How well a weight's name fits a layer: more of the models around it, then further to
/// the left, then the longer name.
using Fit = std::tuple<std::size_t, std::ptrdiff_t, std::size_t>;

std::optional<Fit> FitOf(const Leaf& leaf, const LegacyWeight& weight) {
  const std::optional<std::size_t> place = PlaceOf(leaf.layer->name, weight);
  if (!place.has_value()) return std::nullopt;
  const auto models = static_cast<std::size_t>(std::ranges::count_if(
      leaf.models,
      [&](const std::string& model) { return PlaceOf(model, weight).has_value(); }));
  return Fit{models, -static_cast<std::ptrdiff_t>(*place), leaf.layer->name.size()};
}

class Placer {
 public:
  explicit Placer(KerasEra era) : era_(era) {}

  void Layer(const LayerConfig& layer, const Weights& weights) {
    if (weights.empty()) return;
    if (layer.model != nullptr) {
      Model(*layer.model, weights);
    } else {
      Parts(layer, weights);
    }
  }

  WeightStore Take() { return std::move(store_); }

 private:
  void Model(const ModelConfig& model, const Weights& weights) {
    std::vector<Leaf> leaves;
    CollectLeaves(model, {}, leaves);
    std::vector<Weights> of_leaf(leaves.size());
    for (const LegacyWeight& weight : weights) {
      std::optional<std::size_t> best;
      std::optional<Fit> best_fit;
      for (std::size_t i = 0; i < leaves.size(); ++i) {
        const std::optional<Fit> fit = FitOf(leaves[i], weight);
        if (!fit.has_value() || (best_fit.has_value() && *fit <= *best_fit)) continue;
        best = i;
        best_fit = fit;
      }
      if (!best.has_value()) {
        throw Error(ErrorKind::kCorrupt,
                    fmt::format("weight '{}' belongs to no layer of the nested model "
                                "'{}'; save the model as .keras",
                                fmt::join(weight.parts, "/"), model.name));
      }
      of_leaf[*best].push_back(weight);
    }
    for (std::size_t i = 0; i < leaves.size(); ++i) Layer(*leaves[i].layer, of_leaf[i]);
  }

  /// A layer that is no model: its weights, or those of the layers in it.
  void Parts(const LayerConfig& layer, const Weights& weights) {
    for (const LegacyPart& part : LegacyPartsOf(layer, weights, era_)) {
      if (part.inner.has_value()) {
        Layer(*part.inner, part.weights);
        continue;
      }
      StoredObject& object =
          store_[part.path.empty() ? layer.path : layer.path + "/" + part.path];
      for (const LegacyWeight& weight : part.weights) {
        object.variables.push_back(weight.tensor);
      }
    }
  }

  KerasEra era_;
  WeightStore store_;
};

}  // namespace

WeightStore PlaceLegacyWeights(const LegacyFile& file, const ModelConfig& model,
                               KerasEra era) {
  Placer placer(era);
  for (const LayerConfig& layer : model.layers) {
    const auto found = file.layers.find(layer.name);
    if (found != file.layers.end()) placer.Layer(layer, found->second);
  }
  return placer.Take();
}

}  // namespace kinglet
