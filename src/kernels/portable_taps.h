// Loops over the outputs and taps of a window, for the plain C++ kernels.
#pragma once

#include "kernels/arguments.h"

namespace kinglet::portable {

/// Position of a tap, or -1 outside.
inline Size TapAt(const Axis& axis, Size out, Size tap) {
  const Size i = out * axis.stride - axis.before + tap * axis.dilation;
  return i < axis.in ? i : -1;
}

template <typename Body>
void ForOutputs(const Axis& h, const Axis& w, const Body& body) {
  for (Size oy = 0; oy < h.out; ++oy) {
    for (Size ox = 0; ox < w.out; ++ox) body(oy, ox);
  }
}

/// body(position in the input or -1, number of the tap), in order.
template <typename Body>
void ForTaps(const Axis& h, const Axis& w, Size oy, Size ox, const Body& body) {
  for (Size ky = 0; ky < h.kernel; ++ky) {
    for (Size kx = 0; kx < w.kernel; ++kx) {
      const Size y = TapAt(h, oy, ky);
      const Size x = TapAt(w, ox, kx);
      body(y < 0 || x < 0 ? -1 : y * w.in + x, ky * w.kernel + kx);
    }
  }
}

}  // namespace kinglet::portable
