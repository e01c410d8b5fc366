// Activations called as functions, and other functions of neural networks.
#include <fmt/format.h>

#include <cmath>

#include "import/building_blocks.h"
#include "import/layer_table.h"
#include "import/operation.h"

namespace kinglet {
namespace {

const Names kActivated = {"x", "features", "logits", "input", "value"};

/// The activation of that name, of which the arguments have their defaults.
template <const char* kName>
std::vector<ValueId> Named(const Operation& operation) {
  return {ApplyActivation(operation.context(), kName, operation.Operand(0, kActivated))};
}

constexpr char kRelu[] = "relu";
constexpr char kRelu6[] = "relu6";
constexpr char kSigmoid[] = "sigmoid";
constexpr char kTanh[] = "tanh";
constexpr char kSilu[] = "silu";
constexpr char kHardSigmoid[] = "hard_sigmoid";
constexpr char kHardSilu[] = "hard_silu";
constexpr char kHardTanh[] = "hard_tanh";
constexpr char kSoftplus[] = "softplus";
constexpr char kSoftsign[] = "softsign";
constexpr char kSelu[] = "selu";
constexpr char kLogSigmoid[] = "log_sigmoid";
constexpr char kTanhShrink[] = "tanh_shrink";
constexpr char kSparsePlus[] = "sparse_plus";
constexpr char kSparseSigmoid[] = "sparse_sigmoid";
constexpr char kMish[] = "mish";

/// The same of those that have one argument, by that name.
template <const char* kName, const char* kParameter>
std::vector<ValueId> WithParameter(const Operation& operation) {
  const ValueId x = operation.Operand(0, kActivated);
  const auto given = operation.Number(1, {kParameter});
  const auto parameter =
      given.has_value() ? std::optional(static_cast<float>(*given)) : std::nullopt;
  return {ApplyActivation(operation.context(), kName, x, "", parameter)};
}
constexpr char kCelu[] = "celu";
constexpr char kSoftShrink[] = "soft_shrink";
constexpr char kHardShrink[] = "hard_shrink";
constexpr char kSquarePlus[] = "squareplus";
constexpr char kGlu[] = "glu";
constexpr char kAlpha[] = "alpha";
constexpr char kLimit[] = "threshold";
constexpr char kB[] = "b";
constexpr char kAxis[] = "axis";

/// Over the last axis only.
template <const char* kName>
std::vector<ValueId> OverLast(const Operation& operation) {
  const ValueId x = operation.Operand(0, kActivated);
  const std::size_t rank = operation.ShapeOf(x).size();
  const std::int64_t axis = operation.Int(1, {"axis"}).value_or(-1);
  if (AxisOf(operation.context(), axis, rank) != static_cast<std::int64_t>(rank) - 1) {
    operation.context().Refuse("over another axis than the last");
  }
  return {ApplyActivation(operation.context(), kName, x)};
}
constexpr char kSparsemax[] = "sparsemax";

template <typename Typed>
std::vector<ValueId> OverAnyAxis(const Operation& operation) {
  const ValueId x = operation.Operand(0, kActivated);
  const std::int64_t axis = operation.Int(1, {"axis"}).value_or(-1);
  const Json& config = operation.context().layer().config;
  const bool is_over_all = operation.context().layer().is_operation &&
                           config.contains("axis") && config["axis"].is_null();
  if (is_over_all ||
      AxisOf(operation.context(), axis, operation.ShapeOf(x).size()) == 0) {
    operation.context().Refuse("over the axis of the batch, which mixes its samples");
  }
  return {OverAxis(operation.context(), x, axis, Typed{}, "")};
}

/// keras.ops approximates by default, TensorFlow doesn't.
std::vector<ValueId> GeluOf(const Operation& operation) {
  const bool approximate =
      operation.Flag(1, {"approximate"}, operation.context().layer().is_operation);
  return {operation.Node(Gelu{.approximate = approximate},
                         {operation.Operand(0, kActivated)})};
}

std::vector<ValueId> Leaky(const Operation& operation) {
  constexpr double kDefault = 0.2;
  const auto slope = static_cast<float>(
      operation.Number(1, {"negative_slope", "alpha"}).value_or(kDefault));
  return {operation.Node(LeakyRelu{slope}, {operation.Operand(0, kActivated)})};
}

/// keras.activations.relu and keras.ops.elu have the arguments of those layers.
template <const char* kLayer>
std::vector<ValueId> AsLayer(const Operation& operation) {
  operation.Operand(0, kActivated);
  for (const char* name : {"negative_slope", "max_value", "threshold", "alpha"}) {
    operation.Argument(-1, {name});
  }
  return FindLayer(kLayer)->build(operation.context());
}
constexpr char kReluLayer[] = "ReLU";
constexpr char kEluLayer[] = "ELU";

/// x where it exceeds the threshold, else a value.
std::vector<ValueId> Threshold(const Operation& operation) {
  const LayerContext& context = operation.context();
  const ValueId x = operation.Operand(0, kActivated);
  const auto threshold =
      static_cast<float>(operation.Number(1, {"threshold"}).value_or(0));
  const auto value =
      static_cast<float>(operation.Number(2, {"default_value"}).value_or(0));
  const ValueId is_above =
      operation.Node(Relational{Relation::kGreater},
                     {x, context.Scalar("threshold", threshold)}, "greater");
  return {operation.Node(Select{}, {is_above, x, context.Scalar("value", value)})};
}

/// A pool, whose arguments are those of the layers of that kind.
template <const char* kSeries, const char* kPicture>
std::vector<ValueId> PoolOf(const Operation& operation) {
  const ValueId x = operation.Operand(0, {"inputs", "x"});
  for (const char* name : {"pool_size", "strides", "padding", "data_format"}) {
    operation.Argument(-1, {name});
  }
  const bool is_series = operation.ShapeOf(x).size() == 3;
  return FindLayer(is_series ? kSeries : kPicture)->build(operation.context());
}
constexpr char kAverage1d[] = "AveragePooling1D";
constexpr char kAverage2d[] = "AveragePooling2D";
constexpr char kMax1d[] = "MaxPooling1D";
constexpr char kMax2d[] = "MaxPooling2D";

}  // namespace

const std::vector<OperationRow>& ActivationOperations() {
  static const std::vector<OperationRow> kRows = {
      {"Relu", {"nn.relu"}, Named<kRelu>, "RELU"},
      {"ReLU", {}, AsLayer<kReluLayer>, "as the layer ReLU"},
      {"Relu6", {"nn.relu6"}, Named<kRelu6>, "RELU6"},
      {"Sigmoid", {"nn.sigmoid", "math.sigmoid", "sigmoid"}, Named<kSigmoid>, "LOGISTIC"},
      {"Tanh", {"nn.tanh", "math.tanh", "tanh"}, Named<kTanh>, "TANH"},
      {"Silu", {"nn.silu", "nn.swish"}, Named<kSilu>, "LOGISTIC, MUL"},
      {"HardSigmoid", {}, Named<kHardSigmoid>, "ADD, RELU6, MUL"},
      {"HardSilu", {}, Named<kHardSilu>, "HARD_SWISH"},
      {"HardTanh", {}, Named<kHardTanh>, "RELU_N1_TO_1"},
      {"Softplus",
       {"nn.softplus", "math.softplus"},
       Named<kSoftplus>,
       "RELU, ABS, LOGISTIC, LOG, SUB"},
      {"Softsign", {"nn.softsign", "math.softsign"}, Named<kSoftsign>, "ABS, ADD, DIV"},
      {"Selu", {"nn.selu"}, Named<kSelu>, "MUL, MINIMUM, EXP, MUL, SUB, ADD"},
      {"Elu", {"nn.elu"}, AsLayer<kEluLayer>, "as the layer ELU"},
      {"Celu", {}, WithParameter<kCelu, kAlpha>, "RELU, SUB, EXP, SUB, ADD"},
      {"LogSigmoid",
       {"math.log_sigmoid"},
       Named<kLogSigmoid>,
       "ABS, LOGISTIC, LOG, MINIMUM, ADD"},
      {"TanhShrink", {}, Named<kTanhShrink>, "TANH, SUB"},
      {"SoftShrink", {}, WithParameter<kSoftShrink, kLimit>, "MINIMUM, MAXIMUM, SUB"},
      {"HardShrink", {}, WithParameter<kHardShrink, kLimit>, "ABS, GREATER, SELECT_V2"},
      {"Squareplus", {}, WithParameter<kSquarePlus, kB>, "MUL, ADD, SQRT, ADD, MUL"},
      {"SparsePlus",
       {},
       Named<kSparsePlus>,
       "RELU_N1_TO_1, MUL, ADD, MUL, ADD, RELU, ADD"},
      {"SparseSigmoid", {}, Named<kSparseSigmoid>, "RELU_N1_TO_1, MUL, ADD"},
      {"Mish", {}, Named<kMish>, "MUL, LOGISTIC, LOG, TANH, MUL"},
      {"Glu", {}, WithParameter<kGlu, kAxis>, "SPLIT, LOGISTIC, MUL"},
      {"Sparsemax", {}, OverLast<kSparsemax>, "TOPK_V2, CUMSUM and arithmetic"},
      {"Softmax", {"nn.softmax"}, OverAnyAxis<kinglet::Softmax>, "SOFTMAX"},
      {"LogSoftmax", {"nn.log_softmax"}, OverAnyAxis<kinglet::LogSoftmax>, "LOG_SOFTMAX"},
      {"Gelu", {"nn.gelu"}, GeluOf, "GELU"},
      {"LeakyRelu", {"nn.leaky_relu"}, Leaky, "LEAKY_RELU"},
      {"Threshold", {}, Threshold, "GREATER, SELECT_V2"},
      {"AveragePool", {}, PoolOf<kAverage1d, kAverage2d>, "AVERAGE_POOL_2D"},
      {"MaxPool", {}, PoolOf<kMax1d, kMax2d>, "MAX_POOL_2D"},
  };
  return kRows;
}

}  // namespace kinglet
