// A zip file with one member NAME.npy an array. Members are stored, not compressed, and
// dated 1980-01-01, as numpy.savez does.
#include "base/npz.h"

#include <fmt/format.h>
#include <zip.h>

#include <memory>

#include "base/file.h"
#include "base/npy.h"
#include "kinglet/error.h"

namespace kinglet {
namespace {

constexpr std::string_view kSuffix = ".npy";
constexpr std::size_t kMaxMemberBytes = std::size_t{1} << 36U;

struct Discard {
  void operator()(zip_t* archive) const { zip_discard(archive); }
  void operator()(zip_file_t* file) const { zip_fclose(file); }
  void operator()(zip_source_t* source) const { zip_source_free(source); }
};
using Archive = std::unique_ptr<zip_t, Discard>;
using Member = std::unique_ptr<zip_file_t, Discard>;
using Source = std::unique_ptr<zip_source_t, Discard>;

[[noreturn]] void FailNpz(const std::string& what) {
  throw Error(ErrorKind::kCorrupt, what);
}

/// An archive over bytes that outlive it.
Archive OpenArchive(zip_source_t* source, int flags) {
  zip_source_keep(source);
  Archive archive(zip_open_from_source(source, flags, nullptr));
  if (archive == nullptr) {
    zip_source_free(source);
    FailNpz("no .npz archive; numpy.savez writes one");
  }
  return archive;
}

Source SourceOf(std::span<const std::byte> bytes) {
  zip_error_t error;
  zip_error_init(&error);
  return Source(zip_source_buffer_create(bytes.data(), bytes.size(), 0, &error));
}

std::vector<std::byte> ReadMember(zip_t* archive, zip_uint64_t index,
                                  const zip_stat_t& about) {
  if ((about.valid & ZIP_STAT_SIZE) == 0 || about.size > kMaxMemberBytes) {
    FailNpz("an array of unknown size");
  }
  const Member member(zip_fopen_index(archive, index, 0));
  if (member == nullptr) FailNpz("a member can't be opened");
  std::vector<std::byte> bytes(about.size);
  const zip_int64_t read = zip_fread(member.get(), bytes.data(), bytes.size());
  if (read != static_cast<zip_int64_t>(bytes.size())) FailNpz("a member is cut short");
  return bytes;
}

NamedTensor ReadArray(zip_t* archive, zip_uint64_t index) {
  zip_stat_t about;
  zip_stat_init(&about);
  if (zip_stat_index(archive, index, 0, &about) != 0) FailNpz("a member has no name");
  std::string name = about.name;
  if (name.ends_with(kSuffix)) name.resize(name.size() - kSuffix.size());
  return WithContext(fmt::format("array '{}'", name), [&] {
    return NamedTensor{name, ParseNpy(ReadMember(archive, index, about))};
  });
}

void AddMember(zip_t* archive, const std::string& name,
               std::span<const std::byte> bytes) {
  zip_source_t* source = zip_source_buffer(archive, bytes.data(), bytes.size(), 0);
  const zip_int64_t index = zip_file_add(archive, name.c_str(), source, ZIP_FL_ENC_UTF_8);
  Check(index >= 0, "array names that differ");
  zip_set_file_compression(archive, static_cast<zip_uint64_t>(index), ZIP_CM_STORE, 0);
  constexpr zip_uint16_t kFirstDosDate = (1U << 5U) | 1U;
  zip_file_set_dostime(archive, static_cast<zip_uint64_t>(index), 0, kFirstDosDate, 0);
}

std::vector<std::byte> ContentOf(zip_source_t* source) {
  zip_stat_t about;
  zip_stat_init(&about);
  Check(zip_source_open(source) == 0 && zip_source_stat(source, &about) == 0,
        "an archive in memory");
  std::vector<std::byte> bytes(about.size);
  zip_source_read(source, bytes.data(), bytes.size());
  zip_source_close(source);
  return bytes;
}

}  // namespace

std::vector<NamedTensor> ReadNpz(const std::filesystem::path& path) {
  const std::vector<std::byte> bytes = ReadFile(path);
  return WithContext(path.string(), [&] {
    const Source source = SourceOf(bytes);
    const Archive archive = OpenArchive(source.get(), ZIP_RDONLY | ZIP_CHECKCONS);
    std::vector<NamedTensor> arrays;
    const zip_int64_t count = zip_get_num_entries(archive.get(), 0);
    for (zip_int64_t i = 0; i < count; ++i) {
      arrays.push_back(ReadArray(archive.get(), static_cast<zip_uint64_t>(i)));
    }
    return arrays;
  });
}

void WriteNpz(const std::filesystem::path& path, std::span<const NamedTensor> arrays) {
  std::vector<std::vector<std::byte>> members;
  for (const NamedTensor& array : arrays) members.push_back(PrintNpy(array.tensor));
  const Source source = SourceOf({});
  Archive archive = OpenArchive(source.get(), ZIP_TRUNCATE);
  for (std::size_t i = 0; i < arrays.size(); ++i) {
    AddMember(archive.get(), arrays[i].name + std::string(kSuffix), members[i]);
  }
  Check(zip_close(archive.get()) == 0, "an archive in memory");
  static_cast<void>(archive.release());
  WriteFile(path, ContentOf(source.get()));
}

}  // namespace kinglet
