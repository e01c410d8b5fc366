// What `validate` found, for people and for programs.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "kinglet/sample_record.h"
#include "report/data_warnings.h"
#include "verify/comparison.h"
#include "verify/layer_comparison.h"

namespace kinglet {

struct ValidationReport {
  std::string program_version;
  std::string reference_path;
  std::string candidate_path;
  Comparison comparison;
  ComparisonIntervals intervals;
  /// Name and distances of each sample, in order.
  std::vector<std::pair<std::string, SampleComparison>> samples;
  std::vector<SampleRecord> skipped;
  std::vector<double> mean_shifts;  ///< one an output element
  OutsideFindings outside;          ///< the ranges of the candidate's integers
  std::vector<LayerComparison> layers;
  bool has_layers = false;

  /// Indices of the samples of lowest cosine, at most five, worst first.
  [[nodiscard]] std::vector<std::size_t> Worst() const;
  /// Indices of `layers`, lowest SQNR first.
  [[nodiscard]] std::vector<std::size_t> LayersByLoss() const;
  /// The layer at which the SQNR drops most; none without layers or drops.
  [[nodiscard]] std::size_t LargestDrop() const;
};

std::string PrintText(const ValidationReport& report);

/// One JSON object, two-space indented; the same in every run.
std::string PrintJson(const ValidationReport& report);

}  // namespace kinglet
