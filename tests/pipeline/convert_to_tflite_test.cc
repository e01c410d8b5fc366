#include "kinglet/convert_to_tflite.h"

#include <gtest/gtest.h>

#include "base/file.h"
#include "emit/tflite_reader.h"
#include "kinglet/error.h"
#include "tests/support/temporary_folder.h"

namespace kinglet {
namespace {

const std::filesystem::path kExamples = KINGLET_SOURCE_DIR "/examples";

RepresentativeDataset ExampleDataset() {
  return RepresentativeDataset(
      {kExamples / "recordings/chirp/morning_1.wav",
       kExamples / "recordings/silence/switched_off.wav",
       kExamples / "recordings/rain/roof.wav"},
      Complete(ReadAudioConfig(kExamples / "model_config.json")));
}

TEST(ConvertToTflite, WritesAFileOfIntegersWithFloatEnds) {
  const TemporaryFolder folder;
  RepresentativeDataset dataset = ExampleDataset();
  const auto bytes =
      ConvertToTflite(kExamples / "model.keras", dataset, folder.path() / "model.tflite");
  EXPECT_EQ(bytes, ReadFile(folder.path() / "model.tflite"));
  EXPECT_EQ(dataset.records().size(), 3U);
  const Graph graph = ReadTflite(bytes);
  EXPECT_EQ(graph[graph.inputs[0].value].dtype, DType::kFloat32);
  EXPECT_EQ(graph[graph.outputs[0].value].dtype, DType::kFloat32);
  std::size_t in_float = 0;
  for (const Node& node : graph.nodes) {
    if (graph[node.outputs[0]].dtype != DType::kInt8) ++in_float;
  }
  ASSERT_GT(graph.nodes.size(), 2U);
  EXPECT_EQ(in_float, 2U);
  const auto last = graph.nodes.end() - 1;
  EXPECT_TRUE(std::holds_alternative<Softmax>(last->op));
  EXPECT_TRUE(std::holds_alternative<Dequantize>((last - 1)->op));
}

TEST(ConvertToTflite, ReadsNoSampleWhereNoneIsNeeded) {
  const TemporaryFolder folder;
  RepresentativeDataset dataset = ExampleDataset();
  ConvertToTflite(kExamples / "model.keras", dataset, folder.path() / "model.tflite",
                  QuantizationMode::kDynamic);
  EXPECT_TRUE(dataset.records().empty());
}

TEST(ConvertToTflite, RefusesADatasetWithoutUsableRecording) {
  const TemporaryFolder folder;
  RepresentativeDataset dataset(
      {kExamples / "recordings/silence/switched_off.wav"},
      Complete(ReadAudioConfig(kExamples / "model_config.json")));
  EXPECT_THROW(
      ConvertToTflite(kExamples / "model.keras", dataset, folder.path() / "model.tflite"),
      Error);
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

}  // namespace
}  // namespace kinglet
