// Where intermediate results lie in one block of memory, given when each is needed.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace kinglet {

/// A buffer and the steps [first, last] during which it must keep its bytes.
struct Lifetime {
  std::size_t bytes = 0;
  std::size_t first = 0;
  std::size_t last = 0;
};

struct ArenaLayout {
  std::vector<std::size_t> offsets;  ///< multiples of a cache line
  std::size_t bytes = 0;
};

/// Buffers whose lifetimes meet don't overlap.
ArenaLayout LayOut(std::span<const Lifetime> lifetimes);

}  // namespace kinglet
