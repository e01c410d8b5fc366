// Keras 3: a call is {"args": [...], "kwargs": {...}} in which a tensor is an object
// __keras_tensor__ with its `keras_history`.
// Keras 2: a call is an edge [layer, call, result, kwargs], or a structure of such edges,
// which is the first argument; kwargs stand in the edges, tensors in them as [layer,
// call, result]. A constant first argument is ["_CONSTANT_VALUE", -1, value, kwargs].
#include "import/inbound_calls.h"

#include <algorithm>

#include "import/json_tensor.h"
#include "kinglet/error.h"

namespace kinglet {
namespace {

constexpr const char* kConstant = "_CONSTANT_VALUE";

[[noreturn]] void FailCall(const std::string& what) {
  throw Error(ErrorKind::kCorrupt, "model configuration: " + what);
}

/// [name, call, result] and perhaps more.
bool IsTriple(const Json& json) {
  return json.is_array() && json.size() >= 3 && json[0].is_string() &&
         json[1].is_number_integer() && json[2].is_number_integer();
}

bool IsConstant(const Json& json) {
  return json.is_array() && json.size() >= 3 && json[0] == kConstant;
}

Edge EdgeFrom(const Json& triple) {
  if (!IsTriple(triple)) FailCall("an edge that is no [layer, call, result]");
  const auto call = triple[1].get<std::int64_t>();
  const auto result = triple[2].get<std::int64_t>();
  if (call < 0 || result < 0) FailCall("an edge with a negative index");
  return {triple[0].get<std::string>(), static_cast<std::size_t>(call),
          static_cast<std::size_t>(result)};
}

Edge EdgeFromArray(const Json& json) {
  std::optional<Tensor> tensor = TensorFrom(json);
  if (!tensor.has_value()) FailCall("an array of other than finite numbers in a call");
  return {"", 0, 0, std::make_shared<const Tensor>(std::move(*tensor))};
}

/// Notes the edge as an input of the call; returns what stands for it in the arguments.
Json AddInput(LayerCall& call, Edge edge) {
  call.inputs.push_back(std::move(edge));
  return Json{{kInputKey, call.inputs.size() - 1}};
}

/// A copy of the arguments of Keras 3 with inputs in place of tensors, and of arrays for
/// a layer.
Json WithInputs(const Json& json, LayerCall& call, Callee callee) {
  if (json.is_object() && TextAt(json, "class_name") == "__keras_tensor__") {
    return AddInput(
        call, EdgeFrom(MemberOrNull(MemberOrNull(json, "config"), "keras_history")));
  }
  if (callee == Callee::kLayer && IsArray(json)) {
    return AddInput(call, EdgeFromArray(json));
  }
  if (!json.is_structured()) return json;
  Json copy = json;
  for (Json& member : copy) member = WithInputs(member, call, callee);
  return copy;
}

LayerCall CallOfKeras3(const Json& node, Callee callee) {
  LayerCall call;
  call.args = WithInputs(MemberOrNull(node, "args"), call, callee);
  call.kwargs = WithInputs(MemberOrNull(node, "kwargs"), call, callee);
  if (!call.args.is_array()) call.args = Json::array();
  if (!call.kwargs.is_object()) call.kwargs = Json::object();
  return call;
}

/// The same of Keras 2's keyword arguments, in which arrays are nested lists.
Json KeywordWithInputs(const Json& json, LayerCall& call,
                       const std::set<std::string>& layers, Callee callee) {
  if (IsTriple(json) && json.size() == 3 && layers.contains(json[0])) {
    return AddInput(call, EdgeFrom(json));
  }
  if (callee == Callee::kLayer && json.is_array() && TensorFrom(json).has_value()) {
    return AddInput(call, EdgeFromArray(json));
  }
  if (!json.is_structured()) return json;
  Json copy = json;
  for (Json& member : copy) member = KeywordWithInputs(member, call, layers, callee);
  return copy;
}

/// The first argument of Keras 2; the keyword arguments of its first leaf go to `kwargs`.
Json FirstArgument(const Json& json, LayerCall& call, Json& kwargs, Callee callee) {
  if (IsConstant(json) || IsTriple(json)) {
    if (kwargs.is_null() && json.size() > 3) kwargs = json[3];
    if (!IsConstant(json)) return AddInput(call, EdgeFrom(json));
    return callee == Callee::kLayer ? AddInput(call, EdgeFromArray(json[2])) : json[2];
  }
  if (!json.is_structured()) FailCall("an edge that is no [layer, call, result]");
  Json copy = json;
  for (Json& member : copy) member = FirstArgument(member, call, kwargs, callee);
  return copy;
}

LayerCall CallOfKeras2(const Json& node, const std::set<std::string>& layers,
                       Callee callee) {
  LayerCall call;
  Json kwargs;
  Json first = FirstArgument(node, call, kwargs, callee);
  // A list of one edge is how a single tensor was written.
  if (first.is_array() && first.size() == 1) first = Json(first[0]);
  call.args = Json::array({std::move(first)});
  if (kwargs.is_object()) call.kwargs = KeywordWithInputs(kwargs, call, layers, callee);
  return call;
}

void CollectPorts(const Json& json, std::vector<Edge>& edges) {
  if (IsTriple(json)) {
    edges.push_back(EdgeFrom(json));
    return;
  }
  if (!json.is_structured()) return;
  for (const Json& member : json) CollectPorts(member, edges);
}

bool TakesInput(const ModelConfig& model) {
  return !model.layers.empty() && model.layers.front().class_name == "InputLayer";
}

}  // namespace

std::vector<LayerCall> ParseCalls(const Json& inbound_nodes,
                                  const std::set<std::string>& layers, Callee callee) {
  std::vector<LayerCall> calls;
  if (!inbound_nodes.is_array()) return calls;
  for (const Json& node : inbound_nodes) {
    calls.push_back(node.is_object() && node.contains("args")
                        ? CallOfKeras3(node, callee)
                        : CallOfKeras2(node, layers, callee));
  }
  return calls;
}

std::vector<Edge> ParsePorts(const Json& ports) {
  std::vector<Edge> edges;
  CollectPorts(ports, edges);
  return edges;
}

void CountCallsFromZero(ModelConfig& model, KerasEra era) {
  const auto adjust = [&](Edge& edge, bool is_output) {
    const LayerConfig* layer = model.Find(edge.layer);
    if (layer == nullptr || layer->model == nullptr || edge.call == 0) return;
    const bool is_counted = era == KerasEra::kKeras2
                                ? TakesInput(*layer->model)
                                : is_output && !layer->model->is_sequential;
    if (is_counted) --edge.call;
  };
  for (LayerConfig& layer : model.layers) {
    for (LayerCall& call : layer.calls) {
      for (Edge& edge : call.inputs) adjust(edge, false);
    }
  }
  for (Edge& edge : model.outputs) adjust(edge, true);
}

}  // namespace kinglet
