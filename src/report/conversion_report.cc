// The short form for a terminal, and the choice of form by ending.
#include "report/conversion_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/file.h"
#include "kinglet/error.h"

namespace kinglet {
namespace {

constexpr double kKilobyte = 1000;
constexpr double kMillion = 1e6;

std::string Kilobytes(std::uint64_t bytes) {
  return fmt::format("{:.1f} kB", static_cast<double>(bytes) / kKilobyte);
}

std::string SamplesLine(const ConversionReport& report) {
  std::string line = fmt::format("{} used of {} drawn from {}", report.SamplesUsed(),
                                 report.samples.size(), report.files_found);
  for (const auto& [reason, count] : report.SamplesSkipped()) {
    line += fmt::format(", {} {}", count, reason);
  }
  return line;
}

std::string AgreementLine(const AgreementRecord& agreement) {
  const Comparison& c = agreement.comparison;
  return fmt::format(
      "cosine mean {:.5f}, p05 {:.5f}, min {:.5f}; top-1 {:.1f} %; largest difference "
      "{:.4g} ({} {} samples)",
      c.cosine_mean, c.cosine_p05, c.cosine_min, 100 * c.top1_agreement, c.max_abs,
      c.samples, agreement.held_out ? "held-out" : "calibration");
}

std::string TrialLine(const TrialRecord& trial) {
  if (trial.error == ErrorRatio{}) return trial.name;
  return fmt::format(
      "{}; on samples held back {:.2f} ({:.2f} to {:.2f}) of the error of TensorFlow's "
      "arithmetic",
      trial.name, trial.error.ratio, trial.error.low, trial.error.high);
}

std::string StabilityLine(const StabilityRecord& record) {
  const Stability& s = record.stability;
  return fmt::format(
      "{}fits on two halves of the samples are {:.1f} % apart, cosine {:.5f}; {:.1f} % "
      "and "
      "{:.1f} % from float, the whole {:.1f} %",
      record.part.empty() ? "" : record.part + ": ", 100 * s.apart, s.cosine,
      100 * s.halves[0], 100 * s.halves[1], 100 * s.whole);
}

std::string Total(const std::vector<std::pair<std::string, double>>& seconds) {
  double total = 0;
  std::string stages;
  for (const auto& [stage, duration] : seconds) {
    total += duration;
    stages += fmt::format("{}{} {:.2f}", stages.empty() ? "" : ", ", stage, duration);
  }
  return fmt::format("{:.2f} s ({})", total, stages);
}

bool EndsWith(const std::filesystem::path& path, std::string_view ending) {
  return path.extension() == ending;
}

}  // namespace

std::size_t ConversionReport::SamplesUsed() const {
  return static_cast<std::size_t>(std::ranges::count_if(
      samples, [](const SampleRecord& sample) { return sample.used; }));
}

std::vector<std::pair<std::string, std::size_t>> ConversionReport::SamplesSkipped()
    const {
  std::map<std::string, std::size_t> counts;
  for (const SampleRecord& sample : samples) {
    if (!sample.used) ++counts[sample.reason];
  }
  return {counts.begin(), counts.end()};
}

std::string PrintSummary(const ConversionReport& report) {
  std::string text;
  const auto row = [&text](std::string_view label, const std::string& content) {
    text += fmt::format("{:<12} {}\n", label, content);
  };
  row("model",
      fmt::format("{} ({}, {} parameters, {:.1f} million MACs)", report.model_path,
                  Kilobytes(report.model_bytes), report.parameters,
                  static_cast<double>(report.macs) / kMillion));
  for (const std::string& note : report.notes) row("", note);
  if (!report.samples.empty()) row("calibration", SamplesLine(report));
  row("operators",
      fmt::format("{} in the Keras model, {} in the {}", report.operators_imported,
                  report.operators_written, report.parts.empty() ? "file" : "files"));
  if (!report.float_operators.empty()) {
    row("float", fmt::format("{}", fmt::join(report.float_operators, ", ")));
  }
  if (!report.int16_operators.empty()) {
    row("int16", fmt::format("{}", fmt::join(report.int16_operators, ", ")));
  }
  row("quantization", fmt::format("{}{}, recipe {}", report.quantization,
                                  report.per_tensor ? " per tensor" : "", report.recipe));
  for (const TrialRecord& trial : report.trials) {
    if (trial.chosen) row("chosen", TrialLine(trial));
  }
  for (const StabilityRecord& record : report.stability) {
    row("stability", StabilityLine(record));
  }
  if (report.agreement.has_value()) row("agreement", AgreementLine(*report.agreement));
  for (const std::string& warning : report.warnings) row("warning", warning);
  for (const PartRecord& part : report.parts) {
    row(part.name, fmt::format("{} ({}, {} operators)", part.path, Kilobytes(part.bytes),
                               part.operators));
  }
  if (report.parts.empty()) {
    row("output",
        fmt::format("{} ({})", report.output_path, Kilobytes(report.output_bytes)));
  }
  row("time", Total(report.seconds));
  return text;
}

void CheckReportPath(const std::filesystem::path& path) {
  if (EndsWith(path, ".json") || EndsWith(path, ".md")) return;
  throw Error(
      ErrorKind::kUsage,
      fmt::format("--report {}: the name must end in .json or .md", path.string()));
}

void WriteReport(const ConversionReport& report, const std::filesystem::path& path) {
  CheckReportPath(path);
  const std::string text =
      EndsWith(path, ".json") ? PrintJson(report) : PrintMarkdown(report);
  WriteFile(path, std::as_bytes(std::span(text)));
}

}  // namespace kinglet
