// The library gets the bytes as a file image (core driver, no backing file). Paths are
// followed link by link, so that a link to elsewhere is seen before it is opened.
#include "import/hdf5_file.h"

#include <fmt/format.h>
#include <hdf5.h>

#include <algorithm>

#include "import/hdf5_attribute.h"
#include "import/hdf5_handle.h"
#include "import/hdf5_heaps.h"
#include "kinglet/error.h"

namespace kinglet {
namespace {

constexpr int kMaxRank = 8;

/// The library prints every failure to stderr unless told not to.
void SilenceLibrary() { H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr); }

std::string Joined(const std::string& path, std::string_view name) {
  return path.ends_with(':') ? path + std::string(name)
                             : fmt::format("{}/{}", path, name);
}

Shape ShapeOf(hid_t dataset, const std::string& path) {
  const Hdf5Handle space(H5Dget_space(dataset), H5Sclose, path + ": no shape");
  const int rank = H5Sget_simple_extent_ndims(space.id());
  if (rank < 0 || rank > kMaxRank) CorruptHdf5(path + ": a shape of too many axes");
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
      CorruptHdf5(path + ": an impossible shape");
    }
    wanted *= static_cast<hsize_t>(size);
  }
  const Hdf5Handle created(H5Dget_create_plist(dataset), H5Pclose, path + ": no layout");
  const bool is_plain = H5Pget_layout(created.id()) == H5D_CONTIGUOUS ||
                        H5Pget_layout(created.id()) == H5D_COMPACT;
  constexpr hsize_t kMaxDeflation = 1000;
  if (is_plain ? stored != wanted : stored < wanted / kMaxDeflation) {
    CorruptHdf5(fmt::format("{}: {} bytes are stored where shape {} needs {}", path,
                            stored, ToString(shape), wanted));
  }
  if (H5Pget_external_count(created.id()) > 0) {
    throw Error(ErrorKind::kUnsupported, path + ": data in another file");
  }
}

Tensor ReadDataset(hid_t dataset, const std::string& path) {
  const Hdf5Handle type(H5Dget_type(dataset), H5Tclose, path + ": no element type");
  const Shape shape = ShapeOf(dataset, path);
  CheckStorage(dataset, shape, H5Tget_size(type.id()), path);
  const H5T_class_t kind = H5Tget_class(type.id());
  if (kind != H5T_FLOAT && kind != H5T_INTEGER) {
    throw Error(ErrorKind::kUnsupported,
                path + ": variables that are neither float nor integer (bfloat16?)");
  }
  const bool is_float = kind == H5T_FLOAT;
  const bool is_int8 = !is_float && H5Tget_size(type.id()) == 1;
  Tensor tensor(is_float ? DType::kFloat32 : (is_int8 ? DType::kInt8 : DType::kInt64),
                shape);
  const hid_t memory_type =
      is_float ? H5T_NATIVE_FLOAT : (is_int8 ? H5T_NATIVE_INT8 : H5T_NATIVE_INT64);
  if (tensor.size() > 0 && H5Dread(dataset, memory_type, H5S_ALL, H5S_ALL, H5P_DEFAULT,
                                   tensor.bytes().data()) < 0) {
    CorruptHdf5(path + ": the data can't be read");
  }
  return tensor;
}

