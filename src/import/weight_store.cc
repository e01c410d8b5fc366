// HDF5 through its C library, on the bytes in memory (core driver, no backing file).
// Every group `PATH/vars` holds datasets "0", "1", ...; its attribute `name` is the
// layer's name.
#include "import/weight_store.h"

#include <fmt/format.h>
#include <hdf5.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <utility>

#include "kinglet/error.h"

namespace kinglet {
namespace {

constexpr int kMaxDepth = 64;
constexpr int kMaxRank = 8;

[[noreturn]] void Fail(const std::string& what) {
  throw Error(ErrorKind::kCorrupt, what);
}

/// An HDF5 identifier that closes itself.
class Handle {
 public:
  Handle(hid_t id, herr_t (*close)(hid_t), const std::string& what)
      : id_(id), close_(close) {
    if (id_ < 0) Fail(what);
  }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  Handle(Handle&& other) noexcept
      : id_(std::exchange(other.id_, -1)), close_(other.close_) {}
  Handle& operator=(Handle&&) = delete;
  ~Handle() {
    if (id_ >= 0) close_(id_);
  }
  [[nodiscard]] hid_t id() const { return id_; }

 private:
  hid_t id_;
  herr_t (*close_)(hid_t);
};

/// The library prints every failure to stderr unless told not to.
void SilenceLibrary() { H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr); }

Handle OpenImage(std::span<const std::byte> bytes) {
  const Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose, "HDF5 can't be set up");
  constexpr std::size_t kIncrement = std::size_t{1} << 16U;
  H5Pset_fapl_core(access.id(), kIncrement, 0);
  // The library copies the image; const_cast only because its interface predates const.
  H5Pset_file_image(access.id(), const_cast<std::byte*>(bytes.data()), bytes.size());
  return {H5Fopen("model.weights.h5", H5F_ACC_RDONLY, access.id()), H5Fclose,
          "model.weights.h5 is no HDF5 file or is damaged"};
}

Shape ShapeOf(hid_t dataset, const std::string& path) {
  const Handle space(H5Dget_space(dataset), H5Sclose, path + ": no shape");
  const int rank = H5Sget_simple_extent_ndims(space.id());
  if (rank < 0 || rank > kMaxRank) Fail(path + ": a shape of too many axes");
  std::vector<hsize_t> sizes(static_cast<std::size_t>(rank));
  H5Sget_simple_extent_dims(space.id(), sizes.data(), nullptr);
  return {sizes.begin(), sizes.end()};
}

/// Refuses a dataset that claims more elements than it stores.
void CheckStorage(hid_t dataset, const Shape& shape, std::size_t element_bytes,
                  const std::string& path) {
  const hsize_t stored = H5Dget_storage_size(dataset);
  hsize_t wanted = element_bytes;
  for (const std::int64_t size : shape) {
    if (size > 0 && wanted > std::numeric_limits<hsize_t>::max() / hsize_t(size)) {
      Fail(path + ": an impossible shape");
    }
    wanted *= static_cast<hsize_t>(size);
  }
  const Handle created(H5Dget_create_plist(dataset), H5Pclose, path + ": no layout");
  const bool is_plain = H5Pget_layout(created.id()) == H5D_CONTIGUOUS ||
                        H5Pget_layout(created.id()) == H5D_COMPACT;
  constexpr hsize_t kMaxExpansion = 1000;
  if (is_plain ? stored != wanted : stored < wanted / kMaxExpansion) {
    Fail(fmt::format("{}: {} bytes are stored where shape {} needs {}", path, stored,
                     ToString(shape), wanted));
  }
  if (H5Pget_external_count(created.id()) > 0) {
    throw Error(ErrorKind::kUnsupported, path + ": data in another file");
  }
}

Tensor ReadDataset(hid_t dataset, const std::string& path) {
  const Handle type(H5Dget_type(dataset), H5Tclose, path + ": no element type");
  const Shape shape = ShapeOf(dataset, path);
  CheckStorage(dataset, shape, H5Tget_size(type.id()), path);
  const H5T_class_t kind = H5Tget_class(type.id());
  const std::size_t bytes = H5Tget_size(type.id());
  if (kind != H5T_FLOAT && kind != H5T_INTEGER) {
    throw Error(ErrorKind::kUnsupported,
                path + ": variables that are neither float nor integer (bfloat16?)");
  }
  const bool is_float = kind == H5T_FLOAT;
  const bool is_int8 = !is_float && bytes == 1;
  Tensor tensor(is_float ? DType::kFloat32 : (is_int8 ? DType::kInt8 : DType::kInt64),
                shape);
  const hid_t memory_type =
      is_float ? H5T_NATIVE_FLOAT : (is_int8 ? H5T_NATIVE_INT8 : H5T_NATIVE_INT64);
  if (tensor.size() > 0 && H5Dread(dataset, memory_type, H5S_ALL, H5S_ALL, H5P_DEFAULT,
                                   tensor.bytes().data()) < 0) {
    Fail(path + ": the data can't be read");
  }
  return tensor;
}

