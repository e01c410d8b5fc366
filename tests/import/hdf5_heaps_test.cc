#include "import/hdf5_heaps.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

namespace kinglet {
namespace {

void Put(std::vector<std::byte>& bytes, std::uint64_t number, int count) {
  for (int i = 0; i < count; ++i)
    bytes.push_back(static_cast<std::byte>(number >> 8 * i));
}

void PutObject(std::vector<std::byte>& bytes, std::uint64_t index, std::uint64_t size) {
  Put(bytes, index, 2);
  Put(bytes, 1, 2);  // references
  Put(bytes, 0, 4);
  Put(bytes, size, 8);
}

/// Behind seven bytes of something else a collection of 64 bytes: an object of five bytes
/// and free space, 24 bytes with its header, of which the file says these sizes.
std::vector<std::byte> FileWith(std::uint64_t object, std::uint64_t free) {
  std::vector<std::byte> bytes(7);
  for (const char c : {'G', 'C', 'O', 'L'}) bytes.push_back(static_cast<std::byte>(c));
  Put(bytes, 1, 4);
  Put(bytes, 64, 8);
  PutObject(bytes, 1, object);
  Put(bytes, 0, 8);
  PutObject(bytes, 0, free);
  Put(bytes, 0, 8);
  return bytes;
}

TEST(HasBrokenHeap, FindsObjectsThatTakeNoRoomOrTooMuch) {
  EXPECT_FALSE(HasBrokenHeap({}));
  EXPECT_FALSE(HasBrokenHeap(FileWith(5, 24)));
  EXPECT_TRUE(HasBrokenHeap(FileWith(5, 0)));
  EXPECT_TRUE(HasBrokenHeap(FileWith(5, 25)));
  EXPECT_TRUE(HasBrokenHeap(FileWith(40, 24)));
  EXPECT_TRUE(HasBrokenHeap(FileWith(~std::uint64_t{15}, 24)));  // 16 and it are 2^64
}

TEST(HasBrokenHeap, LeavesWhatIsNoCollection) {
  std::vector<std::byte> bytes = FileWith(5, 0);
  bytes[7 + 4] = std::byte{2};  // the version
  EXPECT_FALSE(HasBrokenHeap(bytes));
  bytes = FileWith(5, 0);
  bytes.resize(7 + 10);
  EXPECT_FALSE(HasBrokenHeap(bytes));
}

}  // namespace
}  // namespace kinglet
