// Numbers as categories: the bin in which each lies, and categories as zeros with a one.
// TensorFlow Lite Micro has no operation for either; comparisons with a constant do.
#pragma once

#include <string>
#include <vector>

#include "import/layer_context.h"

namespace kinglet {

/// How many of the boundaries, which rise, are at most x: int32 of the shape of x.
ValueId BinOf(const LayerContext& context, ValueId x,
              const std::vector<double>& boundaries, const std::string& suffix);

/// A new axis of size `depth`, which may count from the end, with a one where the
/// category of x says and zeros elsewhere. Floats lose their fraction.
ValueId OneHotOf(const LayerContext& context, ValueId x, std::int64_t depth,
                 std::int64_t axis, DType dtype, const std::string& suffix);

}  // namespace kinglet
