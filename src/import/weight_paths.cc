// Root of a model's layers: "layers", in TensorFlow 2.12 to 2.14
// "_layer_checkpoint_dependencies". In 2.12 and 2.13 a layer with weights is met twice
// and takes two numbers: dense, dense_2, dense_4. Both numberings are tried there; the
// one that finds more layers is the file's.
#include "import/weight_paths.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <vector>

namespace kinglet {
namespace {

constexpr const char* kRoot = "layers/";
constexpr const char* kEarlyRoot = "_layer_checkpoint_dependencies/";

std::string Below(const std::string& path, const std::string& item) {
  return path.empty() ? item : path + "/" + item;
}

class Mover {
 public:
  explicit Mover(const WeightStore& stored) : stored_(stored) {}

  WeightStore Run(const ModelConfig& model) {
    Model(model, "");
    for (const auto& [path, object] : stored_) {
      if (!moved_.contains(path)) result_.emplace(path, object);
    }
    return std::move(result_);
  }

 private:
  /// Calls `visit` for every object at or below the path.
  template <typename Visit>
  void ForEachBelow(const std::string& path, Visit visit) const {
    for (auto entry = stored_.lower_bound(path);
         entry != stored_.end() && entry->first.starts_with(path); ++entry) {
      const bool is_inside =
          entry->first.size() == path.size() || entry->first[path.size()] == '/';
      if (is_inside) visit(entry->first, entry->second);
    }
  }

  [[nodiscard]] bool Exists(const std::string& path) const {
    bool found = false;
    ForEachBelow(path, [&](const auto&, const auto&) { found = true; });
    return found;
  }

  [[nodiscard]] bool HasVariables(const std::string& path) const {
    bool found = false;
    ForEachBelow(path, [&](const auto&, const StoredObject& object) {
      found = found || !object.variables.empty();
    });
    return found;
  }

  /// Paths of the model's layers in the file, by the order of its layers; empty for those
  /// that have none.
  [[nodiscard]] std::vector<std::string> PathsIn(const ModelConfig& model,
                                                 const std::string& root,
                                                 bool counts_twice) const {
    ItemNames items;
    std::vector<std::string> paths;
    for (const LayerConfig& layer : model.layers) {
      paths.push_back(layer.path.empty() ? "" : root + items.Next(layer.class_name));
      const bool is_doubled = counts_twice && !paths.back().empty();
      if (is_doubled && HasVariables(paths.back())) items.Next(layer.class_name);
    }
    return paths;
  }

  [[nodiscard]] std::vector<std::string> BestPaths(const ModelConfig& model,
                                                   const std::string& path) const {
    const std::string early = Below(path, kEarlyRoot);
    if (stored_.lower_bound(early) == stored_.end() ||
        !stored_.lower_bound(early)->first.starts_with(early)) {
      return ByName(model, PathsIn(model, Below(path, kRoot), false));
    }
    const auto exists = [&](const std::string& item) { return Exists(item); };
    std::vector<std::string> plain = PathsIn(model, early, false);
    std::vector<std::string> twice = PathsIn(model, early, true);
    return std::ranges::count_if(twice, exists) > std::ranges::count_if(plain, exists)
               ? twice
               : plain;
  }

  [[nodiscard]] std::string NameAt(const std::string& path) const {
    const auto entry = stored_.find(path);
    return entry == stored_.end() ? "" : entry->second.name;
  }

  /// The paths exchanged among each other until each layer is at the group of its name,
  /// if the groups have names.
  [[nodiscard]] std::vector<std::string> ByName(
      const ModelConfig& model, const std::vector<std::string>& paths) const {
    std::vector<std::string> named = paths;
    for (std::size_t i = 0; i < paths.size(); ++i) {
      const std::string& name = model.layers[i].name;
      if (paths[i].empty() || NameAt(paths[i]).empty() || NameAt(paths[i]) == name) {
        continue;
      }
      const auto other = std::ranges::find_if(
          paths, [&](const std::string& path) { return NameAt(path) == name; });
      if (other != paths.end()) named[i] = *other;
    }
    return named;
  }

  /// Moves what lies below `from` to the layers of the model.
  void Model(const ModelConfig& model, const std::string& from) {
    const std::vector<std::string> paths = BestPaths(model, from);
    for (std::size_t i = 0; i < paths.size(); ++i) {
      const LayerConfig& layer = model.layers[i];
      if (paths[i].empty()) continue;
      if (layer.model != nullptr) {
        Model(*layer.model, paths[i]);
        continue;
      }
      ForEachBelow(paths[i], [&](const std::string& path, const StoredObject& object) {
        result_[layer.path + path.substr(paths[i].size())] = object;
        moved_.insert(path);
      });
    }
  }

  const WeightStore& stored_;
  WeightStore result_;
  std::set<std::string> moved_;
};

}  // namespace

WeightStore AtLayerPaths(const WeightStore& stored, const ModelConfig& model) {
  return Mover(stored).Run(model);
}

}  // namespace kinglet
