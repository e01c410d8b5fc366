// Every group `PATH/vars` holds datasets "0", "1", ...; its attribute `name` is the
// layer's name.
#include "import/weight_store.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "import/hdf5_file.h"
#include "kinglet/error.h"

namespace kinglet {
namespace {

constexpr int kMaxGroups = 64;
constexpr const char* kFile = "model.weights.h5";

/// Fills the store by walking groups downwards.
class Walker {
 public:
  WeightStore Run(const Hdf5Group& root) {
    Visit(root, "", 0);
    return std::move(store_);
  }

 private:
  static bool IsTraining(const std::string& path) {
    return path == "optimizer" || path == "metrics" || path == "loss";
  }

  void Visit(const Hdf5Group& group, const std::string& path, int depth) {
    if (depth > kMaxGroups) {
      throw Error(ErrorKind::kCorrupt, group.path() + ": groups nested too deeply");
    }
    for (const std::string& name : group.Children()) {
      const std::string child = path.empty() ? name : fmt::format("{}/{}", path, name);
      if (IsTraining(child)) continue;
      const std::optional<Hdf5Group> below = group.Find(name);
      if (!below.has_value()) continue;
      if (name == "vars") {
        ReadVariables(*below, path);
      } else {
        Visit(*below, child, depth + 1);
      }
    }
  }

  void ReadVariables(const Hdf5Group& group, const std::string& owner) {
    StoredObject& object = store_[owner];
    object.name = group.Text("name").value_or("");
    const std::size_t count = group.Children().size();
    for (std::size_t i = 0; i < count; ++i) {
      object.variables.push_back(group.Read(fmt::format("{}", i)));
    }
  }

  WeightStore store_;
};

}  // namespace

WeightStore ReadWeightStore(std::span<const std::byte> bytes) {
  return Walker().Run(Hdf5Group::OfFile(bytes, kFile));
}

bool HasNonFinite(const Tensor& tensor) {
  if (tensor.dtype() != DType::kFloat32) return false;
  return !std::ranges::all_of(tensor.Data<float>(),
                              [](float x) { return std::isfinite(x); });
}

}  // namespace kinglet
