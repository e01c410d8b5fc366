// From histograms to the ranges of activations.
#pragma once

#include "calibrate/statistics.h"
#include "kinglet/recipe_steps.h"

namespace kinglet {

/// One range a value, never beyond its extremes and never without zero.
Ranges ChooseRanges(const StatisticsCollector& statistics, RangeMethod method);

/// Of one value. REQUIRES: the histogram of a value with these extremes.
Range ChooseRange(const Histogram& histogram, const Range& extremes, RangeMethod method);

}  // namespace kinglet
