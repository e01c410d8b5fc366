// A slice of one element along an axis and a reshape without that axis are one operator
// in a file.
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

}  // namespace

Graph DropSlicedAxes(const Graph& graph) {
  return AbsorbIntoProducers(graph, [](Graph& g, Node& producer, const Node& node) {
    auto* slice = std::get_if<StridedSlice>(&producer.op);
    if (slice == nullptr || !slice->dropped.empty() ||
        !std::holds_alternative<Reshape>(node.op)) {
      return false;
    }
    const auto dropped =
        DroppedAxes(g[producer.outputs[0]].shape, g[node.outputs[0]].shape);
    if (dropped.has_value()) slice->dropped = *dropped;
    return dropped.has_value();
  });
}

}  // namespace kinglet
