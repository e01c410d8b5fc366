#include "import/operation.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "import/building_blocks.h"
#include "import/json_tensor.h"
#include "kinglet/error.h"

namespace kinglet {
namespace {

const OperationRow* FindOperation(const LayerConfig& layer) {
  static const std::vector<OperationRow> kAll = SupportedOperations();
  std::string function = TextAt(layer.config, "function");
  constexpr std::string_view kOldNames = "compat.v1.";
  if (function.starts_with(kOldNames)) function.erase(0, kOldNames.size());
  for (const OperationRow& row : kAll) {
    const bool is_named =
        layer.is_operation
            ? row.class_name == layer.class_name
            : std::ranges::find(row.functions, function) != row.functions.end();
    if (is_named) return &row;
  }
  return nullptr;
}

[[noreturn]] void RefuseFunction(const LayerContext& context) {
  const LayerConfig& layer = context.layer();
  const std::string function =
      layer.is_operation ? layer.class_name : TextAt(layer.config, "function");
  // Its tensors are *inputs in Python, which Keras 2 drops: it can't load the file
  // either.
  if (!layer.is_operation && function == "einsum") {
    context.Refuse(
        "Keras 2 does not save which tensors tf.einsum is called on; replace it by "
        "tf.matmul or layers of Keras");
  }
  context.Refuse(fmt::format(
      "the function '{}' is not known; replace it by layers of Keras", function));
}

bool IsWhole(const Tensor& constant) {
  constexpr float kBound = 2147483648.0F;
  return constant.dtype() != DType::kFloat32 ||
         std::ranges::all_of(constant.Data<float>(), [](float x) {
           return std::abs(x) < kBound && x == std::trunc(x);
         });
}

/// The value as `dtype`: a constant is converted, what is computed is cast.
ValueId Brought(const LayerContext& context, ValueId id, DType dtype,
                const std::string& name) {
  const Value& value = context.graph()[id];
  if (value.dtype == dtype) return id;
  if (value.constant == nullptr || value.dtype != DType::kFloat32) {
    return context.Node(Cast{dtype}, {id}, "cast");
  }
  const auto data = value.constant->Data<float>();
  return context.Constant(
      name + "/cast",
      TensorFrom(value.shape, std::vector<double>(data.begin(), data.end()), dtype));
}

/// Of the operands that are constants, or of the others: theirs, or float32 where they
/// differ; nothing where there are none.
std::optional<DType> CommonType(const Graph& graph, const std::vector<ValueId>& operands,
                                bool constants) {
  std::optional<DType> common;
  for (const ValueId id : operands) {
    const Value& value = graph[id];
    if ((value.constant != nullptr) != constants) continue;
    common = common.value_or(value.dtype) == value.dtype ? value.dtype : DType::kFloat32;
  }
  return common;
}

}  // namespace

const Json& Operation::Argument(int place, Names names) const {
  const LayerCall& call = context_.call();
  for (const char* name : names) read_names_.insert(name);
  const auto at = static_cast<std::size_t>(place);
  if (place >= 0 && at < call.args.size()) {
    read_places_.insert(at);
    if (!call.args[at].is_null()) return call.args[at];
  }
  for (const char* name : names) {
    const Json& keyword = MemberOrNull(call.kwargs, name);
    if (!keyword.is_null()) return keyword;
    const Json& entry = context_.Entry(name);
    if (!entry.is_null()) return entry;
  }
  static const Json kNull;
  return kNull;
}

std::optional<double> Operation::Number(int place, Names names) const {
  const Json& argument = Argument(place, names);
  if (argument.is_null() || IsInfinite(argument)) return std::nullopt;
  const std::optional<Tensor> constant = TensorFrom(argument);
  if (!constant.has_value() || constant->size() != 1 ||
      constant->dtype() == DType::kBool) {
    context_.Refuse(fmt::format("argument '{}' is no number", *names.begin()));
  }
  return constant->dtype() == DType::kInt32
             ? static_cast<double>(constant->Data<std::int32_t>()[0])
             : static_cast<double>(constant->Data<float>()[0]);
}

std::optional<std::int64_t> Operation::Int(int place, Names names) const {
  const std::optional<double> number = Number(place, names);
  if (!number.has_value()) return std::nullopt;
  return static_cast<std::int64_t>(*number);
}

std::optional<Ints> Operation::Integers(int place, Names names) const {
  const Json& argument = Argument(place, names);
  if (argument.is_null()) return std::nullopt;
  const Json& wrapped = MemberOrNull(MemberOrNull(argument, "config"), "value");
  const Json& values = wrapped.is_null() ? argument : wrapped;
  Ints integers;
  for (const Json& value : values.is_array() ? values : Json::array({values})) {
    if (!value.is_null() && !value.is_number_integer()) {
      context().Refuse(
          fmt::format("argument '{}' is computed by the model", *names.begin()));
    }
    integers.push_back(value.is_null() ? -1 : value.get<std::int64_t>());
  }
  return integers;
}

bool Operation::Flag(int place, Names names, bool missing) const {
  const Json& argument = Argument(place, names);
  return argument.is_boolean() ? argument.get<bool>() : missing;
}

std::string Operation::Text(int place, Names names, const std::string& missing) const {
  const Json& argument = Argument(place, names);
  return argument.is_string() ? argument.get<std::string>() : missing;
}

ValueId Operation::OperandFrom(const Json& argument, const std::string& name) const {
  if (const auto tensor = context_.TensorOf(argument); tensor.has_value()) {
    return *tensor;
  }
  std::optional<Tensor> constant = TensorFrom(argument);
  if (!constant.has_value()) {
    context_.Refuse(fmt::format("argument '{}' is neither a tensor nor a number", name));
  }
  return context_.Constant(name, std::move(*constant));
}

bool Operation::HasChannelsFirst() const {
  const std::string format = Text(-1, {"data_format"}, "channels_last");
  if (format == "channels_first" || format == "NCHW" || format == "NCW") return true;
  if (format != "channels_last" && format != "NHWC" && format != "NWC") {
    context_.Refuse(fmt::format("data_format '{}'", format));
  }
  return false;
}

ValueId Operation::Operand(int place, Names names) const {
  return OperandFrom(Argument(place, names), *names.begin());
}

Tensor Operation::Constant(int place, Names names) const {
  const Value& value = context_.graph()[Operand(place, names)];
  if (value.constant == nullptr || value.dtype != DType::kFloat32) {
    context_.Refuse(fmt::format(
        "argument '{}' is {}; use the layer of Keras that has it as a weight",
        *names.begin(),
        value.constant == nullptr ? "computed by the model" : "not of float32"));
  }
  return *value.constant;
}

std::vector<ValueId> Operation::Operands(int place, Names names) const {
  const Json& argument = Argument(place, names);
  if (!argument.is_array()) return {OperandFrom(argument, *names.begin())};
  std::vector<ValueId> operands;
  for (const Json& member : argument) {
    operands.push_back(
        OperandFrom(member, fmt::format("{}_{}", *names.begin(), operands.size())));
  }
  return operands;
}

// A constant takes the others' type, unless its fraction would be lost; numbers of Python
// have no type of their own.
std::vector<ValueId> Operation::OfOneType(std::vector<ValueId> operands,
                                          const std::string& name) const {
  const Graph& graph = context_.graph();
  const auto of_computed = CommonType(graph, operands, false);
  DType dtype =
      of_computed.has_value() ? *of_computed : CommonType(graph, operands, true).value();
  for (const ValueId id : operands) {
    const Value& value = graph[id];
    if (value.constant == nullptr || value.dtype == dtype) continue;
    if (dtype == DType::kBool || !IsWhole(*value.constant)) dtype = DType::kFloat32;
  }
  for (ValueId& id : operands) id = Brought(context_, id, dtype, name);
  return operands;
}

std::pair<ValueId, ValueId> Operation::Pair(Names first, Names second) const {
  const ValueId a = Operand(0, first);
  const auto both = OfOneType({a, Operand(1, second)}, *second.begin());
  return {both[0], both[1]};
}

ValueId Operation::Floats(int place, Names names) const {
  return AsFloats(context_, Operand(place, names));
}

std::pair<ValueId, ValueId> Operation::PairOfFloats(Names first, Names second) const {
  const auto [a, b] = Pair(first, second);
  return {AsFloats(context_, a, "first"), AsFloats(context_, b, "second")};
}

Ints Operation::Axes(ValueId x, int place, Names names) const {
  Ints axes = AxesOf(context_, Argument(place, names), {0}, ShapeOf(x).size());
  if (!axes.empty() && axes[0] == 0) {
    context_.Refuse("over the axis of the batch, which mixes its samples");
  }
  return axes;
}

void Operation::CheckAllRead() const {
  static const std::set<std::string> kHarmless = {"name", "dtype", "trainable",
                                                  "function", "training"};
  const auto check = [&](const std::string& name, const Json& value) {
    if (value.is_null() || read_names_.contains(name) || kHarmless.contains(name)) return;
    context_.Refuse(fmt::format("argument '{}' = {} is not supported", name,
                                value.dump().substr(0, 80)));
  };
  for (const auto& [name, value] : context_.call().kwargs.items()) check(name, value);
  for (const auto& [name, value] : context_.layer().config.items()) check(name, value);
  for (std::size_t i = 0; i < context_.call().args.size(); ++i) {
    if (!read_places_.contains(i) && !context_.call().args[i].is_null()) {
      context_.Refuse(fmt::format("argument {} is not supported", i + 1));
    }
  }
}

std::vector<ValueId> BuildOperation(const LayerContext& context) {
  const OperationRow* row = FindOperation(context.layer());
  if (row == nullptr) RefuseFunction(context);
  const Operation operation(context);
  std::vector<ValueId> results = row->build(operation);
  operation.CheckAllRead();
  return results;
}

std::vector<OperationRow> SupportedOperations() {
  std::vector<OperationRow> all;
  for (const auto* rows :
       {&ArithmeticOperations(),  &ComposedOperations(),      &PairwiseOperations(),
        &AngleOperations(),       &NormOperations(),          &StatisticOperations(),
        &ReductionOperations(),   &OrderOperations(),         &RepeatOperations(),
        &ShapeOperations(),       &JoinOperations(),          &DiagonalOperations(),
        &SliceOperations(),       &UpdateOperations(),        &CategoryOperations(),
        &ActivationOperations(),  &ProductOperations(),       &ContractionOperations(),
        &ConvolutionOperations(), &NormalizationOperations(), &AttentionOperations(),
        &FourierOperations(),     &ImageOperations()}) {
    all.insert(all.end(), rows->begin(), rows->end());
  }
  std::ranges::sort(all, {}, &OperationRow::class_name);
  return all;
}

}  // namespace kinglet
