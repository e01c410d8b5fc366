// Tensors become values in the order of the file, operators become nodes by the `parse`
// of their operation. An operator whose operands are all constants is run at once: so do
// the chains go that compute shapes, and constants stored as float16.
#include "emit/tflite_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <map>

#include "emit/shape_operators.h"
#include "emit/tflite_model.h"
#include "emit/tflite_ports.h"
#include "kinglet/error.h"
#include "ops/evaluate.h"
#include "ops/op_def.h"
#include "ops/tflite_parse.h"

namespace kinglet {
namespace {

constexpr std::int64_t kMostComputed = std::int64_t{1} << 28;  // elements of a constant

std::vector<std::int32_t> Indices(const flatbuffers::Vector<std::int32_t>* vector) {
  if (vector == nullptr) return {};
  return {vector->begin(), vector->end()};
}

bool HasFreeAxis(const tflite::Tensor& tensor) {
  const std::vector<std::int32_t> sizes = Indices(tensor.shape_signature());
  return std::ranges::find(sizes, -1) != sizes.end();
}

Shape ShapeOf(const tflite::Tensor& tensor) {
  const std::vector<std::int32_t> sizes = Indices(tensor.shape());
  return {sizes.begin(), sizes.end()};
}

std::optional<Quantization> QuantizationOf(const tflite::Tensor& tensor) {
  const auto* stored = tensor.quantization();
  if (stored == nullptr || stored->scale() == nullptr || stored->scale()->size() == 0) {
    return std::nullopt;
  }
  Quantization quantization;
  quantization.scales.assign(stored->scale()->begin(), stored->scale()->end());
  quantization.zero_points.assign(stored->zero_point()->begin(),
                                  stored->zero_point()->end());
  if (quantization.scales.size() > 1) quantization.axis = stored->quantized_dimension();
  return quantization;
}

class Reader {
 public:
  explicit Reader(const tflite::Model& model)
      : model_(model), file_(*model.subgraphs()->Get(0)) {}

  Graph Run() {
    for (const auto* tensor : *file_.tensors()) AddTensor(*tensor);
    for (const std::int32_t input : Indices(file_.inputs())) {
      CheckUsable(input);
      CheckNotEmpty(input);
    }
    if (file_.operators() != nullptr) {
      for (const auto* op : *file_.operators()) AddOperator(*op);
    }
    for (const std::int32_t output : Indices(file_.outputs())) CheckUsable(output);
    ReadPorts(model_, ids_, graph_);
    Graph graph = WithoutDeadParts(graph_);
    if (const auto problem = StructureProblem(graph)) {
      throw Error(ErrorKind::kUnsupported, *problem);
    }
    return graph;
  }

 private:
  [[nodiscard]] const tflite::Tensor& TensorAt(std::int32_t index) const {
    return *file_.tensors()->Get(static_cast<flatbuffers::uoffset_t>(index));
  }
  [[nodiscard]] ValueId IdAt(std::int32_t index) const {
    return ids_[static_cast<std::size_t>(index)];
  }

  /// A value for the tensor, whatever its type: only what is used must be known.
  void AddTensor(const tflite::Tensor& tensor) {
    Value value{.name = tensor.name() == nullptr ? "" : tensor.name()->str(),
                .dtype = DTypeFrom(tensor.type()).value_or(DType::kFloat32),
                .shape = ShapeOf(tensor),
                .quantization = QuantizationOf(tensor),
                .constant = nullptr};
    if (value.name.empty()) value.name = fmt::format("tensor_{}", ids_.size());
    const auto data = DataOf(model_, tensor);
    const bool is_constant = !data.empty() || ElementCount(value.shape) == 0;
    if (is_constant && DTypeFrom(tensor.type()).has_value()) {
      Tensor constant(value.dtype, value.shape);
      std::ranges::copy(data, constant.bytes().begin());
      value.constant = std::make_shared<const Tensor>(std::move(constant));
    }
    ids_.push_back(graph_.AddValue(std::move(value)));
  }