/// A scalar string attribute, or empty.
std::string ReadText(hid_t object, const char* name) {
  if (H5Aexists(object, name) <= 0) return "";
  const Handle attribute(H5Aopen(object, name, H5P_DEFAULT), H5Aclose, "an attribute");
  const Handle type(H5Aget_type(attribute.id()), H5Tclose, "an attribute's type");
  if (H5Tget_class(type.id()) != H5T_STRING) return "";
  if (H5Tis_variable_str(type.id()) > 0) {
    char* text = nullptr;
    if (H5Aread(attribute.id(), type.id(), &text) < 0 || text == nullptr) return "";
    std::string read = text;
    H5free_memory(text);
    return read;
  }
  std::string text(H5Tget_size(type.id()), '\0');
  if (H5Aread(attribute.id(), type.id(), text.data()) < 0) return "";
  text.resize(std::min(text.find('\0'), text.size()));
  return text;
}

std::vector<std::string> LinkNames(hid_t group, const std::string& path) {
  H5G_info_t info;
  if (H5Gget_info(group, &info) < 0) Fail(path + ": a damaged group");
  std::vector<std::string> names;
  for (hsize_t i = 0; i < info.nlinks; ++i) {
    const ssize_t length = H5Lget_name_by_idx(group, ".", H5_INDEX_NAME, H5_ITER_INC, i,
                                              nullptr, 0, H5P_DEFAULT);
    if (length < 0) Fail(path + ": a damaged link");
    std::string name(static_cast<std::size_t>(length) + 1, '\0');
    H5Lget_name_by_idx(group, ".", H5_INDEX_NAME, H5_ITER_INC, i, name.data(),
                       name.size(), H5P_DEFAULT);
    name.pop_back();
    H5L_info_t link;
    if (H5Lget_info(group, name.c_str(), &link, H5P_DEFAULT) < 0 ||
        link.type != H5L_TYPE_HARD) {
      throw Error(ErrorKind::kUnsupported,
                  fmt::format("{}/{}: a link to elsewhere", path, name));
    }
    names.push_back(std::move(name));
  }
  return names;
}

/// Fills the store by walking groups downwards.
class Walker {
 public:
  WeightStore Run(hid_t file) {
    const Handle root(H5Gopen2(file, "/", H5P_DEFAULT), H5Gclose, "no root group");
    Visit(root.id(), "", 0);
    return std::move(store_);
  }

 private:
  static bool IsTraining(const std::string& path) {
    return path == "optimizer" || path == "metrics" || path == "loss";
  }

  void Visit(hid_t group, const std::string& path, int depth) {
    if (depth > kMaxDepth) Fail(path + ": groups nested too deeply");
    for (const std::string& name : LinkNames(group, path)) {
      const std::string child = path.empty() ? name : path + "/" + name;
      if (IsTraining(child)) continue;
      const Handle object(H5Oopen(group, name.c_str(), H5P_DEFAULT), H5Oclose,
                          child + ": can't be opened");
      const H5I_type_t kind = H5Iget_type(object.id());
      if (kind == H5I_GROUP && name == "vars") ReadVariables(object.id(), path);
      if (kind == H5I_GROUP && name != "vars") Visit(object.id(), child, depth + 1);
    }
  }

  void ReadVariables(hid_t group, const std::string& owner) {
    StoredObject& object = store_[owner];
    object.name = ReadText(group, "name");
    const std::size_t count = LinkNames(group, owner).size();
    for (std::size_t i = 0; i < count; ++i) {
      const std::string name = fmt::format("{}", i);
      const std::string path = fmt::format("{}/vars/{}", owner, i);
      const Handle dataset(H5Dopen2(group, name.c_str(), H5P_DEFAULT), H5Dclose,
                           path + ": missing");
      object.variables.push_back(ReadDataset(dataset.id(), path));
    }
  }

  WeightStore store_;
};

}  // namespace

WeightStore ReadWeightStore(std::span<const std::byte> bytes) {
  SilenceLibrary();
  const Handle file = OpenImage(bytes);
  return Walker().Run(file.id());
}

bool HasNonFinite(const Tensor& tensor) {
  if (tensor.dtype() != DType::kFloat32) return false;
  return !std::ranges::all_of(tensor.Data<float>(),
                              [](float x) { return std::isfinite(x); });
}

}  // namespace kinglet
