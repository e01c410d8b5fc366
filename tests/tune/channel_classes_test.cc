#include "tune/channel_classes.h"

#include <gtest/gtest.h>

#include "ir/text.h"

namespace kinglet {
namespace {

/// How many classes are between two dense layers with `middle` (y to m) between them.
std::size_t Classes(const std::string& middle) {
  const std::string text =
      "in input = x : float32[1x2]\nconst w : float32[2x2] = 1 2 3 4\n"
      "const b : float32[2] = 1 1\ny : float32[1x2] = fully_connected(x, w, b)\n" +
      middle + "\nz : float32[1x2] = fully_connected(m, w, b)\nout output_0 = z\n";
  return FindChannelClasses(Parse(text)).size();
}

TEST(FindChannelClasses, LooksThroughWhatKeepsChannelsApart) {
  EXPECT_EQ(Classes("m : float32[1x2] = relu(y) kind=relu"), 1);
  EXPECT_EQ(Classes("m : float32[1x2] = mul(y, b)"), 1);
  EXPECT_EQ(Classes("m : float32[1x2] = add(y, b)"), 1);
  EXPECT_EQ(Classes("m : float32[1x2] = add(y, y)"), 1);
}

TEST(FindChannelClasses, IsFixedByEndsOfTheGraphAndWhatIsNotHomogeneous) {
  EXPECT_EQ(Classes("m : float32[1x2] = tanh(y)"), 0);
  EXPECT_EQ(Classes("m : float32[1x2] = add(y, x)"), 0);
  EXPECT_EQ(Classes("m : float32[1x2] = mul(y, y)\nout output_1 = y"), 0);
}

TEST(FindChannelClasses, NamesTheLayersAroundAndTheConstantsAdded) {
  const auto classes = FindChannelClasses(
      Parse("in input = x : float32[1x2]\nconst w : float32[2x2] = 1 2 3 4\n"
            "const b : float32[2] = 1 1\ny : float32[1x2] = fully_connected(x, w, b)\n"
            "m : float32[1x2] = add(y, b)\nz : float32[1x2] = fully_connected(m, w, b)\n"
            "out output_0 = z\n"));
  ASSERT_EQ(classes.size(), 1);
  EXPECT_EQ(classes[0].channels, 2);
  EXPECT_EQ(classes[0].producers, std::vector<std::size_t>{0});
  EXPECT_EQ(classes[0].offsets, std::vector<std::size_t>{1});
  EXPECT_EQ(classes[0].readers, std::vector<std::size_t>{2});
}

}  // namespace
}  // namespace kinglet
