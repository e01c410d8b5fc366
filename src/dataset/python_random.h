// The generator of Python's `random` module.
#pragma once

#include <cstdint>
#include <random>
#include <span>
#include <vector>

namespace kinglet {

/// MT19937 seeded and consumed as CPython does it, so that a seed draws the same samples.
class PythonRandom {
 public:
  /// random.seed(seed)
  explicit PythonRandom(std::uint64_t seed);
  /// random.seed of a larger integer, given as 32-bit words, least significant first.
  explicit PythonRandom(std::span<const std::uint32_t> key);

  /// random.getrandbits(bits). REQUIRES: 1 <= bits <= 32.
  std::uint32_t Bits(int bits);
  /// random.random(): [0, 1) with 53 bits.
  double Unit();
  /// random.randrange(n). REQUIRES: 0 < n <= 2^32 - 1.
  std::uint32_t Below(std::uint32_t n);
  /// Indices of random.sample(range(n), k). REQUIRES: k <= n.
  std::vector<std::uint32_t> Sample(std::uint32_t n, std::uint32_t k);

 private:
  std::mt19937 engine_;
};

}  // namespace kinglet
