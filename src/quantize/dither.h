// Results that are computed several times, each time rounded on a grid that lies a part
// of a step further: the mean of K such copies is the result rounded to steps of 1/K,
// also where a clamp ends it at zero ("dither" in signal processing).
//
//   q_k = clamp(round(y / s + d_k) + z),  d_k = (k + 1/2) / K - 1/2,  k = 0 .. K-1
//   w * y is then sum over k of (w / K) * s * (q_k - z)
//
// The offsets go into the bias of the operation that makes the result. What follows is
// computed once for each copy, up to an operation that takes all of them in one exact
// sum: a convolution of one group or FULLY_CONNECTED reads them as further input
// channels, with the same integers as weights and a scale of 1/K; a DEQUANTIZE is
// followed by their mean.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "ir/graph.h"
#include "quantize/dither_plan.h"

namespace kinglet {

/// One of the copies of a result.
struct DitheredCopy {
  std::string of;     ///< the result's name
  double offset = 0;  ///< that its bias holds, in real units
};

struct DitheredGraph {
  Graph graph;
  std::map<std::string, DitheredCopy> copies;  ///< by name, of results that have offsets
  std::vector<std::string> float_operators = {};  ///< "layer (op)" of means of copies
};

/// The graph with copies of those results. A reader that neither takes copies nor is
/// computed as many times reads the result as it was, which is then computed as well.
DitheredGraph WithDitheredResults(const Graph& quantized, const Copies& copies);

}  // namespace kinglet
