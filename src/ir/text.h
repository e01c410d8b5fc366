// The text form of a graph: tests, dumps and bug reports. Parse(Print(g)) == g.
//
//   in input = x : float32[1x4x4x1]
//   const w : float32[2x1x1x1] = 0.5 -1
//   const b : float32[2] = 0 0
//   y : int8[1x4x4x2] q{0.02/-128} = conv_2d(x, w, b) activation=relu6 @stem
//   out output_0 = y
//
// Attributes at their default are left out, as is a node's name that equals its result's.
// A name that isn't a plain word is written in double quotes.
#pragma once

#include <string>
#include <string_view>

#include "ir/graph.h"

namespace kinglet {

enum class Constants { kInFull, kElided };

/// With Constants::kElided, a constant of more than eight elements shows "..." and the
/// text is for people only.
std::string Print(const Graph& graph, Constants constants = Constants::kInFull);

/// @throws kCorrupt with the line number when the text is not a graph.
Graph Parse(std::string_view text);

}  // namespace kinglet
