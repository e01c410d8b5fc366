// Values exist in up to three forms, float, INT8 and INT16. One is made by the value's
// producer; the others come from it by a Quantize or Dequantize when a node first wants
// them. A value whose parameters differ from what an operation wants of its operand is
// requantized on that edge.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <string>

#include "quantize/addends.h"
#include "quantize/assign_params.h"
#include "quantize/divisors.h"
#include "quantize/fine_inputs.h"
#include "quantize/integer_constants.h"
#include "quantize/quantize.h"

namespace kinglet {
namespace {

DType TypeOf(Precision precision) {
  return precision == Precision::kInt16 ? DType::kInt16 : DType::kInt8;
}

/// Both integer precisions; kInt8 is the first.
template <typename T>
class ByPrecision {
 public:
  T& operator[](Precision precision) { return both_.at(Place(precision)); }
  const T& operator[](Precision precision) const { return both_.at(Place(precision)); }

 private:
  static std::size_t Place(Precision precision) {
    return precision == Precision::kInt16 ? 1 : 0;
  }
  std::array<T, 2> both_;
};

class Quantizer {
 public:
  Quantizer(const Graph& graph, const Ranges& ranges, const QuantizeOptions& options)
      : from_(graph),
        uses_(graph),
        options_(options),
        made_(graph.values.size(), Precision::kFloat),
        floats_(graph.values.size()) {
    const Ranges& wide = options.wide_ranges.empty() ? ranges : options.wide_ranges;
    plans_[Precision::kInt8] = AssignParams(graph, ranges, options, Precision::kInt8);
    plans_[Precision::kInt16] = AssignParams(graph, wide, options, Precision::kInt16);
    integers_[Precision::kInt8].resize(graph.values.size());
    integers_[Precision::kInt16].resize(graph.values.size());
  }

  QuantizedGraph Run() {
    for (const Port& port : from_.inputs) AddInput(port);
    for (std::size_t i = 0; i < from_.nodes.size(); ++i) {
      if (plans_[Precision::kInt8].quantized_nodes[i]) {
        AddInteger(from_.nodes[i], Precision::kInt8);
      } else if (plans_[Precision::kInt16].quantized_nodes[i]) {
        AddInteger(from_.nodes[i], Precision::kInt16);
      } else {
        AddFloat(from_.nodes[i]);
      }
    }
    for (const Port& port : from_.outputs) {
      to_.outputs.push_back({port.name, FloatForm(port.value, port.name)});
    }
    result_.graph = WithoutDeadParts(to_);
    return std::move(result_);
  }

 private:
  void AddInput(const Port& port) {
    floats_[Index(port.value)] = to_.AddValue(from_[port.value]);
    to_.inputs.push_back({port.name, *floats_[Index(port.value)]});
  }

  ValueId Append(Op op, std::vector<ValueId> inputs, Value result,
                 const std::string& name) {
    const ValueId id = to_.AddValue(std::move(result));
    to_.nodes.push_back({std::move(op), std::move(inputs), {id}, name});
    return id;
  }

  /// The value as float32.
  ValueId FloatForm(ValueId id, const std::string& name) {
    std::optional<ValueId>& form = floats_[Index(id)];
    if (form.has_value()) return *form;
    if (from_[id].constant != nullptr || from_[id].dtype != DType::kFloat32) {
      form = to_.AddValue(from_[id]);
      return *form;
    }
    Value value = from_[id];
    value.name = name;
    form = Append(Dequantize{}, {MadeForm(id)}, value, name);
    return *form;
  }

  /// The value as its producer makes it.
  ValueId MadeForm(ValueId id) {
    const Precision made = made_[Index(id)];
    return made == Precision::kFloat ? *floats_[Index(id)] : *integers_[made][Index(id)];
  }

  [[nodiscard]] const QuantParams& ParamsOf(ValueId id, Precision precision) const {
    return *plans_[precision].params[Index(id)];
  }

  [[nodiscard]] Value IntegerValue(ValueId id, const std::string& name,
                                   const QuantParams& params, Precision precision) const {
    return {.name = name,
            .dtype = TypeOf(precision),
            .shape = from_[id].shape,
            .quantization = ToQuantization(params),
            .constant = nullptr};
  }

  ValueId Quantized(ValueId id, ValueId from, const std::string& name,
                    const QuantParams& params, Precision precision) {
    return Append(Quantize{TypeOf(precision)}, {from},
                  IntegerValue(id, name, params, precision), name);
  }

  /// The value as integers with its own parameters.
  ValueId IntegerForm(ValueId id, Precision precision) {
    std::optional<ValueId>& form = integers_[precision][Index(id)];
    if (form.has_value()) return *form;
    const std::string name =
        fmt::format("{}/{}", from_[id].name, NameOf(TypeOf(precision)));
    form = Quantized(id, MadeForm(id), name, ParamsOf(id, precision), precision);
    return *form;
  }

  /// The value as integers with the parameters `wanted`.
  ValueId WithParams(ValueId id, const QuantParams& wanted, Precision precision) {
    if (ParamsOf(id, precision) == wanted) return IntegerForm(id, precision);
    const std::string name = from_[id].name + "/requantized";
    return Quantized(id, IntegerForm(id, precision), name, wanted, precision);
  }

  ValueId AddConstant(ValueId id, IntegerConstant constant) {
    const ValueId added = to_.AddConstant(from_[id].name, std::move(constant.tensor));
    to_[added].quantization = std::move(constant.quantization);
    return added;
  }

