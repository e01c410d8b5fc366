#include "tune/plan_names.h"

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

}  // namespace kinglet
