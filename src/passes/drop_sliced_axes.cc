// A slice of one element along an axis and a reshape without that axis are one operator
// in a file; so are a reduction and a reshape that drops the axes it kept, or brings back
// those it dropped.
#include "ops/op_def.h"
#include "passes/passes.h"
#include "passes/rewrite.h"

namespace kinglet {
namespace {

/// The axes of size 1 that `in` has and `out` lacks; nothing where they differ otherwise.
std::optional<Ints> DroppedAxes(const Shape& in, const Shape& out) {
  Ints dropped;
  std::size_t next = 0;
  for (std::size_t i = 0; i < in.size(); ++i) {
    if (next < out.size() && in[i] == out[next]) {
      ++next;
    } else if (in[i] == 1) {
      dropped.push_back(static_cast<std::int64_t>(i));
    } else {
      return std::nullopt;
    }
  }
  if (next != out.size()) return std::nullopt;
  return dropped;
}

bool DropFromSlice(StridedSlice& slice, const Shape& made, const Shape& wanted) {
  if (!slice.dropped.empty()) return false;
  const auto dropped = DroppedAxes(made, wanted);
  if (dropped.has_value()) slice.dropped = *dropped;
  return dropped.has_value();
}

/// Keeps the reduced axes of `in` where the operation dropped them, or the other way
/// round, if that gives the shape that is wanted.
template <typename Typed>
bool TurnedOver(Op& op, const Shape& in, const Shape& wanted) {
  auto* reduction = std::get_if<Typed>(&op);
  if (reduction == nullptr) return false;
  Typed other = *reduction;
  other.keep_dims = !reduction->keep_dims;
  const TensorType type{DType::kBool, in};
  const auto inferred = DefOf(op).infer(other, std::span(&type, 1));
  const auto* made = std::get_if<std::vector<TensorType>>(&inferred);
  if (made == nullptr || made->at(0).shape != wanted) return false;
  *reduction = other;
  return true;
}

template <typename... Typed>
bool TurnedOverAny(Op& op, const Shape& in, const Shape& wanted) {
  return (TurnedOver<Typed>(op, in, wanted) || ...);
}

}  // namespace

Graph DropSlicedAxes(const Graph& graph) {
  return AbsorbIntoProducers(graph, [](Graph& g, Node& producer, const Node& node) {
    if (!std::holds_alternative<Reshape>(node.op)) return false;
    const Shape& wanted = g[node.outputs[0]].shape;
    if (auto* slice = std::get_if<StridedSlice>(&producer.op)) {
      return DropFromSlice(*slice, g[producer.outputs[0]].shape, wanted);
    }
    return TurnedOverAny<Mean, Sum, ReduceMax, ReduceMin, ReduceProd, ReduceAll>(
        producer.op, g[producer.inputs[0]].shape, wanted);
  });
}

}  // namespace kinglet
