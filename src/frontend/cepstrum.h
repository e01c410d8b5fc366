// Cepstral coefficients of a mel spectrogram.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace kinglet {

/// The first `coefficients` of the orthonormal DCT-II over the bands, first `width`
/// frames: [band][frame] to [coefficient][frame].
///   c[j] = s_j sum over m of D[m] cos(pi j (2 m + 1) / (2 bands)),
///   s_0 = sqrt(1 / bands), else sqrt(2 / bands)
std::vector<float> Cepstrum(std::span<const float> decibels, std::int64_t bands,
                            std::int64_t coefficients, std::int64_t width);

}  // namespace kinglet
