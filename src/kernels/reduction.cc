// An array whose reduced axes adjoin is [outer][count][inner]. Otherwise it is first
// permuted to that form; the axes that stay behind the last reduced one remain inner.
#include "kernels/reduction.h"

#include <algorithm>
#include <vector>

namespace kinglet {

Reduction::Reduction(std::span<const std::int64_t> shape,
                     std::span<const std::int64_t> axes, std::size_t element_bytes) {
  std::vector<std::int64_t> before;
  std::vector<std::int64_t> reduced;
  std::vector<std::int64_t> after;
  for (std::size_t i = 0; i < shape.size(); ++i) {
    const auto axis = static_cast<std::int64_t>(i);
    if (std::ranges::find(axes, axis) != axes.end()) {
      before.insert(before.end(), after.begin(), after.end());
      after.clear();
      reduced.push_back(axis);
      count_ *= shape[i];
    } else {
      after.push_back(axis);
    }
  }
  for (const std::int64_t axis : before) outer_ *= shape[static_cast<std::size_t>(axis)];
  for (const std::int64_t axis : after) inner_ *= shape[static_cast<std::size_t>(axis)];
  std::vector<std::int64_t> perm = before;
  perm.insert(perm.end(), reduced.begin(), reduced.end());
  perm.insert(perm.end(), after.begin(), after.end());
  StridedCopy gather = Permutation(shape, perm, element_bytes);
  if (!gather.IsIdentity()) gather_ = std::move(gather);
}

}  // namespace kinglet
