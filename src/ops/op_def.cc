#include "ops/op_def.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace kinglet {
namespace {

std::map<tflite::BuiltinOperator, const OpDef*> DefsByCode() {
  std::map<tflite::BuiltinOperator, const OpDef*> by_code;
  for (std::size_t i = 0; i < kOpCount; ++i) {
    const OpDef& def = DefOf(DefaultOp(i));
    for (const tflite::BuiltinOperator code : def.codes) by_code.emplace(code, &def);
  }
  return by_code;
}

}  // namespace

const OpDef& DefOf(const Op& op) {
  return std::visit(
      []<typename Typed>(const Typed&) -> const OpDef& { return Typed::Def(); },
      static_cast<const AnyOp&>(op));
}

const OpDef* DefOf(tflite::BuiltinOperator code) {
  static const auto kByCode = DefsByCode();
  const auto found = kByCode.find(code);
  return found == kByCode.end() ? nullptr : found->second;
}

Inferred InferTypes(const Op& op, std::span<const TensorType> inputs) {
  const OpDef& def = DefOf(op);
  if (inputs.size() < def.min_inputs || inputs.size() > def.max_inputs) {
    return fmt::format("{} inputs, where {} to {} are taken", inputs.size(),
                       def.min_inputs, def.max_inputs);
  }
  return def.infer(op, inputs);
}

std::optional<std::string> ProblemOf(const NodeView& view) {
  const OpDef& def = DefOf(view.node.op);
  const DType dtype = view.Input(0).dtype;
  if (std::ranges::find(def.types, dtype) == def.types.end()) {
    return fmt::format("operands of type {} are not supported", NameOf(dtype));
  }
  return def.problem(view);
}

TensorType TypeOf(const Value& value) { return {value.dtype, value.shape}; }

std::vector<ValueId> AddNodeOfMany(Graph& graph, Op op, std::vector<ValueId> inputs,
                                   const std::string& name) {
  std::vector<TensorType> types;
  types.reserve(inputs.size());
  for (const ValueId id : inputs) types.push_back(TypeOf(graph[id]));
  const Inferred inferred = InferTypes(op, types);
  const std::string* problem = std::get_if<std::string>(&inferred);
  Check(problem == nullptr, problem == nullptr ? "" : *problem);
  std::vector<ValueId> results;
  for (const TensorType& type : std::get<0>(inferred)) {
    results.push_back(graph.AddValue({.name = name,
                                      .dtype = type.dtype,
                                      .shape = type.shape,
                                      .quantization = std::nullopt,
                                      .constant = nullptr}));
  }
  graph.nodes.push_back({std::move(op), std::move(inputs), results, name});
  return results;
}

ValueId AddNode(Graph& graph, Op op, std::vector<ValueId> inputs,
                const std::string& name) {
  const auto results = AddNodeOfMany(graph, std::move(op), std::move(inputs), name);
  Check(results.size() == 1, "an operation of one result");
  return results[0];
}

}  // namespace kinglet
