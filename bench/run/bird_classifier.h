// The graph that the benchmarks run: a bird classifier with made-up weights.
#pragma once

#include "base/tensor.h"
#include "ir/graph.h"

namespace kinglet {

/// Mel mix of a 257 x 256 spectrogram, piecewise linear scaling, a strided stem, four
/// stages of depthwise separable blocks, a dense head; 27 million multiply-adds.
Graph BirdClassifier();

/// The same with INT8 weights and activations.
Graph QuantizedBirdClassifier();

/// An input for both.
Tensor Spectrogram();

}  // namespace kinglet
