// Shapes of products of matrices.
#pragma once

#include <optional>

#include "ops/broadcasting.h"

namespace kinglet {

/// Shape of the product, or nothing where the operands don't fit.
std::optional<Shape> ProductShape(const BatchMatMul& op, const Shape& x, const Shape& y);

/// m x k times k x n for every index of the leading axes; `batches` counts in matrices.
struct MatrixPlan {
  MatrixPlan(const BatchMatMul& op, const NodeView& view);

  Size m = 1;
  Size k = 1;
  Size n = 1;
  Broadcasting<2> batches;
};

}  // namespace kinglet
