// Constants of a float graph as the integers that an operation reads.
#pragma once

#include <optional>
#include <vector>

#include "base/tensor.h"
#include "ir/graph.h"
#include "ops/op_def.h"
#include "quantize/precision.h"

namespace kinglet {

struct IntegerConstant {
  Tensor tensor;
  Quantization quantization;
};

Quantization ToQuantization(const QuantParams& params);

/// A constant that is no weight, by the parameters `wanted` or those of its own range.
IntegerConstant OperandConstant(const Tensor& floats,
                                const std::optional<QuantParams>& wanted,
                                Precision precision);

/// Weights and, where the node has one, the bias: of 32 bits beside INT8 activations, 64
/// beside INT16. REQUIRES: a node whose weights are a constant.
std::vector<IntegerConstant> LinearConstants(const Graph& graph, const Node& node,
                                             float input_scale, bool per_tensor,
                                             Precision precision);

}  // namespace kinglet
