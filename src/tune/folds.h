// Samples held back by file, so that a choice is judged on what it hasn't seen.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/tensor.h"

namespace kinglet {

/// The inputs of a graph; many of them without copying.
using Sample = std::vector<Tensor>;
using SampleRefs = std::vector<const Sample*>;
SampleRefs RefsTo(std::span<const Sample> samples);

/// By sample the number of its file: samples of equal content are copies of one.
std::vector<std::size_t> FilesOf(const SampleRefs& samples);
/// How many there are.
std::size_t CountFiles(std::span<const std::size_t> files);

/// `part_of` by sample: samples of one file are in one part. As many parts as wanted, or
/// as there are files.
struct Folds {
  std::vector<std::size_t> part_of;
  std::size_t parts = 1;
};

/// The files are shuffled with a fixed seed and dealt out. `files` says by sample which
/// file it is from. REQUIRES: at least one sample, wanted >= 1.
Folds DealOut(std::span<const std::size_t> files, std::size_t wanted);

/// The samples that fit a candidate and those that judge it, with their places. With a
/// single part both are all samples.
struct Fold {
  std::vector<std::size_t> fit;
  std::vector<std::size_t> judge;
};
Fold FoldOf(const Folds& folds, std::size_t part);

/// Numbers that depend on nothing but the seed (SplitMix64).
class FixedRandom {
 public:
  explicit FixedRandom(std::uint64_t seed) : state_(seed) {}
  /// Below `bound`, which is not 0.
  std::size_t Below(std::size_t bound);

 private:
  std::uint64_t state_;
};

}  // namespace kinglet
