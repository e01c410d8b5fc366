#include "ops/op_def.h"

#include <fmt/format.h>

namespace kinglet {

const OpDef& DefOf(const Op& op) {
  return std::visit(
      []<typename Typed>(const Typed&) -> const OpDef& { return Typed::Def(); }, op);
}

Inferred InferTypes(const Op& op, std::span<const TensorType> inputs) {
  const OpDef& def = DefOf(op);
  if (inputs.size() < def.min_inputs || inputs.size() > def.max_inputs) {
    return fmt::format("{} inputs, where {} to {} are taken", inputs.size(),
                       def.min_inputs, def.max_inputs);
  }
  return def.infer(op, inputs);
}

TensorType TypeOf(const Value& value) { return {value.dtype, value.shape}; }

ValueId AddNode(Graph& graph, Op op, std::vector<ValueId> inputs,
                const std::string& name) {
  std::vector<TensorType> types;
  for (const ValueId id : inputs) types.push_back(TypeOf(graph[id]));
  const Inferred inferred = InferTypes(op, types);
  const std::string* problem = std::get_if<std::string>(&inferred);
  Check(problem == nullptr, problem == nullptr ? "" : *problem);
  const TensorType& type = std::get<0>(inferred).front();
  const ValueId result = graph.AddValue({.name = name,
                                         .dtype = type.dtype,
                                         .shape = type.shape,
                                         .quantization = std::nullopt,
                                         .constant = nullptr});
  graph.nodes.push_back({std::move(op), std::move(inputs), {result}, name});
  return result;
}

}  // namespace kinglet
