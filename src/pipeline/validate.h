// Two models over held-out data.
#pragma once

#include <filesystem>
#include <optional>

#include "kinglet/options.h"
#include "kinglet/output_activation.h"
#include "pipeline/sample_set.h"
#include "report/validation_report.h"

namespace kinglet {

struct ValidateJob {
  std::filesystem::path reference;  ///< Keras or float .tflite
  std::filesystem::path candidate;  ///< .tflite of any type
  ImportOptions import;
  /// Of the reference; the candidate is as it is.
  OutputActivation output_activation = OutputActivation::kKeep;

  AudioSource audio;                          ///< recordings
  std::optional<std::filesystem::path> data;  ///< or tensors, an .npz
  std::int64_t num_samples = 0;               ///< drawn at random; 0 for all

  bool layers = false;
  std::optional<double> min_cosine;  ///< gates
  std::optional<double> min_cosine_p05;
  int threads = 0;  ///< 0: all cores
};

/// @throws kUsage when the models' inputs or outputs don't fit each other, or without
/// data; kIo, kCorrupt, kUnsupported for the models; kData when no sample is left.
ValidationReport Validate(const ValidateJob& job, const ProgressListener& listener);

/// @throws kGate when a figure is below what the job demands.
void CheckGates(const ValidateJob& job, const Comparison& comparison);

}  // namespace kinglet
