// How magnitudes of a spectrogram are scaled before the network sees them.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace kinglet {

/// (v - min) / f32(f32(max - min) + 1e-10); a constant picture becomes 0.
void NormalizeToUnit(std::span<float> values);

/// Normalizes, bends by four pieces of a line, normalizes again.
void ScalePwl(std::span<float> values);

/// Decibels of powers relative to the largest one, cut at 80 dB below the largest result:
///   10 log10(max(1e-10, p)) - 10 log10(max(1e-10, max p))
/// (librosa.power_to_db)
void PowerToDecibels(std::span<float> powers);

/// Decibels of magnitudes: PowerToDecibels of their squares, the reference in double
/// (librosa.amplitude_to_db with amin 1e-5).
void MagnitudeToDecibels(std::span<float> magnitudes);

/// Per-channel energy normalization of [band][frame], then to 0..1, in double: gain 0.98,
/// bias 2, power 0.5, time constant 0.4 s, epsilon 1e-6 (librosa.pcen).
void ScalePcen(std::span<float> values, std::int64_t frames, std::int64_t sample_rate_hz,
               std::int64_t hop);

}  // namespace kinglet
