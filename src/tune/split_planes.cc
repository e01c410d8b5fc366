// Every node is kept; beside it stand, for values that have planes, the nodes that read
// them. What nobody reads in the end is dropped.
//   linear:    act(W (f + c) + b) = act((W f + b) + W c)
//   f * y:     act((f + c) y) = act(f y + c y); quotients f / y as well
//   sums:      act((f + c) + y) = act((f + y) + c)
//   hinges:    relu(x + b) = relu(f + b) + relu(c + min(b + t, 0)) for constants b, where
//              the planes of all elements meet at one t
//   functions: of single elements, in branches (function_branches.h)
//   movers, means: g(f + c) = g(f) + g(c); and maxima where all planes meet at one t;
//   concatenations of what has planes altogether.
#include "tune/split_planes.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "ops/linear.h"
#include "passes/rewrite.h"
#include "tune/function_branches.h"
#include "tune/plane_readings.h"

namespace kinglet {
namespace {

constexpr float kSix = 6;

struct Planes {
  ValueId fine{};
  ValueId coarse{};
  std::optional<float> threshold = {};  ///< where those of all elements meet
};

class Splitter {
 public:
  Splitter(const Graph& graph, const Thresholds& thresholds)
      : from_(graph), to_(graph), thresholds_(thresholds), branches_(graph, to_) {
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
    planes_[id] = {fine, coarse, threshold};
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
    if (branches_.Continue(node)) return true;
    for (std::size_t i = 0; i < node.inputs.size(); ++i) {
      const Planes* planes = PlanesOf(node.inputs[i]);
      if (planes == nullptr) continue;
      switch (ReadingOf(from_, node, i)) {
        case Reading::kEach:
          ReadEach(node);
          return false;
        case Reading::kHinge:
          if (!planes->threshold.has_value()) {
            ReadSum(node);
            return true;
          }
          ReadHinge(node, *planes);
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
        case Reading::kFunction:
          return planes->threshold.has_value() &&
                 branches_.Begin(node, i, planes->fine, *planes->threshold);
        case Reading::kWhole:
          break;
      }
    }
    return false;
  }

  /// Where all operands have planes, and those of maxima meet at one threshold.
  void ReadEach(const Node& node) {
    std::vector<Planes> all;
    for (const ValueId id : node.inputs) {
      const Planes* planes = PlanesOf(id);
      if (planes == nullptr) return;
      all.push_back(*planes);
    }
    const bool is_one = std::ranges::all_of(all, [&](const Planes& planes) {
      return planes.threshold == all.front().threshold;
    });
    const auto threshold = is_one ? all.front().threshold : std::nullopt;
    if (IsMaximum(node.op) && !threshold.has_value()) return;
    std::vector<ValueId> fine;
    std::vector<ValueId> coarse;
    for (const Planes& planes : all) {
      fine.push_back(planes.fine);
      coarse.push_back(planes.coarse);
    }
    AddPlanes(node, fine, coarse);
    if (!IsMean(node.op)) planes_[node.outputs[0]].threshold = threshold;
  }

  void ReadHinge(const Node& node, const Planes& planes) {
    const std::size_t constant = *HingeConstant(from_, node);
    std::vector<ValueId> fine = node.inputs;
    fine[1 - constant] = planes.fine;
    std::vector<ValueId> coarse = {planes.coarse, planes.coarse};
    coarse[constant] = BeyondThreshold(node.inputs[constant], *planes.threshold);
    AddPlanes(node, fine, coarse);
  }

  /// min(b + t, 0)
  ValueId BeyondThreshold(ValueId constant, float threshold) {
    const Tensor& offsets = *from_[constant].constant;
    std::vector<float> rest;
    for (const float offset : offsets.Data<float>()) {
      rest.push_back(std::min(offset + threshold, 0.0F));
    }
    return to_.AddConstant(
        from_[constant].name + "/beyond_threshold",
        Tensor::Of<float>(offsets.shape(), std::span<const float>(rest)));
  }

  void AddPlanes(const Node& node, const std::vector<ValueId>& fine,
                 const std::vector<ValueId>& coarse) {
    const ValueId out = node.outputs[0];
    planes_[out] = {Append(node.op, fine, NewValue(out, "/fine"), node.name),
                    Append(node.op, coarse, NewValue(out, "/coarse"), node.name)};
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
  FunctionBranches branches_;
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

}  // namespace kinglet
