#include "quantize/fine_inputs.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>

namespace kinglet {
namespace {

constexpr std::int64_t kRoom = kFineSteps / 2;
constexpr std::int64_t kLowestZero = -128 + kRoom;
constexpr std::int64_t kHighestZero = 127 - kRoom;

bool IsMover(const Node& node) {
  return std::holds_alternative<Reshape>(node.op) ||
         std::holds_alternative<Transpose>(node.op) ||
         std::holds_alternative<StridedSlice>(node.op);
}

/// The weights' last axis meets the input's, channel by channel.
bool CanTakeFinePlane(const Graph& graph, const Node& node) {
  if (!std::holds_alternative<Conv2d>(node.op) &&
      !std::holds_alternative<FullyConnected>(node.op)) {
    return false;
  }
  const Value& weights = graph[node.inputs[1]];
  return weights.constant != nullptr && weights.dtype == DType::kInt8 &&
         graph[node.inputs[0]].dtype == DType::kInt8 &&
         weights.shape.back() == graph[node.inputs[0]].shape.back();
}

/// Not from integers, on whose steps a float number lies already.
bool IsMadeInFloat(const Graph& graph, const Uses& uses, ValueId id) {
  if (graph[id].dtype != DType::kFloat32 || graph[id].constant != nullptr) return false;
  const auto maker = uses.Producer(id);
  return !maker.has_value() ||
         !std::holds_alternative<Dequantize>(graph.nodes[*maker].op);
}

/// The only INT8 form of an input, made by a Quantize.
std::optional<ValueId> CoarsePlane(const Graph& graph, const Uses& uses, ValueId input) {
  std::optional<ValueId> plane;
  for (const std::size_t reader : uses.Readers(input)) {
    const Node& node = graph.nodes[reader];
    if (!std::holds_alternative<Quantize>(node.op)) continue;
    if (plane.has_value() || graph[node.outputs[0]].dtype != DType::kInt8) return {};
    plane = node.outputs[0];
  }
  return plane;
}

/// Linear nodes that read the plane, directly or moved.
std::vector<std::size_t> LinearReaders(const Graph& graph, const Uses& uses,
                                       ValueId plane) {
  std::vector<std::size_t> found;
  for (const std::size_t reader : uses.Readers(plane)) {
    const Node& node = graph.nodes[reader];
    if (node.inputs[0] == plane && CanTakeFinePlane(graph, node)) found.push_back(reader);
    if (!IsMover(node)) continue;
    for (const std::size_t further : LinearReaders(graph, uses, node.outputs[0])) {
      found.push_back(further);
    }
  }
  return found;
}

/// [.., channels] to [.., 2 channels]: w, then w / kFineSteps.
Tensor WithFineWeights(const Tensor& weights) {
  Shape shape = weights.shape();
  const auto channels = static_cast<std::size_t>(shape.back());
  shape.back() *= 2;
  Tensor both(DType::kInt8, shape);
  const auto from = weights.Data<std::int8_t>();
  const auto to = both.Data<std::int8_t>();
  for (std::size_t i = 0; i < from.size(); ++i) {
    const std::size_t at = i / channels * 2 * channels + i % channels;
    to[at] = from[i];
    to[at + channels] =
        static_cast<std::int8_t>(std::lround(static_cast<float>(from[i]) / kFineSteps));
  }
  return both;
}

/// Writes the nodes of one graph into another, with fine planes ahead of their readers.
class Refiner {
 public:
  explicit Refiner(const Graph& graph) : from_(graph), uses_(graph), to_(graph) {
    to_.nodes.clear();
  }

  Graph Run(const std::set<ValueId>& inputs) {
    for (const ValueId input : inputs) Plan(input);
    for (std::size_t n = 0; n < from_.nodes.size(); ++n) {
      Node node = from_.nodes[n];
      if (is_refined_.contains(n)) TakeBothPlanes(node);
      to_.nodes.push_back(std::move(node));
    }
    return WithoutDeadParts(to_);
  }

  /// Those that were added.
  [[nodiscard]] const std::vector<std::string>& float_operators() const {
    return float_operators_;
  }

 private:
  void Plan(ValueId input) {
    const auto plane = CoarsePlane(from_, uses_, input);
    if (!plane.has_value()) return;
    const std::int64_t zero = from_[*plane].quantization->zero_points[0];
    if (zero < kLowestZero || zero > kHighestZero) return;
    input_of_[*plane] = input;
    for (const std::size_t n : LinearReaders(from_, uses_, *plane)) is_refined_.insert(n);
  }

  void TakeBothPlanes(Node& node) {
    const ValueId coarse = node.inputs[0];
    node.inputs[0] = BothPlanes(coarse);
    const Value& weights = from_[node.inputs[1]];
    const ValueId both =
        to_.AddConstant(weights.name + "/fine", WithFineWeights(*weights.constant));
    to_[both].quantization = weights.quantization;
    node.inputs[1] = both;
  }