/// "a/b" as {"a", "b"}.
std::vector<std::string> Components(std::string_view path) {
  std::vector<std::string> parts;
  for (std::size_t begin = 0; begin <= path.size();) {
    const std::size_t end = std::min(path.find('/', begin), path.size());
    if (end > begin) parts.emplace_back(path.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

/// Whether a hard link of that name lies in the group.
bool HasHardLink(hid_t group, const std::string& name, const std::string& path) {
  if (H5Lexists(group, name.c_str(), H5P_DEFAULT) <= 0) return false;
  H5L_info_t link;
  if (H5Lget_info(group, name.c_str(), &link, H5P_DEFAULT) < 0 ||
      link.type != H5L_TYPE_HARD) {
    throw Error(ErrorKind::kUnsupported, Joined(path, name) + ": a link to elsewhere");
  }
  return true;
}

/// The object at the path, or nothing.
std::optional<Hdf5Handle> OpenObject(hid_t group, std::string_view path,
                                     const std::string& where) {
  std::optional<Hdf5Handle> object;
  for (const std::string& name : Components(path)) {
    const hid_t parent = object.has_value() ? object->id() : group;
    if (object.has_value() && H5Iget_type(parent) != H5I_GROUP) return std::nullopt;
    if (!HasHardLink(parent, name, where)) return std::nullopt;
    Hdf5Handle child(H5Oopen(parent, name.c_str(), H5P_DEFAULT), H5Oclose,
                     Joined(where, path) + ": can't be opened");
    object.emplace(std::move(child));
  }
  return object;
}

}  // namespace

Hdf5Group Hdf5Group::OfFile(std::span<const std::byte> bytes, const std::string& file) {
  if (HasBrokenHeap(bytes)) CorruptHdf5(file + ": a damaged heap; save the model again");
  SilenceLibrary();
  const Hdf5Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose, "HDF5 can't be set up");
  constexpr std::size_t kIncrement = std::size_t{1} << 16U;
  H5Pset_fapl_core(access.id(), kIncrement, /*backing_store=*/false);
  // The library copies the image; const_cast only because its interface predates const.
  H5Pset_file_image(access.id(), const_cast<std::byte*>(bytes.data()), bytes.size());
  const Hdf5Handle opened(H5Fopen(file.c_str(), H5F_ACC_RDONLY, access.id()), H5Fclose,
                          file + " is no HDF5 file or is damaged");
  Hdf5Handle root(H5Gopen2(opened.id(), "/", H5P_DEFAULT), H5Gclose,
                  file + ": no root group");
  return {root.Release(), file + ":"};
}

Hdf5Group::~Hdf5Group() {
  if (id_ >= 0) H5Oclose(id_);
}

std::vector<std::string> Hdf5Group::Children() const {
  H5G_info_t info;
  if (H5Gget_info(id_, &info) < 0) CorruptHdf5(path_ + ": a damaged group");
  std::vector<std::string> names;
  for (hsize_t i = 0; i < info.nlinks; ++i) {
    const ssize_t length = H5Lget_name_by_idx(id_, ".", H5_INDEX_NAME, H5_ITER_INC, i,
                                              nullptr, 0, H5P_DEFAULT);
    if (length < 0) CorruptHdf5(path_ + ": a damaged link");
    std::string name(static_cast<std::size_t>(length) + 1, '\0');
    H5Lget_name_by_idx(id_, ".", H5_INDEX_NAME, H5_ITER_INC, i, name.data(), name.size(),
                       H5P_DEFAULT);
    name.pop_back();
    HasHardLink(id_, name, path_);
    names.push_back(std::move(name));
  }
  return names;
}

std::optional<Hdf5Group> Hdf5Group::Find(std::string_view path) const {
  std::optional<Hdf5Handle> object = OpenObject(id_, path, path_);
  if (!object.has_value() || H5Iget_type(object->id()) != H5I_GROUP) return std::nullopt;
  return Hdf5Group(object->Release(), Joined(path_, path));
}

Tensor Hdf5Group::Read(std::string_view path) const {
  const std::optional<Hdf5Handle> object = OpenObject(id_, path, path_);
  const std::string where = Joined(path_, path);
  if (!object.has_value() || H5Iget_type(object->id()) != H5I_DATASET) {
    CorruptHdf5(where + ": missing");
  }
  return ReadDataset(object->id(), where);
}

std::optional<std::string> Hdf5Group::Text(const std::string& name) const {
  return ReadTextAttribute(id_, name, path_);
}

std::optional<std::vector<std::string>> Hdf5Group::Texts(const std::string& name) const {
  std::optional<std::vector<std::string>> whole = ReadTextsAttribute(id_, name, path_);
  if (whole.has_value()) return whole;
  for (int piece = 0;; ++piece) {
    const auto next = ReadTextsAttribute(id_, fmt::format("{}{}", name, piece), path_);
    if (!next.has_value()) return whole;
    if (!whole.has_value()) whole.emplace();
    whole->insert(whole->end(), next->begin(), next->end());
  }
}

bool IsHdf5(std::span<const std::byte> bytes) {
  constexpr std::string_view kSignature = "\x89HDF\r\n\x1a\n";
  return bytes.size() > kSignature.size() &&
         std::equal(kSignature.begin(), kSignature.end(),
                    reinterpret_cast<const char*>(bytes.data()));
}

}  // namespace kinglet
