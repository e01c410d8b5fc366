// Products with weights.
#pragma once

#include "ir/op_parts.h"

namespace kinglet {

/// x[..., m, k], y[..., k, n] -> [..., m, n]; the leading axes broadcast. `adj_x` and
/// `adj_y`: the last two axes of that operand are swapped.
struct BatchMatMul {
  static constexpr std::string_view kName = "batch_mat_mul";
  bool adj_x = false;
  bool adj_y = false;
  static constexpr auto Attributes() {
    return std::tuple(Attribute("adj_x", &BatchMatMul::adj_x),
                      Attribute("adj_y", &BatchMatMul::adj_y));
  }
  bool operator==(const BatchMatMul&) const = default;
  static const OpDef& Def();
};

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

/// x[n,h,w,i], weights[o,kh,kw,i] (, bias[o]) -> [n,out_h,out_w,o]: the transpose of the
/// convolution with that padding and stride that takes [n,out_h,out_w,o] to x's shape.
struct TransposeConv {
  static constexpr std::string_view kName = "transpose_conv";
  Padding padding = Padding::kValid;
  std::int64_t stride_h = 1;
  std::int64_t stride_w = 1;
  std::int64_t out_h = 1;
  std::int64_t out_w = 1;
  Activation activation = Activation::kNone;
  static constexpr auto Attributes() {
    return std::tuple(Attribute("padding", &TransposeConv::padding),
                      Attribute("stride_h", &TransposeConv::stride_h),
                      Attribute("stride_w", &TransposeConv::stride_w),
                      Attribute("out_h", &TransposeConv::out_h),
                      Attribute("out_w", &TransposeConv::out_w),
                      Attribute("activation", &TransposeConv::activation));
  }
  bool operator==(const TransposeConv&) const = default;
  static const OpDef& Def();
};

}  // namespace kinglet
