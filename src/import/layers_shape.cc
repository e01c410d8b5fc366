// Layers that move or keep their input: flatten, reshape, padding, and everything that
// does nothing at inference.
#include <fmt/format.h>

#include <functional>
#include <numeric>

#include "import/layer_table.h"

namespace kinglet {
namespace {

std::vector<ValueId> BuildIdentity(const LayerContext& context) {
  return {context.inputs().at(0)};
}

std::vector<ValueId> BuildFlatten(const LayerContext& context) {
  const Shape& in = context.ShapeOf(context.inputs().at(0));
  if (context.Text("data_format", "channels_last") != "channels_last") {
    context.Refuse("data_format channels_first; build the model with channels_last");
  }
  return {context.Node(Reshape{{in[0], ElementCount(in) / in[0]}}, context.inputs())};
}

std::vector<ValueId> BuildReshape(const LayerContext& context) {
  const Shape& in = context.ShapeOf(context.inputs().at(0));
  const Json& target = context.Entry("target_shape");
  if (!target.is_array()) context.Corrupt("'target_shape' is missing");
  Shape out = {in[0]};
  std::int64_t known = in[0];
  std::size_t open = 0;
  for (const Json& size : target) {
    if (!size.is_number_integer()) context.Corrupt("'target_shape' holds no integers");
    out.push_back(size.get<std::int64_t>());
    if (out.back() == -1) open = out.size() - 1;
    if (out.back() != -1) known *= out.back();
  }
  if (open != 0 && known > 0) out[open] = ElementCount(in) / known;
  return {context.Node(Reshape{out}, context.inputs())};
}

/// [[top, bottom], [left, right]], [height, width], or one number.
std::vector<ValueId> BuildZeroPadding(const LayerContext& context) {
  const Json& padding = context.Entry("padding");
  if (context.Text("data_format", "channels_last") != "channels_last") {
    context.Refuse("data_format channels_first; build the model with channels_last");
  }
  Pad op{.before = {0, 0, 0, 0}, .after = {0, 0, 0, 0}};
  for (std::size_t axis = 0; axis < 2; ++axis) {
    const Json& entry =
        padding.is_array() && padding.size() == 2 ? padding[axis] : padding;
    const bool is_pair = entry.is_array() && entry.size() == 2;
    const Json& before = is_pair ? entry[0] : entry;
    const Json& after = is_pair ? entry[1] : entry;
    if (!before.is_number_integer() || !after.is_number_integer()) {
      context.Corrupt("'padding' holds no integers");
    }
    op.before[axis + 1] = before.get<std::int64_t>();
    op.after[axis + 1] = after.get<std::int64_t>();
  }
  return {context.Node(op, context.inputs())};
}

}  // namespace

const std::vector<LayerRow>& ShapeLayers() {
  static const std::vector<LayerRow> kRows = {
      {"Flatten", BuildFlatten, "", {"data_format"}},
      {"Reshape", BuildReshape, "", {"target_shape"}},
      {"ZeroPadding2D", BuildZeroPadding, "", {"padding", "data_format"}},
      {"Identity", BuildIdentity, "", {}},
      {"Dropout", BuildIdentity, "", {"rate", "noise_shape"}},
      {"SpatialDropout1D", BuildIdentity, "", {"rate"}},
      {"SpatialDropout2D", BuildIdentity, "", {"rate", "data_format"}},
      {"SpatialDropout3D", BuildIdentity, "", {"rate", "data_format"}},
      {"AlphaDropout", BuildIdentity, "", {"rate", "noise_shape"}},
      {"GaussianDropout", BuildIdentity, "", {"rate"}},
      {"GaussianNoise", BuildIdentity, "", {"stddev"}},
      {"ActivityRegularization", BuildIdentity, "", {"l1", "l2"}},
  };
  return kRows;
}

}  // namespace kinglet
