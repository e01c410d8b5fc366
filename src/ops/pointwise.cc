#include "ops/pointwise.h"

#include <variant>

namespace kinglet {
namespace {

template <typename... Kinds>
bool IsOneOf(const Op& op) {
  return (std::holds_alternative<Kinds>(op) || ...);
}

}  // namespace

bool IsPointwise(const Op& op) {
  return IsOneOf<Abs, Ceil, Cos, Elu, Exp, Floor, Gelu, HardSwish, LeakyRelu, Log,
                 Logistic, Neg, Relu, Round, Rsqrt, Sin, Sqrt, Square, Tanh>(op);
}

bool IsArithmetic(const Op& op) {
  return IsOneOf<Add, Div, Maximum, Minimum, Mul, Pow, SquaredDifference, Sub>(op);
}

}  // namespace kinglet
