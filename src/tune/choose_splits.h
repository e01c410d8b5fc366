// Which tensors to split into planes, and where the planes meet.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "tune/split_planes.h"
#include "tune/workshop.h"

namespace kinglet {

/// The threshold at which both planes together are expected to lose least: numbers below
/// it are rounded by steps of the fine plane's range, those above by steps of the coarse
/// one's. Nothing where a split gains nothing.
std::optional<float> BalancedThreshold(const Histogram& histogram, const Range& extremes);

/// The plan with tensors of its graph split.
Plan WithSplits(const Workshop& workshop, const Plan& plan, const Thresholds& thresholds);

/// Looks for splits of the tensors whose rounding costs most, on top of `before`, so that
/// the graph's multiply-accumulates stay below `most_macs`: first prefixes of the list
/// with all thresholds balanced or the same part of that, then, from the best of them,
/// every tensor's threshold doubled, halved, or left out. Returns at most `count`, that
/// of least loss first. `before` may come from another workshop.
std::vector<Thresholds> SearchSplits(const Workshop& workshop, const Plan& before,
                                     std::int64_t most_macs, std::size_t count);

/// What splits would bring that the budget doesn't allow.
struct SplitOffer {
  std::size_t tensors = 0;
  double extra_macs = 0;  ///< as a part of the graph's
  ErrorRatio error;       ///< over that of the plan without them
};

/// What balanced splits of the tensors whose rounding costs most bring on top of
/// `before`; nothing where they don't gain. `before` may come from another workshop.
std::optional<SplitOffer> OfferSplits(const Workshop& workshop, const Plan& before,
                                      std::int64_t most_macs);

}  // namespace kinglet
