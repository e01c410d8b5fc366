#include "run/samples.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <numeric>
#include <stdexcept>
#include <string>

#include "ir/text.h"

namespace kinglet {
namespace {

TEST(ForEachSample, TakesEachSampleOnce) {
  for (const std::size_t workers : {1U, 2U, 7U, 300U}) {
    std::vector<std::atomic<int>> taken(200);
    ForEachSample(200, workers, [&](std::size_t worker, std::size_t sample) {
      EXPECT_LT(worker, workers);
      ++taken[sample];
    });
    for (const std::atomic<int>& times : taken) EXPECT_EQ(times, 1);
  }
}

TEST(ForEachSample, OneWorkersCallsNeverOverlap) {
  std::vector<std::atomic<int>> inside(4);
  ForEachSample(2000, 4, [&](std::size_t worker, std::size_t /*sample*/) {
    EXPECT_EQ(++inside[worker], 1);
    --inside[worker];
  });
}

TEST(ForEachSample, TheFirstFailingSampleIsReported) {
  for (int repeat = 0; repeat < 20; ++repeat) {
    for (const std::size_t workers : {1U, 3U}) {
      try {
        ForEachSample(1000, workers, [](std::size_t /*worker*/, std::size_t sample) {
          if (sample >= 500) throw std::runtime_error(std::to_string(sample));
        });
        FAIL() << "no exception";
      } catch (const std::runtime_error& error) {
        EXPECT_STREQ(error.what(), "500");
      }
    }
  }
}

TEST(ForEachSample, NoSamplesIsNoWork) {
  ForEachSample(0, 4, [](std::size_t /*worker*/, std::size_t /*sample*/) { FAIL(); });
}

TEST(RunSamples, GivesTheSameBitsOnAnyNumberOfThreads) {
  const Executor executor(
      Parse("in input = x : float32[1x64]\n"
            "e : float32[1x64] = exp(x)\n"
            "s : float32[1x64] = softmax(e)\n"
            "m : float32[1] = mean(s) axes=[1]\n"
            "out output_0 = s\nout output_1 = m\n"));
  std::vector<std::vector<Tensor>> samples;
  for (int i = 0; i < 100; ++i) {
    std::vector<float> values(64);
    for (std::size_t k = 0; k < values.size(); ++k) {
      values[k] = static_cast<float>((k * 37 + static_cast<std::size_t>(i)) % 64) / 32.0F;
    }
    samples.push_back({Tensor::Of<float>({1, 64}, values)});
  }
  const auto alone = RunSamples(executor, samples, 1);
  EXPECT_EQ(alone.size(), 100U);
  for (const std::size_t workers : {2U, 5U}) {
    EXPECT_EQ(RunSamples(executor, samples, workers), alone);
  }
}

}  // namespace
}  // namespace kinglet
