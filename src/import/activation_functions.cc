// Keras' activation functions as operations. Forms are chosen to be exact in float over
// the whole range and to have ranges that INT8 holds: no exponential of a large number.
#include <fmt/format.h>

#include <cmath>
#include <map>

#include "import/building_blocks.h"
#include "import/model_builder.h"

namespace kinglet {
namespace {

constexpr float kLeakyFunctionSlope = 0.2F;
constexpr float kSeluScale = 1.05070098735548F;
constexpr float kSeluAlpha = 1.67326324235438F;
constexpr float kShrinkThreshold = 0.5F;
constexpr float kSquarePlus = 4.0F;

/// One function on its way into the graph: its layer and the prefix of its names.
struct Site {
  const LayerContext& context;
  std::string name;

  [[nodiscard]] ValueId Node(const Op& op, std::vector<ValueId> inputs,
                             const std::string& part = "") const {
    return context.Node(op, std::move(inputs), part.empty() ? name : Part(part));
  }
  [[nodiscard]] ValueId Scalar(const std::string& part, float value) const {
    return context.Scalar(Part(part), value);
  }
  [[nodiscard]] std::string Part(const std::string& part) const {
    return name + "/" + part;
  }
};

/// Appends what one activation function is made of.
using Activate = ValueId (*)(const Site&, ValueId);

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

/// min(max(x + 3, 0), 6) / 6
ValueId HardSigmoid(const Site& site, ValueId x) {
  const ValueId moved = Plus(site.context, x, 3.0F, site.Part("shift"));
  const ValueId clamped = site.Node(Relu{Activation::kRelu6}, {moved}, "relu6");
  return Times(site.context, clamped, 1.0F / 6.0F, site.name);
}

/// Keras 2: min(max(0.2 x + 0.5, 0), 1), as min(max(1.2 x + 3, 0), 6) / 6.
ValueId EarlyHardSigmoid(const Site& site, ValueId x) {
  const ValueId steeper = Times(site.context, x, 1.2F, site.Part("slope"));
  return HardSigmoid(site, steeper);
}

ValueId Silu(const Site& site, ValueId x) {
  return site.Node(Mul{}, {x, site.Node(Logistic{}, {x}, "sigmoid")});
}

/// x below zero, else 0. A minimum with 0 would make INT8 give x its range.
ValueId BelowZero(const Site& site, ValueId x, ValueId above) {
  return site.Node(Sub{}, {x, above}, "below");
}

using Floats = std::vector<float>;

/// scale * (max(x, 0) + alpha * (exp(min(x, 0)) - 1))
ValueId ExponentialLinear(const Site& site, ValueId x, float scale, float alpha) {
  const ValueId above = site.Node(Relu{}, {x}, "above");
  const ValueId exp = site.Node(Exp{}, {BelowZero(site, x, above)}, "exp");
  const float limit = scale * alpha;
  const auto channels = static_cast<std::size_t>(site.context.ShapeOf(x).back());
  const ValueId falling =
      MappedPerChannel(site.context, exp, limit == 1 ? Floats() : Floats(channels, limit),
                       Floats(channels, -limit), site.Part("from_zero"));
  const ValueId rising = Times(site.context, above, scale, site.Part("scale"));
  return site.Node(Add{}, {rising, falling});
}

ValueId Selu(const Site& site, ValueId x) {
  return ExponentialLinear(site, x, kSeluScale, kSeluAlpha);
}

ValueId Celu(const Site& site, ValueId x) { return ExponentialLinear(site, x, 1, 1); }

/// x - log(sigmoid(x)). Where sigmoid would underflow, x is raised; rounding below zero
/// is cut off.
ValueId Softplus(const Site& site, ValueId x) {
  constexpr float kLowest = -80.0F;
  const ValueId raised =
      site.Node(Maximum{}, {x, site.Scalar("lowest", kLowest)}, "raised");
  const ValueId sigmoid = site.Node(Logistic{}, {raised}, "sigmoid");
  const ValueId log = site.Node(Log{}, {sigmoid}, "log");
  const ValueId rest = site.Node(Sub{}, {raised, log}, "sub");
  return site.Node(Relu{}, {rest});
}

/// min(x, 0) + log(sigmoid(|x|)): the logarithm is of numbers from 0.5 to 1.
ValueId LogSigmoid(const Site& site, ValueId x) {
  const ValueId sigmoid =
      site.Node(Logistic{}, {site.Node(Abs{}, {x}, "abs")}, "sigmoid");
  const ValueId log = site.Node(Log{}, {sigmoid}, "log");
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

ValueId TanhShrink(const Site& site, ValueId x) {
  return site.Node(Sub{}, {x, site.Node(Tanh{}, {x}, "tanh")});
}

/// x less what lies within the threshold.
ValueId SoftShrink(const Site& site, ValueId x) {
  const ValueId high =
      site.Node(Minimum{}, {x, site.Scalar("high", kShrinkThreshold)}, "minimum");
  const ValueId inside =
      site.Node(Maximum{}, {high, site.Scalar("low", -kShrinkThreshold)}, "inside");
  return site.Node(Sub{}, {x, inside});
}

/// x where |x| exceeds the threshold, else 0.
ValueId HardShrink(const Site& site, ValueId x) {
  const ValueId size = site.Node(Abs{}, {x}, "abs");
  const ValueId is_outside =
      site.Node(Relational{Relation::kGreater},
                {size, site.Scalar("threshold", kShrinkThreshold)}, "greater");
  return site.Node(Select{}, {is_outside, x, site.Scalar("zero", 0)});
}

/// (x + sqrt(x^2 + 4)) / 2
ValueId SquarePlus(const Site& site, ValueId x) {
  const ValueId square = site.Node(Mul{}, {x, x}, "square");
  const ValueId root = site.Node(
      Sqrt{}, {Plus(site.context, square, kSquarePlus, site.Part("add"))}, "sqrt");
  return Times(site.context, site.Node(Add{}, {x, root}, "sum"), 0.5F, site.name);
}

/// (min(max(x, -1), 1) + 1) / 2
ValueId SparseSigmoid(const Site& site, ValueId x) {
  const ValueId clamped = site.Node(Relu{Activation::kReluN1To1}, {x}, "clamp");
  const ValueId half = Times(site.context, clamped, 0.5F, site.Part("half"));
  return Plus(site.context, half, 0.5F, site.name);
}

/// sparse_sigmoid(x)^2 + max(x - 1, 0)
ValueId SparsePlus(const Site& site, ValueId x) {
  const ValueId ramp = SparseSigmoid({site.context, site.Part("ramp")}, x);
  const ValueId square = site.Node(Mul{}, {ramp, ramp}, "square");
  const ValueId beyond = Plus(site.context, x, -1.0F, site.Part("beyond"));
  return site.Node(Add{}, {square, site.Node(Relu{}, {beyond}, "above")});
}

/// The first half of the last axis times the sigmoid of the second.
ValueId Glu(const Site& site, ValueId x) {
  const Shape shape = site.context.ShapeOf(x);
  const auto last = static_cast<std::int64_t>(shape.size()) - 1;
  if (shape.back() % 2 != 0) site.context.Corrupt("glu over an odd number of channels");
  const std::int64_t half = shape.back() / 2;
  const ValueId a = Sliced(site.context, x, last, 0, half, site.Part("value"));
  const ValueId b = Sliced(site.context, x, last, half, 2 * half, site.Part("gate"));
  return site.Node(Mul{}, {a, site.Node(Logistic{}, {b}, "sigmoid")});
}

/// max(x - t, 0). Of the sorted x the first k count, those for which 1 + k x_k exceeds
/// the sum s_k up to there. The projection on the simplex has t = (s_k - 1) / k; Keras,
/// in all its backends, takes the sum of s_1 to s_k in place of s_k, and so does this.
ValueId Sparsemax(const Site& site, ValueId x) {
  const LayerContext& context = site.context;
  const Shape shape = context.ShapeOf(x);
  const auto last = static_cast<std::int64_t>(shape.size()) - 1;
  const ValueId sorted = context.Nodes(TopK{shape.back()}, {x}, site.Part("sorted"))[0];
  const ValueId sums = site.Node(Cumsum{.axis = last}, {sorted}, "sums");
  std::vector<float> counts(static_cast<std::size_t>(shape.back()));
  for (std::size_t i = 0; i < counts.size(); ++i) counts[i] = static_cast<float>(i + 1);
  const ValueId scaled =
      site.Node(Mul{}, {sorted, context.Vector(site.Part("counts"), counts)}, "scaled");
  const ValueId is_in =
      site.Node(Relational{Relation::kGreater},
                {Plus(context, scaled, 1.0F, site.Part("limit")), sums}, "is_in");
  const ValueId in = site.Node(Cast{DType::kFloat32}, {is_in}, "in");
  const Sum over_last{{.axes = {last}, .keep_dims = true}};
  const ValueId count = site.Node(over_last, {in}, "count");
  const ValueId sum = site.Node(over_last, {site.Node(Mul{}, {sums, in}, "kept")}, "sum");
  const ValueId threshold = site.Node(
      Div{}, {Plus(context, sum, -1.0F, site.Part("excess")), count}, "threshold");
  return site.Node(Relu{}, {site.Node(Sub{}, {x, threshold}, "sub")});
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

/// A string, or an object of class "function"; empty for another object.
std::string NameOfFunction(const Json& activation) {
  if (activation.is_string()) return activation.get<std::string>();
  const std::string class_name = TextAt(activation, "class_name");
  return class_name == "function" ? TextAt(activation, "config") : "";
}

}  // namespace

bool IsElementwise(const Json& activation) {
  if (activation.is_null()) return true;
  const auto found = Functions().find(NameOfFunction(activation));
  return found != Functions().end() && found->second.is_elementwise;
}

ValueId ApplyActivation(const LayerContext& context, const Json& activation, ValueId x,
                        const std::string& suffix) {
  if (activation.is_null()) return x;
  const std::string name = NameOfFunction(activation);
  const bool is_layer = MemberOrNull(activation, "config").is_object();
  if (name.empty() && is_layer) {
    const LayerConfig inner =
        InnerLayer(context.layer(), activation, "activation", context.state().file.era);
    return BuildInner(context, inner, {x}).at(0);
  }
  const auto found = Functions().find(name);
  if (found == Functions().end()) {
    context.Refuse(fmt::format("activation '{}' is not known; replace it by one of Keras",
                               name.empty() ? activation.dump() : name));
  }
  const Site site{context, suffix.empty() ? name : suffix + "/" + name};
  if (name == "hard_sigmoid" && context.IsKeras2()) return EarlyHardSigmoid(site, x);
  return found->second.activate(site, x);
}

}  // namespace kinglet
