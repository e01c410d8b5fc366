// Keras' activation functions as operations. Forms are chosen to be exact in float over
// the whole range and to have ranges that INT8 holds: no exponential of a large number.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "import/activation_site.h"
#include "import/model_builder.h"

namespace kinglet {
namespace {

constexpr float kLeakyFunctionSlope = 0.2F;
constexpr float kSeluScale = 1.05070098735548F;
constexpr float kSeluAlpha = 1.67326324235438F;

template <typename Typed>
ValueId Plainly(const Site& site, ValueId x) {
  return site.Node(Typed{}, {x});
}

template <Activation kKind>
ValueId Clamped(const Site& site, ValueId x) {
  return site.Node(Relu{kKind}, {x});
}

ValueId Unchanged(const Site& /*site*/, ValueId x) { return x; }

ValueId LeakyFunction(const Site& site, ValueId x) {
  return site.Node(LeakyRelu{kLeakyFunctionSlope}, {x});
}

ValueId Silu(const Site& site, ValueId x) {
  return site.Node(Mul{}, {x, site.Node(Logistic{}, {x}, "sigmoid")});
}

/// x below zero, else 0. A minimum with 0 would make INT8 give x its range.
ValueId BelowZero(const Site& site, ValueId x, ValueId above) {
  return site.Node(Sub{}, {x, above}, "below");
}

using Floats = std::vector<float>;

/// scale * (max(x, 0) + alpha * (exp(min(x, 0) * rate) - 1))
ValueId ExponentialLinear(const Site& site, ValueId x, float scale, float alpha,
                          float rate) {
  const ValueId above = site.Node(Relu{}, {x}, "above");
  const ValueId below =
      Times(site.context, BelowZero(site, x, above), rate, site.Part("rate"));
  const ValueId exp = site.Node(Exp{}, {below}, "exp");
  const float limit = scale * alpha;
  const auto channels = static_cast<std::size_t>(site.context.ShapeOf(x).back());
  const ValueId falling =
      MappedPerChannel(site.context, exp, limit == 1 ? Floats() : Floats(channels, limit),
                       Floats(channels, -limit), site.Part("from_zero"));
  const ValueId rising = Times(site.context, above, scale, site.Part("scale"));
  return site.Node(Add{}, {rising, falling});
}

ValueId Selu(const Site& site, ValueId x) {
  return ExponentialLinear(site, x, kSeluScale, kSeluAlpha, 1);
}

/// max(x, 0) + alpha * (exp(min(x, 0) / alpha) - 1)
ValueId Celu(const Site& site, ValueId x) {
  const float alpha = site.ParameterOr(1);
  return ExponentialLinear(site, x, 1, alpha, 1 / alpha);
}

/// log(sigmoid(|x|)): the logarithm is of numbers from 0.5 to 1.
ValueId LogSigmoidOfSize(const Site& site, ValueId x) {
  const ValueId sigmoid =
      site.Node(Logistic{}, {site.Node(Abs{}, {x}, "abs")}, "sigmoid");
  return site.Node(Log{}, {sigmoid}, "log");
}

/// max(x, 0) - log(sigmoid(|x|))
ValueId Softplus(const Site& site, ValueId x) {
  const ValueId log = LogSigmoidOfSize(site, x);
  return site.Node(Sub{}, {site.Node(Relu{}, {x}, "above"), log});
}

/// min(x, 0) + log(sigmoid(|x|))
ValueId LogSigmoid(const Site& site, ValueId x) {
  const ValueId log = LogSigmoidOfSize(site, x);
  const ValueId above = site.Node(Relu{}, {x}, "above");
  return site.Node(Add{}, {BelowZero(site, x, above), log});
}

/// x tanh(softplus(x)) = y tanh(log(sigmoid(y))) with y = -x.
ValueId Mish(const Site& site, ValueId x) {
  const ValueId y = Times(site.context, x, -1.0F, site.Part("negative"));
  const ValueId sigmoid = site.Node(Logistic{}, {y}, "sigmoid");
  const ValueId log = site.Node(Log{}, {sigmoid}, "log");
  return site.Node(Mul{}, {y, site.Node(Tanh{}, {log}, "tanh")});
}

/// x / (1 + |x|)
ValueId Softsign(const Site& site, ValueId x) {
  const ValueId size = site.Node(Abs{}, {x}, "abs");
  return site.Node(Div{}, {x, Plus(site.context, size, 1.0F, site.Part("add"))});
}

/// (x + sqrt(x^2 + b)) / 2
ValueId SquarePlus(const Site& site, ValueId x) {
  const float b = site.ParameterOr(4);
  const ValueId square = site.Node(Mul{}, {x, x}, "square");
  const ValueId root =
      site.Node(Sqrt{}, {Plus(site.context, square, b, site.Part("add"))}, "sqrt");
  return Times(site.context, site.Node(Add{}, {x, root}, "sum"), 0.5F, site.name);
}

struct Function {
  Activate activate;
  bool is_elementwise = true;
};

const std::map<std::string, Function>& Functions() {
  static const std::map<std::string, Function> kByName = {
      {"linear", {Unchanged}},
      {"relu", {Clamped<Activation::kRelu>}},
      {"relu6", {Clamped<Activation::kRelu6>}},
      {"leaky_relu", {LeakyFunction}},
      {"elu", {Plainly<Elu>}},
      {"selu", {Selu}},
      {"celu", {Celu}},
      {"sigmoid", {Plainly<Logistic>}},
      {"hard_sigmoid", {HardSigmoid}},
      {"hard_silu", {Plainly<HardSwish>}},
      {"hard_swish", {Plainly<HardSwish>}},
      {"tanh", {Plainly<Tanh>}},
      {"hard_tanh", {Clamped<Activation::kReluN1To1>}},
      {"tanh_shrink", {TanhShrink}},
      {"softmax", {Plainly<Softmax>, false}},
      {"log_softmax", {Plainly<LogSoftmax>, false}},
      {"softplus", {Softplus}},
      {"softsign", {Softsign}},
      {"silu", {Silu}},
      {"swish", {Silu}},
      {"gelu", {Plainly<Gelu>}},
      {"mish", {Mish}},
      {"exponential", {Plainly<Exp>}},
      {"log_sigmoid", {LogSigmoid}},
      {"squareplus", {SquarePlus}},
      {"sparse_plus", {SparsePlus}},
      {"sparse_sigmoid", {SparseSigmoid}},
      {"soft_shrink", {SoftShrink}},
      {"hard_shrink", {HardShrink}},
      {"glu", {Glu, false}},
      {"sparsemax", {Sparsemax, false}}};
  return kByName;
}

/// Layers without weights that compute each element from that element alone.
constexpr std::array<std::string_view, 4> kElementwiseLayers = {"ReLU", "LeakyReLU",
                                                                "ELU", "ThresholdedReLU"};

/// A layer in place of a function.
bool IsLayer(const Json& activation) {
  return MemberOrNull(activation, "config").is_object();
}

/// A string, or an object of class "function"; empty for another object.
std::string NameOfFunction(const Json& activation) {
  if (activation.is_string()) return activation.get<std::string>();
  const std::string class_name = TextAt(activation, "class_name");
  return class_name == "function" ? TextAt(activation, "config") : "";
}

/// Its weights are those of the layer around it that Keras calls `activation`.
ValueId ApplyLayer(const LayerContext& context, const Json& activation, ValueId x,
                   const std::string& suffix) {
  LayerConfig inner =
      InnerLayer(context.layer(), activation, "activation", context.state().file.era);
  if (inner.class_name == "PReLU" && context.VariableCount("activation") == 0) {
    context.Refuse(
        "its activation, a PReLU, has no weights in the file: Keras makes them in the "
        "first call of the model; save the model after a call, or put a PReLU behind the "
        "layer");
  }
  if (!suffix.empty()) {
    inner.name = fmt::format("{}/{}/{}", context.layer().name, suffix, inner.name);
  }
  return BuildInner(context, inner, {x}).at(0);
}

}  // namespace

bool IsElementwise(const Json& activation) {
  if (activation.is_null()) return true;
  if (IsLayer(activation)) {
    const std::string class_name = TextAt(activation, "class_name");
    return std::ranges::find(kElementwiseLayers, class_name) != kElementwiseLayers.end();
  }
  const auto found = Functions().find(NameOfFunction(activation));
  return found != Functions().end() && found->second.is_elementwise;
}

ValueId ApplyActivation(const LayerContext& context, const Json& activation, ValueId x,
                        const std::string& suffix, std::optional<float> parameter) {
  if (activation.is_null()) return x;
  const std::string name = NameOfFunction(activation);
  if (name.empty() && IsLayer(activation)) {
    return ApplyLayer(context, activation, x, suffix);
  }
  const auto found = Functions().find(name);
  if (found == Functions().end()) {
    context.Refuse(fmt::format("activation '{}' is not known; replace it by one of Keras",
                               name.empty() ? activation.dump() : name));
  }
  const Site site{context, suffix.empty() ? name : suffix + "/" + name, parameter};
  if (name == "hard_sigmoid" && context.IsKeras2()) return EarlyHardSigmoid(site, x);
  return found->second.activate(site, x);
}

}  // namespace kinglet
