#include "quantize/dither.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace kinglet {
namespace {

/// So that kMostCopies of it stay in 32 bits; more than that is a dead channel's.
constexpr double kMostBias = 2147483647.0 / kMostCopies;

float WeightScale(const Quantization& weights, std::size_t channel) {
  return weights.scales[weights.scales.size() == 1 ? 0 : channel];
}

/// The part of a step by which copy `k` is rounded further.
double OffsetOf(int k, int copies) { return (k + 0.5) / copies - 0.5; }

class Ditherer {
 public:
  Ditherer(const Graph& graph, const Copies& copies)
      : from_(graph), plan_(graph, copies), to_(graph) {
    to_.nodes.clear();
  }

  DitheredGraph Run() {
    for (const Node& node : from_.nodes) {
      const int count = plan_.CopiesOf(node);
      if (count > 1) AddCopies(node, count);
      if (plan_.IsWhole(node)) AddWhole(node);
    }
    return {WithoutDeadParts(to_), std::move(copies_made_), std::move(float_operators_)};
  }

 private:
  void AddCopies(const Node& node, int count) {
    for (int k = 0; k < count; ++k) {
      Node copy = node;
      for (ValueId& id : copy.inputs) {
        if (plan_.Follows(node, id)) id = copies_.at(id)[static_cast<std::size_t>(k)];
      }
      Value value = from_[node.outputs[0]];
      value.name = fmt::format("{}/copy_{}", value.name, k);
      const ValueId out = to_.AddValue(std::move(value));
      copy.outputs[0] = out;
      copies_[node.outputs[0]].push_back(out);
      if (CanBeDithered(from_, node)) ShiftBias(copy, node, OffsetOf(k, count));
      if (plan_.Joins(node) && !plan_.Follows(node, node.inputs[0])) {
        ReadJoined(copy, node);
      }
      to_.nodes.push_back(std::move(copy));
    }
  }

  void AddWhole(const Node& node) {
    if (!plan_.Joins(node)) {
      to_.nodes.push_back(node);
    } else if (std::holds_alternative<Dequantize>(node.op)) {
      AddMean(node);
    } else {
      Node joined = node;
      ReadJoined(joined, node);
      to_.nodes.push_back(std::move(joined));
    }
  }

  /// The bias with so many steps of the result added.
  void ShiftBias(Node& copy, const Node& node, double steps) {
    const Quantization& weights = *from_[node.inputs[1]].quantization;
    const float input_scale = from_[node.inputs[0]].quantization->scales[0];
    const float step = from_[node.outputs[0]].quantization->scales[0];
    std::vector<std::int32_t> bias = BiasIntegers(from_, node);
    Quantization scales;
    for (std::size_t o = 0; o < bias.size(); ++o) {
      const float unit = input_scale * WeightScale(weights, o);
      const double shift = steps * step / unit;
      const double shifted = bias[o] + std::nearbyint(shift);
      if (std::abs(shifted) < kMostBias) bias[o] = static_cast<std::int32_t>(shifted);
      if (o < weights.scales.size()) {
        scales.scales.push_back(unit);
        scales.zero_points.push_back(0);
      }
    }
    copies_made_[to_[copy.outputs[0]].name] = {from_[node.outputs[0]].name, steps * step};
    SetBias(copy, to_[copy.outputs[0]].name + "/bias", bias, std::move(scales));
  }

  void SetBias(Node& node, const std::string& name, const std::vector<std::int32_t>& bias,
               Quantization scales) {
    const auto channels = static_cast<std::int64_t>(bias.size());
    const ValueId id = to_.AddConstant(
        name, Tensor::Of<std::int32_t>({channels}, std::span<const std::int32_t>(bias)));
    to_[id].quantization = std::move(scales);
    node.inputs.resize(3);
    node.inputs[2] = id;
  }

