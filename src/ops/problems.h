// What a file may say of a node that no kernel takes.
#pragma once

#include <optional>
#include <string>

#include "ops/op_def.h"

namespace kinglet {

/// Integers that stand for real numbers have one scale and the first input's type (so has
/// the result, unless one of both is float32).
std::optional<std::string> ScaleProblem(const NodeView& view);

/// Integers that stand for real numbers have the scale of the result.
std::optional<std::string> SameScaleProblem(const NodeView& view);

/// Weights and bias, the inputs after the first, are constants of types that go together
/// with it.
std::optional<std::string> WeightsProblem(const NodeView& view);

}  // namespace kinglet
