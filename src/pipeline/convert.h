// One conversion from the model file to the bytes of the .tflite, with its report.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/npz.h"
#include "kinglet/options.h"
#include "kinglet/output_activation.h"
#include "kinglet/recipe_steps.h"
#include "pipeline/sample_set.h"
#include "report/conversion_report.h"

namespace kinglet {

/// Everything a conversion depends on.
struct ConvertJob {
  std::filesystem::path model;
  std::filesystem::path output;
  ImportOptions import;

  AudioSource audio;                                 ///< calibration recordings
  std::optional<std::filesystem::path> calibration;  ///< or tensors, an .npz
  std::int64_t num_samples = 100;
  std::int64_t validate = 32;  ///< held-out samples to compare on; 0 for none
  double min_cosine = 0.95;    ///< gates on the comparison
  double min_cosine_p05 = 0.90;

  QuantizationMode quantization = QuantizationMode::kPtq;
  bool per_tensor = false;
  Recipe recipe = Recipe::kDefault;
  RecipeSteps steps;
  MixedPrecision mixed;
  OutputActivation output_activation = OutputActivation::kKeep;
  /// The Keras layer behind which the model is cut in two files, <stem>_backbone.tflite
  /// and <stem>_head.tflite beside `output`; empty: one file.
  std::string split_head;
  int threads = 0;  ///< 0: all cores
  /// Fill in the report's SHA-256 sums, which takes its time. Its JSON form shows them.
  bool hashes = false;
  /// Measure for the report what rounding single tensors costs, which takes its time.
  bool measure_rounding = false;

  /// Inputs and expected outputs for a test on the board, an .npz; so many of them.
  std::optional<std::filesystem::path> golden;
  std::int64_t golden_samples = 8;
};

struct Conversion {
  std::vector<FileContent> files;  ///< checked by reading back; not written yet
  ConversionReport report;
  std::vector<NamedTensor> golden;  ///< when the job asks for it
};

/// @throws kUsage for options without meaning together, kIo, kCorrupt, kUnsupported for
/// the model, kData when no calibration sample is left, kGate when the file agrees less
/// with the model than the job demands.
Conversion Convert(const ConvertJob& job, const ProgressListener& listener);

}  // namespace kinglet
