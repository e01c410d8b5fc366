#include "import/layer_context.h"

#include <fmt/format.h>

#include "import/inbound_calls.h"
#include "kinglet/error.h"

namespace kinglet {
namespace {

std::string Where(const LayerConfig& layer) {
  return fmt::format("layer '{}' ({})", layer.name, layer.class_name);
}

/// The index of the input that stands in an argument, if it is one.
std::optional<std::size_t> InputIndex(const Json& argument) {
  const Json& index = MemberOrNull(argument, kInputKey);
  if (!index.is_number_unsigned()) return std::nullopt;
  return index.get<std::size_t>();
}

void CollectInputs(const Json& argument, std::set<std::size_t>& found) {
  if (const auto index = InputIndex(argument); index.has_value()) {
    found.insert(*index);
  } else if (argument.is_structured()) {
    for (const Json& member : argument) CollectInputs(member, found);
  }
}

}  // namespace

std::set<std::size_t> MaskInputs(const LayerCall& call) {
  std::set<std::size_t> found;
  CollectInputs(MemberOrNull(call.kwargs, "mask"), found);
  return found;
}

LayerContext::LayerContext(ImportState& state, const LayerConfig& layer,
                           const LayerCall& call,
                           std::vector<std::optional<ValueId>> operands)
    : state_(state), layer_(layer), call_(call), operands_(std::move(operands)) {
  const std::set<std::size_t> masks = MaskInputs(call);
  for (std::size_t i = 0; i < operands_.size(); ++i) {
    if (!operands_[i].has_value()) continue;
    if (masks.contains(i)) {
      mask_ = operands_[i];
    } else {
      inputs_.push_back(*operands_[i]);
    }
  }
}

void RefuseLayer(const LayerConfig& layer, const std::string& reason) {
  throw Error(ErrorKind::kUnsupported, Where(layer) + ": " + reason);
}

ValueId LayerContext::Input() const {
  if (inputs_.empty()) Corrupt("a call without inputs");
  if (inputs_.size() > 1) Refuse("a call with more than one input");
  return inputs_.front();
}

std::optional<ValueId> LayerContext::Mask() const {
  if (mask_.has_value() || inputs_.empty()) return mask_;
  return MaskOf(inputs_[0]);
}

std::optional<ValueId> LayerContext::MaskOfFirst() const {
  return inputs_.size() > 1 && !IsKeras2() ? mask_ : Mask();
}

std::optional<ValueId> LayerContext::MaskOf(ValueId input) const {
  const auto found = state_.masks.find(input);
  if (found == state_.masks.end()) return std::nullopt;
  if (!found->second.has_value()) {
    Refuse("called on a masked tensor that went through a Concatenate");
  }
  return found->second;
}

const Json& LayerContext::Argument(std::size_t place, const char* name) const {
  const Json& named = MemberOrNull(call_.kwargs, name);
  return named.is_null() && place < call_.args.size() ? call_.args[place] : named;
}

std::optional<ValueId> LayerContext::TensorOf(const Json& argument) const {
  const std::optional<std::size_t> index = InputIndex(argument);
  if (!index.has_value() || *index >= operands_.size()) return std::nullopt;
  return operands_[*index];
}

void LayerContext::Refuse(const std::string& reason) const {
  RefuseLayer(layer_, reason);
}

void LayerContext::Corrupt(const std::string& reason) const {
  throw Error(ErrorKind::kCorrupt, Where(layer_) + ": " + reason);
}

const Json& LayerContext::Entry(const char* key) const {
  return MemberOrNull(layer_.config, key);
}

std::int64_t LayerContext::Int(const char* key, std::int64_t missing) const {
  const Json& entry = Entry(key);
  if (entry.is_array() && entry.size() == 1 && entry[0].is_number_integer()) {
    return entry[0].get<std::int64_t>();
  }
  if (entry.is_null()) return missing;
  if (!entry.is_number()) Corrupt(fmt::format("'{}' is no number", key));
  return static_cast<std::int64_t>(entry.get<double>());
}

double LayerContext::Number(const char* key, double missing) const {
  const Json& entry = Entry(key);
  if (entry.is_null()) return missing;
  if (!entry.is_number()) Corrupt(fmt::format("'{}' is no number", key));
  return entry.get<double>();
}

bool LayerContext::Flag(const char* key, bool missing) const {
  const Json& entry = Entry(key);
  if (entry.is_boolean()) return entry.get<bool>();
  if (entry.is_number()) return entry.get<double>() != 0;
  return missing;
}

std::string LayerContext::Text(const char* key, const std::string& missing) const {
  const std::string text = TextAt(layer_.config, key);
  return text.empty() ? missing : text;
}

Ints LayerContext::PerAxis(const char* key, std::size_t axes,
                           std::int64_t missing) const {
  const Json& entry = Entry(key);
  if (!entry.is_array() || entry.size() == 1) {
    Ints same(axes, Int(key, missing));
    return same;
  }
  if (entry.size() != axes) {
    Corrupt(fmt::format("'{}' has {} entries for {} axes", key, entry.size(), axes));
  }
  Ints values;
  for (const Json& value : entry) {
    if (!value.is_number_integer()) Corrupt(fmt::format("'{}' holds no integers", key));
    values.push_back(value.get<std::int64_t>());
  }
  return values;
}

std::string LayerContext::PathOf(const std::string& sub) const {
  return sub.empty() ? layer_.path : layer_.path + "/" + sub;
}

const StoredObject* LayerContext::Find(const std::string& sub) const {
  const auto found = state_.file.weights.find(PathOf(sub));
  return found == state_.file.weights.end() ? nullptr : &found->second;
}

bool LayerContext::HasObject(const std::string& sub) const {
  const std::string path = PathOf(sub);
  const auto first = state_.file.weights.lower_bound(path);
  return first != state_.file.weights.end() &&
         (first->first == path || first->first.starts_with(path + "/"));
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

const Tensor& LayerContext::Stored(const std::string& sub, std::size_t index,
                                   DType dtype) const {
  const StoredObject* object = Find(sub);
  if (object == nullptr || index >= object->variables.size()) {
    Corrupt(
        fmt::format("variable '{}/vars/{}' is missing; the weights belong to another "
                    "model or were lost in saving",
                    PathOf(sub), index));
  }
  const Tensor& variable = object->variables[index];
  if (variable.dtype() != dtype) {
    Refuse(fmt::format("variable '{}/vars/{}' is {}, not {}", PathOf(sub), index,
                       NameOf(variable.dtype()), NameOf(dtype)));
  }
  if (HasNonFinite(variable)) {
    state_.warnings.push_back(
        fmt::format("{}: variable '{}/vars/{}' holds NaN or infinity", Where(layer_),
                    PathOf(sub), index));
  }
  state_.bound.insert(PathOf(sub));
  return variable;
}

Tensor LayerContext::Variable(const std::string& sub, std::size_t index,
                              const Shape& shape, DType dtype) const {
  const Tensor& variable = Stored(sub, index, dtype);
  if (variable.shape() != shape) {
    Corrupt(
        fmt::format("variable '{}/vars/{}' has shape {}, where the configuration asks "
                    "for {}",
                    PathOf(sub), index, ToString(variable.shape()), ToString(shape)));
  }
  return variable;
}

Tensor LayerContext::VariableOfAnyShape(const std::string& sub, std::size_t index) const {
  return Stored(sub, index, DType::kFloat32);
}

void LayerContext::CheckInputs(const Op& op, const std::vector<ValueId>& inputs) const {
  std::vector<TensorType> types;
  types.reserve(inputs.size());
  for (const ValueId id : inputs) types.push_back(TypeOf(graph()[id]));
  const Inferred inferred = InferTypes(op, types);
  if (const auto* problem = std::get_if<std::string>(&inferred)) Refuse(*problem);
}

std::string LayerContext::NodeName(const std::string& suffix) const {
  return suffix.empty() ? layer_.name : layer_.name + "/" + suffix;
}

ValueId LayerContext::Node(Op op, std::vector<ValueId> inputs,
                           const std::string& suffix) const {
  CheckInputs(op, inputs);
  return AddNode(graph(), std::move(op), std::move(inputs), NodeName(suffix));
}

std::vector<ValueId> LayerContext::Nodes(Op op, std::vector<ValueId> inputs,
                                         const std::string& suffix) const {
  CheckInputs(op, inputs);
  return AddNodeOfMany(graph(), std::move(op), std::move(inputs), NodeName(suffix));
}

ValueId LayerContext::Constant(const std::string& suffix, Tensor tensor) const {
  const std::string name = NodeName(suffix);
  const std::string key = layer_.path + "|" + name;
  const auto shared = state_.constants.find(key);
  if (shared != state_.constants.end() && *graph()[shared->second].constant == tensor) {
    return shared->second;
  }
  const ValueId added = graph().AddConstant(name, std::move(tensor));
  state_.constants.insert_or_assign(key, added);
  return added;
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

}  // namespace kinglet
