// The operations of a Graph: attribute structs and nothing else.
//
// What all share: activations are NHWC (or [1, ...] of any rank), the batch is axis 0 and
// is 1. A float operation computes in float32; in a quantized graph the same operation
// reads and writes integers, real value = scale * (q - zero point), and its semantics are
// those of the TensorFlow Lite reference kernel of that name. Inputs that are weights are
// constants of the graph; sizes, axes and permutations are attributes, never tensors.
// Everything else the program knows of an operation stands in src/ops/<op>.cc, its Def().
#pragma once

#include <cstddef>
#include <string_view>
#include <type_traits>
#include <variant>

#include "ir/op_binary.h"
#include "ir/op_convert.h"
#include "ir/op_gather.h"
#include "ir/op_linear.h"
#include "ir/op_move.h"
#include "ir/op_reduce.h"
#include "ir/op_unary.h"
#include "ir/op_window.h"

namespace kinglet {

/// What an operation can be.
using AnyOp = std::variant<
    Abs, Add, ArgMax, ArgMin, Atan2, AveragePool2d, BatchMatMul, BatchToSpaceNd,
    BroadcastTo, Cast, Ceil, Concatenation, Conv2d, Cos, Cumsum, DepthToSpace,
    DepthwiseConv2d, Dequantize, Div, Elu, EmbeddingLookup, Exp, Floor, FloorDiv,
    FloorMod, FullyConnected, Gather, GatherNd, Gelu, HardSwish, L2Normalization,
    LeakyRelu, Log, LogSoftmax, LogicalAnd, LogicalNot, LogicalOr, Logistic, MaxPool2d,
    Maximum, Mean, Minimum, MirrorPad, Mul, Neg, OneHot, PRelu, Pack, Pad, PadV2, Pow,
    Quantize, ReduceAll, ReduceAny, ReduceMax, ReduceMin, ReduceProd, Relational, Relu,
    Reshape, ResizeBilinear, ResizeNearestNeighbor, ReverseV2, Round, Rsqrt, Select, Sign,
    Sin, Softmax, SpaceToBatchNd, SpaceToDepth, Split, Sqrt, Square, SquaredDifference,
    StridedSlice, Sub, Sum, Tanh, Tile, TopK, Transpose, TransposeConv, Unpack>;

/// One operation. A variant whose construction, copies and comparison are compiled once
/// (op.cc), not wherever a node is touched.
class Op : public AnyOp {
 public:
  Op();
  template <typename Typed>
  requires requires { Typed::kName; }
  Op(Typed typed)  // NOLINT(google-explicit-constructor): as std::variant
      : Op(&typed, IndexOf<Typed>(static_cast<const AnyOp*>(nullptr))) {}
  Op(const Op&);
  Op(Op&&) noexcept;
  Op& operator=(const Op&);
  Op& operator=(Op&&) noexcept;
  ~Op();
  bool operator==(const Op& other) const;

 private:
  /// Moved from `typed`, which is the alternative of that index.
  Op(void* typed, std::size_t index);

  template <typename Typed, typename... All>
  static constexpr std::size_t IndexOf(const std::variant<All...>* /*all*/) {
    std::size_t index = 0;
    bool found = false;
    ((found = found || std::is_same_v<Typed, All>, index += found ? 0 : 1), ...);
    return index;
  }
};

inline constexpr std::size_t kOpCount = std::variant_size_v<AnyOp>;

/// The operation of that index with its default attributes.
Op DefaultOp(std::size_t index);

/// Whether the operation is of one of these kinds.
template <typename... Kinds>
bool IsOneOf(const Op& op) {
  return (std::holds_alternative<Kinds>(op) || ...);
}

/// "conv_2d", ...
std::string_view NameOf(const Op& op);

}  // namespace kinglet
