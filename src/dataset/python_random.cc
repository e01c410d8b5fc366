// CPython seeds with Matsumoto's init_by_array. The standard engine has the same
// recurrence and output but no such seeding, so its state is set through its text form,
// which is the 624 words.
#include "dataset/python_random.h"

#include <array>
#include <bit>
#include <cstddef>
#include <sstream>
#include <unordered_set>

#include "base/check.h"

namespace kinglet {
namespace {

constexpr std::size_t kWords = 624;
using State = std::array<std::uint32_t, kWords>;

State InitGenrand(std::uint32_t seed) {
  State state{};
  state[0] = seed;
  for (std::uint32_t i = 1; i < kWords; ++i) {
    state[i] = 1812433253U * (state[i - 1] ^ (state[i - 1] >> 30U)) + i;
  }
  return state;
}

/// init_by_array of the generator's authors.
State InitByArray(std::span<const std::uint32_t> key) {
  State state = InitGenrand(19650218U);
  std::size_t i = 1;
  const auto advance = [&](std::uint32_t factor, std::uint32_t plus) {
    const std::uint32_t previous = state[i - 1] ^ (state[i - 1] >> 30U);
    state[i] = (state[i] ^ (previous * factor)) + plus;
    if (++i < kWords) return;
    state[0] = state[kWords - 1];
    i = 1;
  };
  for (std::size_t k = 0; k < std::max(kWords, key.size()); ++k) {
    const std::size_t j = k % key.size();
    advance(1664525U, key[j] + static_cast<std::uint32_t>(j));
  }
  for (std::size_t k = 0; k + 1 < kWords; ++k) {
    advance(1566083941U, 0U - static_cast<std::uint32_t>(i));
  }
  state[0] = 0x80000000U;
  return state;
}

std::mt19937 EngineOf(const State& state) {
  std::stringstream text;
  for (const std::uint32_t word : state) text << word << ' ';
  text << kWords;
  std::mt19937 engine;
  text >> engine;
  return engine;
}

std::vector<std::uint32_t> KeyOf(std::uint64_t seed) {
  std::vector<std::uint32_t> key = {static_cast<std::uint32_t>(seed)};
  if (seed >> 32U != 0) key.push_back(static_cast<std::uint32_t>(seed >> 32U));
  return key;
}

/// Size of the set below which a set of drawn indices is cheaper than a list of all.
std::uint64_t PoolSize(std::uint32_t k) {
  std::uint64_t size = 21;
  if (k <= 5) return size;
  std::uint64_t power = 1;  // 4^ceil(log4(3 k))
  while (power < 3ULL * k) power *= 4;
  return size + power;
}

}  // namespace

PythonRandom::PythonRandom(std::uint64_t seed) : PythonRandom(KeyOf(seed)) {}

PythonRandom::PythonRandom(std::span<const std::uint32_t> key)
    : engine_(EngineOf(InitByArray(key))) {}

std::uint32_t PythonRandom::Bits(int bits) {
  return static_cast<std::uint32_t>(engine_()) >> static_cast<unsigned>(32 - bits);
}

double PythonRandom::Unit() {
  const auto high = static_cast<double>(Bits(27));
  const auto low = static_cast<double>(Bits(26));
  return (high * 67108864.0 + low) / 9007199254740992.0;
}

std::uint32_t PythonRandom::Below(std::uint32_t n) {
  Check(n > 0, "a number above 0");
  const int bits = static_cast<int>(std::bit_width(n));
  std::uint32_t drawn = Bits(bits);
  while (drawn >= n) drawn = Bits(bits);
  return drawn;
}

std::vector<std::uint32_t> PythonRandom::Sample(std::uint32_t n, std::uint32_t k) {
  Check(k <= n, "no more samples than there are");
  std::vector<std::uint32_t> drawn;
  if (n <= PoolSize(k)) {
    std::vector<std::uint32_t> pool(n);
    for (std::uint32_t i = 0; i < n; ++i) pool[i] = i;
    for (std::uint32_t i = 0; i < k; ++i) {
      const std::uint32_t j = Below(n - i);
      drawn.push_back(pool[j]);
      pool[j] = pool[n - i - 1];
    }
    return drawn;
  }
  std::unordered_set<std::uint32_t> seen;
  while (drawn.size() < k) {
    const std::uint32_t index = Below(n);
    if (seen.insert(index).second) drawn.push_back(index);
  }
  return drawn;
}

}  // namespace kinglet
