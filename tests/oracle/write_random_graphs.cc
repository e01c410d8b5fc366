// write_random_graphs FOLDER SEED COUNT: COUNT random integer graphs as NUMBER.tflite,
// with inputs in_0, ... and our outputs out_0, ... in NUMBER.npz.
#include "tests/oracle/random_graph.h"
#include "tests/oracle/write_case.h"

namespace kinglet {
namespace {

void WriteOne(const std::filesystem::path& stem, std::uint64_t seed) {
  const DType dtype = seed % 5 == 4 ? DType::kInt16 : DType::kInt8;
  RandomGraph random(seed, dtype);
  const Graph graph = random.Make();
  WriteCase(stem, graph, random.Inputs(graph));
}

}  // namespace
}  // namespace kinglet

int main(int argc, char** argv) {
  return kinglet::WriteCases(argc, argv, kinglet::WriteOne);
}
