// Convolutions and pools in plain C++.
#include <cmath>
#include <limits>

#include "kernels/portable.h"
#include "kernels/portable_taps.h"

namespace kinglet::portable {
namespace {

float ConvOne(const ConvPlan& plan, const float* in, Size oy, Size ox, Size output) {
  const Size inputs = plan.in_channels / plan.groups;
  const Size outputs = plan.out_channels / plan.groups;
  const Size group = output / outputs;
  const Size panels = (outputs + kPanel - 1) / kPanel;
  const Size panel = group * panels + output % outputs / kPanel;
  const Size lane = output % outputs % kPanel;
  const float* weight = plan.weights + panel * plan.depth * kPanel + lane;
  float acc = plan.bias[panel * kPanel + lane];
  ForTaps(plan.h, plan.w, oy, ox, [&](Size position, Size /*tap*/) {
    const float* x = in + position * plan.in_channels + group * inputs;
    for (Size c = 0; c < inputs; ++c, weight += kPanel) {
      acc = std::fma(position < 0 ? 0.0F : x[c], *weight, acc);
    }
  });
  return Clamped(acc, plan.clamp);
}

template <typename Fold, typename Finish>
void Pool(const PoolPlan& plan, const float* in, float* out, float start,
          const Fold& fold, const Finish& finish) {
  ForOutputs(plan.h, plan.w, [&](Size oy, Size ox) {
    for (Size c = 0; c < plan.channels; ++c) {
      float acc = start;
      float cells = 0.0F;
      ForTaps(plan.h, plan.w, oy, ox, [&](Size position, Size /*tap*/) {
        if (position < 0) return;
        acc = fold(acc, in[position * plan.channels + c]);
        cells += 1.0F;
      });
      *out++ = Clamped(finish(acc, cells), plan.clamp);
    }
  });
}

}  // namespace

void Conv(const ConvPlan& plan, const float* in, float* out) {
  ForOutputs(plan.h, plan.w, [&](Size oy, Size ox) {
    for (Size o = 0; o < plan.out_channels; ++o) *out++ = ConvOne(plan, in, oy, ox, o);
  });
}

void Depthwise(const DepthwisePlan& plan, const float* in, float* out) {
  const Size outputs = plan.in_channels * plan.multiplier;
  ForOutputs(plan.h, plan.w, [&](Size oy, Size ox) {
    for (Size o = 0; o < outputs; ++o) {
      float acc = plan.bias[o];
      ForTaps(plan.h, plan.w, oy, ox, [&](Size position, Size tap) {
        if (position < 0) return;
        const float x = in[position * plan.in_channels + o / plan.multiplier];
        acc = std::fma(x, plan.weights[tap * outputs + o], acc);
      });
      *out++ = Clamped(acc, plan.clamp);
    }
  });
}

void AveragePool(const PoolPlan& plan, const float* in, float* out) {
  Pool(
      plan, in, out, 0.0F, [](float acc, float x) { return acc + x; },
      [](float acc, float cells) { return acc / cells; });
}

void MaxPool(const PoolPlan& plan, const float* in, float* out) {
  Pool(
      plan, in, out, -std::numeric_limits<float>::infinity(),
      [](float acc, float x) { return x > acc ? x : acc; },
      [](float acc, float /*cells*/) { return acc; });
}

}  // namespace kinglet::portable
