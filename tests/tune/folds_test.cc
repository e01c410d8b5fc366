#include "tune/folds.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

namespace kinglet {
namespace {

TEST(FilesOf, TakesCopiesForOneFile) {
  const auto sample = [](float first, float second) {
    return Sample{Tensor::Of<float>({2}, std::vector<float>{first, second})};
  };
  const std::vector<Sample> samples = {sample(1, 2), sample(2, 1), sample(1, 2),
                                       sample(2, 1), sample(1, 3)};
  EXPECT_EQ(FilesOf({&samples[0], &samples[1], &samples[2], &samples[3], &samples[4]}),
            (std::vector<std::size_t>{0, 1, 0, 1, 4}));
}

TEST(DealOut, KeepsTheSamplesOfAFileTogether) {
  const std::vector<std::size_t> files = {4, 4, 9, 1, 9, 1, 7, 4};
  const Folds folds = DealOut(files, 3);
  std::map<std::size_t, std::set<std::size_t>> parts_of_file;
  for (std::size_t i = 0; i < files.size(); ++i) {
    parts_of_file[files[i]].insert(folds.part_of[i]);
  }
  for (const auto& [file, parts] : parts_of_file) EXPECT_EQ(parts.size(), 1U) << file;
  EXPECT_EQ(folds.parts, 3U);
}

TEST(DealOut, MakesPartsOfEqualSizeAndTheSameEachTime) {
  std::vector<std::size_t> files;
  for (std::size_t i = 0; i < 20; ++i) files.push_back(i);
  const Folds folds = DealOut(files, 3);
  std::map<std::size_t, int> sizes;
  for (const std::size_t part : folds.part_of) ++sizes[part];
  EXPECT_EQ(sizes[0] + sizes[1] + sizes[2], 20);
  for (std::size_t p = 0; p < 3; ++p) EXPECT_GE(sizes[p], 6);
  EXPECT_EQ(DealOut(files, 3).part_of, folds.part_of);
  EXPECT_NE(folds.part_of[0] + folds.part_of[1] + folds.part_of[2], 0U) << "shuffled";
}

TEST(DealOut, HasNoMorePartsThanFiles) {
  EXPECT_EQ(DealOut(std::vector<std::size_t>{5, 5, 8}, 3).parts, 2U);
  EXPECT_EQ(DealOut(std::vector<std::size_t>{5}, 3).parts, 1U);
}

TEST(FoldOf, JudgesOnWhatDidNotFit) {
  const Folds folds{{0, 1, 0, 2}, 3};
  EXPECT_EQ(FoldOf(folds, 0).judge, (std::vector<std::size_t>{0, 2}));
  EXPECT_EQ(FoldOf(folds, 0).fit, (std::vector<std::size_t>{1, 3}));
  const Folds single{{0, 0}, 1};
  EXPECT_EQ(FoldOf(single, 0).fit, FoldOf(single, 0).judge) << "nothing else is left";
}

}  // namespace
}  // namespace kinglet
