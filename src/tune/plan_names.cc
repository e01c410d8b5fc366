#include "tune/plan_names.h"

#include <fmt/format.h>

#include "base/percent.h"

namespace kinglet {

std::string_view NameOf(RangeMethod method) {
  switch (method) {
    case RangeMethod::kMinMax:
      return "min/max";
    case RangeMethod::kPercentile:
      return "percentile";
    case RangeMethod::kMse:
      return "mse";
    case RangeMethod::kNormalizedMse:
      return "normalized mse";
    case RangeMethod::kEntropy:
      break;
  }
  return "entropy";
}

std::string_view NameOf(BiasForm form) {
  switch (form) {
    case BiasForm::kNone:
      return "no";
    case BiasForm::kMean:
      return "mean";
    case BiasForm::kMedian:
      return "median";
    case BiasForm::kTrimmed:
      break;
  }
  return "trimmed";
}

std::string NameOf(const Plan& plan) {
  if (plan.like_tensorflow) return "tf";
  std::string name = fmt::format("{} ranges, {} bias{}", NameOf(plan.ranges),
                                 NameOf(plan.refinement.bias), plan.rewrites);
  if (plan.float_inputs) name += ", float inputs";
  if (plan.fine_inputs) name += ", fine inputs";
  if (plan.float_outputs) name += ", float outputs";
  if (!plan.copies.empty()) {
    name += fmt::format(", {} results with dither", plan.copies.size());
  }
  if (plan.refinement.retarget) {
    name += ", rounded to retarget";
  } else if (plan.refinement.round_weights) {
    name += ", rounded together";
  }
  return plan.headroom ? name + ", headroom" : name;
}

std::string NoteOf(const SplitOffer& offer) {
  return fmt::format(
      "{} skewed tensors in two INT8 planes each would leave {:.0f} % of what rounding "
      "activations costs, for {:.0f} % more multiply-accumulates; see --recipe max and "
      "--max-extra-macs",
      offer.tensors, kPercent * offer.left, kPercent * offer.extra_macs);
}

std::string NoteOfTooMany(std::size_t operations) {
  return fmt::format(
      "{} operations are too many to measure what rounding each result costs: no splits, "
      "no dither, no list of the costs",
      operations);
}

}  // namespace kinglet
