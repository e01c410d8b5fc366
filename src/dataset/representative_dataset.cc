#include "kinglet/representative_dataset.h"

#include "dataset/dataset_access.h"
#include "dataset/draw.h"
#include "dataset/sample_loader.h"
#include "kinglet/error.h"

namespace kinglet {
namespace {

const AudioConfig& CheckedForCalibration(const AudioConfig& config) {
  if (config.frontend == Frontend::kMfcc || config.frontend == Frontend::kLogMel) {
    throw Error(ErrorKind::kUsage,
                "front end " + std::string(NameOf(config.frontend)) +
                    ": recordings calibrate librosa, hybrid and raw models; for others "
                    "make an .npz with `kinglet features` and give it as --calibration");
  }
  return config;
}

}  // namespace

struct RepresentativeDataset::State {
  State(std::vector<std::filesystem::path> drawn, const AudioConfig& config,
        double snr_threshold)
      : files(std::move(drawn)), loader(config, snr_threshold) {}

  std::vector<std::filesystem::path> files;
  SampleLoader loader;
  std::size_t next = 0;
  std::vector<SampleRecord> records;
};

RepresentativeDataset::RepresentativeDataset(
    const std::vector<std::filesystem::path>& file_paths, const AudioConfig& config,
    std::int64_t num_samples, double snr_threshold, std::uint64_t seed) {
  if (num_samples < 1) {
    throw Error(ErrorKind::kUsage, "--num-samples must be at least 1");
  }
  CheckedForCalibration(config);
  if (file_paths.empty()) {
    throw Error(ErrorKind::kData, "no sound file to calibrate with; give recordings");
  }
  state_ = std::make_unique<State>(
      DrawRecordings(file_paths, num_samples, 0, seed).calibration, config,
      snr_threshold);
}

RepresentativeDataset::RepresentativeDataset(RepresentativeDataset&&) noexcept = default;
RepresentativeDataset& RepresentativeDataset::operator=(
    RepresentativeDataset&&) noexcept = default;
RepresentativeDataset::~RepresentativeDataset() = default;

const std::vector<std::filesystem::path>& RepresentativeDataset::files() const {
  return state_->files;
}

const std::vector<SampleRecord>& RepresentativeDataset::records() const {
  return state_->records;
}

std::optional<SampleTensor> RepresentativeDataset::Next() {
  while (state_->next < state_->files.size()) {
    LoadedSample sample = state_->loader.Load(state_->files[state_->next++]);
    state_->records.push_back(std::move(sample.record));
    if (!sample.tensor.has_value()) continue;
    const auto values = sample.tensor->Data<float>();
    return SampleTensor{sample.tensor->shape(), {values.begin(), values.end()}};
  }
  return std::nullopt;
}

const SampleLoader& DatasetAccess::Loader(const RepresentativeDataset& dataset) {
  return dataset.state_->loader;
}

}  // namespace kinglet
