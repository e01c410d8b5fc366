// Inputs of a graph, and other numbers computed in float, in two INT8 planes: what
// rounding them leaves over is a plane of its own, kFineSteps times as fine.
//
//   q = quantize(x), r = quantize(kFineSteps * (x - dequantize(q)))
//   y = W * [q, r] with W = [w, w / kFineSteps]
//
// Both planes have the input's scale and zero point, so that one CONCATENATION of their
// channels and one linear operation of twice as many input channels serve; its sum of
// both is exact in INT32, and no scale of a weight changes. The float function stays:
// w * deq(q) + w / k * k (x - deq(q)) = w * x.
#pragma once

#include <optional>
#include <set>

#include "calibrate/ranges.h"
#include "ir/graph.h"
#include "quantize/quantize.h"

namespace kinglet {

inline constexpr int kFineSteps = 16;

/// Inputs and results of float operations that can have a fine plane: they are quantized
/// to INT8 once, and a CONV_2D of one group or FULLY_CONNECTED with INT8 weights reads
/// them, through reshapes and transpositions or directly. Other readers keep the coarse
/// plane.
std::set<ValueId> InputsToRefine(const Graph& quantized);

/// The range with room at both ends for the codes of the fine plane, kFineSteps / 2 each.
Range WithRoomForFinePlane(const Range& range);

/// The graph with fine planes of those whose zero point leaves them room. What is
/// left over is computed in float.
QuantizedGraph WithFineInputs(const QuantizedGraph& quantized,
                              const std::set<ValueId>& inputs);

}  // namespace kinglet
