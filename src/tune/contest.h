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

/// What a step usually does to the error: the logarithm of the ratio has this mean, and
/// spreads by so much from model to model.
struct UsualStep {
  double mean = 0;
  double spread = 0;
};

/// Of equalization, rounding of weights and scaling before centring: about what the first
/// two did to the typical error of 16 models, with 300 samples each. Sums changed by
/// more, and spread by 0.2 to 0.5, which few files can't tell from chance.
inline constexpr UsualStep kUsualRefinement = {-0.05, 0.1};
/// Of inputs in two planes: over the sums of errors of those and of 19 bird models with
/// 125 windows each the mean was -0.11. All of it is noise that no longer is added.
inline constexpr UsualStep kUsualFineInputs = {-0.11, 0.1};

/// Of another form of bias correction than the mean, or of none: a guess against choosing
/// among four by chance.
inline constexpr UsualStep kUsualOtherBias = {0.1, 0.1};

/// Of wider ranges: a tenth moved the sums of errors of 34 trained models and 20 bird
/// models by -0.1 in the mean, with this spread. Samples held back are cut more often
/// than new ones will be, as fewer others decided: hence the mean above zero.
inline constexpr UsualStep kUsualHeadroom = {0.1, 0.4};

/// The same of a step that cuts no range, over what it stands on: it stays unless the
/// files say clearly that it does harm.
bool IsExpectedGain(const ErrorRatio& step, const UsualStep& usual);

}  // namespace kinglet
