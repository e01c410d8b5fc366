// How often each size of number occurs, in bins that no data decides: the top 14 bits of
// the float pattern (sign, exponent, 5 bits of the mantissa), 32 bins an octave.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace kinglet {

/// Counts are integers and the bins the same for every sample, so that merging gives one
/// result in any order.
class Histogram {
 public:
  struct Bin {
    float low = 0;  ///< numbers in the bin lie from here
    float high = 0;
    double count = 0;  ///< or a sum of weights
  };

  Histogram();

  /// Counts the finite numbers of `values`.
  void Add(std::span<const float> values);
  void Merge(const Histogram& other);

  [[nodiscard]] std::uint64_t count() const { return count_; }
  /// The bins that hold anything, in ascending order.
  [[nodiscard]] std::vector<Bin> Bins() const;

 private:
  [[nodiscard]] std::uint64_t& At(std::size_t bin);

  /// Where each block of 32 bins starts in `counts_`; -1 while it is empty.
  std::vector<std::int32_t> blocks_;
  std::vector<std::uint64_t> counts_;
  std::uint64_t count_ = 0;
};

/// The value below which `share` of the numbers lie, interpolated inside its bin.
/// REQUIRES: bins in ascending order with anything in them, 0 <= share <= 1.
double Quantile(std::span<const Histogram::Bin> bins, double share);

}  // namespace kinglet
