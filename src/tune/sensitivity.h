// What rounding one tensor to INT8, once or in copies with dither, does to the outputs
// while all else stays in float.
#pragma once

#include <span>
#include <vector>

#include "calibrate/ranges.h"
#include "quantize/precision.h"
#include "tune/folds.h"
#include "tune/trial.h"

namespace kinglet {

struct Sensitivity {
  ValueId value{};
  std::vector<SampleError> errors;  ///< by sample
};

/// Of every tensor that INT8 rounds anew, in the order of the graph: those that
/// operations with a result of one scale with their operand make are left out, and sums
/// with a constant of the same steps. `options` are those of the INT8 graph, `reference`
/// the outputs of the float graph; what the mean of so many copies with dither leaves.
std::vector<Sensitivity> FindSensitivities(const Graph& graph, const Ranges& ranges,
                                           const QuantizeOptions& options,
                                           const SampleRefs& samples,
                                           std::span<const Outputs> reference,
                                           std::size_t workers, int copies = 1);

/// Whether that takes bearable time, which grows with the square of the operations:
/// unrolled recurrent layers have thousands.
bool CanMeasureEach(const Graph& graph);

}  // namespace kinglet
