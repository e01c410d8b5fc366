#include "bench/run/bird_classifier.h"

#include <cmath>

#include "calibrate/gather.h"
#include "calibrate/ranges.h"
#include "ops/op_def.h"
#include "quantize/quantize.h"

namespace kinglet {
namespace {

class ModelBuilder {
 public:
  ModelBuilder() {
    now_ = graph_.AddValue({.name = "spectrogram",
                            .dtype = DType::kFloat32,
                            .shape = {1, 257, 256, 1},
                            .quantization = {},
                            .constant = {}});
    graph_.inputs.push_back({"spectrogram", now_});
  }

  void Conv(std::int64_t outputs, std::int64_t kh, std::int64_t kw, const Conv2d& op) {
    const std::int64_t inputs = graph_[now_].shape[3];
    const auto fan_in = static_cast<float>(kh * kw * inputs);
    Then(op, {Constant({outputs, kh, kw, inputs}, 2.0F / std::sqrt(fan_in)),
              Constant({outputs}, 0.1F)});
  }

  void Depthwise(std::int64_t kernel, std::int64_t stride, Activation activation) {
    const std::int64_t channels = graph_[now_].shape[3];
    Then(DepthwiseConv2d{.padding = Padding::kSame,
                         .stride_h = stride,
                         .stride_w = stride,
                         .activation = activation},
         {Constant({1, kernel, kernel, channels}, 0.7F), Constant({channels}, 0.1F)});
  }

  /// Depthwise 3x3, pointwise, and a shortcut where nothing changes size.
  void Block(std::int64_t outputs, std::int64_t stride) {
    const ValueId before = now_;
    Depthwise(3, stride, Activation::kRelu6);
    const bool shortcut = stride == 1 && graph_[before].shape[3] == outputs;
    const Activation activation = shortcut ? Activation::kNone : Activation::kRelu6;
    Conv(outputs, 1, 1, {.activation = activation});
    if (shortcut) Then(Add{{Activation::kRelu6}}, {before});
  }

  void Stage(std::int64_t outputs, int blocks) {
    Block(outputs, 2);
    for (int i = 0; i < blocks; ++i) Block(outputs, 1);
  }

  void Scaling() {
    Then(ReduceMax{{.axes = {1, 2, 3}, .keep_dims = true}}, {});
    const ValueId largest = now_;
    now_ = graph_.nodes.back().inputs[0];
    Then(Div{}, {largest});
    const ValueId scaled = now_;
    ValueId sum = scaled;
    for (int i = 0; i < 5; ++i) {
      now_ = scaled;
      Depthwise(1, 1, Activation::kRelu);
      Then(Add{}, {sum});
      sum = now_;
    }
  }

  void Then(Op op, std::vector<ValueId> more) {
    more.insert(more.begin(), now_);
    now_ = AddNode(graph_, std::move(op), more, "n");
  }

  ValueId Constant(Shape shape, float size) {
    std::vector<float> values(static_cast<std::size_t>(ElementCount(shape)));
    for (float& value : values) {
      state_ = state_ * 1664525U + 1013904223U;
      value = (static_cast<float>(state_ >> 8U) / 8388608.0F - 1.0F) * size;
    }
    return graph_.AddConstant("c", Tensor::Of<float>(std::move(shape), values));
  }

  Graph Finish() {
    graph_.outputs.push_back({"output_0", now_});
    return std::move(graph_);
  }

 private:
  Graph graph_;
  ValueId now_{};
  std::uint32_t state_ = 1;
};

}  // namespace

Graph BirdClassifier() {
  ModelBuilder model;
  model.Conv(64, 257, 1, {.activation = Activation::kRelu});
  model.Scaling();
  model.Then(Transpose{{0, 3, 2, 1}}, {});
  model.Conv(
      16, 3, 3,
      {.padding = Padding::kSame, .stride_w = 2, .activation = Activation::kRelu6});
  model.Stage(32, 1);
  model.Stage(64, 2);
  model.Stage(128, 3);
  model.Stage(256, 1);
  model.Then(Mean{{.axes = {1, 2}}}, {});
  model.Then(FullyConnected{},
             {model.Constant({100, 256}, 0.1F), model.Constant({100}, 0.1F)});
  model.Then(Logistic{}, {});
  return model.Finish();
}

Tensor Spectrogram() {
  std::vector<float> values(std::size_t{257} * 256);
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] = static_cast<float>(i * 2654435761U % 1000U) / 1000.0F;
  }
  return Tensor::Of<float>({1, 257, 256, 1}, values);
}

Graph QuantizedBirdClassifier() {
  const Graph graph = BirdClassifier();
  const std::vector<std::vector<Tensor>> samples = {{Spectrogram()}};
  const RangeCollector collector =
      GatherFrom<RangeCollector>(Executor(graph), samples, 1);
  return QuantizeInt8(graph, collector.ranges()).graph;
}

}  // namespace kinglet
