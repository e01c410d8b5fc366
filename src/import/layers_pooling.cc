// Pools over windows and over the whole image.
#include <fmt/format.h>

#include "import/layer_table.h"

namespace kinglet {
namespace {

void ExpectImage(const LayerContext& context) {
  if (context.Text("data_format", "channels_last") != "channels_last") {
    context.Refuse("data_format channels_first; build the model with channels_last");
  }
  if (context.ShapeOf(context.inputs().at(0)).size() != 4) {
    context.Refuse("an input that is no [batch, height, width, channels]");
  }
}

template <typename Pool>
std::vector<ValueId> BuildPool(const LayerContext& context) {
  ExpectImage(context);
  const Ints filter = context.PerAxis("pool_size", 2, 2);
  const bool has_strides = !context.Entry("strides").is_null();
  const Ints stride = has_strides ? context.PerAxis("strides", 2, 1) : filter;
  const std::string padding = context.Text("padding", "valid");
  if (padding != "same" && padding != "valid") {
    context.Refuse(fmt::format("padding '{}'", padding));
  }
  return {
      context.Node(Pool{{.padding = padding == "same" ? Padding::kSame : Padding::kValid,
                         .stride_h = stride[0],
                         .stride_w = stride[1],
                         .filter_h = filter[0],
                         .filter_w = filter[1]}},
                   {context.inputs()[0]})};
}

template <typename Reduction>
std::vector<ValueId> BuildGlobalPool(const LayerContext& context) {
  ExpectImage(context);
  const Reduction op{{.axes = {1, 2}, .keep_dims = context.Flag("keepdims", false)}};
  return {context.Node(op, {context.inputs()[0]})};
}

}  // namespace

const std::vector<LayerRow>& PoolingLayers() {
  static const std::vector<LayerRow> kRows = {
      {"AveragePooling2D",
       BuildPool<AveragePool2d>,
       "",
       {"pool_size", "strides", "padding", "data_format"}},
      {"MaxPooling2D",
       BuildPool<MaxPool2d>,
       "",
       {"pool_size", "strides", "padding", "data_format"}},
      {"GlobalAveragePooling2D", BuildGlobalPool<Mean>, "", {"keepdims", "data_format"}},
      {"GlobalMaxPooling2D", BuildGlobalPool<ReduceMax>, "", {"keepdims", "data_format"}},
  };
  return kRows;
}

}  // namespace kinglet
