// A float graph as a quantized one of the same type.
#pragma once

#include <string>
#include <vector>

#include "calibrate/ranges.h"
#include "ir/graph.h"
#include "quantize/precision.h"

namespace kinglet {

struct QuantizedGraph {
  Graph graph;
  std::vector<std::string> float_operators;  ///< "layer (op)" of nodes left in float
};

/// INT8 with float32 inputs and outputs: one Quantize behind each float input, one
/// Dequantize before each output, weights and biases as integers, one scale wherever an
/// operation wants its operands alike. Nodes without an integer form, or whose tensors
/// have no range, stay in float between Dequantize and Quantize; so do those whose
/// precision is to be float, and those of INT16 stand between two Quantize. REQUIRES:
/// ranges by the value ids of `graph`.
QuantizedGraph QuantizeInt8(const Graph& graph, const Ranges& ranges,
                            const QuantizeOptions& options = {});

/// Without the Minimum and Maximum nodes whose bound is the end of the INT8 range.
Graph DropIdleClamps(const Graph& quantized);

/// The same with INT16 activations throughout. What has no such form stays in float.
QuantizedGraph QuantizeInt16x8(const Graph& graph, const Ranges& ranges, bool per_tensor);

/// INT8 weights of at least 1024 elements, everything else float32: the runtime quantizes
/// activations as they come ("dynamic range").
Graph QuantizeWeightsOnly(const Graph& graph, bool per_tensor);

/// Float constants in half precision, everything else float32.
Graph QuantizeFloat16(const Graph& graph);

/// The ranges as TensorFlow's calibrator reports them, which reads operands once more
/// after an operation wrote over them (docs/numerics.md, rule 4.6).
Ranges WidenLikeTensorFlow(const Graph& graph, Ranges ranges);

}  // namespace kinglet
