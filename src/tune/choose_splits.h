// Which tensors to split into planes, and where the planes meet.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "tune/choose_dither.h"
#include "tune/split_planes.h"
#include "tune/workshop.h"

namespace kinglet {

/// The threshold at which both planes together are expected to lose least: numbers below
/// it are rounded by steps of the fine plane's range, those above by steps of the coarse
/// one's. Nothing where a split gains nothing. `bins`: as of a histogram.
std::optional<float> BalancedThreshold(std::span<const Histogram::Bin> bins,
                                       const Range& extremes);

/// The plan with tensors of its graph split.
Plan WithSplits(const Workshop& workshop, const Plan& plan, const Thresholds& thresholds);

/// Splits of tensors whose rounding costs most, each kept where all single roundings
/// together then cost clearly less, with the copies and fine inputs that the limits still
/// allow: their sum says more surely than errors at the outputs what a split is good for.
/// `before` may come from another workshop, of whose graph the thresholds are.
Thresholds ChooseSplits(const Workshop& workshop, const Plan& before,
                        const DitherLimits& limits);

/// What splits would bring that the budget doesn't allow.
struct SplitOffer {
  std::size_t tensors = 0;
  double extra_macs = 0;  ///< as a part of the graph's
  double left = 0;        ///< of what rounding single tensors costs
};

/// What balanced splits of the tensors whose rounding costs most bring on top of
/// `before`, without copies and fine inputs; nothing where they gain little. `before` may
/// come from another workshop.
std::optional<SplitOffer> OfferSplits(const Workshop& workshop, const Plan& before,
                                      std::int64_t most_macs);

}  // namespace kinglet
