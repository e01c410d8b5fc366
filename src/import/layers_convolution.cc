// Conv2D, DepthwiseConv2D and Dense. Kernels are brought from Keras' layout (taps first,
// output last) to the graph's: [o,kh,kw,i], [1,kh,kw,c*m] and [o,i].
#include <fmt/format.h>

#include "import/building_blocks.h"
#include "import/layer_table.h"
#include "import/layout.h"

namespace kinglet {
namespace {

constexpr std::size_t kImageRank = 4;

void ExpectImage(const LayerContext& context) {
  if (context.inputs().size() != 1) context.Refuse("more than one input");
  if (context.ShapeOf(context.inputs()[0]).size() != kImageRank) {
    context.Refuse(
        fmt::format("an input of shape {}, not [batch, height, width, channels]",
                    ToString(context.ShapeOf(context.inputs()[0]))));
  }
  if (context.Text("data_format", "channels_last") != "channels_last") {
    context.Refuse("data_format channels_first; build the model with channels_last");
  }
}

Padding PaddingOf(const LayerContext& context) {
  const std::string padding = context.Text("padding", "valid");
  if (padding == "same") return Padding::kSame;
  if (padding == "valid") return Padding::kValid;
  context.Refuse(fmt::format("padding '{}'", padding));
}

/// The stored bias, or zeros.
ValueId Bias(const LayerContext& context, std::size_t index, std::int64_t channels) {
  if (!context.Flag("use_bias", true)) return context.ZeroBias(channels);
  return context.Constant("bias", context.Variable("", index, {channels}));
}

std::size_t VariablesWithBias(const LayerContext& context) {
  return context.Flag("use_bias", true) ? 2 : 1;
}

std::vector<ValueId> Activated(const LayerContext& context, ValueId x) {
  return {ApplyActivation(context, context.Entry("activation"), x)};
}

std::vector<ValueId> BuildConv2d(const LayerContext& context) {
  ExpectImage(context);
  const std::int64_t filters = context.Int("filters", 0);
  const std::int64_t groups = context.Int("groups", 1);
  const std::int64_t channels = context.ShapeOf(context.inputs()[0])[3];
  if (filters <= 0 || groups <= 0 || channels % groups != 0 || filters % groups != 0) {
    context.Corrupt(fmt::format("{} filters in {} groups for {} channels", filters,
                                groups, channels));
  }
  const Ints kernel_hs = context.PerAxis("kernel_size", 2, 1);
  const std::int64_t kernel_h = kernel_hs[0];
  const std::int64_t kernel_w = kernel_hs[1];
  const Ints stride_hs = context.PerAxis("strides", 2, 1);
  const std::int64_t stride_h = stride_hs[0];
  const std::int64_t stride_w = stride_hs[1];
  const Ints dilation_hs = context.PerAxis("dilation_rate", 2, 1);
  const std::int64_t dilation_h = dilation_hs[0];
  const std::int64_t dilation_w = dilation_hs[1];
  context.ExpectVariables("", VariablesWithBias(context));
  const Tensor kernel =
      context.Variable("", 0, {kernel_h, kernel_w, channels / groups, filters});
  const ValueId weights = context.Constant("kernel", Permuted(kernel, {3, 0, 1, 2}));
  const Conv2d op{.padding = PaddingOf(context),
                  .stride_h = stride_h,
                  .stride_w = stride_w,
                  .dilation_h = dilation_h,
                  .dilation_w = dilation_w};
  return Activated(context, context.Node(op, {context.inputs()[0], weights,
                                              Bias(context, 1, filters)}));
}

std::vector<ValueId> BuildDepthwiseConv2d(const LayerContext& context) {
  ExpectImage(context);
  const std::int64_t multiplier = context.Int("depth_multiplier", 1);
  const std::int64_t channels = context.ShapeOf(context.inputs()[0])[3];
  const Ints kernel_hs = context.PerAxis("kernel_size", 2, 1);
  const std::int64_t kernel_h = kernel_hs[0];
  const std::int64_t kernel_w = kernel_hs[1];
  const Ints stride_hs = context.PerAxis("strides", 2, 1);
  const std::int64_t stride_h = stride_hs[0];
  const std::int64_t stride_w = stride_hs[1];
  const Ints dilation_hs = context.PerAxis("dilation_rate", 2, 1);
  const std::int64_t dilation_h = dilation_hs[0];
  const std::int64_t dilation_w = dilation_hs[1];
  context.ExpectVariables("", VariablesWithBias(context));
  const Tensor kernel =
      context.Variable("", 0, {kernel_h, kernel_w, channels, multiplier});
  const ValueId weights = context.Constant(
      "kernel", kernel.Reshaped({1, kernel_h, kernel_w, channels * multiplier}));
  const DepthwiseConv2d op{.padding = PaddingOf(context),
                           .stride_h = stride_h,
                           .stride_w = stride_w,
                           .dilation_h = dilation_h,
                           .dilation_w = dilation_w};
  return Activated(context, context.Node(op, {context.inputs()[0], weights,
                                              Bias(context, 1, channels * multiplier)}));
}

std::vector<ValueId> BuildDense(const LayerContext& context) {
  if (context.inputs().size() != 1) context.Refuse("more than one input");
  const Shape& in = context.ShapeOf(context.inputs()[0]);
  if (in.size() < 2) context.Refuse("an input without batch");
  const std::int64_t units = context.Int("units", 0);
  context.ExpectVariables("", VariablesWithBias(context));
  const Tensor kernel = context.Variable("", 0, {in.back(), units});
  std::vector<ValueId> inputs = {context.inputs()[0],
                                 context.Constant("kernel", Permuted(kernel, {1, 0}))};
  if (context.Flag("use_bias", true)) inputs.push_back(Bias(context, 1, units));
  return Activated(context, context.Node(FullyConnected{}, inputs));
}

}  // namespace

const std::vector<LayerRow>& ConvolutionLayers() {
  static const std::vector<LayerRow> kRows = {
      {"Conv2D",
       BuildConv2d,
       "",
       {"filters", "kernel_size", "strides", "padding", "data_format", "dilation_rate",
        "groups", "activation", "use_bias"}},
      {"DepthwiseConv2D",
       BuildDepthwiseConv2d,
       "",
       {"kernel_size", "strides", "padding", "depth_multiplier", "data_format",
        "dilation_rate", "activation", "use_bias", "groups", "filters"}},
      {"Dense", BuildDense, "", {"units", "activation", "use_bias"}},
  };
  return kRows;
}

}  // namespace kinglet
