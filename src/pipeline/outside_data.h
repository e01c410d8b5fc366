// Whether samples stay inside the ranges for which a file was made.
#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "calibrate/ranges.h"
#include "pipeline/sample_set.h"
#include "report/data_warnings.h"
#include "verify/comparison.h"

namespace kinglet {

/// The ranges that the integers of `written` can hold, or that calibration saw, whichever
/// is wider, by value of the float graph; `calibrated` by name. Results with parameters
/// that are the same for every model have none.
ValueLimits LimitsOfFile(const Graph& graph, const Graph& written,
                         const std::map<std::string, Range>& calibrated);

struct WatchedOutputs {
  std::vector<OutputVector> outputs;  ///< as OutputVectors
  OutsideFindings outside;
};

/// The outputs of a float graph, and what leaves the limits on the way to them. `names`
/// are those of the samples.
WatchedOutputs WatchOutputs(const Graph& graph, const ValueLimits& limits,
                            std::span<const Sample> samples,
                            std::vector<std::string> names, std::size_t workers);

}  // namespace kinglet
