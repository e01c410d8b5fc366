#include "tune/rounded_copy.h"

#include <algorithm>
#include <span>
#include <utility>

#include "quantize/addends.h"

namespace kinglet {
namespace {

class RoundedCopy {
 public:
  RoundedCopy(const Graph& graph, ValueId id, const ParamsPlan& plan)
      : graph_(graph), id_(id), plan_(plan), uses_(graph), copy_(graph) {}

  Graph InParts(int parts) {
    return With(Rounded(id_, *plan_.params[Index(id_)], parts));
  }

  [[nodiscard]] bool IsSumOfCopies() const {
    const auto producer = uses_.Producer(id_);
    if (!producer.has_value() || !IsSum(graph_.nodes[*producer])) return false;
    return std::ranges::any_of(graph_.nodes[*producer].inputs,
                               [this](ValueId operand) { return HasCopies(operand); });
  }

  /// The value and the mean of what rounding copies of the sum adds to them.
  /// REQUIRES: IsSumOfCopies().
  Graph OfSum(int copies) {
    const Node& sum = graph_.nodes[*uses_.Producer(id_)];
    ValueId errors{};
    for (int k = 0; k < copies; ++k) {
      const double offset = (k + 0.5) / copies - 0.5;
      const ValueId first = CopyOf(sum.inputs[0], offset);
      const ValueId second = CopyOf(sum.inputs[1], offset);
      const ValueId exact = Append(sum.op, first, second, id_);
      const ValueId rounded = Rounded(exact, *plan_.params[Index(id_)], 1);
      const ValueId error = Append(Sub{}, rounded, exact, id_);
      errors = k == 0 ? error : Append(Add{}, errors, error, id_);
    }
    const ValueId mean =
        Append(Mul{}, errors, Number(1.0F / static_cast<float>(copies)), id_);
    return With(Append(Add{}, id_, mean, id_));
  }

 private:
  /// Inputs and constants stand once.
  [[nodiscard]] bool HasCopies(ValueId operand) const {
    return uses_.Producer(operand).has_value() &&
           plan_.params[Index(operand)].has_value();
  }

  ValueId CopyOf(ValueId operand, double offset) {
    if (!HasCopies(operand)) return operand;
    const QuantParams& params = *plan_.params[Index(operand)];
    const auto shift = static_cast<float>(offset * params.scale);
    return Rounded(Append(Add{}, operand, Number(shift), operand), params, 1);
  }

  /// In float again after it was rounded to a part of the steps.
  ValueId Rounded(ValueId exact, const QuantParams& params, int parts) {
    Value integers = graph_[id_];
    integers.shape = copy_[exact].shape;
    integers.dtype = parts == 1 ? DType::kInt8 : DType::kInt16;
    const float step = params.scale / static_cast<float>(parts);
    integers.quantization = Quantization{{step}, {params.zero_point * parts}, 0};
    const ValueId stored = Append(Quantize{}, {exact}, std::move(integers));
    return Append(Dequantize{}, {stored}, FloatLike(exact));
  }

  /// The result has the shape of `like`.
  ValueId Append(Op op, ValueId first, ValueId second, ValueId like) {
    return Append(std::move(op), {first, second}, FloatLike(like));
  }

  ValueId Append(Op op, std::vector<ValueId> inputs, Value result) {
    const ValueId id = copy_.AddValue(std::move(result));
    added_.push_back({std::move(op), std::move(inputs), {id}, graph_[id_].name});
    return id;
  }

  [[nodiscard]] Value FloatLike(ValueId id) const {
    Value value = graph_[id_];
    value.shape = copy_[id].shape;
    return value;
  }

  ValueId Number(float number) {
    return copy_.AddConstant(graph_[id_].name,
                             Tensor::Of<float>({}, std::span(&number, 1)));
  }

  /// That value for all that read the one to round.
  Graph With(ValueId rounded) {
    for (Node& node : copy_.nodes) std::ranges::replace(node.inputs, id_, rounded);
    for (Port& port : copy_.outputs) {
      if (port.value == id_) port.value = rounded;
    }
    const auto producer = uses_.Producer(id_);
    const auto place =
        producer.has_value() ? static_cast<std::ptrdiff_t>(*producer) + 1 : 0;
    copy_.nodes.insert(copy_.nodes.begin() + place, added_.begin(), added_.end());
    return std::move(copy_);
  }

  const Graph& graph_;
  ValueId id_;
  const ParamsPlan& plan_;
  const Uses uses_;
  Graph copy_;
  std::vector<Node> added_;
};

}  // namespace

Graph WithRoundedValue(const Graph& graph, ValueId id, const ParamsPlan& plan) {
  return RoundedCopy(graph, id, plan).InParts(1);
}

Graph WithValueInCopies(const Graph& graph, ValueId id, const ParamsPlan& plan,
                        int copies) {
  RoundedCopy copy(graph, id, plan);
  return copy.IsSumOfCopies() ? copy.OfSum(copies) : copy.InParts(copies);
}

}  // namespace kinglet
