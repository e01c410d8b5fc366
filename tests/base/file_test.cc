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

TEST(ReadFile, RefusesAMissingFileAndAFolder) {
  const TemporaryFolder folder;
  EXPECT_THROW(ReadFile(folder.path() / "nothing"), Error);
  EXPECT_THROW(ReadFile(folder.path()), Error);
}

}  // namespace
}  // namespace kinglet
