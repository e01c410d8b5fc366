// One operand, element by element.
#pragma once

#include "ir/op_parts.h"

namespace kinglet {

/// A clamp that stands alone. REQUIRES: kind is not kNone.
struct Relu {
  static constexpr std::string_view kName = "relu";
  Activation kind = Activation::kRelu;
  static constexpr auto Attributes() {
    return std::tuple(Attribute("kind", &Relu::kind));
  }
  bool operator==(const Relu&) const = default;
  static const OpDef& Def();
};

/// y = x where x >= 0, alpha * x elsewhere.
struct LeakyRelu {
  static constexpr std::string_view kName = "leaky_relu";
  float alpha = 0.3F;
  static constexpr auto Attributes() {
    return std::tuple(Attribute("alpha", &LeakyRelu::alpha));
  }
  bool operator==(const LeakyRelu&) const = default;
  static const OpDef& Def();
};

/// 1 / (1 + exp(-x)).
struct Logistic : Plain<Logistic> {
  static constexpr std::string_view kName = "logistic";
  bool operator==(const Logistic&) const = default;
  static const OpDef& Def();
};
struct Tanh : Plain<Tanh> {
  static constexpr std::string_view kName = "tanh";
  bool operator==(const Tanh&) const = default;
  static const OpDef& Def();
};
struct Exp : Plain<Exp> {
  static constexpr std::string_view kName = "exp";
  bool operator==(const Exp&) const = default;
  static const OpDef& Def();
};
/// Natural logarithm.
struct Log : Plain<Log> {
  static constexpr std::string_view kName = "log";
  bool operator==(const Log&) const = default;
  static const OpDef& Def();
};

struct Abs : Plain<Abs> {
  static constexpr std::string_view kName = "abs";
  bool operator==(const Abs&) const = default;
  static const OpDef& Def();
};
struct Ceil : Plain<Ceil> {
  static constexpr std::string_view kName = "ceil";
  bool operator==(const Ceil&) const = default;
  static const OpDef& Def();
};
struct Cos : Plain<Cos> {
  static constexpr std::string_view kName = "cos";
  bool operator==(const Cos&) const = default;
  static const OpDef& Def();
};
/// x where x >= 0, exp(x) - 1 elsewhere.
struct Elu : Plain<Elu> {
  static constexpr std::string_view kName = "elu";
  bool operator==(const Elu&) const = default;
  static const OpDef& Def();
};
struct Floor : Plain<Floor> {
  static constexpr std::string_view kName = "floor";
  bool operator==(const Floor&) const = default;
  static const OpDef& Def();
};

/// x / 2 * (1 + erf(x / sqrt(2))), or with `approximate`
/// x / 2 * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 x^3))).
struct Gelu {
  static constexpr std::string_view kName = "gelu";
  bool approximate = false;
  static constexpr auto Attributes() {
    return std::tuple(Attribute("approximate", &Gelu::approximate));
  }
  bool operator==(const Gelu&) const = default;
  static const OpDef& Def();
};

/// x * min(max(x + 3, 0), 6) / 6.
struct HardSwish : Plain<HardSwish> {
  static constexpr std::string_view kName = "hard_swish";
  bool operator==(const HardSwish&) const = default;
  static const OpDef& Def();
};
/// Of bools.
struct LogicalNot : Plain<LogicalNot> {
  static constexpr std::string_view kName = "logical_not";
  bool operator==(const LogicalNot&) const = default;
  static const OpDef& Def();
};
struct Neg : Plain<Neg> {
  static constexpr std::string_view kName = "neg";
  bool operator==(const Neg&) const = default;
  static const OpDef& Def();
};
/// To the nearest integer, halves to the even one.
struct Round : Plain<Round> {
  static constexpr std::string_view kName = "round";
  bool operator==(const Round&) const = default;
  static const OpDef& Def();
};
/// 1 / sqrt(x).
struct Rsqrt : Plain<Rsqrt> {
  static constexpr std::string_view kName = "rsqrt";
  bool operator==(const Rsqrt&) const = default;
  static const OpDef& Def();
};
/// 1, 0 or -1.
struct Sign : Plain<Sign> {
  static constexpr std::string_view kName = "sign";
  bool operator==(const Sign&) const = default;
  static const OpDef& Def();
};
struct Sin : Plain<Sin> {
  static constexpr std::string_view kName = "sin";
  bool operator==(const Sin&) const = default;
  static const OpDef& Def();
};
struct Sqrt : Plain<Sqrt> {
  static constexpr std::string_view kName = "sqrt";
  bool operator==(const Sqrt&) const = default;
  static const OpDef& Def();
};
struct Square : Plain<Square> {
  static constexpr std::string_view kName = "square";
  bool operator==(const Square&) const = default;
  static const OpDef& Def();
};

}  // namespace kinglet
