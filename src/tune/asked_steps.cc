#include "tune/asked_steps.h"

namespace kinglet {

double AskedSteps::MostExtraMacs() const {
  return steps_.max_extra_macs.value_or(IsMax() ? kExtraMacsOfMax : 0);
}

bool AskedSteps::MayUseFloat() const { return steps_.max_extra_macs != 0; }

bool AskedSteps::IsForced() const {
  return steps_.ranges.has_value() || steps_.equalize.value_or(false) ||
         steps_.bias_correction.value_or(false) || steps_.adaround.value_or(false);
}

std::vector<RangeMethod> AskedSteps::RangesToTry() const {
  if (steps_.ranges.has_value()) return {*steps_.ranges};
  return {RangeMethod::kMinMax, RangeMethod::kMse};
}

std::vector<BiasForm> AskedSteps::BiasesToTry() const {
  const std::optional<bool>& wanted = steps_.bias_correction;
  if (!wanted.value_or(true)) return {BiasForm::kNone};
  if (!IsMax()) return {BiasForm::kMean};
  std::vector<BiasForm> biases = {BiasForm::kMean, BiasForm::kMedian, BiasForm::kTrimmed};
  if (!wanted.has_value()) biases.push_back(BiasForm::kNone);
  return biases;
}

}  // namespace kinglet