  ValueId BothPlanes(ValueId coarse) {
    if (const auto found = both_.find(coarse); found != both_.end()) return found->second;
    Value both = from_[coarse];
    const auto axis = static_cast<std::int64_t>(both.shape.size()) - 1;
    both.name += "/planes";
    both.shape.back() *= 2;
    if (const Node* slice = SliceOfAllChannels(coarse)) {
      auto op = std::get<StridedSlice>(slice->op);
      op.end.back() *= 2;
      const ValueId planes = BothPlanes(slice->inputs[0]);
      return both_[coarse] = Append(std::move(op), {planes}, std::move(both));
    }
    const ValueId fine = FinePlane(coarse);
    return both_[coarse] = Append(Concatenation{axis}, {coarse, fine}, std::move(both));
  }

  /// What cuts the plane out of another with the same channels, or null.
  [[nodiscard]] const Node* SliceOfAllChannels(ValueId coarse) const {
    if (input_of_.contains(coarse)) return nullptr;
    const Node& node = from_.nodes[*uses_.Producer(coarse)];
    const auto* slice = std::get_if<StridedSlice>(&node.op);
    const bool is_such =
        slice != nullptr && slice->dropped.empty() &&
        from_[node.inputs[0]].shape.back() == from_[coarse].shape.back() &&
        slice->strides.back() == 1;
    return is_such ? &node : nullptr;
  }

  /// The fine plane that belongs to a coarse one, moved as that was.
  ValueId FinePlane(ValueId coarse) {
    if (const auto found = fine_.find(coarse); found != fine_.end()) return found->second;
    Value fine = from_[coarse];
    fine.name += "/fine";
    ValueId id;
    if (const auto input = input_of_.find(coarse); input != input_of_.end()) {
      id = Append(Quantize{DType::kInt8}, {Rest(input->second, coarse)}, std::move(fine));
    } else {
      const Node& mover = from_.nodes[*uses_.Producer(coarse)];
      id = Append(mover.op, {FinePlane(mover.inputs[0])}, std::move(fine));
    }
    fine_[coarse] = id;
    return id;
  }

  /// kFineSteps * (x - dequantize(q)), in float.
  ValueId Rest(ValueId input, ValueId coarse) {
    const auto result = [&](const char* suffix) {
      Value value = from_[input];
      value.name += suffix;
      return value;
    };
    const ValueId rounded = Append(Dequantize{}, {coarse}, result("/rounded"));
    const ValueId rest = Append(Sub{}, {input, rounded}, result("/rest"));
    const std::vector<float> steps = {kFineSteps};
    const ValueId factor = to_.AddConstant(from_[input].name + "/steps",
                                           Tensor::Of<float>({}, std::span(steps)));
    const ValueId scaled = Append(Mul{}, {rest, factor}, result("/rest_in_fine_steps"));
    for (const ValueId id : {rest, scaled}) {
      float_operators_.push_back(
          fmt::format("{} ({})", to_[id].name, id == rest ? Sub::kName : Mul::kName));
    }
    return scaled;
  }

  ValueId Append(Op op, std::vector<ValueId> inputs, Value result) {
    const std::string name = result.name;
    const ValueId id = to_.AddValue(std::move(result));
    to_.nodes.push_back({std::move(op), std::move(inputs), {id}, name});
    return id;
  }

  const Graph& from_;
  const Uses uses_;
  Graph to_;
  std::map<ValueId, ValueId> input_of_;  // by coarse plane
  std::set<std::size_t> is_refined_;     // nodes of from_
  std::map<ValueId, ValueId> fine_;      // by coarse plane, moved or not
  std::map<ValueId, ValueId> both_;      // by coarse plane, moved or not
  std::vector<std::string> float_operators_;
};

}  // namespace

std::set<ValueId> InputsToRefine(const Graph& quantized) {
  const Uses uses(quantized);
  std::set<ValueId> inputs;
  for (const Node& node : quantized.nodes) {
    const ValueId source = node.inputs.front();
    if (!IsMadeInFloat(quantized, uses, source)) continue;
    const auto plane = CoarsePlane(quantized, uses, source);
    if (plane.has_value() && !LinearReaders(quantized, uses, *plane).empty()) {
      inputs.insert(source);
    }
  }
  return inputs;
}

Range WithRoomForFinePlane(const Range& range) {
  constexpr float kCodes = 255;
  const float low = std::min(range.min, 0.0F);
  const float high = std::max(range.max, 0.0F);
  const float room = (high - low) / (kCodes - kFineSteps) * static_cast<float>(kRoom);
  return {low - room, high + room};
}

QuantizedGraph WithFineInputs(const QuantizedGraph& quantized,
                              const std::set<ValueId>& inputs) {
  Refiner refiner(quantized.graph);
  QuantizedGraph refined{refiner.Run(inputs), quantized.float_operators};
  std::ranges::copy(refiner.float_operators(),
                    std::back_inserter(refined.float_operators));
  return refined;
}

}  // namespace kinglet
