// write_random_graphs FOLDER SEED COUNT: COUNT random integer graphs as NUMBER.tflite,
// with inputs in_0, ... and our outputs out_0, ... in NUMBER.npz.
#include <fmt/core.h>

#include <filesystem>
#include <string>

#include "base/file.h"
#include "base/npz.h"
#include "emit/tflite_writer.h"
#include "run/executor.h"
#include "tests/oracle/random_graph.h"

namespace kinglet {
namespace {

void Append(std::vector<NamedTensor>& arrays, const char* prefix,
            const std::vector<Tensor>& tensors) {
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    arrays.push_back({prefix + std::to_string(i), tensors[i]});
  }
}

void WriteOne(const std::filesystem::path& stem, std::uint64_t seed) {
  const DType dtype = seed % 5 == 4 ? DType::kInt16 : DType::kInt8;
  RandomGraph random(seed, dtype);
  const Graph graph = random.Make();
  const std::vector<Tensor> inputs = random.Inputs(graph);
  const Executor executor(graph);
  Executor::Context context = executor.NewContext();
  std::vector<NamedTensor> arrays;
  Append(arrays, "in_", inputs);
  Append(arrays, "out_", executor.Run(context, inputs));
  WriteFile(stem.string() + ".tflite", WriteTflite(graph));
  WriteNpz(stem.string() + ".npz", arrays);
}

}  // namespace
}  // namespace kinglet

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  const std::filesystem::path folder = argv[1];
  const std::uint64_t seed = std::stoull(argv[2]);
  const std::uint64_t count = std::stoull(argv[3]);
  for (std::uint64_t i = 0; i < count; ++i) {
    kinglet::WriteOne(folder / std::to_string(seed + i), seed + i);
  }
  fmt::print("{} graphs from seed {}\n", count, seed);
  return 0;
}
