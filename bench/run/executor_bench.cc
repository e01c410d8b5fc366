// Milliseconds per inference of a bird classifier, in float and in INT8, and of the
// .tflite file that the environment variable KINGLET_BENCH_MODEL names.
#include <benchmark/benchmark.h>

#include <chrono>
#include <cstdlib>
#include <map>
#include <string>

#include "base/file.h"
#include "bench/run/bird_classifier.h"
#include "emit/tflite_reader.h"
#include "kernels/kernels.h"
#include "run/samples.h"

namespace kinglet {
namespace {

Graph Chosen(bool quantized) {
  return quantized ? QuantizedBirdClassifier() : BirdClassifier();
}

void Run(benchmark::State& state, Graph graph, const Tensor& in) {
  const Executor executor(std::move(graph));
  Executor::Context context = executor.NewContext();
  for (auto _ : state) {
    benchmark::DoNotOptimize(executor.Run(context, {&in, 1}));
  }
  state.SetLabel(std::string(NameOf(Kernels().instruction_set)));
  state.counters["arena_bytes"] = static_cast<double>(executor.arena_bytes());
}

void Inference(benchmark::State& state, bool quantized) {
  Run(state, Chosen(quantized), Spectrogram());
}
BENCHMARK_CAPTURE(Inference, float, false)->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(Inference, int8, true)->Unit(benchmark::kMicrosecond);

void InferenceOfFile(benchmark::State& state) {
  const char* path = std::getenv("KINGLET_BENCH_MODEL");
  if (path == nullptr) return state.SkipWithError("KINGLET_BENCH_MODEL names no file");
  Graph graph = ReadTflite(ReadFile(path));
  const Value& input = graph[graph.inputs[0].value];
  Tensor in(input.dtype, input.shape);
  std::size_t i = 0;
  for (float& x : in.Data<float>()) x = static_cast<float>(++i * 7919U % 256U) / 255.0F;
  Run(state, std::move(graph), in);
}
BENCHMARK(InferenceOfFile)->Unit(benchmark::kMicrosecond);

/// 32 samples, one per thread at a time.
void Samples(benchmark::State& state, bool quantized) {
  const Executor executor(Chosen(quantized));
  const std::vector<std::vector<Tensor>> samples(32, {Spectrogram()});
  for (auto _ : state) {
    const auto workers = static_cast<std::size_t>(state.range(0));
    benchmark::DoNotOptimize(RunSamples(executor, samples, workers));
  }
  state.SetItemsProcessed(state.iterations() * 32);
}
BENCHMARK_CAPTURE(Samples, float, false)
    ->Arg(1)
    ->Arg(2)
    ->UseRealTime()
    ->MeasureProcessCPUTime();
BENCHMARK_CAPTURE(Samples, int8, true)
    ->Arg(1)
    ->Arg(2)
    ->UseRealTime()
    ->MeasureProcessCPUTime();

void InferenceWithRanges(benchmark::State& state) {
  const Executor executor(BirdClassifier());
  Executor::Context context = executor.NewContext();
  const Tensor in = Spectrogram();
  const auto observe = [](ValueId /*id*/, std::span<const std::byte> bytes) {
    const auto n = static_cast<Size>(bytes.size() / sizeof(float));
    benchmark::DoNotOptimize(
        Kernels().extremes(n, reinterpret_cast<const float*>(bytes.data())));
  };
  for (auto _ : state) {
    benchmark::DoNotOptimize(executor.Run(context, {&in, 1}, observe));
  }
}
BENCHMARK(InferenceWithRanges)->Unit(benchmark::kMicrosecond);

void ByOperation(benchmark::State& state, bool quantized) {
  const Executor executor(Chosen(quantized));
  Executor::Context context = executor.NewContext();
  const Tensor in = Spectrogram();
  const Graph& graph = executor.graph();
  std::map<std::string, double> seconds;
  for (auto _ : state) {
    auto last = std::chrono::steady_clock::now();
    std::size_t node = 0;
    bool is_input = true;
    executor.Run(context, {&in, 1}, [&](ValueId /*id*/, auto /*bytes*/) {
      const auto now = std::chrono::steady_clock::now();
      if (!is_input) {
        const std::string name(NameOf(graph.nodes[node++].op));
        seconds[name] += std::chrono::duration<double, std::micro>(now - last).count();
      }
      is_input = false;
      last = std::chrono::steady_clock::now();
    });
  }
  for (const auto& [name, total] : seconds) {
    state.counters[name + "_us"] = total / static_cast<double>(state.iterations());
  }
}
BENCHMARK_CAPTURE(ByOperation, float, false)->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(ByOperation, int8, true)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace kinglet
