// Random float graphs of the operations that passes rewrite.
#pragma once

#include <random>
#include <string>
#include <vector>

#include "ops/op_def.h"

namespace kinglet {

/// Builds a graph step by step; every choice comes from the seed.
class RandomGraph {
 public:
  explicit RandomGraph(unsigned seed) : random_(seed) {}

  /// A graph of `steps` operations over an image; its output is the last result, and
  /// sometimes one in the middle.
  Graph Make(int steps) {
    Value input;
    input.name = "x";
    input.shape = {1, 5, 4, 3};
    values_ = {graph_.AddValue(input)};
    graph_.inputs.push_back({"input", values_[0]});
    for (int i = 0; i < steps; ++i) values_.push_back(Step(values_.back(), i));
    graph_.outputs.push_back({"output_0", values_.back()});
    if (Pick(3) == 0) {
      graph_.outputs.push_back(
          {"output_1",
           values_[static_cast<std::size_t>(Pick(static_cast<int>(values_.size())))]});
    }
    return WithoutDeadParts(graph_);
  }

  Tensor Floats(const Shape& shape, float low, float high) {
    Tensor tensor(DType::kFloat32, shape);
    std::uniform_real_distribution<float> draw(low, high);
    for (float& value : tensor.Data<float>()) value = draw(random_);
    return tensor;
  }

 private:
  int Pick(int count) { return std::uniform_int_distribution(0, count - 1)(random_); }

  ValueId Constant(const Shape& shape, float low, float high) {
    return graph_.AddConstant("c", Floats(shape, low, high));
  }

  ValueId Node(Op op, std::vector<ValueId> inputs) {
    return AddNode(graph_, std::move(op), std::move(inputs), "n");
  }

  Activation Clamp() { return static_cast<Activation>(Pick(4)); }

  ValueId Conv(ValueId x) {
    const std::int64_t in = graph_[x].shape[3];
    const std::int64_t out = 1 + Pick(4);
    const std::int64_t kernel = 1 + 2 * Pick(2);
    Conv2d op{.padding = Padding::kSame};
    if (Pick(2) == 0) {
      op.padding = Padding::kValid;
      x = Node(Pad{{0, kernel / 2, kernel / 2, 0}, {0, kernel / 2, kernel / 2, 0}}, {x});
    }
    if (Pick(3) == 0) op.activation = Clamp();
    return Node(op, {x, Constant({out, kernel, kernel, in}, -0.5F, 0.5F),
                     Constant({out}, -0.5F, 0.5F)});
  }

  ValueId Depthwise(ValueId x) {
    const std::int64_t c = graph_[x].shape[3];
    const bool is_identity = Pick(3) == 0;
    const ValueId weights =
        Constant({1, 1, 1, c}, is_identity ? 1.0F : 0.25F, is_identity ? 1.0F : 2.0F);
    return Node(DepthwiseConv2d{},
                {x, weights, graph_.AddConstant("c", Tensor(DType::kFloat32, {c}))});
  }

  /// Factors and offsets, per channel or one for all, on either side.
  ValueId Affine(ValueId x) {
    const Shape shape = Pick(3) == 0 ? Shape{1} : Shape{graph_[x].shape.back()};
    const ValueId c = Constant(shape, 0.5F, 2.0F);
    const Op ops[] = {Mul{}, Add{}, Sub{}, Div{}};
    const std::vector<ValueId> operands =
        Pick(4) == 0 ? std::vector{c, x} : std::vector{x, c};
    const int op = Pick(4);
    return Node(ops[op], op == 3 ? std::vector{x, c} : operands);
  }

  ValueId Mover(ValueId x) {
    const Shape shape = graph_[x].shape;
    switch (Pick(5)) {
      case 0:
        return Node(Reshape{shape}, {x});
      case 1:
        return Node(Reshape{shape}, {Node(Reshape{{ElementCount(shape)}}, {x})});
      case 2:
        return Node(Transpose{{0, 2, 1, 3}}, {x});
      case 3:
        return Node(Transpose{{0, 3, 1, 2}}, {Node(Transpose{{0, 3, 2, 1}}, {x})});
      default:
        return Node(StridedSlice{Ints(4, 0), shape, Ints(4, 1)}, {x});
    }
  }

  ValueId Pool(ValueId x) {
    if (Pick(2) == 0) {
      return Node(MaxPool2d{{.padding = Padding::kSame, .filter_h = 2, .filter_w = 2}},
                  {x});
    }
    return Node(AveragePool2d{{.padding = Padding::kSame, .filter_w = 3}}, {x});
  }

  ValueId Step(ValueId x, int number) {
    switch (Pick(8)) {
      case 0:
      case 1:
        return Conv(x);
      case 2:
        return Depthwise(x);
      case 3:
        return Affine(x);
      case 4:
        return Mover(x);
      case 5:
        return Node(Relu{static_cast<Activation>(1 + Pick(3))}, {x});
      case 6:
        return Pool(x);
      default:
        return number % 2 == 0 ? Node(Concatenation{3}, {Node(Tanh{}, {x}), x})
                               : Node(Add{}, {Node(Logistic{}, {x}), x});
    }
  }

  std::mt19937 random_;
  Graph graph_;
  std::vector<ValueId> values_;
};

}  // namespace kinglet
