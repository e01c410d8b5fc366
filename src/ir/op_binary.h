// Two operands, element by element, with NumPy broadcasting.
#pragma once

#include "ir/op_parts.h"

namespace kinglet {

/// The two-operand arithmetic: NumPy broadcasting, then the activation.
template <typename Derived>
struct Binary {
  Activation activation = Activation::kNone;
  static constexpr auto Attributes() {
    return std::tuple(Attribute<Derived, Activation>{"activation", &Derived::activation});
  }
  bool operator==(const Binary&) const = default;
};

struct Add : Binary<Add> {
  static constexpr std::string_view kName = "add";
  bool operator==(const Add&) const = default;
  static const OpDef& Def();
};
struct Sub : Binary<Sub> {
  static constexpr std::string_view kName = "sub";
  bool operator==(const Sub&) const = default;
  static const OpDef& Def();
};
struct Mul : Binary<Mul> {
  static constexpr std::string_view kName = "mul";
  bool operator==(const Mul&) const = default;
  static const OpDef& Def();
};
struct Div : Binary<Div> {
  static constexpr std::string_view kName = "div";
  bool operator==(const Div&) const = default;
  static const OpDef& Def();
};

/// The larger of two, NumPy broadcasting.
struct Maximum : Plain<Maximum> {
  static constexpr std::string_view kName = "maximum";
  bool operator==(const Maximum&) const = default;
  static const OpDef& Def();
};
/// The smaller of two, NumPy broadcasting.
struct Minimum : Plain<Minimum> {
  static constexpr std::string_view kName = "minimum";
  bool operator==(const Minimum&) const = default;
  static const OpDef& Def();
};

/// Quotient, rounded down.
struct FloorDiv : Plain<FloorDiv> {
  static constexpr std::string_view kName = "floor_div";
  bool operator==(const FloorDiv&) const = default;
  static const OpDef& Def();
};
/// What FloorDiv leaves over; it has the sign of the divisor.
struct FloorMod : Plain<FloorMod> {
  static constexpr std::string_view kName = "floor_mod";
  bool operator==(const FloorMod&) const = default;
  static const OpDef& Def();
};
/// x to the power y.
struct Pow : Plain<Pow> {
  static constexpr std::string_view kName = "pow";
  bool operator==(const Pow&) const = default;
  static const OpDef& Def();
};
/// The angle of the point (x, y), y as the first operand: both of one shape.
struct Atan2 : Plain<Atan2> {
  static constexpr std::string_view kName = "atan2";
  bool operator==(const Atan2&) const = default;
  static const OpDef& Def();
};
/// (x - y)^2.
struct SquaredDifference : Plain<SquaredDifference> {
  static constexpr std::string_view kName = "squared_difference";
  bool operator==(const SquaredDifference&) const = default;
  static const OpDef& Def();
};
/// x where x >= 0, alpha * x elsewhere; the second operand is alpha.
struct PRelu : Plain<PRelu> {
  static constexpr std::string_view kName = "prelu";
  bool operator==(const PRelu&) const = default;
  static const OpDef& Def();
};

/// Two operands of one type -> bool.
struct Relational {
  static constexpr std::string_view kName = "relational";
  Relation kind = Relation::kEqual;
  static constexpr auto Attributes() {
    return std::tuple(Attribute("kind", &Relational::kind));
  }
  bool operator==(const Relational&) const = default;
  static const OpDef& Def();
};
/// Of bools.
struct LogicalAnd : Plain<LogicalAnd> {
  static constexpr std::string_view kName = "logical_and";
  bool operator==(const LogicalAnd&) const = default;
  static const OpDef& Def();
};
/// Of bools.
struct LogicalOr : Plain<LogicalOr> {
  static constexpr std::string_view kName = "logical_or";
  bool operator==(const LogicalOr&) const = default;
  static const OpDef& Def();
};

/// condition (bool), x, y -> x where the condition holds, else y; all three broadcast.
struct Select : Plain<Select> {
  static constexpr std::string_view kName = "select";
  bool operator==(const Select&) const = default;
  static const OpDef& Def();
};

}  // namespace kinglet
