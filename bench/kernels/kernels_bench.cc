// Multiply-adds per second (counted as two operations each) of the layers of an audio
// classifier with 257 x 256 inputs, and elements per second of the rest.
#include <benchmark/benchmark.h>

#include <string>
#include <vector>

#include "bench/kernels/layers.h"
#include "kernels/kernels.h"

namespace kinglet {
namespace {

using benchmark::Counter;
using benchmark::State;

std::vector<float> Floats(Size n) {
  std::vector<float> values(static_cast<std::size_t>(n));
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] = static_cast<float>(i * 2654435761U % 1000U) / 500.0F - 1.0F;
  }
  return values;
}

void Report(State& state, Size operations, const char* what) {
  const double total = static_cast<double>(operations * state.iterations());
  state.counters[what] = Counter(total, Counter::kIsRate);
}

void RunConv(State& state, const KernelTable& kernels, const ConvShape& shape) {
  const Size depth = shape.h.kernel * shape.w.kernel * shape.in_channels;
  const Size outputs = shape.h.out * shape.w.out * shape.out_channels;
  const PackedConv conv(shape, Floats(shape.out_channels * depth),
                        Floats(shape.out_channels), {.low = 0.0F, .high = 6.0F});
  const std::vector<float> in = Floats(shape.h.in * shape.w.in * shape.in_channels);
  std::vector<float> out(static_cast<std::size_t>(outputs));
  for (auto _ : state) {
    conv.Run(kernels, in.data(), out.data());
    benchmark::ClobberMemory();
  }
  Report(state, 2 * outputs * depth, "FLOP");
}

void RunDepthwise(State& state, const KernelTable& kernels, Axis h, Axis w,
                  Size channels) {
  const std::vector<float> weights = Floats(h.kernel * w.kernel * channels);
  const std::vector<float> bias = Floats(channels);
  const DepthwisePlan plan{.h = h,
                           .w = w,
                           .in_channels = channels,
                           .weights = weights.data(),
                           .bias = bias.data(),
                           .clamp = {.low = 0.0F, .high = 6.0F}};
  const std::vector<float> in = Floats(h.in * w.in * channels);
  std::vector<float> out(static_cast<std::size_t>(h.out * w.out * channels));
  for (auto _ : state) {
    kernels.depthwise(plan, in.data(), out.data());
    benchmark::ClobberMemory();
  }
  Report(state, 2 * std::ssize(out) * h.kernel * w.kernel, "FLOP");
}

template <typename Run>
void RunElements(State& state, Size n, const Run& run) {
  const std::vector<float> in = Floats(n);
  std::vector<float> out(in.size());
  for (auto _ : state) {
    run(n, in.data(), out.data());
    benchmark::ClobberMemory();
  }
  Report(state, n, "elements");
}

void RegisterFor(InstructionSet set) {
  const KernelTable& kernels = KernelsFor(set);
  const Registrar add(set);
  for (const Layer& layer : ConvLayers()) {
    add(layer.name, [&kernels, shape = layer.shape](State& state) {
      RunConv(state, kernels, shape);
    });
  }
  for (const DepthwiseLayer& layer : DepthwiseLayers()) {
    add(layer.name, [&kernels, layer](State& state) {
      RunDepthwise(state, kernels, layer.h, layer.w, layer.channels);
    });
  }
  const auto elements = [&](const char* name, const auto& run) {
    add(name, [=](State& state) { RunElements(state, 16384, run); });
  };
  elements("add", [&kernels](Size n, const float* in, float* out) {
    kernels.binary(BinaryOp::kAdd,
                   {.columns = n, .a = in, .b = in, .out = out, .clamp = {}});
  });
  elements("exp", [&kernels](Size n, const float* in, float* out) {
    kernels.unary(UnaryOp::kExp, n, in, out);
  });
  elements("logistic", [&kernels](Size n, const float* in, float* out) {
    kernels.unary(UnaryOp::kLogistic, n, in, out);
  });
  elements("extremes", [&kernels](Size n, const float* in, float* /*out*/) {
    benchmark::DoNotOptimize(kernels.extremes(n, in));
  });
  elements("transpose 128 x 128", [&kernels](Size /*n*/, const float* in, float* out) {
    kernels.transpose(128, 128, in, 128, out, 128);
  });
  elements("quantize int8", [&kernels](Size n, const float* in, float* out) {
    kernels.quantize_int8({0.01F, 3}, n, in, reinterpret_cast<std::int8_t*>(out));
  });
}

const bool kRegistered = RegisterForEachSet(RegisterFor);

}  // namespace
}  // namespace kinglet
