// As kernels_bench.cc, on int8.
#include <benchmark/benchmark.h>

#include <string>

#include "bench/kernels/layers.h"
#include "kernels/int_conv.h"
#include "kernels/kernels.h"

namespace kinglet {
namespace {

using benchmark::Counter;
using benchmark::State;
using Bytes = std::vector<std::int8_t>;

constexpr Multiplier kFactor = {1431655765, -7};

Bytes Values(Size n) {
  Bytes values(static_cast<std::size_t>(n));
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] = static_cast<std::int8_t>(i * 2654435761U >> 8U);
  }
  return values;
}

void Report(State& state, Size operations, const char* what) {
  const double total = static_cast<double>(operations * state.iterations());
  state.counters[what] = Counter(total, Counter::kIsRate);
}

/// What a layer of so many output channels points to.
struct Operands {
  explicit Operands(Size channels, Size depth)
      : weights(Values(channels * depth)),
        bias(static_cast<std::size_t>(channels), 100),
        multipliers(static_cast<std::size_t>(channels), kFactor) {}
  Bytes weights;
  std::vector<std::int32_t> bias;
  std::vector<Multiplier> multipliers;
};

void RunConv(State& state, const KernelTable& kernels, const ConvShape& shape) {
  const Size depth = shape.h.kernel * shape.w.kernel * shape.in_channels;
  const Size outputs = shape.h.out * shape.w.out * shape.out_channels;
  const Operands operands(shape.out_channels, depth);
  const PackedInt8Conv conv({.h = shape.h,
                             .w = shape.w,
                             .in_channels = shape.in_channels,
                             .out_channels = shape.out_channels,
                             .in_zero_point = 5,
                             .weights = operands.weights.data(),
                             .bias = operands.bias.data(),
                             .multipliers = operands.multipliers.data(),
                             .output = {}});
  const Bytes in = Values(shape.h.in * shape.w.in * shape.in_channels);
  Bytes out(static_cast<std::size_t>(outputs));
  for (auto _ : state) {
    conv.Run(kernels, in.data(), out.data());
    benchmark::ClobberMemory();
  }
  Report(state, 2 * outputs * depth, "operations");
}

void RunDepthwise(State& state, const KernelTable& kernels, Axis h, Axis w,
                  Size channels) {
  const Operands operands(channels, h.kernel * w.kernel);
  const PackedInt8Depthwise depthwise({.h = h,
                                       .w = w,
                                       .in_channels = channels,
                                       .in_zero_point = -128,
                                       .weights = operands.weights.data(),
                                       .bias = operands.bias.data(),
                                       .multipliers = operands.multipliers.data(),
                                       .output = {}});
  const Bytes in = Values(h.in * w.in * channels);
  Bytes out(static_cast<std::size_t>(h.out * w.out * channels));
  for (auto _ : state) {
    depthwise.Run(kernels, in.data(), out.data());
    benchmark::ClobberMemory();
  }
  Report(state, 2 * h.out * w.out * channels * h.kernel * w.kernel, "operations");
}

template <typename Function>
void RunElements(State& state, const Function& run) {
  constexpr Size kElements = 16384;
  const Bytes in = Values(kElements);
  Bytes out(static_cast<std::size_t>(kElements));
  for (auto _ : state) {
    run(kElements, in.data(), out.data());
    benchmark::ClobberMemory();
  }
  Report(state, kElements, "elements");
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
    add(name, [=](State& state) { RunElements(state, run); });
  };
  const auto binary = [&kernels](IntBinaryOp op) {
    const IntBinaryPlan plan{.op = op,
                             .left_shift = 20,
                             .a = {1 << 30, 0},
                             .b = {1431655765, -1},
                             .result = {1431655765, -19}};
    return [&kernels, plan](Size n, const std::int8_t* in, std::int8_t* out) {
      kernels.binary_int8(plan, {.columns = n, .a = in, .b = in, .out = out});
    };
  };
  elements("add", binary(IntBinaryOp::kAdd));
  elements("mul", binary(IntBinaryOp::kMul));
  elements("table", [&kernels](Size n, const std::int8_t* in, std::int8_t* out) {
    kernels.map_int8(in, n, in, out);
  });
  elements("transpose 128 x 128",
           [&kernels](Size /*n*/, const std::int8_t* in, std::int8_t* out) {
             kernels.transpose_bytes(128, 128, in, 128, out, 128);
           });
}

const bool kRegistered = RegisterForEachSet(RegisterFor);

}  // namespace
}  // namespace kinglet
