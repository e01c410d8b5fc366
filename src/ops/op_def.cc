#include "ops/op_def.h"

#include <fmt/format.h>

#include <map>

namespace kinglet {
namespace {

template <std::size_t... I>
std::map<tflite::BuiltinOperator, const OpDef*> DefsByCode(std::index_sequence<I...>) {
  std::map<tflite::BuiltinOperator, const OpDef*> by_code;
  for (const OpDef* def : {&std::variant_alternative_t<I, Op>::Def()...}) {
    for (const tflite::BuiltinOperator code : def->codes) by_code.emplace(code, def);
  }
  return by_code;
}

}  // namespace

const OpDef& DefOf(const Op& op) {
  return std::visit(
      []<typename Typed>(const Typed&) -> const OpDef& { return Typed::Def(); }, op);
}

const OpDef* DefOf(tflite::BuiltinOperator code) {
  static const auto kByCode =
      DefsByCode(std::make_index_sequence<std::variant_size_v<Op>>());
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
