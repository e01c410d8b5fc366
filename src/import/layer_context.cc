#include "import/layer_context.h"

#include <fmt/format.h>

#include <algorithm>

#include "kinglet/error.h"

namespace kinglet {
namespace {

std::string Where(const LayerConfig& layer) {
  return fmt::format("layer '{}' ({})", layer.name, layer.class_name);
}

}  // namespace

void LayerContext::Refuse(const std::string& reason) const {
  throw Error(ErrorKind::kUnsupported, Where(layer_) + ": " + reason);
}

void LayerContext::Corrupt(const std::string& reason) const {
  throw Error(ErrorKind::kCorrupt, Where(layer_) + ": " + reason);
}

std::int64_t LayerContext::Int(const char* key, std::int64_t missing) const {
  const Json& entry = MemberOrNull(layer_.config, key);
  if (entry.is_array() && entry.size() == 1 && entry[0].is_number_integer()) {
    return entry[0].get<std::int64_t>();
  }
  if (entry.is_null()) return missing;
  if (!entry.is_number()) Corrupt(fmt::format("'{}' is no number", key));
  return static_cast<std::int64_t>(entry.get<double>());
}

double LayerContext::Number(const char* key, double missing) const {
  const Json& entry = MemberOrNull(layer_.config, key);
  if (entry.is_null()) return missing;
  if (!entry.is_number()) Corrupt(fmt::format("'{}' is no number", key));
  return entry.get<double>();
}

bool LayerContext::Flag(const char* key, bool missing) const {
  const Json& entry = MemberOrNull(layer_.config, key);
  if (entry.is_boolean()) return entry.get<bool>();
  if (entry.is_number()) return entry.get<double>() != 0;
  return missing;
}

std::string LayerContext::Text(const char* key, const std::string& missing) const {
  const std::string text = TextAt(layer_.config, key);
  return text.empty() ? missing : text;
}

std::pair<std::int64_t, std::int64_t> LayerContext::Pair(const char* key,
                                                         std::int64_t missing) const {
  const Json& entry = MemberOrNull(layer_.config, key);
  if (entry.is_array() && entry.size() == 2 && entry[0].is_number_integer() &&
      entry[1].is_number_integer()) {
    return {entry[0].get<std::int64_t>(), entry[1].get<std::int64_t>()};
  }
  const std::int64_t both = Int(key, missing);
  return {both, both};
}

std::string LayerContext::PathOf(const std::string& sub) const {
  return sub.empty() ? layer_.path : layer_.path + "/" + sub;
}

const StoredObject* LayerContext::Find(const std::string& sub) const {
  const auto found = state_.weights.find(PathOf(sub));
  return found == state_.weights.end() ? nullptr : &found->second;
}

bool LayerContext::HasObject(const std::string& sub) const {
  return Find(sub) != nullptr;
}

std::size_t LayerContext::VariableCount(const std::string& sub) const {
  const StoredObject* object = Find(sub);
  return object == nullptr ? 0 : object->variables.size();
}

void LayerContext::ExpectVariables(const std::string& sub, std::size_t count) const {
  if (VariableCount(sub) == count) return;
  Corrupt(
      fmt::format("{} variables are stored at '{}', where {} are needed; the weights "
                  "belong to another model or were lost in saving",
                  VariableCount(sub), PathOf(sub), count));
}

void LayerContext::Ignore(const std::string& sub) const {
  state_.bound.insert(PathOf(sub));
}

Tensor LayerContext::Variable(const std::string& sub, std::size_t index,
                              const Shape& shape) const {
  const StoredObject* object = Find(sub);
  if (object == nullptr || index >= object->variables.size()) {
    Corrupt(
        fmt::format("variable '{}/vars/{}' is missing; the weights belong to another "
                    "model or were lost in saving",
                    PathOf(sub), index));
  }
  const Tensor& variable = object->variables[index];
  if (variable.shape() != shape) {
    Corrupt(
        fmt::format("variable '{}/vars/{}' has shape {}, where the configuration asks "
                    "for {}",
                    PathOf(sub), index, ToString(variable.shape()), ToString(shape)));
  }
  if (variable.dtype() != DType::kFloat32) Refuse("variables that are not float");
  if (HasNonFinite(variable)) {
    state_.warnings.push_back(
        fmt::format("{}: variable '{}/vars/{}' holds NaN or infinity", Where(layer_),
                    PathOf(sub), index));
  }
  state_.bound.insert(PathOf(sub));
  return variable;
}

ValueId LayerContext::Node(Op op, std::vector<ValueId> inputs,
                           const std::string& suffix) const {
  std::vector<TensorType> types;
  for (const ValueId id : inputs) types.push_back(TypeOf(graph()[id]));
  const Inferred inferred = InferTypes(op, types);
  if (const auto* problem = std::get_if<std::string>(&inferred)) Refuse(*problem);
  const std::string name = suffix.empty() ? layer_.name : layer_.name + "/" + suffix;
  return AddNode(graph(), std::move(op), std::move(inputs), name);
}

ValueId LayerContext::Constant(const std::string& suffix, Tensor tensor) const {
  return graph().AddConstant(layer_.name + "/" + suffix, std::move(tensor));
}

ValueId LayerContext::Scalar(const std::string& suffix, float value) const {
  return Constant(suffix, Tensor::Of<float>({}, std::span(&value, 1)));
}

ValueId LayerContext::Vector(const std::string& suffix,
                             const std::vector<float>& values) const {
  return Constant(suffix, Tensor::Of<float>({static_cast<std::int64_t>(values.size())},
                                            std::span<const float>(values)));
}

ValueId LayerContext::ZeroBias(std::int64_t channels) const {
  return Constant("bias", Tensor(DType::kFloat32, {channels}));
}

const LayerRow* FindLayer(const std::string& class_name) {
  for (const auto* rows : {&ConvolutionLayers(), &ActivationLayers(), &MergeLayers(),
                           &PoolingLayers(), &ShapeLayers(), &BirdLayers()}) {
    const auto row = std::ranges::find(*rows, class_name, &LayerRow::class_name);
    if (row != rows->end()) return &*row;
  }
  return nullptr;
}

}  // namespace kinglet
