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

/// The geometric mean over files of the ratio of their losses, which varies less from one
/// draw of files to the next than a ratio of sums: that follows the few of largest error.
/// For putting many candidates in an order. Losses as Losses() gives them: what lies far
/// below 1 hardly counts.
double TypicalRatio(std::span<const double> candidate, std::span<const double> other,
                    std::span<const std::size_t> files);

/// Whether less than 97 % of TensorFlow's error is to be expected: the ratio measured and
/// what was usual on other models, each weighted by how sure it is (the mean of a normal
/// posterior of the logarithm). Few files say little, and leave it at what is usual.
bool IsWorthwhile(const ErrorRatio& error);

/// The same of a step that cuts no range, over what it stands on: it stays unless the
/// files say clearly that it does harm.
bool IsExpectedGain(const ErrorRatio& step);

}  // namespace kinglet
