// Random float networks of the layers that recipes rewrite, with branches: any result may
// be read by several layers.
#pragma once

#include <cmath>
#include <random>
#include <string>
#include <vector>

#include "ops/op_def.h"

namespace kinglet {

/// Builds a network layer by layer; every choice comes from the seed.
class RandomNetwork {
 public:
  explicit RandomNetwork(unsigned seed) : random_(seed) {}

  /// So many layers over one or two pictures, and a head on every loose end.
  Graph Make(int layers) {
    const Shape large = {1, 3 + Pick(5), 3 + Pick(4), 1 + Pick(5)};
    const Shape small = {1, 1, 1, large[3]};
    AddInput(Chance(8) ? small : large);
    if (Chance(4)) AddInput(Chance(2) ? small : large);
    for (int i = 0; i < layers; ++i) Layer();
    const Uses uses(graph_);
    for (const ValueId id : pictures_) {
      if (uses.Count(id) == 0) AddOutput(Head(id));
    }
    if (Chance(3)) AddOutput(Any(pictures_));
    return WithoutDeadParts(graph_);
  }

  /// Inputs of a sample: mostly small numbers, none beyond `largest`.
  std::vector<Tensor> Sample(const Graph& graph, float largest) {
    std::vector<Tensor> sample;
    for (const Port& port : graph.inputs) {
      Tensor& tensor = sample.emplace_back(DType::kFloat32, graph[port.value].shape);
      for (float& value : tensor.Data<float>()) {
        value = largest * std::pow(Real(-1, 1), 3.0F);
      }
    }
    return sample;
  }

  int Pick(int count) { return std::uniform_int_distribution(0, count - 1)(random_); }
  bool Chance(int of) { return Pick(of) == 0; }
  float Real(float low, float high) {
    return std::uniform_real_distribution<float>(low, high)(random_);
  }

 private:
  void AddInput(const Shape& shape) {
    Value input;
    input.name = "x";
    input.shape = shape;
    pictures_.push_back(graph_.AddValue(input));
    graph_.inputs.push_back(
        {"input_" + std::to_string(graph_.inputs.size()), pictures_.back()});
  }

  void AddOutput(ValueId id) {
    graph_.outputs.push_back({"output_" + std::to_string(graph_.outputs.size()), id});
  }

  template <typename T>
  T Any(const std::vector<T>& from) {
    return from[static_cast<std::size_t>(Pick(static_cast<int>(from.size())))];
  }
  /// Mostly the last result.
  ValueId Picture() { return Chance(3) ? Any(pictures_) : pictures_.back(); }
  const Shape& ShapeOf(ValueId id) { return graph_[id].shape; }
  std::int64_t Channels(ValueId id) { return ShapeOf(id).back(); }

  ValueId Constant(const Shape& shape, float low, float high) {
    Tensor tensor(DType::kFloat32, shape);
    for (float& value : tensor.Data<float>()) value = Real(low, high);
    return graph_.AddConstant("c", std::move(tensor));
  }
  /// Channels differ in size; sums stay about as large as what they read.
  ValueId Weights(const Shape& shape, std::int64_t inputs, std::size_t channel_axis) {
    Tensor tensor(DType::kFloat32, shape);
    const std::int64_t inner =
        channel_axis == 0 ? ElementCount(shape) / shape[0] : std::int64_t{1};
    std::vector<float> sizes;
    for (std::int64_t c = 0; c < shape[channel_axis]; ++c) {
      sizes.push_back(std::exp2(Real(-3, 1)) / std::sqrt(static_cast<float>(inputs)));
    }
    const std::span<float> values = tensor.Data<float>();
    for (std::size_t i = 0; i < values.size(); ++i) {
      values[i] =
          2 * Real(-1, 1) * sizes[i / static_cast<std::size_t>(inner) % sizes.size()];
    }
    return graph_.AddConstant("w", std::move(tensor));
  }
  ValueId Node(Op op, std::vector<ValueId> inputs) {
    return AddNode(graph_, std::move(op), std::move(inputs), "n");
  }
  Activation Clamp() {
    return Any<Activation>({Activation::kNone, Activation::kNone, Activation::kRelu,
                            Activation::kRelu, Activation::kRelu6, Activation::kRelu6,
                            Activation::kReluN1To1});
  }

