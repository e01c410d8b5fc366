// The vectors of FIPS 180-2, appendix B.
#include "base/sha256.h"

#include <gtest/gtest.h>

#include <string_view>

#include "base/file.h"
#include "kinglet/error.h"
#include "tests/support/temporary_folder.h"

namespace kinglet {
namespace {

std::span<const std::byte> BytesOf(std::string_view text) {
  return std::as_bytes(std::span(text));
}

TEST(Sha256, EqualsThePublishedVectors) {
  EXPECT_EQ(Sha256(BytesOf("abc")),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(Sha256({}),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(Sha256OfPath, IsThatOfTheContentWhateverTheName) {
  const TemporaryFolder folder;
  WriteFile(folder.path() / "a", BytesOf("abc"));
  WriteFile(folder.path() / "b", BytesOf("abc"));
  EXPECT_EQ(Sha256OfPath(folder.path() / "a"), Sha256(BytesOf("abc")));
  EXPECT_EQ(Sha256OfPath(folder.path() / "a"), Sha256OfPath(folder.path() / "b"));
}

TEST(Sha256OfPath, TellsFoldersApartByNamesAndContents) {
  const TemporaryFolder one;
  const TemporaryFolder two;
  WriteFile(one.path() / "a", BytesOf("x"));
  WriteFile(two.path() / "a", BytesOf("x"));
  EXPECT_EQ(Sha256OfPath(one.path()), Sha256OfPath(two.path()));
  WriteFile(two.path() / "b", BytesOf("y"));
  EXPECT_NE(Sha256OfPath(one.path()), Sha256OfPath(two.path()));
}

TEST(Sha256OfPath, SaysWhatItCantRead) {
  EXPECT_THROW(Sha256OfPath("no such file"), Error);
}

}  // namespace
}  // namespace kinglet
