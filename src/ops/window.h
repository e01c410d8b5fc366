// Padding arithmetic of convolutions and pools, per axis:
//   effective kernel k = (kernel - 1) * dilation + 1
//   same:  out = ceil(in / stride), total = max((out - 1) * stride + k - in, 0),
//          before = floor(total / 2); the odd element comes after
//   valid: out = floor((in - k) / stride) + 1, no padding
#pragma once

#include <cstdint>

#include "ir/op.h"

namespace kinglet {

/// One axis of a sliding window.
struct Window {
  std::int64_t in = 1;
  std::int64_t kernel = 1;
  std::int64_t stride = 1;
  std::int64_t dilation = 1;
  Padding padding = Padding::kValid;

  /// Kernel, stride and dilation are at least 1.
  [[nodiscard]] bool IsSound() const;
  /// Elements the window spans.
  [[nodiscard]] std::int64_t Span() const;
  /// Positions of the window; not positive when it doesn't fit.
  [[nodiscard]] std::int64_t Out() const;
  /// Padding in front, and altogether.
  [[nodiscard]] std::int64_t Before() const;
  [[nodiscard]] std::int64_t Total() const;
};

}  // namespace kinglet
