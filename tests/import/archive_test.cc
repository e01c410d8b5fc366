#include "import/archive.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zip.h>

#include <filesystem>
#include <map>

#include "base/file.h"
#include "kinglet/error.h"
#include "tests/support/temporary_folder.h"

namespace kinglet {
namespace {

using testing::HasSubstr;

using Members = std::map<std::string, std::string>;

const Members& Complete() {
  static const Members members = {{"metadata.json", "{}"},
                                  {"config.json", std::string(5000, 'c')},
                                  {"model.weights.h5", "weights"}};
  return members;
}

std::vector<std::byte> Zip(const Members& members, zip_int32_t method = ZIP_CM_STORE) {
  const TemporaryFolder folder;
  const std::filesystem::path path = folder.path() / "a.zip";
  zip_t* archive = zip_open(path.c_str(), ZIP_CREATE, nullptr);
  for (const auto& [name, content] : members) {
    zip_source_t* source = zip_source_buffer(archive, content.data(), content.size(), 0);
    const zip_int64_t index = zip_file_add(archive, name.c_str(), source, 0);
    zip_set_file_compression(archive, static_cast<zip_uint64_t>(index), method, 0);
  }
  zip_close(archive);
  return ReadFile(path);
}

/// The error's text; its kind must be as told.
std::string Refusal(const std::vector<std::byte>& bytes,
                    ErrorKind kind = ErrorKind::kCorrupt) {
  try {
    ReadKerasArchive(bytes);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), kind) << error.what();
    return error.what();
  }
  return "no error";
}

TEST(ReadKerasArchive, ReadsStoredAndDeflatedMembers) {
  for (const zip_int32_t method : {ZIP_CM_STORE, ZIP_CM_DEFLATE}) {
    const KerasArchive archive = ReadKerasArchive(Zip(Complete(), method));
    EXPECT_EQ(archive.metadata, "{}");
    EXPECT_EQ(archive.config, std::string(5000, 'c'));
    ASSERT_EQ(archive.weights.size(), 7U);
    EXPECT_EQ(archive.weights[0], std::byte{'w'});
  }
}

TEST(ReadKerasArchive, DoesWithoutMetadata) {
  Members members = Complete();
  members.erase("metadata.json");
  EXPECT_EQ(ReadKerasArchive(Zip(members)).metadata, "");
}

TEST(ReadKerasArchive, NamesAMissingMember) {
  for (const char* name : {"config.json", "model.weights.h5"}) {
    Members members = Complete();
    members.erase(name);
    EXPECT_THAT(Refusal(Zip(members)), HasSubstr(name));
  }
}

TEST(ReadKerasArchive, RefusesWeightsThatAreNotHdf5) {
  Members members = Complete();
  members.erase("model.weights.h5");
  members["model.weights.npz"] = "x";
  EXPECT_THAT(Refusal(Zip(members), ErrorKind::kUnsupported), HasSubstr(".npz"));
}

TEST(ReadKerasArchive, RefusesWhatIsNoZipFile) {
  EXPECT_THAT(Refusal({}), HasSubstr("empty"));
  EXPECT_THAT(Refusal(std::vector<std::byte>(100, std::byte{'x'})),
              HasSubstr("no .keras file"));
}

TEST(ReadKerasArchive, RefusesEveryTruncation) {
  const std::vector<std::byte> whole = Zip(Complete());
  for (std::size_t size = 1; size < whole.size(); size += 97) {
    EXPECT_NE(Refusal({whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)}),
              "no error")
        << size;
  }
}

TEST(ReadKerasArchive, SeesADamagedMember) {
  std::vector<std::byte> bytes = Zip(Complete());
  const std::string needle(100, 'c');
  const auto* begin = reinterpret_cast<const char*>(bytes.data());
  const std::size_t place = std::string(begin, bytes.size()).find(needle);
  bytes[place + 50] = std::byte{'d'};
  EXPECT_THAT(Refusal(bytes), HasSubstr("config.json"));
}

TEST(ReadKerasArchive, RefusesAMemberThatUnpacksToAThousandTimesItsSize) {
  Members members = Complete();
  members["config.json"] = std::string(std::size_t{1} << 22U, '\0');
  EXPECT_THAT(Refusal(Zip(members, ZIP_CM_DEFLATE)), HasSubstr("unreasonably large"));
}

TEST(ReadKerasArchive, RefusesMetadataOfMoreThan64Kilobytes) {
  Members members = Complete();
  members["metadata.json"] = std::string(65537, ' ');
  EXPECT_THAT(Refusal(Zip(members)), HasSubstr("metadata.json"));
}

TEST(ReadKerasFolder, ReadsTheSameNames) {
  const TemporaryFolder folder;
  for (const auto& [name, content] : Complete()) {
    WriteFile(folder.path() / name, std::as_bytes(std::span(content)));
  }
  const KerasArchive archive = ReadKerasFolder(folder.path());
  EXPECT_EQ(archive.metadata, "{}");
  EXPECT_EQ(archive.weights.size(), 7U);
  std::filesystem::remove(folder.path() / "metadata.json");
  EXPECT_EQ(ReadKerasFolder(folder.path()).metadata, "");
  std::filesystem::remove(folder.path() / "config.json");
  EXPECT_THROW(ReadKerasFolder(folder.path()), Error);
}

TEST(ReadKerasFolder, RefusesASavedModelWithTheRemedy) {
  const TemporaryFolder folder;
  WriteFile(folder.path() / "saved_model.pb", {});
  try {
    ReadKerasFolder(folder.path());
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kUnsupported);
    EXPECT_THAT(error.what(), HasSubstr("save it as model.keras"));
  }
}

}  // namespace
}  // namespace kinglet
