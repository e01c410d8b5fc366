// The operations of a Graph: attribute structs and nothing else.
//
// What all share: activations are NHWC (or [1, ...] of any rank), the batch is axis 0 and
// is 1. A float operation computes in float32; in a quantized graph the same operation
// reads and writes integers, real value = scale * (q - zero point), and its semantics are
// those of the TensorFlow Lite reference kernel of that name. Inputs that are weights are
// constants of the graph; sizes, axes and permutations are attributes, never tensors.
// Everything else the program knows of an operation stands in src/ops/<op>.cc, its Def().
#pragma once

#include <cstdint>
#include <string_view>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

#include "base/tensor.h"

namespace kinglet {

struct OpDef;

/// Name and member pointer of an attribute: what the text form and the tests walk over.
template <typename Op, typename T>
struct Attribute {
  constexpr Attribute(std::string_view its_name, T Op::*its_member)
      : name(its_name), member(its_member) {}
  std::string_view name;
  T Op::*member;
};

/// Where a window that leaves the input reads zeros (pools: nothing). kSame: output
/// ceil(in / stride), the odd zero at the end; kValid: no padding.
enum class Padding : std::uint8_t { kSame, kValid };

/// A clamp that an operation applies to its result.
enum class Activation : std::uint8_t { kNone, kRelu, kReluN1To1, kRelu6 };

/// Per axis, outermost first.
using Ints = std::vector<std::int64_t>;

/// x[1,h,w,c], weights[o,kh,kw,c/groups], bias[o] -> [1,h',w',o].
struct Conv2d {
  static constexpr std::string_view kName = "conv_2d";
  Padding padding = Padding::kValid;
  std::int64_t stride_h = 1;
  std::int64_t stride_w = 1;
  std::int64_t dilation_h = 1;
  std::int64_t dilation_w = 1;
  Activation activation = Activation::kNone;
  static constexpr auto Attributes() {
    return std::tuple(Attribute("padding", &Conv2d::padding),
                      Attribute("stride_h", &Conv2d::stride_h),
                      Attribute("stride_w", &Conv2d::stride_w),
                      Attribute("dilation_h", &Conv2d::dilation_h),
                      Attribute("dilation_w", &Conv2d::dilation_w),
                      Attribute("activation", &Conv2d::activation));
  }
  bool operator==(const Conv2d&) const = default;
  static const OpDef& Def();
};

/// x[1,h,w,c], weights[1,kh,kw,c*m], bias[c*m] -> [1,h',w',c*m]; output channel i reads
/// input channel i / m.
struct DepthwiseConv2d {
  static constexpr std::string_view kName = "depthwise_conv_2d";
  Padding padding = Padding::kValid;
  std::int64_t stride_h = 1;
  std::int64_t stride_w = 1;
  std::int64_t dilation_h = 1;
  std::int64_t dilation_w = 1;
  Activation activation = Activation::kNone;
  static constexpr auto Attributes() {
    return std::tuple(Attribute("padding", &DepthwiseConv2d::padding),
                      Attribute("stride_h", &DepthwiseConv2d::stride_h),
                      Attribute("stride_w", &DepthwiseConv2d::stride_w),
                      Attribute("dilation_h", &DepthwiseConv2d::dilation_h),
                      Attribute("dilation_w", &DepthwiseConv2d::dilation_w),
                      Attribute("activation", &DepthwiseConv2d::activation));
  }
  bool operator==(const DepthwiseConv2d&) const = default;
  static const OpDef& Def();
};

/// x[..., i], weights[o, i] (, bias[o]) -> [..., o].
struct FullyConnected {
  static constexpr std::string_view kName = "fully_connected";
  Activation activation = Activation::kNone;
  static constexpr auto Attributes() {
    return std::tuple(Attribute("activation", &FullyConnected::activation));
  }
  bool operator==(const FullyConnected&) const = default;
  static const OpDef& Def();
};

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

/// Operations without attributes.
template <typename Derived>
struct Plain {
  static constexpr auto Attributes() { return std::tuple<>(); }
  bool operator==(const Plain&) const = default;
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

/// exp(beta * x) / sum over the last axis.
struct Softmax {
  static constexpr std::string_view kName = "softmax";
  float beta = 1.0F;
  static constexpr auto Attributes() {
    return std::tuple(Attribute("beta", &Softmax::beta));
  }
  bool operator==(const Softmax&) const = default;
  static const OpDef& Def();
};

/// x[1,h,w,c] -> [1,h',w',c].
template <typename Derived>
struct Pool2d {
  Padding padding = Padding::kValid;
  std::int64_t stride_h = 1;
  std::int64_t stride_w = 1;
  std::int64_t filter_h = 1;
  std::int64_t filter_w = 1;
  Activation activation = Activation::kNone;
  static constexpr auto Attributes() {
    using I = Attribute<Derived, std::int64_t>;
    return std::tuple(
        Attribute<Derived, Padding>{"padding", &Derived::padding},
        I{"stride_h", &Derived::stride_h}, I{"stride_w", &Derived::stride_w},
        I{"filter_h", &Derived::filter_h}, I{"filter_w", &Derived::filter_w},
        Attribute<Derived, Activation>{"activation", &Derived::activation});
  }
  bool operator==(const Pool2d&) const = default;
};
/// Mean of the cells of the window that lie in the input.
struct AveragePool2d : Pool2d<AveragePool2d> {
  static constexpr std::string_view kName = "average_pool_2d";
  bool operator==(const AveragePool2d&) const = default;
  static const OpDef& Def();
};
struct MaxPool2d : Pool2d<MaxPool2d> {
  static constexpr std::string_view kName = "max_pool_2d";
  bool operator==(const MaxPool2d&) const = default;
  static const OpDef& Def();
};

/// Reduction over `axes` (sorted, not negative).
template <typename Derived>
struct Reduce {
  Ints axes;
  bool keep_dims = false;
  static constexpr auto Attributes() {
    return std::tuple(Attribute<Derived, Ints>{"axes", &Derived::axes},
                      Attribute<Derived, bool>{"keep_dims", &Derived::keep_dims});
  }
  bool operator==(const Reduce&) const = default;
};
struct Mean : Reduce<Mean> {
  static constexpr std::string_view kName = "mean";
  bool operator==(const Mean&) const = default;
  static const OpDef& Def();
};
struct Sum : Reduce<Sum> {
  static constexpr std::string_view kName = "sum";
  bool operator==(const Sum&) const = default;
  static const OpDef& Def();
};
struct ReduceMax : Reduce<ReduceMax> {
  static constexpr std::string_view kName = "reduce_max";
  bool operator==(const ReduceMax&) const = default;
  static const OpDef& Def();
};

/// The same elements in row-major order under another shape.
struct Reshape {
  static constexpr std::string_view kName = "reshape";
  Ints shape;
  static constexpr auto Attributes() {
    return std::tuple(Attribute("shape", &Reshape::shape));
  }
  bool operator==(const Reshape&) const = default;
  static const OpDef& Def();
};

/// Output axis i is input axis perm[i].
struct Transpose {
  static constexpr std::string_view kName = "transpose";
  Ints perm;
  static constexpr auto Attributes() {
    return std::tuple(Attribute("perm", &Transpose::perm));
  }
  bool operator==(const Transpose&) const = default;
  static const OpDef& Def();
};

/// Zeros around the input: `before` and `after` per axis.
struct Pad {
  static constexpr std::string_view kName = "pad";
  Ints before;
  Ints after;
  static constexpr auto Attributes() {
    return std::tuple(Attribute("before", &Pad::before), Attribute("after", &Pad::after));
  }
  bool operator==(const Pad&) const = default;
  static const OpDef& Def();
};

/// Per axis the elements begin, begin + stride, ... below end (above, for a negative
/// stride; end -1 then means "through element 0"). Bounds are resolved: not negative.
struct StridedSlice {
  static constexpr std::string_view kName = "strided_slice";
  Ints begin;
  Ints end;
  Ints strides;
  static constexpr auto Attributes() {
    return std::tuple(Attribute("begin", &StridedSlice::begin),
                      Attribute("end", &StridedSlice::end),
                      Attribute("strides", &StridedSlice::strides));
  }
  bool operator==(const StridedSlice&) const = default;
  static const OpDef& Def();
};

/// Inputs joined along `axis` (not negative).
struct Concatenation {
  static constexpr std::string_view kName = "concatenation";
  std::int64_t axis = 0;
  static constexpr auto Attributes() {
    return std::tuple(Attribute("axis", &Concatenation::axis));
  }
  bool operator==(const Concatenation&) const = default;
  static const OpDef& Def();
};

/// Float to integer, or integer to integer with another scale: the type and the scale are
/// those of the output value.
struct Quantize {
  static constexpr std::string_view kName = "quantize";
  DType dtype = DType::kInt8;
  static constexpr auto Attributes() {
    return std::tuple(Attribute("dtype", &Quantize::dtype));
  }
  bool operator==(const Quantize&) const = default;
  static const OpDef& Def();
};
/// Integer to float32.
struct Dequantize : Plain<Dequantize> {
  static constexpr std::string_view kName = "dequantize";
  bool operator==(const Dequantize&) const = default;
  static const OpDef& Def();
};

using Op =
    std::variant<Add, AveragePool2d, Concatenation, Conv2d, Dequantize, DepthwiseConv2d,
                 Div, Exp, FullyConnected, LeakyRelu, Log, Logistic, MaxPool2d, Maximum,
                 Mean, Minimum, Mul, Pad, Quantize, ReduceMax, Relu, Reshape, Softmax,
                 StridedSlice, Sub, Sum, Tanh, Transpose>;

/// "conv_2d", ...
inline std::string_view NameOf(const Op& op) {
  return std::visit([](const auto& typed) { return typed.kName; }, op);
}

}  // namespace kinglet
