// Every node is kept; beside it stand, for values that have planes, the nodes that read
// them. What nobody reads in the end is dropped.
//   linear:    act(W (f + c) + b) = act((W f + b) + W c)
//   f * y:     act((f + c) y) = act(f y + c y); quotients f / y as well
//   sums:      act((f + c) + y) = act((f + y) + c)
//   movers, means: g(f + c) = g(f) + g(c); and maxima where f and c rise together, which
//   they no longer do behind a mean; concatenations of what has planes altogether.
#include "tune/split_planes.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "ops/channel_rule.h"
#include "ops/linear.h"
#include "passes/rewrite.h"

namespace kinglet {
namespace {

constexpr float kSix = 6;

struct Planes {
  ValueId fine{};
  ValueId coarse{};
  bool rise_together = true;  ///< no element of one falls where the other's rises
};

bool IsMover(const Op& op) { return IsOneOf<Reshape, Transpose, StridedSlice, Pad>(op); }
bool IsMean(const Op& op) { return IsOneOf<AveragePool2d, Mean>(op); }
bool IsMaximum(const Op& op) { return IsOneOf<MaxPool2d, ReduceMax>(op); }

enum class Reading : std::uint8_t { kWhole, kLinear, kProduct, kSum, kEach };

/// How a node can read planes of its operand `input`.
Reading ReadingOf(const Graph& graph, const Node& node, std::size_t input) {
  if (HasLinearGeometry(node.op)) {
    const bool is_linear = input == 0 && IsLinear(graph, node);
    return is_linear ? Reading::kLinear : Reading::kWhole;
  }
  if (std::holds_alternative<Div>(node.op)) {
    return input == 0 ? Reading::kProduct : Reading::kWhole;
  }
  switch (ChannelRuleOf({graph, node})) {
    case ChannelRule::kAdds:
      return std::holds_alternative<Add>(node.op) ? Reading::kSum : Reading::kWhole;
    case ChannelRule::kMultiplies:
      return Reading::kProduct;
    default:
      break;
  }
  const bool is_each =
      (IsMover(node.op) || IsMean(node.op) || IsMaximum(node.op) ||
       std::holds_alternative<Concatenation>(node.op)) &&
      (ActivationOf(node.op) == nullptr || *ActivationOf(node.op) == Activation::kNone);
  return is_each ? Reading::kEach : Reading::kWhole;
}

/// Something reads `id` as it is, and not in planes.
bool IsReadWhole(const Graph& graph, ValueId id) {
  const auto is_it = [id](const Port& port) { return port.value == id; };
  if (std::ranges::any_of(graph.outputs, is_it)) return true;
  for (const Node& node : graph.nodes) {
    for (std::size_t i = 0; i < node.inputs.size(); ++i) {
      if (node.inputs[i] != id) continue;
      const Reading reading = ReadingOf(graph, node, i);
      if (reading == Reading::kWhole) return true;
      if (reading == Reading::kEach && IsReadWhole(graph, node.outputs[0])) return true;
    }
  }
  return false;
}

class Splitter {
 public:
  Splitter(const Graph& graph, const Thresholds& thresholds)
      : from_(graph), to_(graph), thresholds_(thresholds) {
    to_.nodes.clear();
  }

  Graph Run() {
    for (const Node& node : from_.nodes) {
      const bool joined = ReadPlanes(node);
      if (!joined) to_.nodes.push_back(node);
      if (node.outputs.size() == 1) {
        const Node maker = to_.nodes.back();
        SplitValue(node.outputs[0], maker);
      }
    }
    return WithoutDeadParts(to_);
  }

 private:
  [[nodiscard]] const Planes* PlanesOf(ValueId id) const {
    const auto found = planes_.find(id);
    return found == planes_.end() ? nullptr : &found->second;
  }

  ValueId NewValue(ValueId like, const std::string& ending) {
    Value value = from_[like];
    value.name += ending;
    return to_.AddValue(std::move(value));
  }

