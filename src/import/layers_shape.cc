// Layers that move, repeat or leave out elements, and everything that does nothing at
// inference.
#include <fmt/format.h>

#include "import/building_blocks.h"
#include "import/layer_table.h"

namespace kinglet {
namespace {

std::vector<ValueId> BuildIdentity(const LayerContext& context) {
  return {context.Input()};
}

std::vector<ValueId> BuildFlatten(const LayerContext& context) {
  ValueId x = context.Input();
  const Shape in = context.ShapeOf(x);
  if (IsChannelsFirst(context) && in.size() > 2) {
    x = Transposed(context, x, PermToLast(1, in.size()), "to_channels_last");
  }
  return {Reshaped(context, x, {in[0], ElementCount(in) / in[0]}, "")};
}

std::vector<ValueId> BuildReshape(const LayerContext& context) {
  const ValueId x = context.Input();
  const Shape in = context.ShapeOf(x);
  const Json& target = context.Entry("target_shape");
  if (!target.is_array()) context.Corrupt("'target_shape' is missing");
  Shape out = {in[0]};
  std::int64_t known = in[0];
  std::size_t open = 0;
  for (const Json& size : target) {
    const bool is_open = size.is_null() || size == -1;
    if (!is_open && !size.is_number_integer()) {
      context.Corrupt("'target_shape' holds no integers");
    }
    out.push_back(is_open ? 1 : size.get<std::int64_t>());
    if (is_open) open = out.size() - 1;
    known *= out.back();
  }
  if (open != 0 && known > 0) out[open] = ElementCount(in) / known;
  return {Reshaped(context, x, out, "")};
}

/// Output axis i is input axis dims[i], counted from 1.
std::vector<ValueId> BuildPermute(const LayerContext& context) {
  const ValueId x = context.Input();
  const std::size_t axes = context.ShapeOf(x).size() - 1;
  const Json& dims = context.Entry("dims");
  Ints perm = {0};
  for (std::size_t i = 0; i < axes; ++i) {
    const bool is_given =
        dims.is_array() && dims.size() == axes && dims[i].is_number_integer();
    if (!is_given) context.Corrupt("'dims' is no permutation");
    perm.push_back(dims[i].get<std::int64_t>());
  }
  return {Transposed(context, x, perm, "")};
}

/// [n,f] -> [n,times,f]
std::vector<ValueId> BuildRepeatVector(const LayerContext& context) {
  const ValueId x = context.Input();
  const Shape in = context.ShapeOf(x);
  if (in.size() != 2) context.Refuse("an input that is no [batch, features]");
  const std::int64_t times = context.Int("n", 1);
  const ValueId row = Reshaped(context, x, {in[0], 1, in[1]}, "expand");
  if (times == 1) return {row};
  return {context.Node(BroadcastTo{{in[0], times, in[1]}}, {row})};
}

struct Edges {
  Ints before;
  Ints after;
};

/// [[top, bottom], [left, right]], [height, width], or one number; for series [left,
/// right] or one number. For all axes of the input.
Edges EdgesOf(const LayerContext& context, const char* key, std::size_t axes) {
  const Json& entry = context.Entry(key);
  const std::size_t rank = context.ShapeOf(context.Input()).size();
  if (rank != axes + 2) {
    context.Refuse(
        fmt::format("an input with {} axes, where {} are needed", rank, axes + 2));
  }
  Edges edges{Ints(rank, 0), Ints(rank, 0)};
  const std::size_t first = axes <= 2 && IsChannelsFirst(context) ? 2 : 1;
  for (std::size_t i = 0; i < axes; ++i) {
    const bool is_list = entry.is_array() && entry.size() == axes && axes > 1;
    const Json& of_axis = is_list ? entry[i] : entry;
    const bool is_pair = of_axis.is_array() && of_axis.size() == 2;
    const Json& before = is_pair ? of_axis[0] : of_axis;
    const Json& after = is_pair ? of_axis[1] : of_axis;
    if (!before.is_number_unsigned() || !after.is_number_unsigned()) {
      context.Corrupt(fmt::format("'{}' holds no sizes", key));
    }
    edges.before[first + i] = before.get<std::int64_t>();
    edges.after[first + i] = after.get<std::int64_t>();
  }
  return edges;
}

template <std::size_t kAxes>
std::vector<ValueId> BuildZeroPadding(const LayerContext& context) {
  const Edges edges = EdgesOf(context, "padding", kAxes);
  return {context.Node(Pad{edges.before, edges.after}, {context.Input()})};
}

template <std::size_t kAxes>
std::vector<ValueId> BuildCropping(const LayerContext& context) {
  const Edges edges = EdgesOf(context, "cropping", kAxes);
  const Shape in = context.ShapeOf(context.Input());
  StridedSlice op{.begin = edges.before, .end = in, .strides = Ints(in.size(), 1)};
  for (std::size_t i = 0; i < in.size(); ++i) {
    op.end[i] -= edges.after[i];
    if (op.end[i] <= op.begin[i]) context.Corrupt("nothing is left after cropping");
  }
  return {context.Node(op, {context.Input()})};
}

const std::vector<std::string_view> kAugmentationKeys = {"factor",
                                                         "addition_factor",
                                                         "threshold_factor",
                                                         "mode",
                                                         "height_factor",
                                                         "width_factor",
                                                         "fill_mode",
                                                         "interpolation",
                                                         "fill_value",
                                                         "data_format",
                                                         "seed",
                                                         "value_range",
                                                         "upper",
                                                         "lower",
                                                         "num_ops",
                                                         "rate",
                                                         "contrast_factor",
                                                         "brightness_factor",
                                                         "hue_factor",
                                                         "kernel_size",
                                                         "saturation_factor",
                                                         "alpha",
                                                         "sigma",
                                                         "x_factor",
                                                         "y_factor",
                                                         "scale",
                                                         "num_layers",
                                                         "stddev",
                                                         "convert_to_grayscale"};

}  // namespace

const std::vector<LayerRow>& ShapeLayers() {
  static const std::vector<LayerRow> kRows = {
      {"Flatten", BuildFlatten, "RESHAPE", {"data_format"}},
      {"Reshape", BuildReshape, "RESHAPE", {"target_shape"}},
      {"Permute", BuildPermute, "TRANSPOSE", {"dims"}},
      {"RepeatVector", BuildRepeatVector, "RESHAPE, BROADCAST_TO", {"n"}},
      {"ZeroPadding1D", BuildZeroPadding<1>, "PAD", {"padding", "data_format"}},
      {"ZeroPadding2D",
       BuildZeroPadding<2>,
       "PAD, or part of the convolution after it",
       {"padding", "data_format"}},
      {"Cropping1D", BuildCropping<1>, "STRIDED_SLICE", {"cropping"}},
      {"Cropping2D", BuildCropping<2>, "STRIDED_SLICE", {"cropping", "data_format"}},
  };
  return kRows;
}

const std::vector<LayerRow>& IdentityLayers() {
  static const std::vector<LayerRow> kRows = [] {
    std::vector<LayerRow> rows = {
        {"Identity", BuildIdentity, "nothing", {}},
        {"Dropout", BuildIdentity, "nothing", {"rate", "noise_shape"}},
        {"SpatialDropout1D", BuildIdentity, "nothing", {"rate"}},
        {"SpatialDropout2D", BuildIdentity, "nothing", {"rate", "data_format"}},
        {"SpatialDropout3D", BuildIdentity, "nothing", {"rate", "data_format"}},
        {"AlphaDropout", BuildIdentity, "nothing", {"rate", "noise_shape"}},
        {"GaussianDropout", BuildIdentity, "nothing", {"rate"}},
        {"GaussianNoise", BuildIdentity, "nothing", {"stddev"}},
        {"StochasticDepth", BuildIdentity, "nothing", {"rate", "drop_path_rate"}},
        {"ActivityRegularization", BuildIdentity, "nothing", {"l1", "l2"}}};
    for (const char* name : {"RandomFlip",
                             "RandomRotation",
                             "RandomZoom",
                             "RandomTranslation",
                             "RandomContrast",
                             "RandomBrightness",
                             "RandomHue",
                             "RandomSaturation",
                             "RandomSharpness",
                             "RandomShear",
                             "RandomColorJitter",
                             "RandomColorDegeneration",
                             "RandomErasing",
                             "Solarization",
                             "RandomGaussianBlur",
                             "RandomGrayscale",
                             "RandomInvert",
                             "RandomPosterization",
                             "RandomPerspective",
                             "RandomElasticTransform",
                             "RandomHeight",
                             "RandomWidth",
                             "AugMix",
                             "RandAugment",
                             "MixUp",
                             "CutMix"}) {
      rows.push_back({name, BuildIdentity, "nothing", kAugmentationKeys});
    }
    return rows;
  }();
  return kRows;
}

}  // namespace kinglet
