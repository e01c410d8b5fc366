// Operations with weights, and products of matrices.
#include "tests/oracle/random_operations.h"

namespace kinglet {
namespace {

/// Parameters for sums of `depth` products with weights.
Quantization AfterSum(RandomGraph& graph, ValueId in, ValueId weights,
                      std::int64_t depth) {
  const double product = ScaleOf(graph, in) * ScaleOf(graph, weights);
  if (graph.dice().Chance(0.1)) return Around(graph, product);
  const double levels = graph.dtype() == DType::kInt8 ? 64.0 : 16384.0;
  const double largest = graph.dtype() == DType::kInt8 ? 100.0 : 20000.0;
  return Around(
      graph, product * largest * 50.0 * std::sqrt(static_cast<double>(depth)) / levels);
}

template <typename Conv>
Conv AnyConv(RandomGraph& graph) {
  Dice& dice = graph.dice();
  const bool dilated = dice.Chance(0.15);
  return {.padding = AnyPadding(graph),
          .stride_h = dilated ? 1 : dice.Int(1, 3),
          .stride_w = dilated ? 1 : dice.Int(1, 3),
          .dilation_h = dilated ? dice.Int(1, 3) : 1,
          .dilation_w = dilated ? dice.Int(1, 3) : 1,
          .activation = dice.Choose(Activations())};
}

bool AddConv(RandomGraph& graph) {
  Dice& dice = graph.dice();
  const ValueId in = graph.Activation(4);
  const std::int64_t channels = graph[in].shape[3];
  const bool grouped = channels % 2 == 0 && dice.Chance(0.2);
  const std::int64_t kernel = dice.Choose<std::int64_t>({1, 1, 2, 3, 3, 5});
  const std::int64_t outputs = dice.Int(1, 40) * (grouped ? 2 : 1);
  const Shape shape = {outputs, kernel, dice.Chance(0.8) ? kernel : 1,
                       grouped ? channels / 2 : channels};
  const ValueId weights = graph.Weights(shape, 0, dice.Chance(0.7));
  const ValueId bias = graph.Bias(outputs, in, weights);
  const std::int64_t depth = shape[1] * shape[2] * shape[3];
  return graph.Add(AnyConv<Conv2d>(graph), {in, weights, bias},
                   AfterSum(graph, in, weights, depth));
}

bool AddDepthwise(RandomGraph& graph) {
  Dice& dice = graph.dice();
  const ValueId in = graph.Activation(4);
  const std::int64_t kernel = dice.Choose<std::int64_t>({1, 2, 3, 3, 3, 5});
  const std::int64_t multiplier = dice.Chance(0.8) ? 1 : dice.Int(2, 3);
  const Shape shape = {1, kernel, dice.Chance(0.8) ? kernel : 1,
                       graph[in].shape[3] * multiplier};
  const ValueId weights = graph.Weights(shape, 3, dice.Chance(0.7));
  const ValueId bias = graph.Bias(shape[3], in, weights);
  auto op = AnyConv<DepthwiseConv2d>(graph);
  op.stride_h = op.stride_w;  // the kernels of TensorFlow Lite know no others
  return graph.Add(op, {in, weights, bias},
                   AfterSum(graph, in, weights, shape[1] * shape[2]));
}

bool AddDense(RandomGraph& graph) {
  Dice& dice = graph.dice();
  const ValueId in = graph.Activation(AnyRank(graph));
  const std::int64_t depth = graph[in].shape.back();
  const std::int64_t outputs = dice.Int(1, 40);
  const ValueId weights = graph.Weights({outputs, depth}, 0, dice.Chance(0.6));
  std::vector<ValueId> operands = {in, weights};
  if (dice.Chance(0.7)) operands.push_back(graph.Bias(outputs, in, weights));
  return graph.Add(FullyConnected{dice.Choose(Activations())}, operands,
                   AfterSum(graph, in, weights, depth));
}

bool AddTransposeConv(RandomGraph& graph) {
  Dice& dice = graph.dice();
  const ValueId in = graph.Activation(4);
  const Shape from = graph[in].shape;
  const std::int64_t kernel = dice.Int(1, 4);
  const std::int64_t outputs = dice.Int(1, 20);
  TransposeConv op{.padding = AnyPadding(graph),
                   .stride_h = dice.Int(1, 3),
                   .stride_w = dice.Int(1, 3)};
  const bool same = op.padding == Padding::kSame;
  const auto size = [&](std::int64_t size_in, std::int64_t stride) {
    const std::int64_t more = same ? 0 : std::max<std::int64_t>(kernel - stride, 0);
    return size_in * stride + more;
  };
  op.out_h = size(from[1], op.stride_h);
  op.out_w = size(from[2], op.stride_w);
  const ValueId weights =
      graph.Weights({outputs, kernel, kernel, from[3]}, 0, dice.Chance(0.7));
  std::vector<ValueId> operands = {in, weights};
  if (dice.Chance(0.6)) operands.push_back(graph.Bias(outputs, in, weights));
  if (operands.size() == 3 && graph.dtype() == DType::kInt8) {
    op.activation = dice.Choose(Activations());
  }
  return graph.Add(op, operands, AfterSum(graph, in, weights, from[3] * kernel));
}

bool AddBatchMatMul(RandomGraph& graph) {
  Dice& dice = graph.dice();
  const ValueId x = graph.Activation(AnyRank(graph));
  const BatchMatMul op{dice.Chance(0.3), dice.Chance(0.5)};
  Shape shape = graph[x].shape;
  const std::size_t last = shape.size() - 1;
  const std::int64_t depth = shape[op.adj_x ? last - 1 : last];
  const std::int64_t columns = dice.Int(1, 20);
  shape[last - 1] = op.adj_y ? columns : depth;
  shape[last] = op.adj_y ? depth : columns;
  for (std::size_t i = 0; i + 1 < last; ++i) {
    if (dice.Chance(0.3)) shape[i] = 1;
  }
  const ValueId y = graph.Input(shape);
  const double natural = ScaleOf(graph, x) * ScaleOf(graph, y) * TypicalLargest(graph) *
                         std::sqrt(static_cast<double>(depth));
  return graph.Add(op, {x, y}, Around(graph, natural));
}

}  // namespace

std::vector<RandomOperation> LinearOperations() {
  return {
      {"conv_2d", AddConv},
      {"depthwise_conv_2d", AddDepthwise},
      {"fully_connected", AddDense},
      {"transpose_conv", AddTransposeConv},
      {"batch_mat_mul", AddBatchMatMul},
  };
}

}  // namespace kinglet
