// Which operations are worth more than INT8.
#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "kinglet/options.h"
#include "quantize/precision.h"
#include "tune/rounding_record.h"
#include "tune/sensitivity.h"

namespace kinglet {

struct Mix {
  Precisions precisions = {};                 ///< by node; empty where all is INT8
  std::vector<std::string> layers = {};       ///< "layer (op)" of higher precision
  std::vector<RoundingRecord> rounding = {};  ///< what costs most first
  std::vector<std::string> warnings = {};
};

/// Measures what rounding single tensors costs. The `wanted` results of operations that
/// cost most, quantized inputs among them, are then kept in higher precision: what makes
/// them and what reads them computes so. Tensors of one scale go together. A result
/// beside an operation that the runtimes don't compute on INT16, or whose operations err
/// no less on it, is passed over for the next. `ranges` and `options` are those of the
/// INT8 graph, `reference` the outputs of the float graph.
Mix MixPrecisions(const Graph& graph, const Ranges& ranges,
                  const QuantizeOptions& options, const MixedPrecision& wanted,
                  const SampleRefs& samples, std::span<const Outputs> reference,
                  std::size_t workers);

/// A tensor's part in the errors of all: half by squared error, half by relative error.
/// They sum to one, unless nothing errs.
std::map<ValueId, double> SharesOfError(std::span<const Sensitivity> sensitivities);

/// The places of at most 32 of so many samples, evenly taken: as many as the measurement
/// needs.
std::vector<std::size_t> PlacesToMeasure(std::size_t samples);

}  // namespace kinglet
