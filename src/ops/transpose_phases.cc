#include "ops/transpose_phases.h"

#include <array>

namespace kinglet {
namespace {

Window WindowOf(std::int64_t out, std::int64_t kernel, std::int64_t stride,
                Padding padding) {
  return {.in = out, .kernel = kernel, .stride = stride, .padding = padding};
}

}  // namespace

Window WindowH(const TransposeConv& op, const Shape& weights) {
  return WindowOf(op.out_h, weights[1], op.stride_h, op.padding);
}
Window WindowW(const TransposeConv& op, const Shape& weights) {
  return WindowOf(op.out_w, weights[2], op.stride_w, op.padding);
}

Phase PhaseOf(const Window& window, Size first) {
  const Size padded = first + window.Before();
  const Size tap = padded % window.stride;
  const Size taps =
      tap < window.kernel ? (window.kernel - tap - 1) / window.stride + 1 : 0;
  return {.first = first,
          .count = (window.in - first + window.stride - 1) / window.stride,
          .tap = tap,
          .taps = taps,
          .before = taps - 1 - padded / window.stride};
}

Axis PhaseAxis(const Phase& phase, Size in) {
  if (phase.taps == 0) return {.in = in, .out = phase.count, .before = in + phase.count};
  return {.in = in, .out = phase.count, .kernel = phase.taps, .before = phase.before};
}

StridedCopy PlaceOf(const TransposeConv& op, const Phase& h, const Phase& w,
                    Size channels, std::size_t element_bytes) {
  const Size row = op.out_w * channels;
  const std::array<CopyAxis, 3> axes = {
      CopyAxis{h.count, w.count * channels, op.stride_h * row},
      CopyAxis{w.count, channels, op.stride_w * channels}, CopyAxis{channels, 1, 1}};
  return {axes, 0, h.first * row + w.first * channels, element_bytes};
}

}  // namespace kinglet
