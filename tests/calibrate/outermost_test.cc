#include "calibrate/outermost.h"

#include <gtest/gtest.h>

namespace kinglet {
namespace {

/// Samples that reach from `-2 i` to `i`, of which `from` is the first.
Outermost Reaching(int from, int to) {
  Outermost outermost;
  for (int i = from; i <= to; ++i) {
    outermost.Add({-2.0F * static_cast<float>(i), static_cast<float>(i)});
  }
  return outermost;
}

TEST(Outermost, MeasuresTheOuterQuarterFromTheNextSample) {
  const Outermost::Room room = Reaching(1, 8).RoomBeyond();
  EXPECT_EQ(room.above, 1.5F);  // the mean of 8 - 6 and 7 - 6
  EXPECT_EQ(room.below, 3);
}

TEST(Outermost, TakesSixteenAtMost) {
  EXPECT_EQ(Reaching(1, 100).RoomBeyond().above, 8.5F);  // 100 to 85 lie beyond 84
}

TEST(Outermost, HasNoRoomWhereSamplesReachTheSameEnd) {
  Outermost outermost;
  for (int i = 0; i < 40; ++i) outermost.Add({0, 6});
  EXPECT_EQ(outermost.RoomBeyond().above, 0);
  EXPECT_EQ(outermost.RoomBeyond().below, 0);
}

TEST(Outermost, HasNoRoomForFewerThanFourSamples) {
  EXPECT_EQ(Reaching(1, 3).RoomBeyond().above, 0);
  EXPECT_EQ(Reaching(1, 4).RoomBeyond().above, 1);
}

TEST(Outermost, MergesInAnyOrder) {
  Outermost there = Reaching(1, 30);
  there.Merge(Reaching(31, 100));
  Outermost back = Reaching(31, 100);
  back.Merge(Outermost());
  back.Merge(Reaching(1, 30));
  for (const Outermost& merged : {there, back}) {
    EXPECT_EQ(merged.RoomBeyond().above, 8.5F);
    EXPECT_EQ(merged.RoomBeyond().below, 17);
  }
}

}  // namespace
}  // namespace kinglet