  ValueId Append(Op op, std::vector<ValueId> inputs, ValueId out,
                 const std::string& name) {
    to_.nodes.push_back({std::move(op), std::move(inputs), {out}, name});
    return out;
  }

  ValueId Scalar(const std::string& name, float value) {
    return to_.AddConstant(name, Tensor::Of<float>({1}, std::span(&value, 1)));
  }

  /// Makes the planes of a value that has a threshold. `maker` is the node that makes it.
  void SplitValue(ValueId id, const Node& maker) {
    const auto found = thresholds_.find(id);
    if (found == thresholds_.end()) return;
    const float threshold = found->second;
    const std::string& name = from_[id].name;
    const ValueId low = Append(maker.op, maker.inputs, NewValue(id, "/low"), maker.name);
    const ValueId fine = Append(Minimum{}, {low, Scalar(name + "/threshold", threshold)},
                                NewValue(id, "/fine"), maker.name);
    const ValueId coarse =
        CanShift(maker, threshold) && !IsReadWhole(from_, id)
            ? ShiftedCopy(id, maker, threshold)
            : Append(Add{{.activation = Activation::kRelu}},
                     {id, Scalar(name + "/minus_threshold", -threshold)},
                     NewValue(id, "/coarse"), maker.name);
    planes_[id] = {fine, coarse};
  }

  [[nodiscard]] bool CanShift(const Node& maker, float threshold) const {
    if (!HasLinearGeometry(maker.op) || !IsLinear(to_, maker)) return false;
    const Activation activation = *ActivationOf(maker.op);
    return activation == Activation::kNone || activation == Activation::kRelu ||
           (activation == Activation::kRelu6 && threshold < kSix);
  }

  /// relu(x - t) of x = act(W y + b): the threshold goes into the bias, and the clamp at
  /// six is one at 6 - t.
  ValueId ShiftedCopy(ValueId id, const Node& maker, float threshold) {
    const std::string& name = from_[id].name;
    Op op = maker.op;
    *ActivationOf(op) = Activation::kRelu;
    std::vector<float> bias = BiasOf(to_, maker);
    for (float& one : bias) one -= threshold;
    std::vector<ValueId> inputs = maker.inputs;
    inputs.resize(3);
    inputs[2] =
        to_.AddConstant(name + "/shifted_bias",
                        Tensor::Of<float>({static_cast<std::int64_t>(bias.size())},
                                          std::span<const float>(bias)));
    if (*ActivationOf(maker.op) != Activation::kRelu6) {
      return Append(op, inputs, NewValue(id, "/coarse"), maker.name);
    }
    const ValueId unclamped =
        Append(op, inputs, NewValue(id, "/unclamped_coarse"), maker.name);
    return Append(Minimum{}, {unclamped, Scalar(name + "/rest", kSix - threshold)},
                  NewValue(id, "/coarse"), maker.name);
  }

  /// Nodes for the planes among the operands. True when they also make the whole result.
  bool ReadPlanes(const Node& node) {
    for (std::size_t i = 0; i < node.inputs.size(); ++i) {
      const Planes* planes = PlanesOf(node.inputs[i]);
      if (planes == nullptr) continue;
      switch (ReadingOf(from_, node, i)) {
        case Reading::kEach:
          ReadEach(node);
          return false;
        case Reading::kSum:
          ReadSum(node);
          return true;
        case Reading::kLinear:
          ReadLinear(node, *planes);
          return true;
        case Reading::kProduct:
          ReadProduct(node, i, *planes);
          return true;
        case Reading::kWhole:
          break;
      }
    }
    return false;
  }

