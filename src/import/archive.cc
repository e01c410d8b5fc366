// A .keras file is a zip archive of metadata.json, config.json and model.weights.h5 at
// its root. libzip reads it; the limits below keep a small hostile file from becoming a
// large one in memory.
#include "import/archive.h"

#include <fmt/format.h>
#include <zip.h>

#include <memory>
#include <optional>

#include "base/file.h"
#include "kinglet/error.h"

namespace kinglet {
namespace {

constexpr zip_uint64_t kMaxMetadataBytes = zip_uint64_t{1} << 16U;
constexpr zip_uint64_t kMaxConfigBytes = zip_uint64_t{1} << 26U;
constexpr zip_uint64_t kMaxWeightsBytes = zip_uint64_t{1} << 33U;
constexpr zip_uint64_t kMaxExpansion = 1000;

constexpr const char* kMetadataName = "metadata.json";
constexpr const char* kConfigName = "config.json";
constexpr const char* kWeightsName = "model.weights.h5";

struct CloseArchive {
  void operator()(zip_t* archive) const { zip_discard(archive); }
};
using Archive = std::unique_ptr<zip_t, CloseArchive>;
struct CloseMember {
  void operator()(zip_file_t* member) const { zip_fclose(member); }
};
using Member = std::unique_ptr<zip_file_t, CloseMember>;

[[noreturn]] void Fail(const std::string& what) {
  throw Error(ErrorKind::kCorrupt, what);
}

Archive Open(std::span<const std::byte> bytes) {
  if (bytes.empty()) Fail("the file is empty");
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t* source = zip_source_buffer_create(bytes.data(), bytes.size(), 0, &error);
  Archive archive(zip_open_from_source(source, ZIP_RDONLY | ZIP_CHECKCONS, &error));
  if (archive == nullptr) {
    const std::string reason = zip_error_strerror(&error);
    zip_source_free(source);
    zip_error_fini(&error);
    Fail(fmt::format("no .keras file: {}; save the model again with Keras", reason));
  }
  return archive;
}

/// Size and place of a member that may be read, or nothing when it is missing.
std::optional<zip_stat_t> Find(zip_t* archive, const char* name, zip_uint64_t limit) {
  zip_stat_t about;
  zip_stat_init(&about);
  if (zip_stat(archive, name, 0, &about) != 0) return std::nullopt;
  constexpr zip_uint64_t kNeeded =
      ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE | ZIP_STAT_COMP_METHOD;
  if ((about.valid & kNeeded) != kNeeded) Fail(fmt::format("{} has no size", name));
  if (about.comp_method != ZIP_CM_STORE && about.comp_method != ZIP_CM_DEFLATE) {
    Fail(fmt::format("{} is packed in a way that Keras doesn't use", name));
  }
  const bool bloated = about.size / kMaxExpansion > about.comp_size;
  if (about.size > limit || bloated) Fail(fmt::format("{} is unreasonably large", name));
  return about;
}

std::vector<std::byte> Read(zip_t* archive, const char* name, zip_uint64_t limit) {
  const auto about = Find(archive, name, limit);
  if (!about.has_value()) Fail(fmt::format("{} is missing in the archive", name));
  const Member member(zip_fopen_index(archive, about->index, 0));
  if (member == nullptr) Fail(fmt::format("{} can't be opened", name));
  std::vector<std::byte> bytes(about->size);
  const zip_int64_t read = zip_fread(member.get(), bytes.data(), bytes.size());
  std::byte beyond{};
  if (read != static_cast<zip_int64_t>(bytes.size()) ||
      zip_fread(member.get(), &beyond, 1) != 0) {
    Fail(fmt::format("{} is damaged: {}", name, zip_file_strerror(member.get())));
  }
  return bytes;
}

std::string Text(const std::vector<std::byte>& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace

KerasArchive ReadKerasArchive(std::span<const std::byte> bytes) {
  const Archive archive = Open(bytes);
  KerasArchive read;
  if (Find(archive.get(), kMetadataName, kMaxMetadataBytes).has_value()) {
    read.metadata = Text(Read(archive.get(), kMetadataName, kMaxMetadataBytes));
  }
  read.config = Text(Read(archive.get(), kConfigName, kMaxConfigBytes));
  if (zip_name_locate(archive.get(), "model.weights.npz", 0) >= 0) {
    throw Error(ErrorKind::kUnsupported,
                "weights stored as .npz; save the model with HDF5 weights");
  }
  read.weights = Read(archive.get(), kWeightsName, kMaxWeightsBytes);
  return read;
}

KerasArchive ReadKerasFolder(const std::filesystem::path& folder) {
  if (std::filesystem::exists(folder / "saved_model.pb")) {
    throw Error(ErrorKind::kUnsupported,
                "a SavedModel, which holds TensorFlow's graph; load it in Keras and save "
                "it as model.keras");
  }
  KerasArchive read;
  if (std::filesystem::exists(folder / kMetadataName)) {
    read.metadata = Text(ReadFile(folder / kMetadataName));
  }
  read.config = Text(ReadFile(folder / kConfigName));
  read.weights = ReadFile(folder / kWeightsName);
  return read;
}

}  // namespace kinglet
