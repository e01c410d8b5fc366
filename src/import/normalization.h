// What normalizations of each sample by itself share.
#pragma once

#include <optional>

#include "import/building_blocks.h"

namespace kinglet {

/// Gamma and beta, of which there may be none; constants that broadcast to the data.
struct GainAndBias {
  std::optional<ValueId> gamma;
  std::optional<ValueId> beta;
};

/// (x - mean) / sqrt(variance + epsilon) * gamma + beta over `axes`, in the form that
/// suits them.
ValueId Normalized(const LayerContext& context, ValueId x, const Ints& axes,
                   const GainAndBias& affine, float epsilon);

/// The same as x * factor + offset, both small tensors.
ValueId NormalizedByFactors(const LayerContext& context, ValueId x, const Ints& axes,
                            const GainAndBias& affine, float epsilon);

/// x / sqrt(variance + epsilon) * gamma: Keras' `rms_scaling` doesn't subtract the mean.
ValueId DividedByDeviation(const LayerContext& context, ValueId x, const Ints& axes,
                           const GainAndBias& affine, float epsilon);

/// x / sqrt(mean of squares + epsilon) * scale. The scale meets x from the last axis on,
/// whichever the axes are: what Keras computes.
/// @throws kCorrupt unless it broadcasts to x, as Keras does.
ValueId DividedByRms(const LayerContext& context, ValueId x, const Ints& axes,
                     std::optional<ValueId> scale, float epsilon);

}  // namespace kinglet
