#include "dataset/content_index.h"

#include <gmock/gmock.h>

#include <fstream>

#include "tests/support/temporary_folder.h"

namespace kinglet {
namespace {

namespace fs = std::filesystem;

/// Makes files in one folder.
class ContentIndexTest : public testing::Test {
 protected:
  fs::path File(const std::string& name, const std::string& content) const {
    std::ofstream(folder_.path() / name, std::ios::binary) << content;
    return folder_.path() / name;
  }

 private:
  TemporaryFolder folder_;
};

TEST_F(ContentIndexTest, FindsCopiesWhateverTheirNames) {
  const std::string longer(200000, 'x');
  const ContentIndex index(
      std::vector{File("short", "abc"), File("empty", ""), File("long", longer)});
  EXPECT_TRUE(index.Contains(File("short copy", "abc")));
  EXPECT_TRUE(index.Contains(File("empty copy", "")));
  EXPECT_TRUE(index.Contains(File("long copy", longer)));
}

TEST_F(ContentIndexTest, OneOtherByteAnywhereMakesAnotherFile) {
  const std::string content(200000, 'x');
  const ContentIndex index(std::vector{File("a", content)});
  for (const std::size_t place : {0U, 5000U, 199999U}) {
    std::string other = content;
    other[place] = 'y';
    EXPECT_FALSE(index.Contains(File("b", other))) << place;
  }
  EXPECT_FALSE(index.Contains(File("b", content + "x")));
}

TEST_F(ContentIndexTest, LooksAtEveryFileWithTheSameBeginning) {
  const std::string head(8192, 'x');
  const ContentIndex index(std::vector{File("a", head + "1"), File("b", head + "2")});
  EXPECT_TRUE(index.Contains(File("c", head + "1")));
  EXPECT_TRUE(index.Contains(File("c", head + "2")));
  EXPECT_FALSE(index.Contains(File("c", head + "3")));
}

TEST_F(ContentIndexTest, WhatCannotBeReadEqualsNothing) {
  const fs::path missing = File("a", "") / "no such file";
  EXPECT_FALSE(ContentIndex(std::vector{missing}).Contains(missing));
}

}  // namespace
}  // namespace kinglet
