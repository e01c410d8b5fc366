// Layers that make categories of numbers.
#include "import/building_blocks.h"
#include "import/categories.h"
#include "import/layer_table.h"

namespace kinglet {
namespace {

/// The categories x as the layer's `output_mode` says: as they are, each as zeros with a
/// one, or which of them occur along the first axis of a sample, or how often.
ValueId Encoded(const LayerContext& context, ValueId x, std::int64_t depth,
                const std::string& mode) {
  if (mode == "int") return x;
  Shape shape = context.ShapeOf(x);
  if (mode == "one_hot") {
    if (shape.size() > 1 && shape.back() == 1) {
      shape.pop_back();
      x = Reshaped(context, x, shape, "categories");
    }
    return OneHotOf(context, x, depth, -1, DType::kFloat32, "");
  }
  if (mode != "multi_hot" && mode != "count") {
    context.Refuse("'output_mode' = '" + mode + "'");
  }
  if (shape.size() < 2) context.Refuse("of single numbers; use 'one_hot'");
  const ValueId ones = OneHotOf(context, x, depth, -1, DType::kFloat32, "one_hot");
  if (mode == "count") return context.Node(Sum{{.axes = {1}}}, {ones});
  return context.Node(ReduceMax{{.axes = {1}}}, {ones});
}

std::vector<ValueId> BuildDiscretization(const LayerContext& context) {
  const Json& given = context.Entry("bin_boundaries");
  std::vector<double> boundaries;
  for (const Json& boundary : given.is_array() ? given : Json::array()) {
    if (!boundary.is_number()) context.Refuse("boundaries that are no numbers");
    boundaries.push_back(boundary.get<double>());
  }
  if (boundaries.empty()) context.Refuse("without 'bin_boundaries'");
  const std::string mode = context.Text("output_mode", "int");
  const ValueId bin =
      BinOf(context, context.Input(), boundaries, mode == "int" ? "" : "bin");
  return {Encoded(context, bin, static_cast<std::int64_t>(boundaries.size()) + 1, mode)};
}

std::vector<ValueId> BuildCategoryEncoding(const LayerContext& context) {
  if (!context.Argument(1, "count_weights").is_null()) {
    context.Refuse("'count_weights'; multiply one_hot by them");
  }
  const ValueId x = context.Input();
  return {Encoded(context, x, context.Int("num_tokens", 0),
                  context.Text("output_mode", "multi_hot"))};
}

}  // namespace

const std::vector<LayerRow>& CategoryLayers() {
  static const std::vector<LayerRow> kRows = {
      {"Discretization",
       BuildDiscretization,
       "RESHAPE, GREATER_EQUAL, CAST, SUM, ROUND, CAST; as zeros and ones RESHAPE, "
       "EQUAL, "
       "CAST",
       {"bin_boundaries", "num_bins", "epsilon", "output_mode", "sparse"}},
      {"CategoryEncoding",
       BuildCategoryEncoding,
       "RESHAPE, EQUAL, CAST, multi_hot also REDUCE_MAX, count SUM",
       {"num_tokens", "output_mode", "sparse"}},
  };
  return kRows;
}

}  // namespace kinglet
