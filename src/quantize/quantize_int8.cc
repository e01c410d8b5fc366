// Values exist in up to two forms, float and integer, each made when a node first wants
// it: the other form comes from a Quantize or Dequantize. A value whose parameters differ
// from what an operation wants of its operand is requantized on that edge.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "quantize/assign_params.h"
#include "quantize/params.h"
#include "quantize/quantize.h"

namespace kinglet {
namespace {

Quantization ToQuantization(const QuantParams& params) {
  return {{params.scale}, {params.zero_point}, 0};
}

template <typename T>
Tensor TensorOf(const Shape& shape, const std::vector<T>& values) {
  return Tensor::Of<T>(shape, std::span<const T>(values));
}

struct QuantizedBias {
  Tensor bias;
  std::vector<float> bias_scales;
  std::vector<float> weight_scales;  ///< raised where 32 bits would have overflowed
};

class Quantizer {
 public:
  Quantizer(const Graph& graph, const Ranges& ranges, bool per_tensor, DType activations,
            const std::set<ValueId>& pinned)
      : from_(graph),
        activations_(activations),
        pinned_(pinned),
        plan_(AssignParams(graph, ranges, activations, pinned)),
        per_tensor_(per_tensor),
        floats_(graph.values.size()),
        integers_(graph.values.size()) {}

