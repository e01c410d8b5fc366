// A tensor is counted in four tables by turns, since equal neighbours (the zeros behind a
// ReLU) would wait for each other's increment, and then folded into the blocks. A block
// is an octave of one sign, so that few of them are touched.
#include "calibrate/histogram.h"

#include <algorithm>
#include <array>
#include <bit>
#include <limits>
#include <memory>
#include <utility>

#include "base/check.h"

namespace kinglet {
namespace {

constexpr int kDroppedBits = 18;
constexpr std::size_t kBins = 1U << (32 - kDroppedBits);
constexpr std::size_t kBlock = 32;
constexpr std::size_t kBlocks = kBins / kBlock;
constexpr std::size_t kNegative = kBins / 2;  // from here on the sign bit is set
constexpr std::size_t kTables = 4;

std::size_t BinOf(float value) {
  return std::bit_cast<std::uint32_t>(value) >> kDroppedBits;
}

/// The smallest magnitude in a bin, with its sign.
float EdgeOf(std::size_t bin) {
  return std::bit_cast<float>(static_cast<std::uint32_t>(bin) << kDroppedBits);
}

/// Infinity or NaN.
bool IsFinite(std::size_t bin) {
  constexpr std::size_t kExponent = 0xFF * kBlock;
  return bin % kNegative < kExponent;
}

/// All zero between two tensors.
struct Tables {
  std::array<std::array<std::uint32_t, kBins>, kTables> counts = {};
  std::array<bool, kBlocks> touched = {};

  void Count(std::size_t table, float value) {
    const std::size_t bin = BinOf(value);
    ++counts[table][bin];
    touched[bin / kBlock] = true;
  }

  /// How often the bin was met.
  std::uint64_t Take(std::size_t bin) {
    std::uint64_t sum = 0;
    for (auto& table : counts) sum += std::exchange(table[bin], 0);
    return sum;
  }
};

}  // namespace

Histogram::Histogram() : blocks_(kBlocks, -1) {}

std::uint64_t& Histogram::At(std::size_t bin) {
  std::int32_t& block = blocks_[bin / kBlock];
  if (block < 0) {
    block = static_cast<std::int32_t>(counts_.size());
    counts_.resize(counts_.size() + kBlock);
  }
  return counts_[static_cast<std::size_t>(block) + bin % kBlock];
}

void Histogram::Add(std::span<const float> values) {
  thread_local auto tables = std::make_unique<Tables>();
  std::size_t i = 0;
  for (; i + kTables <= values.size(); i += kTables) {
    for (std::size_t t = 0; t < kTables; ++t) tables->Count(t, values[i + t]);
  }
  for (; i < values.size(); ++i) tables->Count(0, values[i]);
  for (std::size_t block = 0; block < kBlocks; ++block) {
    if (!std::exchange(tables->touched[block], false)) continue;
    for (std::size_t bin = block * kBlock; bin < (block + 1) * kBlock; ++bin) {
      const std::uint64_t times = tables->Take(bin);
      if (times == 0 || !IsFinite(bin)) continue;
      At(bin) += times;
      count_ += times;
    }
  }
}

void Histogram::Merge(const Histogram& other) {
  for (std::size_t block = 0; block < kBlocks; ++block) {
    if (other.blocks_[block] < 0) continue;
    for (std::size_t i = 0; i < kBlock; ++i) {
      const auto from = static_cast<std::size_t>(other.blocks_[block]) + i;
      At(block * kBlock + i) += other.counts_[from];
    }
  }
  count_ += other.count_;
}

std::vector<Histogram::Bin> Histogram::Bins() const {
  std::vector<Bin> bins;
  const auto note = [&](std::size_t bin, bool is_negative) {
    const std::int32_t block = blocks_[bin / kBlock];
    if (block < 0) return;
    const std::uint64_t count = counts_[static_cast<std::size_t>(block) + bin % kBlock];
    if (count == 0) return;
    const float near = EdgeOf(bin);
    const float far = EdgeOf(bin + 1);
    const auto number = static_cast<double>(count);
    bins.push_back(is_negative ? Bin{far, near, number} : Bin{near, far, number});
  };
  for (std::size_t bin = kBins; bin-- > kNegative;) {
    if (IsFinite(bin)) note(bin, true);
  }
  for (std::size_t bin = 0; bin < kNegative; ++bin) {
    if (IsFinite(bin)) note(bin, false);
  }
  return bins;
}

double Quantile(std::span<const Histogram::Bin> bins, double share) {
  Check(!bins.empty(), "numbers to rank");
  double total = 0;
  for (const Histogram::Bin& bin : bins) total += bin.count;
  const double wanted = share * total;
  double below = 0;
  for (const Histogram::Bin& bin : bins) {
    if (below + bin.count >= wanted) {
      const double inside = std::clamp((wanted - below) / bin.count, 0.0, 1.0);
      return bin.low + inside * (static_cast<double>(bin.high) - bin.low);
    }
    below += bin.count;
  }
  return bins.back().high;
}

}  // namespace kinglet
