#include "ops/window.h"

#include <algorithm>

namespace kinglet {

bool Window::IsSound() const { return kernel > 0 && stride > 0 && dilation > 0; }

std::int64_t Window::Span() const { return (kernel - 1) * dilation + 1; }

std::int64_t Window::Out() const {
  if (padding == Padding::kSame) return (in + stride - 1) / stride;
  return in < Span() ? 0 : (in - Span()) / stride + 1;
}

std::int64_t Window::Total() const {
  if (padding == Padding::kValid) return 0;
  return std::max<std::int64_t>((Out() - 1) * stride + Span() - in, 0);
}

std::int64_t Window::Before() const { return Total() / 2; }

}  // namespace kinglet