  ValueId Conv(ValueId x) {
    const std::int64_t in = Channels(x);
    const std::int64_t groups = in % 2 == 0 && Chance(4) ? 2 : 1;
    const std::int64_t out = groups * (1 + Pick(5));
    const std::int64_t h = 1 + Pick(std::min(3, static_cast<int>(ShapeOf(x)[1])));
    const std::int64_t w = 1 + Pick(std::min(3, static_cast<int>(ShapeOf(x)[2])));
    Conv2d op{.padding = Chance(3) ? Padding::kValid : Padding::kSame};
    op.activation = Clamp();
    if (Chance(4)) op.stride_h = op.stride_w = 2;
    if (op.stride_h == 1 && op.padding == Padding::kSame && Chance(4)) op.dilation_h = 2;
    return Node(op, {x, Weights({out, h, w, in / groups}, h * w * in / groups, 0),
                     Constant({out}, -0.5F, 0.5F)});
  }

  ValueId Depthwise(ValueId x) {
    const std::int64_t out = Channels(x) * (1 + Pick(Channels(x) > 8 ? 1 : 2));
    DepthwiseConv2d op{.padding = Padding::kSame};
    op.activation = Clamp();
    if (Chance(4)) op.stride_h = op.stride_w = 2;
    const std::int64_t kernel = 1 + 2 * Pick(2);
    return Node(op, {x, Weights({1, kernel, kernel, out}, kernel * kernel, 3),
                     Constant({out}, -0.5F, 0.5F)});
  }

  /// Twice the size.
  ValueId Transposed(ValueId x) {
    const std::int64_t out = 1 + Pick(4);
    TransposeConv op{.padding = Padding::kSame, .stride_h = 2, .stride_w = 2};
    op.out_h = 2 * ShapeOf(x)[1];
    op.out_w = 2 * ShapeOf(x)[2];
    op.activation = Clamp();
    return Node(op, {x, Weights({out, 2, 2, Channels(x)}, Channels(x), 0),
                     Constant({out}, -0.5F, 0.5F)});
  }

  ValueId Dense(ValueId x, std::int64_t out, Activation activation) {
    const std::int64_t in = Channels(x);
    return Node(FullyConnected{activation},
                {x, Weights({out, in}, in, 0), Constant({out}, -0.5F, 0.5F)});
  }

  /// Squeeze and excite, or a gate for each place.
  ValueId Gated(ValueId x) {
    if (Chance(3)) {
      const ValueId gate = Node(Logistic{}, {Dense(x, 1, Activation::kNone)});
      return Node(Mul{}, {x, gate});
    }
    const ValueId mean = Node(Mean{{{1, 2}, true}}, {x});
    const ValueId narrow = Dense(mean, 2, Activation::kRelu);
    const ValueId wide = Dense(narrow, Channels(x), Clamp());
    for (const ValueId id : {mean, narrow, wide}) Keep(id);
    const ValueId gate = Chance(2) ? Node(Logistic{}, {wide}) : wide;
    return Node(Mul{}, Chance(2) ? std::vector{x, gate} : std::vector{gate, x});
  }

  /// Something that can stand beside x and broadcasts, either way: another result or a
  /// constant.
  ValueId Partner(ValueId x) {
    std::vector<ValueId> fitting;
    const Shape& shape = ShapeOf(x);
    for (const ValueId id : pictures_) {
      bool fits = true;
      for (std::size_t i = 0; i < shape.size(); ++i) {
        const std::int64_t size = ShapeOf(id)[i];
        fits = fits && (size == shape[i] || size == 1 || shape[i] == 1);
      }
      if (fits) fitting.push_back(id);
    }
    if (!Chance(3)) return Any(fitting);
    Shape constant = Chance(2) ? Shape{shape[3]} : Shape{1};
    if (Chance(3)) {
      constant = shape;
      for (std::int64_t& size : constant) size = size == 1 ? 1 + Pick(3) : size;
      constant[0] = 1;
    }
    return Constant(constant, -1.5F, 1.5F);
  }

  ValueId Arithmetic(ValueId x) {
    const ValueId y = Partner(x);
    const std::vector<ValueId> operands =
        Chance(2) ? std::vector{x, y} : std::vector{y, x};
    const Activation clamp = Clamp();
    switch (Pick(4)) {
      case 0:
        return Node(Sub{clamp}, operands);
      case 1:
        return Node(Mul{clamp}, operands);
      default:
        return Node(Add{clamp}, operands);
    }
  }

