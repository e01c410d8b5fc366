// Scales from which the kernels of the runtimes can rescale.
#pragma once

#include "calibrate/ranges.h"
#include "ir/graph.h"
#include "quantize/assign_params.h"
#include "quantize/precision.h"

namespace kinglet {

/// The plan with larger steps where a kernel refuses, aborts on or overflows with those
/// that it has: what is all but constant has steps too fine for some. Quotients that the
/// INT8 kernel couldn't compute are no longer among the quantized nodes.
ParamsPlan WithSafeScales(const Graph& graph, const Ranges& ranges,
                          const QuantizeOptions& options, Precision precision,
                          ParamsPlan plan);

}  // namespace kinglet
