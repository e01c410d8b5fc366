// One function an operation: operands of a fitting rank, any attributes, and a scale of
// the result around what keeps most values, so that few and many saturate.
#include <cmath>

#include "tests/oracle/random_graph.h"

namespace kinglet {
namespace {

const std::vector<Activation> kActivations = {Activation::kNone, Activation::kNone,
                                              Activation::kRelu, Activation::kRelu6,
                                              Activation::kReluN1To1};

double ScaleOf(const RandomGraph& graph, ValueId id) {
  return graph[id].quantization->scales[0];
}

/// `natural` times a factor from a quarter to eight.
Quantization Around(RandomGraph& graph, double natural) {
  const double steps = graph.dtype() == DType::kInt8 ? 1.0 : 256.0;
  return graph.ParamsNear(natural * steps * std::exp2(graph.dice().Real(-2, 3)));
}

std::size_t AnyRank(RandomGraph& graph) {
  return static_cast<std::size_t>(graph.dice().Int(2, 4));
}

Padding AnyPadding(RandomGraph& graph) {
  return graph.dice().Chance(0.6) ? Padding::kSame : Padding::kValid;
}

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
          .activation = dice.Choose(kActivations)};
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
  return graph.Add(FullyConnected{dice.Choose(kActivations)}, operands,
                   AfterSum(graph, in, weights, depth));
}

/// Another operand: an activation of the same shape, a constant, or one that broadcasts.
ValueId Partner(RandomGraph& graph, ValueId of) {
  Dice& dice = graph.dice();
  Shape shape = graph[of].shape;
  const double kind = dice.Real(0, 1);
  if (kind < 0.2) return of;
  if (kind < 0.5) return graph.Input(shape);
  if (kind < 0.7) return graph.Constant({shape.back()}, graph.Params());
  for (std::size_t i = 1; i < shape.size(); ++i) {
    if (dice.Chance(0.5)) shape[i] = 1;
  }
  return dice.Chance(0.5) ? graph.Input(shape) : graph.Constant(shape, graph.Params());
}

template <typename Op>
bool AddArithmetic(RandomGraph& graph) {
  const ValueId a = graph.Activation(AnyRank(graph));
  const ValueId b = Partner(graph, a);
  const double sum = ScaleOf(graph, a) + ScaleOf(graph, b);
  const bool is_mul = std::is_same_v<Op, Mul>;
  const double levels = graph.dtype() == DType::kInt8 ? 60.0 : 16000.0;
  const double natural = is_mul ? ScaleOf(graph, a) * ScaleOf(graph, b) * levels : sum;
  const std::vector<ValueId> operands =
      graph.dice().Chance(0.5) ? std::vector{a, b} : std::vector{b, a};
  return graph.Add(Op{{graph.dice().Choose(kActivations)}}, operands,
                   Around(graph, natural));
}

/// Both operands and the result have the same parameters.
template <typename Op>
bool AddSelection(RandomGraph& graph) {
  const ValueId a = graph.Activation(AnyRank(graph));
  const ValueId b = Partner(graph, a);
  const bool is_constant = graph[b].constant != nullptr;
  const bool is_free = is_constant || graph[b].name.starts_with("in_");
  if (a != b && !is_free) return false;
  graph.graph()[b].quantization = graph[a].quantization;
  return graph.Add(Op{}, {a, b}, *graph[a].quantization);
}

template <typename Pool>
bool AddPool(RandomGraph& graph) {
  Dice& dice = graph.dice();
  const ValueId in = graph.Activation(4);
  const Pool op{{.padding = AnyPadding(graph),
                 .stride_h = dice.Int(1, 3),
                 .stride_w = dice.Int(1, 3),
                 .filter_h = dice.Int(1, 4),
                 .filter_w = dice.Int(1, 4),
                 .activation = dice.Choose(kActivations)}};
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

bool AddReduceMax(RandomGraph& graph) {
  const std::size_t rank = AnyRank(graph);
  const ValueId in = graph.Activation(rank);
  const Ints axes = AnyAxes(graph, rank);
  return graph.Add(ReduceMax{{axes, graph.dice().Chance(0.5)}}, {in},
                   *graph[in].quantization);
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
    op.begin.push_back(dice.Int(0, size - 1));
    op.end.push_back(dice.Int(op.begin.back() + 1, size));
    op.strides.push_back(dice.Int(1, 3));
  }
  return graph.Add(op, {in}, *graph[in].quantization);
}

