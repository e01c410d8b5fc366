#include "calibrate/statistics.h"

#include <gtest/gtest.h>

#include "ir/text.h"

namespace kinglet {
namespace {

constexpr const char* kText =
    "in input = x : float32[1x3]\ny : float32[1x3] = mul(x, x)\nout output_0 = y\n";

std::vector<std::vector<Tensor>> Samples() {
  std::vector<std::vector<Tensor>> samples;
  for (int i = 0; i < 10; ++i) {
    const float values[] = {static_cast<float>(i), -1, 0.5F};
    samples.push_back({Tensor::Of<float>({1, 3}, std::span<const float>(values))});
  }
  return samples;
}

TEST(CollectStatistics, KeepsPartsApartWhateverTheWorkers) {
  const auto samples = Samples();
  std::vector<const std::vector<Tensor>*> refs;
  std::vector<std::size_t> part_of;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    refs.push_back(&samples[i]);
    part_of.push_back(i % 3);
  }
  const Executor executor(Parse(kText));
  for (const std::size_t workers : {1U, 4U}) {
    const auto parts = CollectStatistics(executor, refs, part_of, 3, workers);
    ASSERT_EQ(parts.size(), 3U);
    const ValueId y = executor.graph().outputs[0].value;
    EXPECT_EQ(parts[0].ranges()[Index(y)], (Range{0, 81}));      // 0, 3, 6, 9
    EXPECT_EQ(parts[1].ranges()[Index(y)], (Range{0.25F, 49}));  // 1, 4, 7
    EXPECT_EQ(parts[2].histograms(y).All().count(), 9U);         // three samples of three
    StatisticsCollector all(executor.graph());
    for (const StatisticsCollector& part : parts) all.Merge(part);
    EXPECT_EQ(all.histograms(y).All().count(), 30U);
    EXPECT_EQ(all.ranges()[Index(y)], (Range{0, 81}));
    // 81 and 64 lie so far beyond 49 in the mean
    EXPECT_EQ(all.outermost(y).RoomBeyond().above, 23.5F);
  }
}

}  // namespace
}  // namespace kinglet