  /// All copies of the operand as channels, and as many times the weights. `node` is as
  /// it was, `joined` what becomes of it.
  void ReadJoined(Node& joined, const Node& node) {
    const int count = plan_.CountOf(node.inputs[0]);
    const auto factor = static_cast<float>(count);
    joined.inputs[0] = Joined(node.inputs[0]);
    joined.inputs[1] = RepeatedWeights(node.inputs[1], count);
    if (joined.inputs.size() < 3) return;
    const Value bias = to_[joined.inputs[2]];
    const auto integers = bias.constant->Data<std::int32_t>();
    std::vector<std::int32_t> larger(integers.begin(), integers.end());
    for (std::int32_t& one : larger) one *= count;
    Quantization scales = *bias.quantization;
    for (float& scale : scales.scales) scale /= factor;
    SetBias(joined, bias.name, larger, std::move(scales));
  }

  ValueId Joined(ValueId id) {
    if (const auto found = joined_.find(id); found != joined_.end()) return found->second;
    const auto axis = static_cast<std::int64_t>(from_[id].shape.size()) - 1;
    return joined_[id] = JoinedAlong(id, axis, "/copies");
  }

  ValueId JoinedAlong(ValueId id, std::int64_t axis, const char* ending) {
    Value value = from_[id];
    value.name += ending;
    value.shape[static_cast<std::size_t>(axis)] *= plan_.CountOf(id);
    const std::string name = value.name;
    return Append(Concatenation{axis}, copies_.at(id), to_.AddValue(std::move(value)),
                  name);
  }

  /// [.., channels] to [.., count * channels].
  ValueId RepeatedWeights(ValueId id, int count) {
    const auto key = std::pair(id, count);
    if (const auto found = weights_.find(key); found != weights_.end()) {
      return found->second;
    }
    const Value& weights = from_[id];
    Shape shape = weights.shape;
    const auto channels = static_cast<std::size_t>(shape.back());
    shape.back() *= count;
    Tensor repeated(DType::kInt8, shape);
    const auto source = weights.constant->Data<std::int8_t>();
    auto target = repeated.Data<std::int8_t>().begin();
    for (std::size_t row = 0; row < source.size(); row += channels) {
      for (int k = 0; k < count; ++k) {
        target = std::copy_n(source.begin() + static_cast<std::ptrdiff_t>(row), channels,
                             target);
      }
    }
    Quantization scales = *weights.quantization;
    for (float& scale : scales.scales) scale /= static_cast<float>(count);
    const ValueId added =
        to_.AddConstant(weights.name + "/repeated", std::move(repeated));
    to_[added].quantization = std::move(scales);
    return weights_[key] = added;
  }

  /// The mean of all copies as floats.
  void AddMean(const Node& node) {
    const ValueId joined = JoinedAlong(node.inputs[0], 0, "/copies_in_rows");
    Value floats = from_[node.outputs[0]];
    floats.name += "/copies";
    floats.shape[0] *= plan_.CountOf(node.inputs[0]);
    const ValueId all =
        Append(Dequantize{}, {joined}, to_.AddValue(std::move(floats)), node.name);
    Append(Mean{{.axes = {0}, .keep_dims = true}}, {all}, node.outputs[0], node.name);
    float_operators_.push_back(fmt::format("{} ({})", node.name, Mean::kName));
  }

  ValueId Append(Op op, std::vector<ValueId> inputs, ValueId out,
                 const std::string& name) {
    to_.nodes.push_back({std::move(op), std::move(inputs), {out}, name});
    return out;
  }

  const Graph& from_;
  const DitherPlan plan_;
  Graph to_;
  std::map<ValueId, std::vector<ValueId>> copies_;  // least offset first
  std::vector<std::string> float_operators_;
  std::map<std::string, DitheredCopy> copies_made_;
  std::map<ValueId, ValueId> joined_;                   // by value that has copies
  std::map<std::pair<ValueId, int>, ValueId> weights_;  // by weights and copies
};

}  // namespace

DitheredGraph WithDitheredResults(const Graph& quantized, const Copies& copies) {
  return Ditherer(quantized, copies).Run();
}

}  // namespace kinglet
