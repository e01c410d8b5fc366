// What a conversion did, for people and for programs.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/tensor.h"
#include "kinglet/sample_record.h"
#include "report/data_warnings.h"
#include "tune/rounding_record.h"
#include "tune/trial_record.h"
#include "verify/comparison.h"

namespace kinglet {

/// A tensor of the file as written.
struct TensorRecord {
  std::string name;
  DType dtype = DType::kFloat32;
  Shape shape;
  std::optional<std::pair<float, float>> range;  ///< calibrated minimum and maximum
  std::vector<float> scales;                     ///< one, or one per channel
  std::vector<std::int64_t> zero_points;
};

/// Float model against written file.
struct AgreementRecord {
  Comparison comparison;
  bool held_out = false;  ///< samples that did not calibrate
};

/// One file of a model that was split.
struct PartRecord {
  std::string name;  ///< "backbone" or "head"
  std::string path;
  std::string sha256;
  std::uint64_t bytes = 0;
  std::size_t operators = 0;
};

/// How much a recipe's choice depends on the samples.
struct StabilityRecord {
  std::string part;  ///< as PartRecord's name, or empty
  Stability stability;
};

struct ConversionReport {
  std::string program_version;
  std::string model_path;
  std::string model_format;  ///< "Keras 3.10.0"
  std::string model_sha256;
  std::string calibration_sha256;  ///< of the archive, when samples came from one
  std::string output_path;         ///< empty where there are `parts`
  std::string output_sha256;
  std::string quantization;  ///< "ptq", "dynamic", "none"
  std::string recipe;
  bool per_tensor = false;
  std::vector<PartRecord> parts;  ///< of a model that was split

  std::uint64_t model_bytes = 0;
  std::uint64_t output_bytes = 0;
  std::int64_t parameters = 0;
  std::int64_t macs = 0;
  std::size_t operators_imported = 0;  ///< of the Keras model as it stands
  std::size_t operators_written = 0;

  std::vector<std::string> notes;            ///< decisions taken while reading
  std::vector<std::string> warnings;         ///< what the user should look at
  std::vector<std::string> float_operators;  ///< no INT8 form, asked for, or better so
  std::vector<std::string> int16_operators;  ///< that were asked for

  std::vector<SampleRecord> samples;     ///< that were to calibrate
  std::vector<SampleRecord> held_out;    ///< that were to be compared on
  std::size_t files_found = 0;           ///< that the samples were drawn from
  std::vector<TrialRecord> trials;       ///< what the recipe compared
  std::vector<RoundingRecord> rounding;  ///< where it was measured
  std::vector<StabilityRecord> stability;
  std::optional<AgreementRecord> agreement;
  std::optional<DataFindings> data;  ///< about what calibrated
  OutsideFindings outside;           ///< about what was compared on
  std::vector<TensorRecord> tensors;
  std::vector<std::pair<std::string, double>> seconds;  ///< stage and its duration

  [[nodiscard]] std::size_t SamplesUsed() const;
  /// Reason and count, in order of reason.
  [[nodiscard]] std::vector<std::pair<std::string, std::size_t>> SamplesSkipped() const;
};

/// A dozen lines for a terminal.
std::string PrintSummary(const ConversionReport& report);

/// One JSON object, two-space indented. Everything but `seconds` is the same in every
/// run.
std::string PrintJson(const ConversionReport& report);

/// A page with tables.
std::string PrintMarkdown(const ConversionReport& report);

/// Writes the form that the ending of `path` names: .json or .md.
/// @throws kUsage for another ending, kIo as WriteFile.
void WriteReport(const ConversionReport& report, const std::filesystem::path& path);

/// @throws kUsage unless WriteReport knows the ending.
void CheckReportPath(const std::filesystem::path& path);

}  // namespace kinglet