  void CheckUsable(std::int32_t index) const {
    const tflite::Tensor& tensor = TensorAt(index);
    const std::string& name = graph_[IdAt(index)].name;
    const auto fail = [&name](const std::string& what) {
      throw Error(ErrorKind::kUnsupported, fmt::format("'{}' {}", name, what));
    };
    if (!DTypeFrom(tensor.type()).has_value()) {
      fail(fmt::format("has elements of type {}",
                       tflite::EnumNameTensorType(tensor.type())));
    }
    if (tensor.is_variable()) fail("is a variable");
    if (tensor.sparsity() != nullptr) fail("is sparse");
    if (model_.buffers()->Get(tensor.buffer())->offset() > 1)
      fail("lies outside the file");
  }

  void CheckNotEmpty(std::int32_t index) const {
    const Value& value = graph_[IdAt(index)];
    if (ElementCount(value.shape) == 0) Refuse(fmt::format("'{}' is empty", value.name));
  }

  void AddOperator(const tflite::Operator& op) {
    const tflite::OperatorCode& stored = *model_.operator_codes()->Get(op.opcode_index());
    const tflite::BuiltinOperator code = CodeOf(stored);
    const std::string name =
        code == tflite::BuiltinOperator_CUSTOM && stored.custom_code() != nullptr
            ? fmt::format("custom operator {}", stored.custom_code()->str())
            : NameOf(code);
    const std::vector<std::int32_t> results = Indices(op.outputs());
    if (results.empty()) Refuse(name + ": it changes variables");
    const std::string where =
        fmt::format("{} ('{}')", name, graph_[IdAt(results[0])].name);
    WithContext(where, [&] {
      for (const std::int32_t index : Indices(op.inputs())) {
        if (index >= 0) CheckUsable(index);
      }
      for (const std::int32_t index : results) CheckUsable(index);
      if (!AddShapeOperator(op, code)) AddNodeOf(op, code);
    });
  }

  /// SHAPE and its like, which no operation stands for. @returns whether `op` is one.
  bool AddShapeOperator(const tflite::Operator& op, tflite::BuiltinOperator code) {
    const std::vector<const Value*> inputs = InputsOf(op);
    auto constant =
        ConstantOfShapes(code, inputs, graph_[IdAt(op.outputs()->Get(0))].dtype);
    if (!constant.has_value()) return false;
    SetConstant(IdAt(op.outputs()->Get(0)), std::move(*constant));
    return true;
  }

  void SetConstant(ValueId id, Tensor constant) {
    graph_[id].dtype = constant.dtype();
    graph_[id].shape = constant.shape();
    graph_[id].constant = std::make_shared<const Tensor>(std::move(constant));
  }

  [[nodiscard]] std::vector<const Value*> InputsOf(const tflite::Operator& op) const {
    std::vector<const Value*> inputs;
    for (const std::int32_t index : Indices(op.inputs())) {
      inputs.push_back(index < 0 ? nullptr : &graph_[IdAt(index)]);
    }
    return inputs;
  }

  [[noreturn]] static void Refuse(const std::string& what) {
    throw Error(ErrorKind::kUnsupported, what);
  }

  static ParsedOp Parse(const OpDef& def, const TfliteSource& source) {
    if (source.inputs.empty() || source.inputs[0] == nullptr) {
      throw Error(ErrorKind::kCorrupt, "its first operand is missing");
    }
    Parsed parsed = def.parse(source);
    if (const auto* problem = std::get_if<std::string>(&parsed)) Refuse(*problem);
    auto& op = std::get<ParsedOp>(parsed);
    if (op.order.empty()) {
      for (std::size_t i = 0; i < op.operands; ++i) op.order.push_back(i);
    }
    for (const std::size_t i : op.order) {
      if (i >= source.inputs.size() || source.inputs[i] == nullptr) {
        throw Error(ErrorKind::kCorrupt, "an operand is missing");
      }
    }
    return std::move(op);
  }

