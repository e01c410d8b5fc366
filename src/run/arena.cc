// Best fit, largest first: each buffer takes the smallest gap that is free for its whole
// lifetime among those already placed, or the place behind them.
#include "run/arena.h"

#include <algorithm>
#include <limits>
#include <numeric>

#include "kernels/aligned.h"

namespace kinglet {
namespace {

struct Placed {
  std::size_t begin;
  std::size_t end;
  Lifetime lifetime;
};

bool Meet(const Lifetime& a, const Lifetime& b) {
  return a.first <= b.last && b.first <= a.last;
}

std::size_t RoundedUp(std::size_t bytes) {
  return (bytes + kCacheLine - 1) / kCacheLine * kCacheLine;
}

/// `placed` is sorted by begin.
std::size_t BestPlace(std::span<const Placed> placed, const Lifetime& lifetime) {
  const std::size_t bytes = RoundedUp(lifetime.bytes);
  std::size_t best = 0;
  std::size_t best_gap = std::numeric_limits<std::size_t>::max();
  std::size_t free_from = 0;
  for (const Placed& other : placed) {
    if (!Meet(other.lifetime, lifetime)) continue;
    const std::size_t gap = other.begin > free_from ? other.begin - free_from : 0;
    if (gap >= bytes && gap < best_gap) {
      best = free_from;
      best_gap = gap;
    }
    free_from = std::max(free_from, other.end);
  }
  return best_gap == std::numeric_limits<std::size_t>::max() ? free_from : best;
}

}  // namespace

ArenaLayout LayOut(std::span<const Lifetime> lifetimes) {
  std::vector<std::size_t> order(lifetimes.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, std::greater<>(),
                           [&](std::size_t i) { return lifetimes[i].bytes; });
  ArenaLayout layout{.offsets = std::vector<std::size_t>(lifetimes.size()), .bytes = 0};
  std::vector<Placed> placed;
  for (const std::size_t i : order) {
    const std::size_t begin = BestPlace(placed, lifetimes[i]);
    const Placed mine{begin, begin + RoundedUp(lifetimes[i].bytes), lifetimes[i]};
    placed.insert(std::ranges::upper_bound(placed, begin, {}, &Placed::begin), mine);
    layout.offsets[i] = begin;
    layout.bytes = std::max(layout.bytes, mine.end);
  }
  return layout;
}

}  // namespace kinglet
