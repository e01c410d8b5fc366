#include "ops/window.h"

#include <gtest/gtest.h>

#include <vector>

namespace kinglet {
namespace {

/// Counts window positions one by one on an explicitly padded axis.
std::int64_t CountPositions(std::int64_t padded, std::int64_t span, std::int64_t stride) {
  std::int64_t count = 0;
  for (std::int64_t start = 0; start + span <= padded; start += stride) ++count;
  return count;
}

// Same: as many outputs as strides that start inside the input, and no more padding than
// they need. Valid: what fits.
TEST(Window, AgreesWithCountingForEverySmallSize) {
  for (std::int64_t in = 1; in <= 12; ++in) {
    for (std::int64_t kernel = 1; kernel <= 5; ++kernel) {
      for (std::int64_t stride = 1; stride <= 4; ++stride) {
        for (std::int64_t dilation = 1; dilation <= 3; ++dilation) {
          const Window same{in, kernel, stride, dilation, Padding::kSame};
          EXPECT_EQ(same.Out(), CountPositions(in, 1, stride));
          EXPECT_EQ(CountPositions(in + same.Total(), same.Span(), stride) >= same.Out(),
                    true);
          if (same.Total() > 0) {
            EXPECT_LT(CountPositions(in + same.Total() - 1, same.Span(), stride),
                      same.Out());
          }
          const Window valid{in, kernel, stride, dilation, Padding::kValid};
          EXPECT_EQ(valid.Out(), CountPositions(in, valid.Span(), stride));
        }
      }
    }
  }
}

// A 3x3 window with stride 2 on an even axis: nothing before, one zero after.
TEST(Window, PutsTheOddZeroAtTheEnd) {
  const Window even{8, 3, 2, 1, Padding::kSame};
  EXPECT_EQ(even.Total(), 1);
  EXPECT_EQ(even.Before(), 0);
  const Window odd{7, 3, 2, 1, Padding::kSame};
  EXPECT_EQ(odd.Total(), 2);
  EXPECT_EQ(odd.Before(), 1);
}

}  // namespace
}  // namespace kinglet
