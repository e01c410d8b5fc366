// One conversion from the model file to the bytes of the .tflite, with its report.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/tensor.h"
#include "kinglet/audio_config.h"
#include "kinglet/options.h"
#include "report/conversion_report.h"

namespace kinglet {

/// Everything a conversion depends on.
struct ConvertJob {
  std::filesystem::path model;
  std::filesystem::path output;
  FrontendNormalization frontend_normalization = FrontendNormalization::kAuto;
  std::map<std::string, Shape> input_shapes;

  std::optional<std::filesystem::path> config;       ///< the training project's JSON
  PartialAudioConfig audio_config;                   ///< keys given one by one; they win
  std::vector<std::filesystem::path> audio;          ///< calibration recordings
  std::optional<std::filesystem::path> calibration;  ///< or tensors, an .npz
  std::int64_t num_samples = 100;
  double snr_threshold = 0.01;
  std::uint64_t seed = 0;
  std::int64_t validate = 32;  ///< held-out samples to compare on; 0 for none

  QuantizationMode quantization = QuantizationMode::kPtq;
  bool per_tensor = false;
  Recipe recipe = Recipe::kDefault;
  int threads = 0;  ///< 0: all cores
};

/// Told of each file or sample that is done: stage, done, total. Called from any thread.
using ProgressListener = std::function<void(const char* stage, std::size_t total)>;

struct Conversion {
  std::vector<std::byte> bytes;  ///< checked by reading back; not written yet
  ConversionReport report;
};

/// @throws kUsage for options without meaning together, kIo, kCorrupt, kUnsupported for
/// the model, kData when no calibration sample is left.
Conversion Convert(const ConvertJob& job, const ProgressListener& listener);

}  // namespace kinglet
