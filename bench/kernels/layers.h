// The layers that the benchmarks of kernels run: those of an audio classifier with
// 257 x 256 inputs.
#pragma once

#include <benchmark/benchmark.h>

#include <string>
#include <vector>

#include "kernels/conv.h"
#include "kernels/kernels.h"

namespace kinglet {

inline Axis Same(Size in, Size kernel, Size stride) {
  const Size out = (in + stride - 1) / stride;
  const Size needed = (out - 1) * stride + kernel - in;
  return {in, out, kernel, stride, 1, needed > 0 ? needed / 2 : 0};
}

struct Layer {
  const char* name;
  ConvShape shape;
};

inline std::vector<Layer> ConvLayers() {
  const auto pointwise = [](Size rows, Size inputs, Size outputs) {
    return ConvShape{{}, {.in = rows, .out = rows}, inputs, outputs};
  };
  const ConvShape column{
      {.in = 257, .out = 1, .kernel = 257}, {.in = 256, .out = 256}, 1, 64};
  return {{"mel mix 257 -> 64, by columns", column},
          {"pw 264 -> 64, 256 rows", pointwise(256, 264, 64)},
          {"stem 3x3 1 -> 16", {Same(64, 3, 1), Same(256, 3, 2), 1, 16}},
          {"pw 16 -> 32, 2048 rows", pointwise(2048, 16, 32)},
          {"pw 32 -> 32, 2048 rows", pointwise(2048, 32, 32)},
          {"pw 32 -> 64, 512 rows", pointwise(512, 32, 64)},
          {"pw 64 -> 64, 512 rows", pointwise(512, 64, 64)},
          {"pw 128 -> 128, 128 rows", pointwise(128, 128, 128)},
          {"pw 256 -> 256, 32 rows", pointwise(32, 256, 256)},
          {"3x3 32 -> 32 at 32x64", {Same(32, 3, 1), Same(64, 3, 1), 32, 32}},
          {"3x3 64 -> 64 at 16x32", {Same(16, 3, 1), Same(32, 3, 1), 64, 64}},
          {"dense 256 -> 100", pointwise(1, 256, 100)}};
}

struct DepthwiseLayer {
  const char* name;
  Axis h;
  Axis w;
  Size channels;
};

inline std::vector<DepthwiseLayer> DepthwiseLayers() {
  return {{"dw 3x3 s2 16 at 64x128", Same(64, 3, 2), Same(128, 3, 2), 16},
          {"dw 3x3 32 at 32x64", Same(32, 3, 1), Same(64, 3, 1), 32},
          {"dw 3x3 64 at 16x32", Same(16, 3, 1), Same(32, 3, 1), 64},
          {"dw 3x3 128 at 8x16", Same(8, 3, 1), Same(16, 3, 1), 128},
          {"dw 1x1 64 at 1x256", Same(1, 1, 1), Same(256, 1, 1), 64}};
}

/// Registers benchmarks of one instruction set: add(name, run) with run(State&).
class Registrar {
 public:
  explicit Registrar(InstructionSet set) : set_(set) {}

  template <typename Run>
  void operator()(const std::string& name, const Run& run) const {
    benchmark::RegisterBenchmark((std::string(NameOf(set_)) + ": " + name).c_str(), run);
  }

 private:
  InstructionSet set_;
};

/// Calls `register_for` for every instruction set of this machine.
template <typename Register>
bool RegisterForEachSet(const Register& register_for) {
  for (const InstructionSet set : AvailableInstructionSets()) {
    if (set != InstructionSet::kPortable) register_for(set);
  }
  return true;
}

}  // namespace kinglet