  /// Where all operands have planes, and those of maxima rise together.
  void ReadEach(const Node& node) {
    std::vector<ValueId> fine;
    std::vector<ValueId> coarse;
    bool rise_together = !IsMean(node.op);
    for (const ValueId id : node.inputs) {
      const Planes* planes = PlanesOf(id);
      if (planes == nullptr) return;
      if (IsMaximum(node.op) && !planes->rise_together) return;
      fine.push_back(planes->fine);
      coarse.push_back(planes->coarse);
      rise_together = rise_together && planes->rise_together;
    }
    const ValueId out = node.outputs[0];
    planes_[out] = {Append(node.op, fine, NewValue(out, "/fine"), node.name),
                    Append(node.op, coarse, NewValue(out, "/coarse"), node.name),
                    rise_together};
  }

  static Op WithoutClamp(Op op) {
    *ActivationOf(op) = Activation::kNone;
    return op;
  }

  void Join(const Node& node, ValueId a, ValueId b) {
    Append(Add{{.activation = *ActivationOf(node.op)}}, {a, b}, node.outputs[0],
           node.name);
  }

  void ReadLinear(const Node& node, const Planes& planes) {
    const Op op = WithoutClamp(node.op);
    std::vector<ValueId> inputs = node.inputs;
    inputs[0] = planes.fine;
    const ValueId fine =
        Append(op, inputs, NewValue(node.outputs[0], "/of_fine"), node.name);
    inputs[0] = planes.coarse;
    const std::vector<float> bias = BiasOf(from_, node);
    const Tensor zeros(DType::kFloat32, {static_cast<std::int64_t>(bias.size())});
    if (inputs.size() < 3) inputs.resize(3);
    inputs[2] = to_.AddConstant(node.name + "/no_bias", zeros);
    const ValueId coarse =
        Append(op, inputs, NewValue(node.outputs[0], "/of_coarse"), node.name);
    Join(node, fine, coarse);
  }

  void ReadProduct(const Node& node, std::size_t input, const Planes& planes) {
    const Op op = WithoutClamp(node.op);
    std::vector<ValueId> inputs = node.inputs;
    inputs[input] = planes.fine;
    const ValueId fine =
        Append(op, inputs, NewValue(node.outputs[0], "/of_fine"), node.name);
    inputs[input] = planes.coarse;
    const ValueId coarse =
        Append(op, inputs, NewValue(node.outputs[0], "/of_coarse"), node.name);
    Join(node, fine, coarse);
  }

  /// Fine planes and whole operands first, then the coarse planes.
  void ReadSum(const Node& node) {
    const ValueId out = node.outputs[0];
    std::vector<ValueId> low;
    std::vector<ValueId> high;
    for (const ValueId id : node.inputs) {
      const Planes* planes = PlanesOf(id);
      low.push_back(planes == nullptr ? id : planes->fine);
      if (planes != nullptr) high.push_back(planes->coarse);
    }
    const Op op = WithoutClamp(node.op);
    const ValueId fine = Append(op, low, NewValue(out, "/of_fine"), node.name);
    ValueId coarse = high.front();
    if (high.size() == 2) {
      coarse = Append(op, high, NewValue(out, "/of_coarse"), node.name);
    }
    Join(node, fine, coarse);
  }

  const Graph& from_;
  Graph to_;
  const Thresholds& thresholds_;
  std::map<ValueId, Planes> planes_;
};

}  // namespace

Graph SplitPlanes(const Graph& graph, const Thresholds& thresholds) {
  return Splitter(graph, thresholds).Run();
}

std::int64_t MacsOf(const Graph& graph) {
  std::int64_t macs = 0;
  for (const Node& node : graph.nodes) macs += DefOf(node.op).macs({graph, node});
  return macs;
}

bool CanSplit(const Graph& graph, ValueId id) {
  for (const Node& node : graph.nodes) {
    for (std::size_t i = 0; i < node.inputs.size(); ++i) {
      if (node.inputs[i] != id) continue;
      const Reading reading = ReadingOf(graph, node, i);
      if (reading == Reading::kEach && CanSplit(graph, node.outputs[0])) return true;
      if (reading != Reading::kWhole && reading != Reading::kEach) return true;
    }
  }
  return false;
}

}  // namespace kinglet
