// Softmax and sigmoid at the outputs in float: INT8 rounds their results to 1/256.
#pragma once

#include "quantize/quantize.h"

namespace kinglet {

/// The graph with softmax, log-softmax and sigmoid in float where DEQUANTIZE alone reads
/// their results.
QuantizedGraph WithFloatOutputs(const QuantizedGraph& quantized);

}  // namespace kinglet
