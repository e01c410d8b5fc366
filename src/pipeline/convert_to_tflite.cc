#include "kinglet/convert_to_tflite.h"

#include <fmt/format.h>

#include "base/file.h"
#include "kinglet/error.h"
#include "pipeline/convert_graph.h"
#include "pipeline/model_file.h"

namespace kinglet {
namespace {

std::vector<Sample> TensorsOf(RepresentativeDataset& dataset, const Graph& graph) {
  const Shape& shape = graph[graph.inputs.at(0).value].shape;
  std::vector<Sample> samples;
  for (const SampleTensor& tensor : dataset) {
    if (graph.inputs.size() != 1 || tensor.shape != shape) {
      throw Error(ErrorKind::kUsage,
                  fmt::format("the dataset's tensors are {}, the model takes {}",
                              ToString(tensor.shape), ToString(shape)));
    }
    samples.emplace_back().push_back(
        Tensor::Of<float>(tensor.shape, std::span<const float>(tensor.values)));
  }
  if (samples.empty()) {
    throw Error(ErrorKind::kData, fmt::format("no calibration sample is left of {}",
                                              dataset.records().size()));
  }
  return samples;
}

}  // namespace

std::vector<std::byte> ConvertToTflite(const std::filesystem::path& model,
                                       RepresentativeDataset& dataset,
                                       const std::filesystem::path& output_path,
                                       QuantizationMode quantization, bool per_tensor) {
  const ModelFile file =
      ReadModelFile(model, [](const auto&) { return ImportOptions(); });
  std::vector<Sample> samples;
  if (NeedsCalibration(quantization)) samples = TensorsOf(dataset, file.graph);
  ConvertedGraph converted = ConvertGraph(file.graph, samples,
                                          {.mode = quantization,
                                           .per_tensor = per_tensor,
                                           .recipe = Recipe::kDefault,
                                           .workers = WorkersFor(0)},
                                          nullptr);
  WriteFile(output_path, converted.bytes);
  return std::move(converted.bytes);
}

}  // namespace kinglet
