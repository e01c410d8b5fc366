// Transposed convolutions of series and pictures.
#include "import/convolution.h"
#include "import/layer_table.h"

namespace kinglet {
namespace {

template <std::size_t kAxes>
std::vector<ValueId> BuildTransposed(const LayerContext& context) {
  const ImageForm form(context, kAxes);
  const Window window = WindowOf(context, kAxes);
  const ValueId x = form.In(context.Input());
  const std::int64_t filters = context.Int("filters", 0);
  context.ExpectVariables("", VariablesWithBias(context, 1));
  const Tensor kernel =
      KernelVariable(context, 0, window, kAxes, {filters, context.ShapeOf(x)[3]});
  std::optional<ValueId> bias;
  if (context.Flag("use_bias", true)) bias = BiasOrZeros(context, 1, filters);
  std::optional<Ints> output_padding;
  if (!context.Entry("output_padding").is_null()) {
    output_padding = context.PerAxis("output_padding", kAxes, 0);
  }
  const ValueId y = ConvolvedTransposed(context, x, window, kernel, bias, output_padding);
  return {ActivatedImage(context, form, y)};
}

const std::vector<std::string_view> kKeys = {
    "filters",       "kernel_size",    "strides",    "padding",  "data_format",
    "dilation_rate", "output_padding", "activation", "use_bias", "groups"};

}  // namespace

const std::vector<LayerRow>& TransposeConvolutionLayers() {
  static const std::vector<LayerRow> kRows = {
      {"Conv1DTranspose", BuildTransposed<1>, "RESHAPE, TRANSPOSE_CONV, RESHAPE", kKeys},
      {"Conv2DTranspose", BuildTransposed<2>, "TRANSPOSE_CONV", kKeys},
  };
  return kRows;
}

}  // namespace kinglet
