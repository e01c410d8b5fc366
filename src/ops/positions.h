// Computed positions: int32 or int64 operands that pick elements of another.
#pragma once

#include <algorithm>
#include <cstring>

#include "kernels/arguments.h"
#include "ops/op_def.h"

namespace kinglet {

inline bool IsPosition(DType dtype) {
  return dtype == DType::kInt32 || dtype == DType::kInt64;
}

/// The elements of such an operand.
class Positions {
 public:
  Positions(const std::byte* data, DType dtype)
      : data_(data), wide_(dtype == DType::kInt64) {}

  [[nodiscard]] std::int64_t Raw(Size i) const {
    return wide_ ? reinterpret_cast<const std::int64_t*>(data_)[i]
                 : reinterpret_cast<const std::int32_t*>(data_)[i];
  }
  /// Brought into [0, count).
  [[nodiscard]] std::int64_t At(Size i, std::int64_t count) const {
    return std::clamp<std::int64_t>(Raw(i), 0, count - 1);
  }

 private:
  const std::byte* data_;
  bool wide_;
};

/// out[batch][outer][i] = in[batch][outer][positions[batch][i]], slices of `bytes`.
struct GatherPlan {
  Size batches = 1;
  Size outer = 1;
  Size places = 1;
  Size indices = 1;
  Size bytes = 1;

  void Run(const std::byte* in, const Positions& positions, std::byte* out) const {
    for (Size batch = 0; batch < batches; ++batch) {
      for (Size o = 0; o < outer; ++o, in += places * bytes) {
        for (Size i = 0; i < indices; ++i, out += bytes) {
          std::memcpy(out, in + positions.At(batch * indices + i, places) * bytes,
                      static_cast<std::size_t>(bytes));
        }
      }
    }
  }
};

}  // namespace kinglet