  ValueId Mover(ValueId x) {
    const Shape shape = ShapeOf(x);
    switch (Pick(4)) {
      case 0:
        return Node(Reshape{{1, shape[2], shape[1], shape[3]}}, {x});
      case 1:
        return Node(Transpose{Chance(2) ? Ints{0, 2, 1, 3} : Ints{0, 1, 3, 2}}, {x});
      case 2:
        return Node(Pad{{0, Pick(2), 1, 0}, {0, Pick(2), Pick(2), 0}}, {x});
      default:
        return Node(StridedSlice{{0, shape[1] / 3, 0, 0}, shape, {1, 1, 1, 1}}, {x});
    }
  }

  ValueId Pool(ValueId x) {
    const Activation clamp = Chance(3) ? Clamp() : Activation::kNone;
    switch (Pick(4)) {
      case 0:
        return Node(MaxPool2d{{Padding::kSame, 1, 1, 2, 2, clamp}}, {x});
      case 1:
        return Node(ReduceMax{{{1, 2}, true}}, {x});
      case 2:
        return Node(Mean{{{1}, true}}, {x});
      default:
        return Node(AveragePool2d{{Padding::kSame, 1 + Pick(2), 1, 2, 3, clamp}}, {x});
    }
  }

  ValueId Resized(ValueId x) {
    const std::int64_t h = std::min<std::int64_t>(2 * ShapeOf(x)[1], 12);
    const std::int64_t w = std::min<std::int64_t>(2 * ShapeOf(x)[2], 12);
    if (Chance(2)) return Node(ResizeNearestNeighbor{{.out_h = h, .out_w = w}}, {x});
    return Node(ResizeBilinear{{.out_h = h, .out_w = w, .half_pixel_centers = Chance(2)}},
                {x});
  }

  ValueId Function(ValueId x) {
    switch (Pick(6)) {
      case 0:
        return Node(HardSwish{}, {x});
      case 1:
        return Node(Tanh{}, {x});
      case 2:
        return Node(LeakyRelu{0.1F}, {x});
      case 3:
        return Node(PRelu{}, {x, Constant({1, 1, Channels(x)}, 0, 0.5F)});
      default:
        return Node(Relu{Any<Activation>(
                        {Activation::kRelu, Activation::kRelu6, Activation::kReluN1To1})},
                    {x});
    }
  }

  ValueId Joined(ValueId x) {
    std::vector<ValueId> fitting;
    for (const ValueId id : pictures_) {
      const bool is_alike =
          ShapeOf(id)[1] == ShapeOf(x)[1] && ShapeOf(id)[2] == ShapeOf(x)[2];
      if (is_alike && Channels(id) <= 8) fitting.push_back(id);
    }
    return fitting.empty() ? x : Node(Concatenation{3}, {x, Any(fitting)});
  }

  void Layer() {
    const ValueId x = Picture();
    const int kind = Pick(16);
    if (kind < 5) return Keep(Conv(x));
    if (kind < 7) return Keep(Depthwise(x));
    if (kind < 9) return Keep(Arithmetic(x));
    if (kind == 9) return Keep(Gated(x));
    if (kind == 10) return Keep(Mover(x));
    if (kind == 11) return Keep(Pool(x));
    if (kind == 12) return Keep(Function(x));
    if (kind == 13) return Keep(Joined(x));
    if (kind == 14) return Keep(Dense(x, 1 + Pick(6), Clamp()));
    Keep(Chance(2) && ShapeOf(x)[1] < 6 ? Transposed(x) : Resized(x));
  }
  void Keep(ValueId id) { pictures_.push_back(id); }
  ValueId Head(ValueId x) {
    if (Chance(2)) {
      x = Node(Mean{{{1, 2}, false}}, {x});
    } else {
      x = Node(Reshape{{1, ElementCount(ShapeOf(x))}}, {x});
    }
    x = Dense(x, 6, Clamp());
    if (Chance(2)) x = Dense(x, 4, Activation::kNone);
    switch (Pick(3)) {
      case 0:
        return Node(Softmax{}, {x});
      case 1:
        return Node(Logistic{}, {x});
      default:
        return x;
    }
  }

  std::mt19937 random_;
  Graph graph_;
  std::vector<ValueId> pictures_;
};

}  // namespace kinglet
