// A transposed convolution as convolutions. Output o = i * stride + k - before, so the
// outputs with one remainder of o + before by the stride read the same taps of every
// stride-th place: they are a convolution of their own.
#pragma once

#include <vector>

#include "kernels/arguments.h"
#include "kernels/strided_copy.h"
#include "ops/op_def.h"
#include "ops/window.h"

namespace kinglet {

/// The windows of the convolution that it is the transpose of: from the result to the
/// input.
Window WindowH(const TransposeConv& op, const Shape& weights);
Window WindowW(const TransposeConv& op, const Shape& weights);

/// The outputs first, first + stride, ... along one axis: `taps` taps, from tap `tap` on
/// in steps of the stride, that of the highest input first.
struct Phase {
  Size first = 0;
  Size count = 0;
  Size tap = 0;
  Size taps = 0;
  Size before = 0;
};

/// `window`: that of the convolution from the result to the input.
Phase PhaseOf(const Window& window, Size first);

/// With no tap a single one, beyond the input.
Axis PhaseAxis(const Phase& phase, Size in);

/// Where the results of a phase go in a sample of the output.
StridedCopy PlaceOf(const TransposeConv& op, const Phase& h, const Phase& w,
                    Size channels, std::size_t element_bytes);

/// Weights of one phase [o, taps, taps, i], in ascending order of the inputs they meet;
/// zeros where there is no tap.
template <typename T>
std::vector<T> PhaseWeights(const Phase& h, const Phase& w, const Window& window_h,
                            const Window& window_w, const Value& weights) {
  const Shape& shape = weights.shape;
  const auto all = weights.constant->Data<T>();
  std::vector<T> chosen;
  for (Size o = 0; o < shape[0]; ++o) {
    for (Size y = h.taps; y-- > 0;) {
      for (Size x = w.taps; x-- > 0;) {
        const Size ky = h.tap + y * window_h.stride;
        const Size kx = w.tap + x * window_w.stride;
        const auto at = ((o * shape[1] + ky) * shape[2] + kx) * shape[3];
        chosen.insert(chosen.end(), all.begin() + at, all.begin() + at + shape[3]);
      }
    }
  }
  const Size taps = std::max<Size>(h.taps, 1) * std::max<Size>(w.taps, 1);
  chosen.resize(static_cast<std::size_t>(shape[0] * taps * shape[3]));
  return chosen;
}

}  // namespace kinglet
