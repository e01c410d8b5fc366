#include <fmt/format.h>

#include "base/percent.h"
#include "report/conversion_report.h"

namespace kinglet {
namespace {

std::string Cell(std::string text) {
  for (std::size_t at = text.find('|'); at != std::string::npos;
       at = text.find('|', at + 2)) {
    text.insert(at, 1, '\\');
  }
  return text;
}

std::string ScaleCell(const TensorRecord& tensor) {
  if (tensor.scales.empty()) return "";
  if (tensor.scales.size() > 1) return fmt::format("{} scales", tensor.scales.size());
  return fmt::format("{:.6g}", tensor.scales[0]);
}

std::string TensorTable(const ConversionReport& report) {
  std::string text =
      "## Tensors\n\n| tensor | type | shape | range | scale | zero point |\n"
      "| --- | --- | --- | --- | --- | --- |\n";
  for (const TensorRecord& tensor : report.tensors) {
    const std::string range =
        tensor.range.has_value()
            ? fmt::format("{:.6g} .. {:.6g}", tensor.range->first, tensor.range->second)
            : "";
    const std::string zero_point =
        tensor.zero_points.size() == 1 ? fmt::format("{}", tensor.zero_points[0]) : "";
    text += fmt::format("| {} | {} | {} | {} | {} | {} |\n", Cell(tensor.name),
                        NameOf(tensor.dtype), ToString(tensor.shape), range,
                        ScaleCell(tensor), zero_point);
  }
  return text;
}

std::string SampleTable(const ConversionReport& report) {
  std::string text =
      "## Calibration samples\n\n| sample | used | reason |\n| --- | --- | --- |\n";
  for (const SampleRecord& sample : report.samples) {
    const std::string detail = sample.detail.empty() ? "" : ": " + sample.detail;
    text += fmt::format("| {} | {} | {} |\n", Cell(sample.name),
                        sample.used ? "yes" : "no", Cell(sample.reason + detail));
  }
  return text + "\n";
}

std::string TrialTable(const ConversionReport& report) {
  std::string text =
      "## Candidates\n\nError on samples held back, over that of TensorFlow's "
      "arithmetic, "
      "with the middle 90 % of it over resampled files.\n\n"
      "| candidate | error | low | high | |\n| --- | --- | --- | --- | --- |\n";
  for (const TrialRecord& trial : report.trials) {
    text += fmt::format("| {} | {:.3f} | {:.3f} | {:.3f} | {} |\n", Cell(trial.name),
                        trial.error.ratio, trial.error.low, trial.error.high,
                        trial.chosen ? "chosen" : "");
  }
  return text + "\n";
}

std::string RoundingTable(const ConversionReport& report) {
  std::string text =
      "## Rounding\n\nError of the outputs when one tensor alone is rounded to INT8, as "
      "a "
      "part of the sum of all such errors, and what the tensor is in the file.\n\n"
      "| tensor | share | type |\n| --- | --- | --- |\n";
  for (const RoundingRecord& one : report.rounding) {
    text += fmt::format("| {} | {:.1f} % | {} |\n", Cell(one.tensor),
                        kPercent * one.share, NameOf(one.dtype));
  }
  return text + "\n";
}

std::string ConstantTable(const DataFindings& data) {
  std::string text =
      "## Channels that no calibration sample moves\n\n| layer | constant | channels |\n"
      "| --- | --- | --- |\n";
  for (const ConstantCount& count : data.constant_channels) {
    text += fmt::format("| {} | {} | {} |\n", Cell(count.layer), count.constant,
                        count.channels);
  }
  return text + "\n";
}

std::string OutsideTable(const OutsideFindings& outside) {
  std::string text =
      "## Values outside the calibrated ranges\n\n"
      "| tensor | share, % | samples | most in |\n| --- | --- | --- | --- |\n";
  for (const OutsideRecord& record : outside.tensors) {
    text += fmt::format("| {} | {:.3g} | {} | {} |\n", Cell(record.tensor),
                        kPercent * record.share, record.samples.size(),
                        Cell(outside.names[record.samples.front()]));
  }
  return text + "\n";
}

}  // namespace

std::string PrintMarkdown(const ConversionReport& report) {
  std::string text = fmt::format("# Conversion of {}\n\n```\n{}```\n\n",
                                 report.model_path, PrintSummary(report));
  if (!report.trials.empty()) text += TrialTable(report);
  if (!report.rounding.empty()) text += RoundingTable(report);
  if (!report.samples.empty()) text += SampleTable(report);
  if (report.data.has_value() && !report.data->constant_channels.empty()) {
    text += ConstantTable(*report.data);
  }
  if (!report.outside.tensors.empty()) text += OutsideTable(report.outside);
  if (!report.tensors.empty()) text += TensorTable(report);
  return text;
}

}  // namespace kinglet
