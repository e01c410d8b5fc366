#include "import/hdf5_attribute.h"

#include <fmt/format.h>

#include <algorithm>

#include "import/hdf5_handle.h"
#include "kinglet/error.h"

namespace kinglet {
namespace {

constexpr hssize_t kMaxStrings = 1'000'000;
constexpr std::size_t kMaxTextBytes = std::size_t{1} << 28U;

/// Strings whose bytes stand in the attribute itself, padded with zeros.
std::vector<std::string> ReadFixed(hid_t attribute, hid_t type, std::size_t count,
                                   const std::string& what) {
  const std::size_t length = H5Tget_size(type);
  if (length == 0 || length > kMaxTextBytes / std::max<std::size_t>(count, 1)) {
    CorruptHdf5(what + ": unreasonably long");
  }
  std::string bytes(length * count, '\0');
  if (H5Aread(attribute, type, bytes.data()) < 0) CorruptHdf5(what + ": damaged");
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < count; ++i) {
    std::string text = bytes.substr(i * length, length);
    text.resize(std::min(text.find('\0'), text.size()));
    texts.push_back(std::move(text));
  }
  return texts;
}

/// Strings of which the attribute holds pointers into the file's heap.
std::vector<std::string> ReadVariable(hid_t attribute, hid_t type, std::size_t count,
                                      const std::string& what) {
  std::vector<char*> pointers(count, nullptr);
  if (H5Aread(attribute, type, pointers.data()) < 0) CorruptHdf5(what + ": damaged");
  std::vector<std::string> texts;
  for (char* pointer : pointers) {
    texts.emplace_back(pointer == nullptr ? "" : pointer);
    if (pointer != nullptr) H5free_memory(pointer);
  }
  return texts;
}

}  // namespace

void CorruptHdf5(const std::string& what) { throw Error(ErrorKind::kCorrupt, what); }

std::optional<std::vector<std::string>> ReadTextsAttribute(hid_t object,
                                                           const std::string& name,
                                                           const std::string& where) {
  if (H5Aexists(object, name.c_str()) <= 0) return std::nullopt;
  const std::string what = fmt::format("{}: attribute '{}'", where, name);
  const Hdf5Handle attribute(H5Aopen(object, name.c_str(), H5P_DEFAULT), H5Aclose, what);
  const Hdf5Handle type(H5Aget_type(attribute.id()), H5Tclose, what);
  const Hdf5Handle space(H5Aget_space(attribute.id()), H5Sclose, what);
  const hssize_t count = H5Sget_simple_extent_npoints(space.id());
  if (count < 0 || count > kMaxStrings) CorruptHdf5(what + ": unreasonably many");
  if (count == 0) return std::vector<std::string>();
  if (H5Tget_class(type.id()) != H5T_STRING) CorruptHdf5(what + ": no text");
  const auto size = static_cast<std::size_t>(count);
  return H5Tis_variable_str(type.id()) > 0
             ? ReadVariable(attribute.id(), type.id(), size, what)
             : ReadFixed(attribute.id(), type.id(), size, what);
}

std::optional<std::string> ReadTextAttribute(hid_t object, const std::string& name,
                                             const std::string& where) {
  const auto texts = ReadTextsAttribute(object, name, where);
  if (!texts.has_value() || texts->empty()) return std::nullopt;
  return texts->front();
}

}  // namespace kinglet
