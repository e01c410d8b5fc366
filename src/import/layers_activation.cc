// Activations, as a layer of their own or as the `activation` of another, and the layer
// BatchNormalization.
#include <fmt/format.h>

#include <map>

#include "import/building_blocks.h"
#include "import/layer_table.h"

namespace kinglet {
namespace {

constexpr float kLeakyFunctionSlope = 0.2F;
constexpr float kSix = 6.0F;

/// Appends what one activation function is made of.
using Activate = ValueId (*)(const LayerContext&, ValueId, const std::string&);

template <typename Typed>
ValueId Plainly(const LayerContext& context, ValueId x, const std::string& suffix) {
  return context.Node(Typed{}, {x}, suffix);
}

template <Activation kKind>
ValueId Clamped(const LayerContext& context, ValueId x, const std::string& suffix) {
  return context.Node(Relu{kKind}, {x}, suffix);
}

ValueId Unchanged(const LayerContext& /*context*/, ValueId x,
                  const std::string& /*name*/) {
  return x;
}

ValueId LeakyFunction(const LayerContext& context, ValueId x, const std::string& suffix) {
  return context.Node(LeakyRelu{kLeakyFunctionSlope}, {x}, suffix);
}

const std::map<std::string, Activate>& Activations() {
  static const std::map<std::string, Activate> kByName = {
      {"linear", Unchanged},
      {"relu", Clamped<Activation::kRelu>},
      {"relu6", Clamped<Activation::kRelu6>},
      {"hard_tanh", Clamped<Activation::kReluN1To1>},
      {"leaky_relu", LeakyFunction},
      {"sigmoid", Plainly<Logistic>},
      {"tanh", Plainly<Tanh>},
      {"softmax", Plainly<Softmax>},
      {"exponential", Plainly<Exp>}};
  return kByName;
}

std::vector<ValueId> BuildActivation(const LayerContext& context) {
  const Json& activation = context.Entry("activation");
  return {ApplyActivation(context, activation, context.inputs().at(0))};
}

/// y = x > threshold ? min(x, max) : slope * (x - threshold)
std::vector<ValueId> BuildRelu(const LayerContext& context) {
  const auto slope = static_cast<float>(context.Number("negative_slope", 0));
  if (context.Number("threshold", 0) != 0) context.Refuse("a threshold other than 0");
  const Json& max_value = context.Entry("max_value");
  const ValueId x = context.inputs().at(0);
  if (max_value.is_null()) {
    return {slope == 0 ? context.Node(Relu{}, {x}) : context.Node(LeakyRelu{slope}, {x})};
  }
  const auto limit = static_cast<float>(context.Number("max_value", 0));
  if (slope == 0 && limit == kSix) return {context.Node(Relu{Activation::kRelu6}, {x})};
  const ValueId below = slope == 0 ? context.Node(Relu{}, {x}, "relu")
                                   : context.Node(LeakyRelu{slope}, {x}, "relu");
  return {context.Node(Minimum{}, {below, context.Scalar("max_value", limit)})};
}

std::vector<ValueId> BuildLeakyRelu(const LayerContext& context) {
  constexpr double kDefault = 0.3;
  const double slope =
      context.Number("negative_slope", context.Number("alpha", kDefault));
  return {context.Node(LeakyRelu{static_cast<float>(slope)}, {context.inputs().at(0)})};
}

/// Softmax over one axis: that axis is brought to the end and back.
std::vector<ValueId> BuildSoftmax(const LayerContext& context) {
  const ValueId x = context.inputs().at(0);
  const auto rank = static_cast<std::int64_t>(context.ShapeOf(x).size());
  if (context.inputs().size() > 1) context.Refuse("a mask");
  std::int64_t axis = context.Int("axis", -1);
  if (axis < 0) axis += rank;
  if (axis < 1 || axis >= rank) context.Refuse("an axis that is out of range");
  if (axis == rank - 1) return {context.Node(Softmax{}, {x})};
  Ints perm;
  for (std::int64_t i = 0; i < rank; ++i) perm.push_back(i);
  std::swap(perm[static_cast<std::size_t>(axis)], perm.back());
  const ValueId moved = context.Node(Transpose{perm}, {x}, "to_last");
  const ValueId soft = context.Node(Softmax{}, {moved}, "softmax");
  return {context.Node(Transpose{perm}, {soft})};
}

std::vector<ValueId> BuildBatchNormalization(const LayerContext& context) {
  const BatchNormalizationForm defaults;
  return {
      AppendBatchNormalization(context, context.inputs().at(0), "",
                               {.axis = context.Int("axis", defaults.axis),
                                .scale = context.Flag("scale", true),
                                .center = context.Flag("center", true),
                                .renorm = context.Flag("renorm", false),
                                .epsilon = context.Number("epsilon", defaults.epsilon)})};
}

}  // namespace

ValueId ApplyActivation(const LayerContext& context, const Json& activation, ValueId x,
                        const std::string& suffix) {
  if (activation.is_null()) return x;
  std::string name = activation.is_string() ? activation.get<std::string>()
                                            : TextAt(activation, "class_name");
  if (name == "function") name = TextAt(activation, "config");
  const auto found = Activations().find(name);
  if (found == Activations().end()) {
    context.Refuse(fmt::format("activation '{}' is not supported", name));
  }
  if (name == "linear") return x;
  return found->second(context, x, suffix.empty() ? name : suffix + "/" + name);
}

const std::vector<LayerRow>& ActivationLayers() {
  static const std::vector<LayerRow> kRows = {
      {"Activation", BuildActivation, "", {"activation"}},
      {"ReLU", BuildRelu, "", {"max_value", "negative_slope", "threshold"}},
      {"LeakyReLU", BuildLeakyRelu, "", {"negative_slope", "alpha"}},
      {"Softmax", BuildSoftmax, "", {"axis"}},
      {"BatchNormalization",
       BuildBatchNormalization,
       "",
       {"axis", "epsilon", "center", "scale", "momentum", "renorm", "renorm_clipping",
        "renorm_momentum", "synchronized", "fused", "virtual_batch_size"}},
  };
  return kRows;
}

}  // namespace kinglet
