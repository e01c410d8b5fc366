// One overload a kind of operation; what has none mixes.
#include "ops/channel_rule.h"

#include <algorithm>
#include <variant>

namespace kinglet {
namespace {

/// A clamp that a factor above zero passes through.
bool IsHomogeneous(Activation activation) {
  return activation == Activation::kNone || activation == Activation::kRelu;
}

ChannelRule If(bool holds, ChannelRule rule) {
  return holds ? rule : ChannelRule::kMixes;
}

ChannelRule KeepsIf(bool keeps) { return If(keeps, ChannelRule::kKeeps); }

/// The last axes of operand and result are equal.
bool HasSameChannels(const NodeView& view) {
  return view.Input(0).shape.back() == view.Output().shape.back();
}

bool LeavesLastAxis(const Ints& axes, const NodeView& view) {
  const auto last = static_cast<std::int64_t>(view.Input(0).shape.size()) - 1;
  return std::ranges::find(axes, last) == axes.end();
}

struct Rules {
  const NodeView& view;

  ChannelRule operator()(const Add& op) const {
    return If(IsHomogeneous(op.activation), ChannelRule::kAdds);
  }
  ChannelRule operator()(const Sub& op) const {
    return If(IsHomogeneous(op.activation), ChannelRule::kAdds);
  }
  ChannelRule operator()(const Mul& op) const {
    return If(IsHomogeneous(op.activation), ChannelRule::kMultiplies);
  }
  ChannelRule operator()(const AveragePool2d& op) const {
    return KeepsIf(IsHomogeneous(op.activation));
  }
  ChannelRule operator()(const MaxPool2d& op) const {
    return KeepsIf(IsHomogeneous(op.activation));
  }
  ChannelRule operator()(const Mean& op) const {
    return KeepsIf(LeavesLastAxis(op.axes, view));
  }
  ChannelRule operator()(const Sum& op) const {
    return KeepsIf(LeavesLastAxis(op.axes, view));
  }
  ChannelRule operator()(const ReduceMax& op) const {
    return KeepsIf(LeavesLastAxis(op.axes, view));
  }
  ChannelRule operator()(const Relu& op) const {
    return KeepsIf(op.kind == Activation::kRelu);
  }
  ChannelRule operator()(const LeakyRelu& /*op*/) const { return ChannelRule::kKeeps; }
  ChannelRule operator()(const Pad& /*op*/) const {
    return KeepsIf(HasSameChannels(view));
  }
  ChannelRule operator()(const StridedSlice& op) const {
    const auto last = std::ssize(op.strides) - 1;
    const bool drops_last = !op.dropped.empty() && op.dropped.back() == last;
    return KeepsIf(op.strides.back() == 1 && !drops_last && HasSameChannels(view));
  }
  ChannelRule operator()(const Reshape& /*op*/) const {
    const Shape& in = view.Input(0).shape;
    const Shape& out = view.Output().shape;
    return KeepsIf(!in.empty() && !out.empty() && out.back() % in.back() == 0);
  }
  ChannelRule operator()(const Transpose& op) const {
    return KeepsIf(op.perm.back() == static_cast<std::int64_t>(op.perm.size()) - 1);
  }
  template <typename Other>
  ChannelRule operator()(const Other& /*op*/) const {
    return ChannelRule::kMixes;
  }
};

}  // namespace

ChannelRule ChannelRuleOf(const NodeView& view) {
  return std::visit(Rules{view}, view.node.op);
}

}  // namespace kinglet
