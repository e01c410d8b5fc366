#include "ops/linear.h"

#include "ops/float_kernels.h"

namespace kinglet {
namespace {

/// What convolutions share: strides, dilations and padding over height and width.
template <typename Typed>
LinearGeometry OverImage(const Typed& op, const NodeView& view) {
  const Shape& in = view.Input(0).shape;
  const Shape& weights = view.Input(1).shape;
  LinearGeometry linear;
  linear.h = AxisOf({in[1], weights[1], op.stride_h, op.dilation_h, op.padding});
  linear.w = AxisOf({in[2], weights[2], op.stride_w, op.dilation_w, op.padding});
  linear.in_channels = in[3];
  return linear;
}

LinearGeometry Geometry(const Conv2d& op, const NodeView& view) {
  const Shape& weights = view.Input(1).shape;
  LinearGeometry linear = OverImage(op, view);
  linear.out_channels = weights[0];
  linear.groups = linear.in_channels / weights[3];
  linear.step_out = weights[1] * weights[2] * weights[3];
  linear.step_tap = weights[3];
  return linear;
}

LinearGeometry Geometry(const DepthwiseConv2d& op, const NodeView& view) {
  LinearGeometry linear = OverImage(op, view);
  linear.out_channels = view.Input(1).shape[3];
  linear.groups = linear.in_channels;
  linear.step_tap = linear.out_channels;
  return linear;
}

LinearGeometry Geometry(const FullyConnected& /*op*/, const NodeView& view) {
  const Shape& weights = view.Input(1).shape;
  const Size rows = ElementCount(view.Input(0).shape) / weights[1];
  LinearGeometry linear;
  linear.h.in = rows;
  linear.h.out = rows;
  linear.in_channels = weights[1];
  linear.out_channels = weights[0];
  linear.step_out = weights[1];
  linear.step_tap = weights[1];
  return linear;
}

}  // namespace

bool HasLinearGeometry(const Op& op) {
  return std::holds_alternative<Conv2d>(op) ||
         std::holds_alternative<DepthwiseConv2d>(op) ||
         std::holds_alternative<FullyConnected>(op);
}

LinearGeometry LinearGeometryOf(const NodeView& view) {
  const Op& op = view.node.op;
  if (const auto* conv = std::get_if<Conv2d>(&op)) return Geometry(*conv, view);
  if (const auto* depthwise = std::get_if<DepthwiseConv2d>(&op)) {
    return Geometry(*depthwise, view);
  }
  return Geometry(std::get<FullyConnected>(op), view);
}

}  // namespace kinglet
