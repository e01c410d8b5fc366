#include "dataset/python_random.h"

#include <gmock/gmock.h>

#include "tests/support/audio_vectors.h"

namespace kinglet {
namespace {

/// A decimal integer as 32-bit words, least significant first, by long division.
std::vector<std::uint32_t> KeyOf(std::string digits) {
  std::vector<std::uint32_t> key;
  while (!digits.empty()) {
    std::uint64_t rest = 0;
    std::string quotient;
    for (const char digit : digits) {
      rest = rest * 10 + static_cast<std::uint64_t>(digit - '0');
      const auto next = static_cast<char>('0' + (rest >> 32U));
      if (!quotient.empty() || next != '0') quotient.push_back(next);
      rest &= 0xFFFFFFFFU;
    }
    key.push_back(static_cast<std::uint32_t>(rest));
    digits = quotient;
  }
  return key.empty() ? std::vector<std::uint32_t>{0} : key;
}

TEST(PythonRandomTest, SeedsOfAnySizeGivePythonsStream) {
  const Json streams = AllAudioVectors().front().ReadJson("rng.json")["cpython_seed"];
  for (const auto& [seed, stream] : streams.items()) {
    SCOPED_TRACE(seed);
    PythonRandom bits(KeyOf(seed));
    for (const std::uint32_t expected : stream["getrandbits32"]) {
      EXPECT_EQ(bits.Bits(32), expected);
    }
    PythonRandom units(KeyOf(seed));
    for (const double expected : stream["random"]) EXPECT_EQ(units.Unit(), expected);
    PythonRandom few(KeyOf(seed));
    for (const std::uint32_t expected : stream["getrandbits10"]) {
      EXPECT_EQ(few.Bits(10), expected);
    }
  }
}

TEST(PythonRandomTest, A64BitSeedIsItsTwoWords) {
  EXPECT_EQ(PythonRandom(4294967296U).Bits(32), 485306839U);  // rng.json
}

TEST(PythonRandomTest, SamplesArePythonsByListAndBySet) {
  const Json samples =
      AllAudioVectors().front().ReadJson("rng.json")["cpython_sample_seed42"];
  for (const Json& entry : samples) {
    SCOPED_TRACE(entry.dump());
    const auto got = PythonRandom(42).Sample(entry["n"], entry["k"]);
    ASSERT_EQ(got.size(), entry["k"]);
    const std::vector<std::uint32_t> first = entry["first"];
    const std::vector<std::uint32_t> last = entry["last"];
    EXPECT_EQ(std::vector(got.begin(), got.begin() + first.size()), first);
    EXPECT_EQ(std::vector(got.end() - last.size(), got.end()), last);
  }
}

TEST(PythonRandomTest, RandintIsADrawBelow) {
  const Json expected =
      AllAudioVectors().front().ReadJson("rng.json")["cpython_randint_1_1e9_seed42"];
  PythonRandom random(42);
  for (const std::uint32_t value : expected) {
    EXPECT_EQ(1 + random.Below(1'000'000'000), value);
  }
}

}  // namespace
}  // namespace kinglet