  void AddNodeOf(const tflite::Operator& op, tflite::BuiltinOperator code) {
    const OpDef* def = DefOf(code);
    if (def == nullptr) Refuse("it is not supported");
    for (const std::int32_t index : Indices(op.outputs())) CheckNotEmpty(index);
    const std::vector<const Value*> inputs = InputsOf(op);
    const Value& output = graph_[IdAt(op.outputs()->Get(0))];
    ParsedOp parsed = Parse(*def, {op, code, inputs, output});
    Node node{std::move(parsed.op), {}, {}, output.name};
    for (const std::size_t i : parsed.order) {
      node.inputs.push_back(
          IdAt(op.inputs()->Get(static_cast<flatbuffers::uoffset_t>(i))));
    }
    for (const std::int32_t index : Indices(op.outputs())) {
      node.outputs.push_back(IdAt(index));
    }
    if (parsed.reshaped.has_value()) {
      AddReshaped(std::move(node), *parsed.reshaped);
    } else {
      Finish(std::move(node), Indices(op.outputs()));
    }
  }

  /// The node with a result of its own, and that under the shape `shape`.
  void AddReshaped(Node node, const Shape& shape) {
    const ValueId result = node.outputs[0];
    Value inner = graph_[result];
    inner.name += "/unshaped";
    Node reshape{Reshape{shape}, {}, {result}, node.name};
    node.outputs[0] = graph_.AddValue(std::move(inner));
    reshape.inputs = {node.outputs[0]};
    Finish(std::move(node), {});
    Finish(std::move(reshape), {});
  }

  /// Gives the results their types, and appends the node or runs it.
  void Finish(Node node, const std::vector<std::int32_t>& tensors) {
    std::vector<TensorType> types;
    for (const ValueId id : node.inputs) {
      types.push_back(TypeOf(graph_[id]));
      if (ElementCount(types.back().shape) == 0) Refuse("an operand is empty");
    }
    const Inferred inferred = InferTypes(node.op, types);
    if (const auto* problem = std::get_if<std::string>(&inferred)) Refuse(*problem);
    SetTypes(node, std::get<0>(inferred), tensors);
    if (const auto problem = ProblemOf({graph_, node})) Refuse(*problem);
    const bool is_constant = std::ranges::all_of(
        node.inputs, [this](ValueId id) { return graph_[id].constant != nullptr; });
    if (!is_constant) {
      graph_.nodes.push_back(std::move(node));
      return;
    }
    std::vector<Tensor> results = Evaluate({graph_, node});
    for (std::size_t i = 0; i < results.size(); ++i) {
      SetConstant(node.outputs[i], std::move(results[i]));
    }
  }

  /// Compares with what the file says of `tensors`, where it says anything.
  void SetTypes(const Node& node, const std::vector<TensorType>& types,
                const std::vector<std::int32_t>& tensors) {
    if (types.size() != node.outputs.size()) {
      throw Error(ErrorKind::kCorrupt, fmt::format("it has {} results, not {}",
                                                   node.outputs.size(), types.size()));
    }
    for (std::size_t i = 0; i < types.size(); ++i) {
      Value& value = graph_[node.outputs[i]];
      if (ElementCount(types[i].shape) > kMostComputed) Refuse("its result is too large");
      const bool is_stated = i < tensors.size() && !HasFreeAxis(TensorAt(tensors[i]));
      const bool differs =
          value.dtype != types[i].dtype || (is_stated && value.shape != types[i].shape);
      if (differs) {
        throw Error(ErrorKind::kCorrupt,
                    fmt::format("its result is {} {}, where the file says {} {}",
                                NameOf(types[i].dtype), ToString(types[i].shape),
                                NameOf(value.dtype), ToString(value.shape)));
      }
      value.shape = types[i].shape;
    }
  }

  const tflite::Model& model_;
  const tflite::SubGraph& file_;
  Graph graph_;
  std::vector<ValueId> ids_;  ///< by tensor
};

}  // namespace

Graph ReadTflite(std::span<const std::byte> bytes) {
  return Reader(CheckedModel(bytes)).Run();
}

}  // namespace kinglet