bool AddTranspose(RandomGraph& graph) {
  const ValueId in = graph.Activation(4);
  const Ints perm = graph.dice().Choose<Ints>({{0, 3, 2, 1}, {0, 2, 1, 3}, {0, 3, 1, 2}});
  return graph.Add(Transpose{perm}, {in}, *graph[in].quantization);
}

template <typename Op>
bool AddFixed(RandomGraph& graph) {
  const ValueId in = graph.Activation(AnyRank(graph));
  const QuantParams fixed = Op::Def().quantization.fixed;
  Quantization params{{fixed.scale}, {fixed.zero_point}, 0};
  if (graph.dtype() == DType::kInt16) params = {{1.0F / 32768}, {0}, 0};
  return graph.Add(Op{}, {in}, params);
}

/// The table kernels honour any scale of the result.
bool AddTanh(RandomGraph& graph) {
  if (graph.dtype() == DType::kInt16 || graph.dice().Chance(0.7)) {
    return AddFixed<Tanh>(graph);
  }
  return graph.Add(Tanh{}, {graph.Activation(AnyRank(graph))}, Around(graph, 0.01));
}

bool AddExp(RandomGraph& graph) {
  const ValueId in = graph.Activation(AnyRank(graph));
  const double largest = std::exp(ScaleOf(graph, in) * 128);
  if (largest > 1e6) return false;
  return graph.Add(Exp{}, {in}, Around(graph, largest / 128));
}

bool AddLog(RandomGraph& graph) {
  return graph.Add(Log{}, {graph.Activation(AnyRank(graph))}, Around(graph, 0.03));
}

bool AddRelu(RandomGraph& graph) {
  const ValueId in = graph.Activation(AnyRank(graph));
  std::vector<Activation> kinds = {Activation::kRelu, Activation::kRelu6};
  if (graph.dtype() == DType::kInt8) kinds.push_back(Activation::kReluN1To1);
  return graph.Add(Relu{graph.dice().Choose(kinds)}, {in},
                   Around(graph, ScaleOf(graph, in)));
}

bool AddLeakyRelu(RandomGraph& graph) {
  const ValueId in = graph.Activation(AnyRank(graph));
  const auto alpha = static_cast<float>(graph.dice().Real(-0.5, 1.5));
  return graph.Add(LeakyRelu{alpha}, {in}, Around(graph, ScaleOf(graph, in)));
}

bool AddRequantize(RandomGraph& graph) {
  const ValueId in = graph.Activation(AnyRank(graph));
  return graph.Add(Quantize{graph.dtype()}, {in}, Around(graph, ScaleOf(graph, in)));
}

bool AddDequantize(RandomGraph& graph) {
  return graph.Add(Dequantize{}, {graph.Activation(AnyRank(graph))}, {});
}

bool AddQuantize(RandomGraph& graph) {
  const std::string name = "in_" + std::to_string(graph.graph().inputs.size());
  const ValueId in = graph.graph().AddValue({.name = name,
                                             .dtype = DType::kFloat32,
                                             .shape = {1, graph.dice().Int(1, 300)},
                                             .quantization = {},
                                             .constant = nullptr});
  graph.graph().inputs.push_back({name, in});
  return graph.Add(Quantize{graph.dtype()}, {in}, graph.ParamsNear(0.04));
}

}  // namespace

const std::vector<RandomOperation>& RandomOperations() {
  static const std::vector<RandomOperation> kOperations = {
      {"conv_2d", AddConv},
      {"depthwise_conv_2d", AddDepthwise},
      {"fully_connected", AddDense},
      {"add", AddArithmetic<Add>},
      {"sub", AddArithmetic<Sub>},
      {"mul", AddArithmetic<Mul>},
      {"maximum", AddSelection<Maximum>},
      {"minimum", AddSelection<Minimum>},
      {"average_pool_2d", AddPool<AveragePool2d>},
      {"max_pool_2d", AddPool<MaxPool2d>},
      {"mean", AddMean},
      {"sum", AddSum, false, true},
      {"reduce_max", AddReduceMax},
      {"concatenation", AddConcatenation},
      {"pad", AddPad},
      {"strided_slice", AddSlice},
      {"transpose", AddTranspose},
      {"softmax", AddFixed<Softmax>, false},
      {"logistic", AddFixed<Logistic>, false},
      {"tanh", AddTanh, false},
      {"exp", AddExp, false},
      {"log", AddLog, false},
      {"relu", AddRelu},
      {"leaky_relu", AddLeakyRelu},
      {"requantize", AddRequantize},
      {"quantize", AddQuantize},
      {"dequantize", AddDequantize},
  };
  return kOperations;
}

}  // namespace kinglet
