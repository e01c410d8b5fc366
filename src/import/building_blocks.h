// Compositions of operations that several layers are made of.
#pragma once

#include <string>

#include "import/layer_context.h"

namespace kinglet {

/// Applies a Keras activation (the value of an `activation` key) to `x`.
/// @throws kUnsupported for one that is not known.
ValueId ApplyActivation(const LayerContext& context, const Json& activation, ValueId x,
                        const std::string& suffix = "");

/// The affine map of a BatchNormalization whose variables lie at `sub`: gamma, beta, mean
/// and variance (gamma and beta as the flags say), over the last axis when `axis` is -1.
struct BatchNormalizationForm {
  std::int64_t axis = -1;
  bool scale = true;
  bool center = true;
  bool renorm = false;
  double epsilon = 1e-3;
};
ValueId AppendBatchNormalization(const LayerContext& context, ValueId x,
                                 const std::string& sub,
                                 const BatchNormalizationForm& form = {});

}  // namespace kinglet
