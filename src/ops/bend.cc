// One overload a kind of operation; a clamp on the result counts for all that carry one.
#include "ops/bend.h"

#include <variant>

namespace kinglet {
namespace {

Bend BendOf(Activation activation) {
  const bool is_clamp =
      activation == Activation::kRelu || activation == Activation::kRelu6;
  return is_clamp ? Bend::kClamp : Bend::kNone;
}

struct Bends {
  Bend operator()(const Relu& op) const { return BendOf(op.kind); }
  Bend operator()(const Elu& /*op*/) const { return Bend::kCurve; }
  Bend operator()(const Gelu& /*op*/) const { return Bend::kCurve; }
  Bend operator()(const HardSwish& /*op*/) const { return Bend::kCurve; }
  Bend operator()(const LeakyRelu& /*op*/) const { return Bend::kCurve; }
  Bend operator()(const Logistic& /*op*/) const { return Bend::kCurve; }
  Bend operator()(const PRelu& /*op*/) const { return Bend::kCurve; }
  Bend operator()(const Tanh& /*op*/) const { return Bend::kCurve; }
  template <typename Other>
  Bend operator()(const Other& op) const {
    if constexpr (requires { op.activation; }) return BendOf(op.activation);
    return Bend::kNone;
  }
};

}  // namespace

Bend BendOf(const Op& op) { return std::visit(Bends{}, op); }

}  // namespace kinglet
