// Convolutions of series and pictures: plain, depthwise and separable.
#include <fmt/format.h>

#include "import/building_blocks.h"
#include "import/convolution.h"
#include "import/layer_table.h"

namespace kinglet {
namespace {

const std::vector<std::string_view> kPlainKeys = {
    "filters",       "kernel_size", "strides",    "padding", "data_format",
    "dilation_rate", "groups",      "activation", "use_bias"};
const std::vector<std::string_view> kDepthwiseKeys = {
    "kernel_size",   "strides",    "padding",  "depth_multiplier", "data_format",
    "dilation_rate", "activation", "use_bias", "groups",           "filters"};

template <std::size_t kAxes>
std::vector<ValueId> BuildPlain(const LayerContext& context) {
  const ImageForm form(context, kAxes);
  const Window window = WindowOf(context, kAxes);
  const ValueId x = form.In(context.Input());
  const std::int64_t channels = context.ShapeOf(x)[3];
  const std::int64_t filters = context.Int("filters", 0);
  const std::int64_t groups = context.Int("groups", 1);
  if (groups < 1 || channels % groups != 0 || filters % groups != 0) {
    context.Corrupt(fmt::format("{} filters in {} groups for {} channels", filters,
                                groups, channels));
  }
  context.ExpectVariables("", VariablesWithBias(context, 1));
  const Tensor kernel =
      KernelVariable(context, 0, window, kAxes, {channels / groups, filters});
  const ValueId y =
      Convolved(context, x, window, kernel, BiasOrZeros(context, 1, filters));
  return {ActivatedImage(context, form, y)};
}

template <std::size_t kAxes>
std::vector<ValueId> BuildDepthwise(const LayerContext& context) {
  const ImageForm form(context, kAxes);
  const Window window = WindowOf(context, kAxes);
  const ValueId x = form.In(context.Input());
  const std::int64_t multiplier = context.Int("depth_multiplier", 1);
  const std::int64_t channels = context.ShapeOf(x)[3];
  context.ExpectVariables("", VariablesWithBias(context, 1));
  const Tensor kernel = KernelVariable(context, 0, window, kAxes, {channels, multiplier});
  const ValueId y = ConvolvedDepthwise(context, x, window, kernel,
                                       BiasOrZeros(context, 1, channels * multiplier));
  return {ActivatedImage(context, form, y)};
}

template <std::size_t kAxes>
std::vector<ValueId> BuildSeparable(const LayerContext& context) {
  const ImageForm form(context, kAxes);
  const Window window = WindowOf(context, kAxes);
  const ValueId x = form.In(context.Input());
  const std::int64_t multiplier = context.Int("depth_multiplier", 1);
  const std::int64_t channels = context.ShapeOf(x)[3];
  const std::int64_t filters = context.Int("filters", 0);
  context.ExpectVariables("", VariablesWithBias(context, 2));
  const Tensor depthwise =
      KernelVariable(context, 0, window, kAxes, {channels, multiplier});
  const Tensor pointwise =
      KernelVariable(context, 1, Window{}, kAxes, {channels * multiplier, filters});
  const ValueId y = ConvolvedSeparable(context, x, window, depthwise, pointwise,
                                       BiasOrZeros(context, 2, filters));
  return {ActivatedImage(context, form, y)};
}

std::vector<std::string_view> SeparableKeys() {
  std::vector<std::string_view> keys = kPlainKeys;
  keys.emplace_back("depth_multiplier");
  return keys;
}

}  // namespace

const std::vector<LayerRow>& ConvolutionLayers() {
  static const std::vector<LayerRow> kRows = {
      {"Conv1D", BuildPlain<1>, "RESHAPE, CONV_2D, RESHAPE", kPlainKeys},
      {"Conv2D", BuildPlain<2>, "CONV_2D", kPlainKeys},
      {"DepthwiseConv1D", BuildDepthwise<1>, "RESHAPE, DEPTHWISE_CONV_2D, RESHAPE",
       kDepthwiseKeys},
      {"DepthwiseConv2D", BuildDepthwise<2>, "DEPTHWISE_CONV_2D", kDepthwiseKeys},
      {"SeparableConv1D", BuildSeparable<1>,
       "RESHAPE, DEPTHWISE_CONV_2D, CONV_2D, RESHAPE", SeparableKeys()},
      {"SeparableConv2D", BuildSeparable<2>, "DEPTHWISE_CONV_2D, CONV_2D",
       SeparableKeys()},
  };
  return kRows;
}

}  // namespace kinglet
