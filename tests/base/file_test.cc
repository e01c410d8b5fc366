#include "base/file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "kinglet/error.h"
#include "tests/support/temporary_folder.h"

namespace kinglet {
namespace {

std::span<const std::byte> Bytes(std::string_view text) {
  return {reinterpret_cast<const std::byte*>(text.data()), text.size()};
}

std::size_t FilesIn(const std::filesystem::path& folder) {
  return static_cast<std::size_t>(
      std::distance(std::filesystem::directory_iterator(folder), {}));
}

TEST(WriteFile, ReplacesTheOldContentAndLeavesNoOtherFile) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "model.tflite";
  WriteFile(path, Bytes("the longer old content"));
  WriteFile(path, Bytes("new"));
  EXPECT_EQ(ReadFile(path).size(), 3U);
  EXPECT_EQ(FilesIn(folder.path()), 1U);
}

TEST(WriteFile, SaysWhichFolderIsMissing) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "missing" / "model.tflite";
  try {
    WriteFile(path, Bytes("x"));
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kIo);
    EXPECT_THAT(error.what(), testing::HasSubstr("missing/model.tflite"));
  }
}

TEST(WriteFile, KeepsTheOldFileWhenTheTargetIsAFolder) {
  const TemporaryFolder folder;
  EXPECT_THROW(WriteFile(folder.path(), Bytes("x")), Error);
}

FileContent Content(const std::filesystem::path& path, std::string_view text) {
  const auto bytes = Bytes(text);
  return {path, {bytes.begin(), bytes.end()}};
}

TEST(WriteFiles, WritesAll) {
  const TemporaryFolder folder;
  const auto one = folder.path() / "one";
  const auto two = folder.path() / "two";
  WriteFile(two, Bytes("the old content"));
  const std::vector<FileContent> files = {Content(one, "1"), Content(two, "22")};
  WriteFiles(files);
  EXPECT_EQ(ReadFile(one), files[0].bytes);
  EXPECT_EQ(ReadFile(two), files[1].bytes);
  EXPECT_EQ(FilesIn(folder.path()), 2U);
}

// The folder of the last file is missing, or there is a folder in its place, which only
// the renaming meets.
TEST(WriteFiles, WritesNoneWhenOneFails) {
  for (const char* last : {"missing/model.tflite", "taken"}) {
    const TemporaryFolder folder;
    const auto old = folder.path() / "old";
    std::filesystem::create_directory(folder.path() / "taken");
    WriteFile(old, Bytes("the old content"));
    const std::vector<FileContent> files = {Content(old, "1"),
                                            Content(folder.path() / "new", "2"),
                                            Content(folder.path() / last, "3")};
    EXPECT_THROW(WriteFiles(files), Error) << last;
    EXPECT_EQ(ReadFile(old).size(), 15U) << last;
    EXPECT_EQ(FilesIn(folder.path()), 2U) << last;
  }
}

TEST(ReadFile, RefusesAMissingFileAndAFolder) {
  const TemporaryFolder folder;
  EXPECT_THROW(ReadFile(folder.path() / "nothing"), Error);
  EXPECT_THROW(ReadFile(folder.path()), Error);
}

}  // namespace
}  // namespace kinglet
