// The last softmax, sigmoid or L2 normalization in float: INT8 rounds their results to
// 1/256 or 1/128.
#pragma once

#include "quantize/quantize.h"

namespace kinglet {

/// The graph with softmax, log-softmax, sigmoid and L2 normalization in float where
/// DEQUANTIZE alone reads their results.
QuantizedGraph WithFloatOutputs(const QuantizedGraph& quantized);

}  // namespace kinglet
