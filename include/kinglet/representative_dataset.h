// Recordings as calibration tensors: what the training project's representative_data_gen
// yields.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <iterator>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "kinglet/audio_config.h"
#include "kinglet/sample_record.h"

namespace kinglet {

/// One input of the network, row-major.
struct SampleTensor {
  std::vector<std::int64_t> shape;  ///< [1, ...]
  std::vector<float> values;
};

/// A single pass over the tensors of recordings drawn at random, read as they are asked
/// for: the first seconds are decoded, averaged over channels, resampled, divided by
/// their peak; the chunk in the middle goes through the front end; quiet ones are
/// skipped.
///
///   for (const SampleTensor& tensor : RepresentativeDataset(files, config)) ...
class RepresentativeDataset {
 public:
  /// Draws min(num_samples, files) recordings as random.Random(seed).sample does in
  /// Python. `snr_threshold` is the loudness below which a sample is silent; 0 takes all.
  /// @throws kUsage when num_samples is below 1 or the front end is mfcc or log_mel,
  /// kData when there are no files.
  RepresentativeDataset(const std::vector<std::filesystem::path>& file_paths,
                        const AudioConfig& config, std::int64_t num_samples = 100,
                        double snr_threshold = 0.01, std::uint64_t seed = 0);
  RepresentativeDataset(RepresentativeDataset&&) noexcept;
  RepresentativeDataset& operator=(RepresentativeDataset&&) noexcept;
  ~RepresentativeDataset();

  /// The drawn recordings, in the order of the drawing.
  [[nodiscard]] const std::vector<std::filesystem::path>& files() const;

  /// The next tensor; nothing at the end.
  std::optional<SampleTensor> Next();
  /// What became of the recordings asked for so far.
  [[nodiscard]] const std::vector<SampleRecord>& records() const;

  class Iterator {
   public:
    // NOLINTBEGIN(readability-identifier-naming): the standard's names
    using value_type = SampleTensor;
    using difference_type = std::ptrdiff_t;
    using iterator_category = std::input_iterator_tag;
    // NOLINTEND(readability-identifier-naming)
    Iterator() = default;
    explicit Iterator(RepresentativeDataset& dataset)
        : dataset_(&dataset), current_(dataset.Next()) {}
    const SampleTensor& operator*() const { return *current_; }
    Iterator& operator++() {
      current_ = dataset_->Next();
      return *this;
    }
    void operator++(int) { ++*this; }
    bool operator==(std::default_sentinel_t) const { return !current_.has_value(); }

   private:
    RepresentativeDataset* dataset_ = nullptr;
    std::optional<SampleTensor> current_;
  };
  Iterator begin() { return Iterator(*this); }
  [[nodiscard]] static std::default_sentinel_t end() { return std::default_sentinel; }

 private:
  friend class DatasetAccess;
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace kinglet
