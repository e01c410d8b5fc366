#include "tests/oracle/random_graph.h"

#include <cmath>

#include "tests/oracle/random_operations.h"

namespace kinglet {
namespace {

Tensor TensorOf(DType dtype, const Shape& shape,
                const std::vector<std::int64_t>& values) {
  Tensor tensor(dtype, shape);
  const auto fill = [&]<typename T>(T /*tag*/) {
    for (std::size_t i = 0; i < values.size(); ++i) {
      tensor.Data<T>()[i] = static_cast<T>(values[i]);
    }
  };
  if (dtype == DType::kInt8) fill(std::int8_t{});
  if (dtype == DType::kInt16) fill(std::int16_t{});
  if (dtype == DType::kInt32) fill(std::int32_t{});
  if (dtype == DType::kInt64) fill(std::int64_t{});
  return tensor;
}

}  // namespace

std::int64_t Dice::Int(std::int64_t low, std::int64_t high) {
  const auto range = static_cast<std::uint64_t>(high - low) + 1;
  return low + static_cast<std::int64_t>(engine_() % range);
}

double Dice::Real(double low, double high) {
  return low + (high - low) * std::ldexp(static_cast<double>(engine_() >> 11U), -53);
}

Graph RandomGraph::Make() {
  const std::int64_t wanted = dice_.Int(1, 5);
  for (std::int64_t made = 0; made < wanted;) {
    const RandomOperation operation = dice_.Choose(RandomOperations());
    if (dtype_ == DType::kInt16 && !operation.has_int16) continue;
    if (operation.is_alone && made > 0) continue;
    if (!operation.add(*this)) continue;
    made = operation.is_alone ? wanted : made + 1;
  }
  for (const Node& node : graph_.nodes) {
    graph_.outputs.push_back(
        {"output_" + std::to_string(graph_.outputs.size()), node.outputs[0]});
  }
  return WithoutDeadParts(graph_);
}

std::vector<Tensor> RandomGraph::Inputs(const Graph& graph) {
  std::vector<Tensor> inputs;
  for (const Port& port : graph.inputs) {
    const Value& value = graph[port.value];
    const auto n = static_cast<std::size_t>(ElementCount(value.shape));
    if (value.dtype == DType::kFloat32) {
      std::vector<float> values;
      for (std::size_t i = 0; i < n; ++i) {
        values.push_back(static_cast<float>(dice_.Real(-8, 8)));
      }
      inputs.push_back(Tensor::Of<float>(value.shape, values));
      continue;
    }
    const std::int64_t high = value.dtype == DType::kInt8 ? 127 : 32767;
    // Now and then only extremes.
    std::vector<std::int64_t> values = Integers(n, -high - 1, high);
    if (dice_.Chance(0.1)) {
      for (std::int64_t& v : values) v = v < 0 ? -high - 1 : high;
    }
    inputs.push_back(TensorOf(value.dtype, value.shape, values));
  }
  return inputs;
}

ValueId RandomGraph::Activation(std::size_t rank) {
  std::vector<ValueId> known;
  for (const Node& node : graph_.nodes) {
    const Value& value = graph_[node.outputs[0]];
    if (value.shape.size() == rank && value.dtype == dtype_) {
      known.push_back(node.outputs[0]);
    }
  }
  if (!known.empty() && dice_.Chance(0.7)) return dice_.Choose(known);
  Shape shape = {1};
  while (shape.size() < rank) shape.push_back(dice_.Int(1, rank == 4 ? 9 : 40));
  if (rank == 4) shape[3] = dice_.Int(1, dice_.Chance(0.2) ? 70 : 20);
  return Input(shape);
}

ValueId RandomGraph::Input(const Shape& shape) {
  const std::string name = "in_" + std::to_string(graph_.inputs.size());
  const ValueId id = graph_.AddValue({.name = name,
                                      .dtype = dtype_,
                                      .shape = shape,
                                      .quantization = Params(),
                                      .constant = nullptr});
  graph_.inputs.push_back({name, id});
  return id;
}

Quantization RandomGraph::Params() { return ParamsNear(std::exp2(dice_.Real(-9, 0))); }

Quantization RandomGraph::ParamsNear(double scale) {
  if (dtype_ == DType::kInt16) return {{static_cast<float>(scale / 256)}, {0}, 0};
  const double kind = dice_.Real(0, 1);
  std::int64_t zero_point = dice_.Int(-128, 127);
  if (kind < 0.3) zero_point = -128;
  if (kind > 0.9) zero_point = 127;
  return {{static_cast<float>(scale)}, {zero_point}, 0};
}

bool RandomGraph::Add(Op op, std::vector<ValueId> inputs, Quantization quantization) {
  std::vector<TensorType> types;
  for (const ValueId id : inputs) types.push_back(TypeOf(graph_[id]));
  const Inferred inferred = InferTypes(op, types);
  if (std::holds_alternative<std::string>(inferred)) return false;
  const TensorType& type = std::get<std::vector<TensorType>>(inferred)[0];
  if (ElementCount(type.shape) > 20000) return false;
  const ValueId result = AddNode(graph_, std::move(op), std::move(inputs), "value");
  if (type.dtype == DType::kInt8 || type.dtype == DType::kInt16) {
    graph_[result].quantization = std::move(quantization);
  }
  return true;
}

std::vector<std::int64_t> RandomGraph::Integers(std::size_t n, std::int64_t low,
                                                std::int64_t high) {
  std::vector<std::int64_t> values(n);
  for (std::int64_t& value : values) value = dice_.Int(low, high);
  return values;
}

ValueId RandomGraph::Weights(const Shape& shape, std::int64_t axis, bool per_channel) {
  const std::int64_t largest = dice_.Chance(0.1) ? dice_.Int(0, 5) : 127;
  const auto n = static_cast<std::size_t>(ElementCount(shape));
  const ValueId id = graph_.AddConstant(
      "weights", TensorOf(DType::kInt8, shape, Integers(n, -largest, largest)));
  const double scale = std::exp2(dice_.Real(-12, -3));
  const std::int64_t channels =
      per_channel ? shape[static_cast<std::size_t>(axis)] : std::int64_t{1};
  Quantization quantization{{}, {}, per_channel ? axis : 0};
  for (std::int64_t c = 0; c < channels; ++c) {
    const double factor = per_channel ? std::exp2(dice_.Real(-5, 0)) : 1.0;
    quantization.scales.push_back(static_cast<float>(scale * factor));
    quantization.zero_points.push_back(0);
  }
  graph_[id].quantization = quantization;
  return id;
}

ValueId RandomGraph::Bias(std::int64_t size, ValueId in, ValueId weights) {
  const std::int64_t largest = std::int64_t{1} << dice_.Int(1, 16);
  const DType dtype = dtype_ == DType::kInt8 ? DType::kInt32 : DType::kInt64;
  const ValueId id = graph_.AddConstant(
      "bias", TensorOf(dtype, {size},
                       Integers(static_cast<std::size_t>(size), -largest, largest)));
  graph_[id].quantization = graph_[weights].quantization;
  graph_[id].quantization->axis = 0;
  for (float& scale : graph_[id].quantization->scales) {
    scale *= graph_[in].quantization->scales[0];
  }
  return id;
}

ValueId RandomGraph::Constant(const Shape& shape, Quantization quantization) {
  const std::int64_t high = dtype_ == DType::kInt8 ? 127 : 32767;
  const auto n = static_cast<std::size_t>(ElementCount(shape));
  const ValueId id = graph_.AddConstant(
      "constant", TensorOf(dtype_, shape, Integers(n, -high - 1, high)));
  graph_[id].quantization = std::move(quantization);
  return id;
}

const std::vector<RandomOperation>& RandomOperations() {
  static const std::vector<RandomOperation> kAll = [] {
    std::vector<RandomOperation> all;
    for (const auto& list :
         {LinearOperations(), BinaryOperations(), UnaryOperations(), OtherOperations()}) {
      all.insert(all.end(), list.begin(), list.end());
    }
    return all;
  }();
  return kAll;
}

}  // namespace kinglet