  void AddInteger(const Node& node, Precision precision) {
    const QuantRule& rule = DefOf(node.op).quantization;
    const bool is_linear =
        rule.weights.has_value() && from_[node.inputs[*rule.weights]].constant != nullptr;
    std::optional<QuantParams> wanted;
    if (rule.range == RangeRule::kSameAsInputs) {
      wanted = plans_[precision].params[Index(node.outputs[0])];
    }
    std::vector<ValueId> inputs;
    const std::size_t activations = is_linear ? *rule.weights : node.inputs.size();
    for (std::size_t i = 0; i < activations; ++i) {
      inputs.push_back(Operand(node, i, wanted, precision));
    }
    if (is_linear) {
      const float scale = ParamsOf(node.inputs[0], precision).scale;
      for (IntegerConstant& constant :
           LinearConstants(from_, node, scale, options_.per_tensor, precision)) {
        inputs.push_back(AddConstant(node.inputs[inputs.size()], std::move(constant)));
      }
    }
    std::vector<ValueId> outputs;
    for (const ValueId id : node.outputs) outputs.push_back(Result(id, precision));
    to_.nodes.push_back({node.op, std::move(inputs), std::move(outputs), node.name});
  }

  /// What an integer node reads: indices and conditions are as they were.
  ValueId Operand(const Node& node, std::size_t which,
                  const std::optional<QuantParams>& wanted, Precision precision) {
    const ValueId id = node.inputs[which];
    if (from_[id].dtype != DType::kFloat32) return FloatForm(id, from_[id].name);
    if (from_[id].constant != nullptr) {
      const Tensor floats = ConstantOperand(node, which, precision);
      return AddConstant(id, OperandConstant(floats, wanted, precision));
    }
    if (which == 1 && std::holds_alternative<Div>(node.op)) {
      const Divisor divisor = DivisorOf(from_, uses_, plans_[precision], id);
      return divisor.may_be_zero ? AboveZero(divisor.value, precision)
                                 : IntegerForm(divisor.value, precision);
    }
    return WithParams(id, wanted.value_or(ParamsOf(id, precision)), precision);
  }

  /// A divisor, of one step at least.
  ValueId AboveZero(ValueId id, Precision precision) {
    const QuantParams& params = ParamsOf(id, precision);
    const std::vector<float> one_step = {params.scale};
    const ValueId least = AddConstant(
        id, OperandConstant(Tensor::Of<float>({}, std::span<const float>(one_step)),
                            params, precision));
    const std::string name = from_[id].name + "/above_zero";
    return Append(Maximum{}, {IntegerForm(id, precision), least},
                  IntegerValue(id, name, params, precision), name);
  }

  [[nodiscard]] Tensor ConstantOperand(const Node& node, std::size_t which,
                                       Precision precision) const {
    const Tensor& floats = *from_[node.inputs[which]].constant;
    if (precision != Precision::kInt8 || !IsSum(node)) return floats;
    const auto& other = plans_[precision].params[Index(node.inputs[1 - which])];
    if (!other.has_value()) return floats;
    return CutAddend(node, which, floats, *other, ParamsOf(node.outputs[0], precision));
  }

  ValueId Result(ValueId id, Precision precision) {
    if (from_[id].dtype != DType::kFloat32) {
      floats_[Index(id)] = to_.AddValue(from_[id]);
      return *floats_[Index(id)];
    }
    made_[Index(id)] = precision;
    std::optional<ValueId>& form = integers_[precision][Index(id)];
    form = to_.AddValue(
        IntegerValue(id, from_[id].name, ParamsOf(id, precision), precision));
    return *form;
  }

  void AddFloat(const Node& node) {
    std::vector<ValueId> inputs;
    for (const ValueId id : node.inputs) {
      inputs.push_back(FloatForm(id, from_[id].name + "/float"));
    }
    std::vector<ValueId> outputs;
    for (const ValueId id : node.outputs) {
      floats_[Index(id)] = to_.AddValue(from_[id]);
      outputs.push_back(*floats_[Index(id)]);
    }
    to_.nodes.push_back({node.op, std::move(inputs), std::move(outputs), node.name});
    const auto is_float = [this](ValueId id) {
      return from_[id].dtype == DType::kFloat32;
    };
    if (std::ranges::any_of(node.inputs, is_float) ||
        std::ranges::any_of(node.outputs, is_float)) {
      result_.float_operators.push_back(
          fmt::format("{} ({})", node.name, NameOf(node.op)));
    }
  }

  const Graph& from_;
  const Uses uses_;
  const QuantizeOptions& options_;
  ByPrecision<ParamsPlan> plans_;
  Graph to_;
  QuantizedGraph result_;
  std::vector<Precision> made_;                                // by value of from_
  std::vector<std::optional<ValueId>> floats_;                 // by value of from_
  ByPrecision<std::vector<std::optional<ValueId>>> integers_;  // by value of from_
};

}  // namespace

QuantizedGraph QuantizeInt8(const Graph& graph, const Ranges& ranges,
                            const QuantizeOptions& options) {
  QuantizedGraph quantized = Quantizer(graph, ranges, options).Run();
  if (!options.room_for_fine_inputs) return quantized;
  std::set<std::string> names;
  for (const ValueId id : InputsToRefine(quantized.graph)) {
    names.insert(quantized.graph[id].name);
  }
  if (names.empty()) return quantized;
  Ranges roomy = ranges;
  for (std::size_t i = 0; i < ranges.size(); ++i) {
    if (!roomy[i].has_value() || !names.contains(graph.values[i].name)) continue;
    roomy[i] = WithRoomForFinePlane(*roomy[i]);
  }
  return Quantizer(graph, roomy, options).Run();
}

QuantizedGraph QuantizeInt16x8(const Graph& graph, const Ranges& ranges,
                               bool per_tensor) {
  QuantizeOptions options;
  options.per_tensor = per_tensor;
  options.precisions.assign(graph.nodes.size(), Precision::kInt16);
  return QuantizeInt8(graph, ranges, options);
}

}  // namespace kinglet
