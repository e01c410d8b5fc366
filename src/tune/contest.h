// Candidates against each other by their errors on held-back samples.
#pragma once

#include <span>
#include <vector>

#include "tune/trial.h"
#include "tune/trial_record.h"

namespace kinglet {

/// Sample by sample one number: half the squared error over the baseline's mean squared
/// error, half the same of the relative error. The baseline's own sum is the number of
/// samples. REQUIRES: equally many.
std::vector<double> Losses(std::span<const SampleError> baseline,
                           std::span<const SampleError> candidate);

/// sum(candidate) / sum(other); files are drawn anew with replacement, with a fixed seed.
/// `files` says by sample which file it is from.
ErrorRatio Compare(std::span<const double> candidate, std::span<const double> other,
                   std::span<const std::size_t> files);

}  // namespace kinglet
