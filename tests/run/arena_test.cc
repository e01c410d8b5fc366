#include "run/arena.h"

#include <gtest/gtest.h>

#include <random>

namespace kinglet {
namespace {

bool Overlap(std::size_t a, std::size_t a_bytes, std::size_t b, std::size_t b_bytes) {
  return a < b + b_bytes && b < a + a_bytes;
}

void ExpectSound(const std::vector<Lifetime>& lifetimes, const ArenaLayout& layout) {
  for (std::size_t i = 0; i < lifetimes.size(); ++i) {
    EXPECT_EQ(layout.offsets[i] % 64, 0U);
    EXPECT_LE(layout.offsets[i] + lifetimes[i].bytes, layout.bytes);
    for (std::size_t k = 0; k < i; ++k) {
      const bool meet = lifetimes[i].first <= lifetimes[k].last &&
                        lifetimes[k].first <= lifetimes[i].last;
      const bool overlap = Overlap(layout.offsets[i], lifetimes[i].bytes,
                                   layout.offsets[k], lifetimes[k].bytes);
      EXPECT_FALSE(meet && overlap) << i << " and " << k;
    }
  }
}

TEST(Arena, BuffersInUseTogetherNeverOverlap) {
  for (const unsigned seed : {1U, 2U, 3U, 4U}) {
    std::mt19937 engine(seed);
    std::vector<Lifetime> lifetimes;
    for (std::size_t i = 0; i < 200; ++i) {
      const std::size_t first = engine() % 100;
      lifetimes.push_back({engine() % 5000 + 1, first, first + engine() % 10});
    }
    ExpectSound(lifetimes, LayOut(lifetimes));
  }
}

TEST(Arena, AChainNeedsRoomForTwo) {
  std::vector<Lifetime> lifetimes;
  for (std::size_t i = 0; i < 20; ++i) lifetimes.push_back({640, i, i + 1});
  const ArenaLayout layout = LayOut(lifetimes);
  ExpectSound(lifetimes, layout);
  EXPECT_EQ(layout.bytes, 2U * 640);
}

// Three long-lived buffers leave gaps of 640 and 512 bytes once two others are done.
TEST(Arena, TakesTheSmallestGapThatFits) {
  const std::vector<Lifetime> lifetimes = {{1024, 0, 9}, {640, 0, 1}, {576, 0, 9},
                                           {512, 0, 1},  {448, 0, 9}, {384, 5, 5}};
  const ArenaLayout layout = LayOut(lifetimes);
  ExpectSound(lifetimes, layout);
  EXPECT_EQ(layout.offsets[5], layout.offsets[3]);
}

TEST(Arena, NothingNeedsNoRoom) { EXPECT_EQ(LayOut({}).bytes, 0U); }

}  // namespace
}  // namespace kinglet
