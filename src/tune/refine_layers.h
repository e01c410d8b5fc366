// Sequential bias correction: each linear layer of the quantized graph gets the bias with
// which its mean output, over calibration samples and positions, equals that of the float
// layer, given what the layers before it really compute. Last layers get it as far as the
// samples are sure of it.
#pragma once

#include <cstddef>

#include "ir/graph.h"
#include "quantize/dither.h"
#include "tune/bias_shift.h"
#include "tune/float_means.h"
#include "tune/folds.h"

namespace kinglet {

/// What is done to each linear layer, its weights before its bias.
struct Refinement {
  BiasForm bias = BiasForm::kMean;
  bool round_weights = false;  ///< with regard to second moments (round_weights.h)
  bool retarget = false;       ///< round to what makes good the errors before the layer
  bool operator==(const Refinement&) const = default;
};

/// The quantized graph with refined layers, in one run of the samples. Layers are found
/// in `original`, the float graph that was quantized, by the name of their result; those
/// that are missing there, and those without a bias, stay; copies of a result keep their
/// offsets. REQUIRES: means of these samples.
Graph RefineLayers(const DitheredGraph& quantized, const Graph& original,
                   const FloatMeans& means, const SampleRefs& samples,
                   const Refinement& refinement, std::size_t workers);

}  // namespace kinglet
