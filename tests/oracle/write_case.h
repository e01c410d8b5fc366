// What the programs that write graphs for LiteRT have in common.
#pragma once

#include <fmt/core.h>

#include <filesystem>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/npz.h"
#include "emit/tflite_writer.h"
#include "run/executor.h"

namespace kinglet {

inline void AppendArrays(std::vector<NamedTensor>& arrays, const char* prefix,
                         const std::vector<Tensor>& tensors) {
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    arrays.push_back({prefix + std::to_string(i), tensors[i]});
  }
}

/// STEM.tflite, and STEM.npz with inputs in_0, ... and our outputs out_0, ...
inline void WriteCase(const std::filesystem::path& stem, const Graph& graph,
                      const std::vector<Tensor>& inputs) {
  const Executor executor(graph);
  Executor::Context context = executor.NewContext();
  std::vector<NamedTensor> arrays;
  AppendArrays(arrays, "in_", inputs);
  AppendArrays(arrays, "out_", executor.Run(context, inputs));
  WriteFile(stem.string() + ".tflite", WriteTflite(graph));
  WriteNpz(stem.string() + ".npz", arrays);
}

/// PROGRAM FOLDER SEED COUNT: write_one(stem, seed) for each of so many seeds.
template <typename WriteOne>
int WriteCases(int argc, char** argv, const WriteOne& write_one) {
  if (argc != 4) return 2;
  const std::filesystem::path folder = argv[1];
  const std::uint64_t seed = std::stoull(argv[2]);
  const std::uint64_t count = std::stoull(argv[3]);
  for (std::uint64_t i = 0; i < count; ++i) {
    write_one(folder / std::to_string(seed + i), seed + i);
  }
  fmt::print("{} graphs from seed {}\n", count, seed);
  return 0;
}

}  // namespace kinglet
