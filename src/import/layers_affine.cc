// Layers that map every channel by stored numbers: one factor and one offset each.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "import/building_blocks.h"
#include "import/layer_table.h"
#include "import/model_builder.h"

namespace kinglet {
namespace {

std::vector<ValueId> BuildBatchNormalization(const LayerContext& context) {
  const BatchNormalizationForm defaults;
  BatchNormalizationForm form{.axis = context.Int("axis", defaults.axis),
                              .scale = context.Flag("scale", true),
                              .center = context.Flag("center", true),
                              .renorm = context.Flag("renorm", false),
                              .epsilon = context.Number("epsilon", defaults.epsilon)};
  const ValueId x = context.Input();
  // The fused kernel of Keras 2 knows no smaller epsilon.
  constexpr double kSmallestFused = 1.001e-5;
  const bool is_fused = context.IsKeras2() && context.ShapeOf(x).size() == 4 &&
                        (form.axis == 3 || form.axis == -1);
  if (is_fused) form.epsilon = std::max(form.epsilon, kSmallestFused);
  return {AppendBatchNormalization(context, x, "", form)};
}

void CollectNumbers(const Json& json, std::vector<float>& numbers) {
  if (json.is_number()) numbers.push_back(json.get<float>());
  if (!json.is_structured()) return;
  for (const Json& member : json) CollectNumbers(member, numbers);
}

/// A statistic of Normalization over `axes`, from the configuration or the variables.
Tensor Statistic(const LayerContext& context, const char* key, std::size_t index,
                 const Shape& x, const Ints& axes) {
  const Shape along = Along(x, axes);
  const Shape sizes = SizesAt(x, axes);
  if (context.Entry(key).is_null()) {
    return context.Variable("", index, sizes).Reshaped(along);
  }
  std::vector<float> numbers;
  CollectNumbers(context.Entry(key), numbers);
  const auto count = static_cast<std::size_t>(ElementCount(sizes));
  if (numbers.size() == 1) numbers.assign(count, numbers[0]);
  if (numbers.size() != count) {
    context.Corrupt(
        fmt::format("'{}' holds {} numbers for {} places", key, numbers.size(), count));
  }
  return Tensor::Of<float>(along, std::span<const float>(numbers));
}

/// (x - mean) / max(sqrt(variance), 1e-7), or the inverse of that.
std::vector<ValueId> BuildNormalization(const LayerContext& context) {
  const ValueId x = context.Input();
  const Shape shape = context.ShapeOf(x);
  const Json& axis = context.Entry("axis");
  const Ints axes =
      AxesOf(context, axis.is_null() ? Json::array() : axis, {}, shape.size());
  const Tensor mean = Statistic(context, "mean", 0, shape, axes);
  Tensor deviation = Statistic(context, "variance", 1, shape, axes);
  Tensor factor = deviation;
  constexpr float kSmallest = 1e-7F;
  for (std::size_t i = 0; i < deviation.size(); ++i) {
    float& value = deviation.Data<float>()[i];
    value = std::max(std::sqrt(value), kSmallest);
    factor.Data<float>()[i] = 1.0F / value;
  }
  const ValueId offset = context.Constant("mean", mean);
  if (context.Flag("invert", false)) {
    const ValueId scaled =
        context.Node(Mul{}, {x, context.Constant("deviation", deviation)}, "mul");
    return {context.Node(Add{}, {scaled, offset})};
  }
  const ValueId centred = context.Node(Sub{}, {x, offset}, "sub");
  return {context.Node(Mul{}, {centred, context.Constant("factor", factor)})};
}

/// A number, or one for each channel.
ValueId NumbersOf(const LayerContext& context, const char* key, float missing) {
  std::vector<float> numbers;
  CollectNumbers(context.Entry(key), numbers);
  if (numbers.empty()) numbers.push_back(missing);
  return numbers.size() == 1 ? context.Scalar(key, numbers[0])
                             : context.Vector(key, numbers);
}

bool IsAll(const LayerContext& context, ValueId constant, float value) {
  return std::ranges::all_of(context.graph()[constant].constant->Data<float>(),
                             [&](float x) { return x == value; });
}

/// x * scale + offset
std::vector<ValueId> BuildRescaling(const LayerContext& context) {
  ValueId x = AsFloats(context, context.Input());
  const ValueId scale = NumbersOf(context, "scale", 1);
  const ValueId offset = NumbersOf(context, "offset", 0);
  if (!IsAll(context, scale, 1)) x = context.Node(Mul{}, {x, scale}, "mul");
  if (!IsAll(context, offset, 0)) x = context.Node(Add{}, {x, offset});
  return {x};
}

/// x * gamma per channel, as ConvNeXt in keras.applications has it.
std::vector<ValueId> BuildLayerScale(const LayerContext& context) {
  const ValueId x = context.Input();
  context.ExpectVariables("", 1);
  const Tensor gamma = context.Variable("", 0, {context.ShapeOf(x).back()});
  return {context.Node(Mul{}, {x, context.Constant("gamma", gamma)})};
}

}  // namespace

const std::vector<LayerRow>& AffineLayers() {
  static const std::vector<LayerRow> kRows = {
      {"BatchNormalization",
       BuildBatchNormalization,
       "part of the convolution or dense layer before it, else MUL, ADD",
       {"axis", "epsilon", "center", "scale", "momentum", "renorm", "renorm_clipping",
        "renorm_momentum", "synchronized", "fused", "virtual_batch_size"}},
      {"Normalization",
       BuildNormalization,
       "SUB, MUL",
       {"axis", "mean", "variance", "invert"}},
      {"LayerScale", BuildLayerScale, "MUL", {"init_values", "projection_dim"}},
      {"Rescaling", BuildRescaling, "MUL, ADD", {"scale", "offset"}},
  };
  return kRows;
}

}  // namespace kinglet