  QuantizedGraph Run() {
    for (const Port& port : from_.inputs) AddInput(port);
    for (std::size_t i = 0; i < from_.nodes.size(); ++i) {
      if (plan_.quantized_nodes[i]) {
        AddInteger(from_.nodes[i]);
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
    form = Append(Dequantize{}, {*integers_[Index(id)]}, value, name);
    return *form;
  }

  [[nodiscard]] Value IntegerValue(ValueId id, const std::string& name,
                                   const QuantParams& params) const {
    return {.name = name,
            .dtype = activations_,
            .shape = from_[id].shape,
            .quantization = ToQuantization(params),
            .constant = nullptr};
  }

  /// The value as integers with its own parameters.
  ValueId IntegerForm(ValueId id) {
    std::optional<ValueId>& form = integers_[Index(id)];
    if (form.has_value()) return *form;
    const std::string name = fmt::format("{}/{}", from_[id].name, NameOf(activations_));
    form = Append(Quantize{activations_}, {*floats_[Index(id)]},
                  IntegerValue(id, name, *plan_.params[Index(id)]), name);
    return *form;
  }

  /// The value as integers with the parameters `wanted`.
  ValueId WithParams(ValueId id, const QuantParams& wanted) {
    if (*plan_.params[Index(id)] == wanted) return IntegerForm(id);
    const std::string name = from_[id].name + "/requantized";
    const ValueId from = pinned_.contains(id) ? *floats_[Index(id)] : IntegerForm(id);
    return Append(Quantize{activations_}, {from}, IntegerValue(id, name, wanted), name);
  }

  /// A constant operand that is no weight: its own range, or the group's parameters.
  ValueId ConstantOperand(ValueId id, const std::optional<QuantParams>& wanted) {
    const Value& value = from_[id];
    const auto floats = value.constant->Data<float>();
    const bool is_wide = activations_ == DType::kInt16;
    const QuantParams own = is_wide ? WideConstantParams(floats) : ConstantParams(floats);
    const QuantParams params = wanted.value_or(own);
    const ValueId constant = to_.AddConstant(
        value.name, is_wide ? TensorOf(value.shape, QuantizeWideConstant(floats, params))
                            : TensorOf(value.shape, QuantizeConstant(floats, params)));
    to_[constant].quantization = ToQuantization(params);
    return constant;
  }

  /// Of 32 bits beside INT8, 64 beside INT16.
  [[nodiscard]] QuantizedBias BiasOf(const Tensor& floats, float input_scale,
                                     const std::vector<float>& weight_scales) const {
    const auto values = floats.Data<float>();
    if (activations_ == DType::kInt16) {
      std::vector<float> scales = BiasScales(input_scale, weight_scales);
      Tensor bias = TensorOf(floats.shape(), QuantizeWideBias(values, scales));
      return {std::move(bias), std::move(scales), weight_scales};
    }
    BiasAndScales bias = QuantizeBias(values, input_scale, weight_scales);
    return {TensorOf(floats.shape(), bias.bias), std::move(bias.bias_scales),
            std::move(bias.weight_scales)};
  }

  /// Weights and bias of a linear node.
  std::vector<ValueId> LinearOperands(const Node& node, std::size_t weights_input,
                                      std::int64_t channel_axis) {
    const Value& weights = from_[node.inputs[weights_input]];
    const auto axis = static_cast<std::size_t>(channel_axis);
    const float input_scale = plan_.params[Index(node.inputs[0])]->scale;
    const bool per_tensor = per_tensor_ || DefOf(node.op).quantization.per_tensor;
    std::vector<float> scales = WeightScales(*weights.constant, axis, per_tensor);
    const bool has_bias = node.inputs.size() > weights_input + 1;
    std::optional<QuantizedBias> bias;
    if (has_bias) {
      const Tensor& stored = *from_[node.inputs[weights_input + 1]].constant;
      bias = BiasOf(stored, input_scale, scales);
      scales = bias->weight_scales;
    }
    const auto constant = [&](ValueId from, Tensor tensor, const std::vector<float>& by,
                              std::int64_t along) {
      const ValueId id = to_.AddConstant(from_[from].name, std::move(tensor));
      to_[id].quantization =
          Quantization{by, std::vector<std::int64_t>(by.size()), along};
      return id;
    };
    std::vector<ValueId> operands = {constant(
        node.inputs[weights_input], QuantizeWeights(*weights.constant, axis, scales),
        scales, scales.size() > 1 ? channel_axis : 0)};
    if (has_bias) {
      operands.push_back(constant(node.inputs[weights_input + 1], std::move(bias->bias),
                                  bias->bias_scales, 0));
    }
    return operands;
  }

  void AddInteger(const Node& node) {
    const QuantRule& rule = DefOf(node.op).quantization;
    const bool is_linear =
        rule.weights.has_value() && from_[node.inputs[*rule.weights]].constant != nullptr;
    std::optional<QuantParams> wanted;
    if (rule.range == RangeRule::kSameAsInputs) {
      wanted = plan_.params[Index(node.outputs[0])];
    }
    std::vector<ValueId> inputs;
    const std::size_t activations = is_linear ? *rule.weights : node.inputs.size();
    for (std::size_t i = 0; i < activations; ++i) {
      inputs.push_back(Operand(node.inputs[i], wanted));
    }
    if (is_linear) {
      const auto operands = LinearOperands(node, *rule.weights, rule.channel_axis);
      inputs.insert(inputs.end(), operands.begin(), operands.end());
    }
    std::vector<ValueId> outputs;
    for (const ValueId id : node.outputs) outputs.push_back(Result(id));
    to_.nodes.push_back({node.op, std::move(inputs), std::move(outputs), node.name});
  }

  /// What an integer node reads: indices and conditions are as they were.
  ValueId Operand(ValueId id, const std::optional<QuantParams>& wanted) {
    if (from_[id].dtype != DType::kFloat32) return FloatForm(id, from_[id].name);
    if (from_[id].constant != nullptr) return ConstantOperand(id, wanted);
    return WithParams(id, wanted.value_or(*plan_.params[Index(id)]));
  }

  ValueId Result(ValueId id) {
    if (from_[id].dtype != DType::kFloat32) {
      floats_[Index(id)] = to_.AddValue(from_[id]);
      return *floats_[Index(id)];
    }
    integers_[Index(id)] =
        to_.AddValue(IntegerValue(id, from_[id].name, *plan_.params[Index(id)]));
    return *integers_[Index(id)];
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
  DType activations_;
  const std::set<ValueId>& pinned_;
  ParamsPlan plan_;
  bool per_tensor_;
  Graph to_;
  QuantizedGraph result_;
  std::vector<std::optional<ValueId>> floats_;    // by value of from_
  std::vector<std::optional<ValueId>> integers_;  // by value of from_
};

}  // namespace

QuantizedGraph QuantizeInt8(const Graph& graph, const Ranges& ranges, bool per_tensor,
                            const std::set<ValueId>& pinned) {
  return Quantizer(graph, ranges, per_tensor, DType::kInt8, pinned).Run();
}

QuantizedGraph QuantizeInt16x8(const Graph& graph, const Ranges& ranges,
                               bool per_tensor) {
  return Quantizer(graph, ranges, per_tensor, DType::kInt16, {}).Run();
}

}  // namespace kinglet
