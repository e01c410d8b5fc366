// The integer loops serve what the program itself reads and folds: they are never long.
#include "ops/elementwise.h"

#include <algorithm>

#include "ops/broadcasting.h"
#include "ops/float_kernels.h"

namespace kinglet {
namespace {

/// Arithmetic without overflow: as if in unsigned numbers.
template <typename T>
struct Wrapping {
  using Unsigned = std::make_unsigned_t<T>;
  static Unsigned U(T x) { return static_cast<Unsigned>(x); }
  static T Sum(T a, T b) { return static_cast<T>(U(a) + U(b)); }
  static T Difference(T a, T b) { return static_cast<T>(U(a) - U(b)); }
  static T Product(T a, T b) { return static_cast<T>(U(a) * U(b)); }
  static T Quotient(T a, T b) {
    if (b == 0) return 0;
    return b == -1 ? Difference(0, a) : static_cast<T>(a / b);
  }
  static T Floor(T a, T b) {
    const T quotient = Quotient(a, b);
    const bool inexact = b != 0 && b != -1 && a % b != 0;
    return inexact && (a < 0) != (b < 0) ? quotient - 1 : quotient;
  }
};

template <typename T>
T Apply(BinaryOp op, T a, T b) {
  using W = Wrapping<T>;
  switch (op) {
    case BinaryOp::kAdd:
      return W::Sum(a, b);
    case BinaryOp::kSub:
      return W::Difference(a, b);
    case BinaryOp::kMul:
      return W::Product(a, b);
    case BinaryOp::kDiv:
      return W::Quotient(a, b);
    case BinaryOp::kMaximum:
      return std::max(a, b);
    case BinaryOp::kMinimum:
      return std::min(a, b);
    case BinaryOp::kFloorDiv:
      return W::Floor(a, b);
    case BinaryOp::kPRelu:
      return a >= 0 ? a : W::Product(a, b);
    case BinaryOp::kSquaredDifference:
      return W::Product(W::Difference(a, b), W::Difference(a, b));
  }
  return 0;
}

/// The bounds of a clamp, all of which integers can have.
template <typename T>
T Clamped(T x, Activation activation) {
  switch (activation) {
    case Activation::kNone:
      return x;
    case Activation::kRelu:
      return std::max<T>(x, 0);
    case Activation::kReluN1To1:
      return std::clamp<T>(x, -1, 1);
    case Activation::kRelu6:
      return std::clamp<T>(x, 0, 6);
    case Activation::kRelu0To1:
      return std::clamp<T>(x, 0, 1);
  }
  return x;
}

template <typename T>
Kernel IntegerBinary(BinaryOp op, Activation activation, const NodeView& view) {
  return Broadcast2Kernel<T>(
      [op, activation](T a, T b) { return Clamped(Apply(op, a, b), activation); }, view);
}

template <typename T>
T Apply(UnaryOp op, T x) {
  switch (op) {
    case UnaryOp::kAbs:
      return x < 0 ? Wrapping<T>::Difference(0, x) : x;
    case UnaryOp::kNeg:
      return Wrapping<T>::Difference(0, x);
    default:
      return Wrapping<T>::Product(x, x);
  }
}

template <typename T>
Kernel IntegerUnary(UnaryOp op, const NodeView& view) {
  Check(op == UnaryOp::kAbs || op == UnaryOp::kNeg || op == UnaryOp::kSquare,
        "a function of integers");
  return [op, n = ElementCount(view.Input(0).shape)](const Buffers& buffers) {
    const T* in = buffers.In<T>(0);
    std::transform(in, in + n, buffers.Out<T>(), [op](T x) { return Apply(op, x); });
  };
}

template <typename T>
T Fold(ReduceOp op, T a, T b) {
  switch (op) {
    case ReduceOp::kMax:
      return std::max(a, b);
    case ReduceOp::kMin:
      return std::min(a, b);
    case ReduceOp::kProduct:
      return Wrapping<T>::Product(a, b);
    default:
      return Wrapping<T>::Sum(a, b);
  }
}

template <typename T>
T StartOf(ReduceOp op) {
  if (op == ReduceOp::kMax) return std::numeric_limits<T>::lowest();
  if (op == ReduceOp::kMin) return std::numeric_limits<T>::max();
  return op == ReduceOp::kProduct ? 1 : 0;
}

// Seen from the input, the result is broadcast along the reduced axes.
template <typename T>
Kernel IntegerReduce(ReduceOp op, const Ints& axes, const NodeView& view) {
  Check(op != ReduceOp::kMean, "no mean of integers");
  const Shape& in = view.Input(0).shape;
  Shape kept = in;
  for (const std::int64_t axis : axes) kept[static_cast<std::size_t>(axis)] = 1;
  return [op, walk = Broadcasting<1>(in, {kept}),
          n = ElementCount(kept)](const Buffers& buffers) {
    T* out = buffers.Out<T>();
    std::fill(out, out + n, StartOf<T>(op));
    walk.ForEach([&](Size i, const std::array<Size, 1>& at) {
      out[at[0]] = Fold(op, out[at[0]], buffers.In<T>(0)[i]);
    });
  };
}

}  // namespace

Kernel BinaryKernel(BinaryOp op, Activation activation, const NodeView& view) {
  switch (view.Input(0).dtype) {
    case DType::kInt32:
      return IntegerBinary<std::int32_t>(op, activation, view);
    case DType::kInt64:
      return IntegerBinary<std::int64_t>(op, activation, view);
    default:
      return FloatBinary(op, activation, view);
  }
}

Kernel UnaryKernel(UnaryOp op, const NodeView& view) {
  switch (view.Input(0).dtype) {
    case DType::kInt32:
      return IntegerUnary<std::int32_t>(op, view);
    case DType::kInt64:
      return IntegerUnary<std::int64_t>(op, view);
    default:
      return FloatUnary(op, view);
  }
}

Kernel MapKernel(float (*function)(float), const NodeView& view) {
  CheckFloat(view);
  return [function, n = ElementCount(view.Input(0).shape)](const Buffers& buffers) {
    const auto* in = buffers.In<float>(0);
    std::transform(in, in + n, buffers.Out<float>(), function);
  };
}

Kernel ReduceKernel(ReduceOp op, const Ints& axes, const NodeView& view) {
  switch (view.Input(0).dtype) {
    case DType::kInt32:
      return IntegerReduce<std::int32_t>(op, axes, view);
    case DType::kInt64:
      return IntegerReduce<std::int64_t>(op, axes, view);
    default:
      return FloatReduce(op, axes, view);
  }
}

}  // namespace kinglet
