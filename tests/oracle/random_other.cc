// Pools, reductions, rows, and what moves elements.
#include "tests/oracle/random_operations.h"

namespace kinglet {
namespace {

template <typename Pool>
bool AddPool(RandomGraph& graph) {
  Dice& dice = graph.dice();
  const ValueId in = graph.Activation(4);
  const Pool op{{.padding = AnyPadding(graph),
                 .stride_h = dice.Int(1, 3),
                 .stride_w = dice.Int(1, 3),
                 .filter_h = dice.Int(1, 4),
                 .filter_w = dice.Int(1, 4),
                 .activation = dice.Choose(Activations())}};
  return graph.Add(op, {in}, *graph[in].quantization);
}

Ints AnyAxes(RandomGraph& graph, std::size_t rank) {
  Ints axes;
  for (std::size_t i = 1; i < rank; ++i) {
    if (graph.dice().Chance(0.5)) axes.push_back(static_cast<std::int64_t>(i));
  }
  if (axes.empty()) axes = {1};
  return axes;
}

bool AddMean(RandomGraph& graph) {
  const std::size_t rank = AnyRank(graph);
  const ValueId in = graph.Activation(rank);
  const Ints axes = AnyAxes(graph, rank);
  const Quantization params = graph.dice().Chance(0.2)
                                  ? *graph[in].quantization
                                  : Around(graph, ScaleOf(graph, in) * 0.3);
  return graph.Add(Mean{{axes, graph.dice().Chance(0.5)}}, {in}, params);
}

/// Alone, because LiteRT's reference kernel of it is broken: its other kernel judges.
bool AddSum(RandomGraph& graph) {
  const std::size_t rank = AnyRank(graph);
  const ValueId in = graph.Activation(rank);
  const Ints axes = AnyAxes(graph, rank);
  return graph.Add(Sum{{axes, graph.dice().Chance(0.5)}}, {in},
                   Around(graph, ScaleOf(graph, in) * 3));
}

template <typename Op>
bool AddExtreme(RandomGraph& graph) {
  const std::size_t rank = AnyRank(graph);
  const ValueId in = graph.Activation(rank);
  const Ints axes = AnyAxes(graph, rank);
  return graph.Add(Op{{axes, graph.dice().Chance(0.5)}}, {in}, *graph[in].quantization);
}

bool AddConcatenation(RandomGraph& graph) {
  Dice& dice = graph.dice();
  const ValueId a = graph.Activation(AnyRank(graph));
  Shape shape = graph[a].shape;
  const std::int64_t axis = dice.Int(1, std::ssize(shape) - 1);
  shape[static_cast<std::size_t>(axis)] = dice.Int(1, 8);
  const ValueId b = graph.Constant(shape, *graph[a].quantization);
  return graph.Add(Concatenation{axis}, {b, a, b}, *graph[a].quantization);
}

bool AddPad(RandomGraph& graph) {
  Dice& dice = graph.dice();
  const ValueId in = graph.Activation(AnyRank(graph));
  Pad op{.before = {0}, .after = {0}};
  while (op.before.size() < graph[in].shape.size()) {
    op.before.push_back(dice.Int(0, 2));
    op.after.push_back(dice.Int(0, 2));
  }
  return graph.Add(op, {in}, *graph[in].quantization);
}

bool AddSlice(RandomGraph& graph) {
  Dice& dice = graph.dice();
  const ValueId in = graph.Activation(AnyRank(graph));
  StridedSlice op;
  for (const std::int64_t size : graph[in].shape) {
    const bool is_dropped =
        graph[in].shape.size() - op.dropped.size() > 2 && dice.Chance(0.3);
    if (is_dropped) op.dropped.push_back(std::ssize(op.begin));
    op.begin.push_back(dice.Int(0, size - 1));
    op.end.push_back(
        dice.Int(op.begin.back() + 1, is_dropped ? op.begin.back() + 1 : size));
    op.strides.push_back(is_dropped ? 1 : dice.Int(1, 3));
  }
  return graph.Add(op, {in}, *graph[in].quantization);
}

bool AddTranspose(RandomGraph& graph) {
  const ValueId in = graph.Activation(4);
  const Ints perm = graph.dice().Choose<Ints>({{0, 3, 2, 1}, {0, 2, 1, 3}, {0, 3, 1, 2}});
  return graph.Add(Transpose{perm}, {in}, *graph[in].quantization);
}

bool AddProduct(RandomGraph& graph) {
  const ValueId in = graph.Activation(2);
  return graph.Add(ReduceProd{{{1}, graph.dice().Chance(0.5)}}, {in},
                   Around(graph, ScaleOf(graph, in)));
}

template <typename Op>
bool AddResize(RandomGraph& graph) {
  Dice& dice = graph.dice();
  const ValueId in = graph.Activation(4);
  Op op{{.out_h = dice.Int(1, 12), .out_w = dice.Int(1, 12)}};
  op.align_corners = dice.Chance(0.3);
  op.half_pixel_centers = !op.align_corners && dice.Chance(0.6);
  return graph.Add(op, {in}, *graph[in].quantization);
}

template <typename Op>
bool AddArgExtreme(RandomGraph& graph) {
  const std::size_t rank = AnyRank(graph);
  const auto axis = graph.dice().Int(1, static_cast<std::int64_t>(rank) - 1);
  return graph.Add(Op{{.axis = axis}}, {graph.Activation(rank)}, {});
}

}  // namespace

std::vector<RandomOperation> OtherOperations() {
  return {
      {"average_pool_2d", AddPool<AveragePool2d>},
      {"max_pool_2d", AddPool<MaxPool2d>},
      {"mean", AddMean},
      {"sum", AddSum, false, true},
      {"reduce_max", AddExtreme<ReduceMax>},
      {"reduce_min", AddExtreme<ReduceMin>},
      {"reduce_prod", AddProduct, false},
      {"arg_max", AddArgExtreme<ArgMax>, false},
      {"arg_min", AddArgExtreme<ArgMin>, false},
      {"softmax", AddFixed<Softmax>},
      {"log_softmax", AddFixed<LogSoftmax>, false},
      {"l2_normalization", AddFixed<L2Normalization>, false},
      {"resize_bilinear", AddResize<ResizeBilinear>},
      {"resize_nearest_neighbor", AddResize<ResizeNearestNeighbor>},
      {"concatenation", AddConcatenation},
      {"pad", AddPad},
      {"strided_slice", AddSlice},
      {"transpose", AddTranspose},
  };
}

}  // namespace kinglet
