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

/// An argument that may only have the value that the activation has by default.
void ExpectDefault(const Operation& operation, Names names, double value) {
  const auto given = operation.Number(1, names);
  if (given.has_value() && *given != value) {
    operation.context().Refuse(
        fmt::format("argument '{}' = {} is not supported", *names.begin(), *given));
  }
}

template <const char* kName>
std::vector<ValueId> WithAlphaOne(const Operation& operation) {
  ExpectDefault(operation, {"alpha"}, 1);
  return Named<kName>(operation);
}
constexpr char kElu[] = "elu";
constexpr char kCelu[] = "celu";

template <const char* kName>
std::vector<ValueId> Shrink(const Operation& operation) {
  constexpr double kDefault = 0.5;
  ExpectDefault(operation, {"threshold"}, kDefault);
  return Named<kName>(operation);
}
constexpr char kSoftShrink[] = "soft_shrink";
constexpr char kHardShrink[] = "hard_shrink";

std::vector<ValueId> SquarePlus(const Operation& operation) {
  constexpr double kDefault = 4;
  ExpectDefault(operation, {"b"}, kDefault);
  return {ApplyActivation(operation.context(), "squareplus",
                          operation.Operand(0, kActivated))};
}

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
constexpr char kGlu[] = "glu";
constexpr char kSparsemax[] = "sparsemax";

template <typename Typed>
std::vector<ValueId> OverAnyAxis(const Operation& operation) {
  const ValueId x = operation.Operand(0, kActivated);
  const std::int64_t axis = operation.Int(1, {"axis"}).value_or(-1);
  if (AxisOf(operation.context(), axis, operation.ShapeOf(x).size()) == 0) {
    operation.context().Refuse("over the axis of the batch");
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

/// keras.activations.relu: the arguments of the layer ReLU.
std::vector<ValueId> ReluFunction(const Operation& operation) {
  operation.Operand(0, kActivated);
  for (const char* name : {"negative_slope", "max_value", "threshold"}) {
    operation.Argument(-1, {name});
  }
  return FindLayer("ReLU")->build(operation.context());
}

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

/// x / max(norm, epsilon) with the square of the norm summed over an axis.
std::vector<ValueId> Normalize(const Operation& operation) {
  const LayerContext& context = operation.context();
  const ValueId x = operation.Operand(0, kActivated);
  const std::size_t rank = operation.ShapeOf(x).size();
  const Ints axes = AxesOf(context, operation.Argument(1, {"axis"}),
                           {static_cast<std::int64_t>(rank) - 1}, rank);
  if (operation.Number(2, {"order"}).value_or(2) != 2)
    context.Refuse("another norm than 2");
  constexpr double kDefault = 1e-12;
  double smallest = operation.Number(3, {"epsilon"}).value_or(kDefault);
  // Keras 3 bounds the norm, TensorFlow its square.
  if (context.layer().is_operation) smallest *= smallest;
  return {DividedByNorm(context, x, axes, smallest, "")};
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
      {"ReLU", {}, ReluFunction, "as the layer ReLU"},
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
       "MAXIMUM, LOGISTIC, LOG, SUB"},
      {"Softsign", {"nn.softsign", "math.softsign"}, Named<kSoftsign>, "ABS, ADD, DIV"},
      {"Selu", {"nn.selu"}, Named<kSelu>, "MUL, MINIMUM, EXP, MUL, SUB, ADD"},
      {"Elu", {"nn.elu"}, WithAlphaOne<kElu>, "ELU"},
      {"Celu", {}, WithAlphaOne<kCelu>, "RELU, MINIMUM, EXP, SUB, ADD"},
      {"LogSigmoid",
       {"math.log_sigmoid"},
       Named<kLogSigmoid>,
       "ABS, LOGISTIC, LOG, MINIMUM, ADD"},
      {"TanhShrink", {}, Named<kTanhShrink>, "TANH, SUB"},
      {"SoftShrink", {}, Shrink<kSoftShrink>, "MINIMUM, MAXIMUM, SUB"},
      {"HardShrink", {}, Shrink<kHardShrink>, "ABS, GREATER, SELECT_V2"},
      {"Squareplus", {}, SquarePlus, "MUL, ADD, SQRT, ADD, MUL"},
      {"SparsePlus",
       {},
       Named<kSparsePlus>,
       "RELU_N1_TO_1, MUL, ADD, MUL, ADD, RELU, ADD"},
      {"SparseSigmoid", {}, Named<kSparseSigmoid>, "RELU_N1_TO_1, MUL, ADD"},
      {"Mish", {}, Named<kMish>, "MUL, LOGISTIC, LOG, TANH, MUL"},
      {"Glu", {}, OverLast<kGlu>, "STRIDED_SLICE, LOGISTIC, MUL"},
      {"Sparsemax", {}, OverLast<kSparsemax>, "TOPK_V2, CUMSUM and arithmetic"},
      {"Softmax", {"nn.softmax"}, OverAnyAxis<kinglet::Softmax>, "SOFTMAX"},
      {"LogSoftmax", {"nn.log_softmax"}, OverAnyAxis<kinglet::LogSoftmax>, "LOG_SOFTMAX"},
      {"Gelu", {"nn.gelu"}, GeluOf, "GELU"},
      {"LeakyRelu", {"nn.leaky_relu"}, Leaky, "LEAKY_RELU"},
      {"Threshold", {}, Threshold, "GREATER, SELECT_V2"},
      {"Normalize",
       {"math.l2_normalize", "nn.l2_normalize", "linalg.l2_normalize"},
       Normalize,
       "L2_NORMALIZATION; over other axes than the last MUL, SUM, MAXIMUM, RSQRT, MUL"},
      {"AveragePool", {}, PoolOf<kAverage1d, kAverage2d>, "AVERAGE_POOL_2D"},
      {"MaxPool", {}, PoolOf<kMax1d, kMax2d>, "MAX_POOL_2D"},
  };
  return kRows;
}

}  // namespace kinglet
