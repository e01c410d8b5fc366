// Convolutions with kernels that the file holds, and patches of pictures.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "import/convolution.h"
#include "import/operation.h"

namespace kinglet {
namespace {

constexpr Names kInput = {"inputs", "input", "images"};
constexpr Names kKernel = {"kernel", "filters", "filter"};

/// The data of a call over series or pictures, and how a kernel moves over it.
struct ConvolutionCall {
  const Operation& operation;
  ValueId x;
  std::size_t axes;
  bool channels_first;
  ImageForm form;

  /// One number per spatial axis; TensorFlow may give batch and channels one as well.
  [[nodiscard]] Ints Sizes(Names names, const Ints& missing = {1}) const {
    Ints given = operation.Integers(-1, names).value_or(missing);
    if (given.size() == 1) given.resize(axes, std::int64_t{given[0]});
    if (given.size() == axes) return given;
    if (given.size() != axes + 2) {
      operation.context().Corrupt(fmt::format("{} numbers in '{}' for {} axes",
                                              given.size(), *names.begin(), axes));
    }
    const auto begin = given.begin() + (channels_first ? 2 : 1);
    Ints sizes(begin, begin + static_cast<std::ptrdiff_t>(axes));
    if (ElementCount(given) != ElementCount(sizes)) {
      operation.context().Refuse(
          fmt::format("'{}' along the batch or the channels", *names.begin()));
    }
    return sizes;
  }

  [[nodiscard]] Window Over(const Ints& kernel, const Ints& missing_strides = {1}) const {
    const Json& padding = operation.Argument(-1, {"padding"});
    if (!padding.is_null() && !padding.is_string()) {
      operation.context().Refuse("padding in numbers; use ZeroPadding in front");
    }
    std::string name = padding.is_null() ? "valid" : padding.get<std::string>();
    std::ranges::transform(name, name.begin(), [](unsigned char c) {
      return static_cast<char>(std::tolower(c));
    });
    if (name == "causal") operation.context().Refuse("padding 'causal'");
    return WindowFrom(operation.context(),
                      {kernel, Sizes({"strides", "stride"}, missing_strides),
                       Sizes({"dilation_rate", "dilations", "rates"})},
                      name);
  }

  /// A kernel of taps and two more axes as [kh,kw,...].
  [[nodiscard]] Tensor Kernel(int place, Names names) const {
    const Tensor kernel = operation.Constant(place, names);
    Shape shape = kernel.shape();
    if (shape.size() != axes + 2) {
      operation.context().Corrupt(
          fmt::format("a kernel of {} axes for data of {}", shape.size(), axes + 2));
    }
    if (axes == 1) shape.insert(shape.begin(), 1);
    return kernel.Reshaped(shape);
  }

  [[nodiscard]] Window Over(const Tensor& kernel) const {
    const Shape& shape = kernel.shape();
    return Over(axes == 1 ? Ints{shape[1]} : Ints{shape[0], shape[1]});
  }

  [[nodiscard]] ValueId In() const { return form.In(x); }
};

ConvolutionCall CallOf(const Operation& operation) {
  const ValueId x = operation.Operand(0, kInput);
  const Shape shape = operation.ShapeOf(x);
  if (shape.size() < 3 || shape.size() > 4) {
    operation.context().Refuse(fmt::format(
        "an input of shape {}, which is neither [batch, steps, channels] nor [batch, "
        "height, width, channels]",
        ToString(shape)));
  }
  const std::size_t axes = shape.size() - 2;
  const bool channels_first = operation.HasChannelsFirst();
  return {operation, x, axes, channels_first,
          ImageForm(operation.context(), shape, axes, channels_first)};
}

std::vector<ValueId> Convolve(const Operation& operation) {
  const LayerContext& context = operation.context();
  const ConvolutionCall call = CallOf(operation);
  const Tensor kernel = call.Kernel(1, kKernel);
  const ValueId y = Convolved(context, call.In(), call.Over(kernel), kernel,
                              context.ZeroBias(kernel.shape()[3]));
  return {call.form.Out(y)};
}

std::vector<ValueId> ConvolveDepthwise(const Operation& operation) {
  const LayerContext& context = operation.context();
  const ConvolutionCall call = CallOf(operation);
  const Tensor kernel = call.Kernel(1, kKernel);
  const ValueId y =
      ConvolvedDepthwise(context, call.In(), call.Over(kernel), kernel,
                         context.ZeroBias(kernel.shape()[2] * kernel.shape()[3]));
  return {call.form.Out(y)};
}

std::vector<ValueId> ConvolveSeparable(const Operation& operation) {
  const LayerContext& context = operation.context();
  const ConvolutionCall call = CallOf(operation);
  const Tensor depthwise = call.Kernel(1, {"depthwise_kernel", "depthwise_filter"});
  const Tensor pointwise = call.Kernel(2, {"pointwise_kernel", "pointwise_filter"});
  if (pointwise.shape()[0] != 1 || pointwise.shape()[1] != 1) {
    context.Corrupt("a pointwise kernel of several taps");
  }
  const ValueId y =
      ConvolvedSeparable(context, call.In(), call.Over(depthwise), depthwise, pointwise,
                         context.ZeroBias(pointwise.shape()[3]));
  return {call.form.Out(y)};
}

/// A kernel that picks each element of a patch: [kh,kw,c,kh*kw*c].
Tensor Picking(const Ints& size, std::int64_t channels) {
  const std::int64_t elements = size[0] * size[1] * channels;
  Tensor kernel(DType::kFloat32, {size[0], size[1], channels, elements});
  for (std::int64_t i = 0; i < elements; ++i) {
    kernel.Data<float>()[static_cast<std::size_t>(i * (elements + 1))] = 1;
  }
  return kernel;
}

/// Squares that lie side by side are a rearrangement, others a convolution.
std::vector<ValueId> Patches(const Operation& operation) {
  const LayerContext& context = operation.context();
  const ConvolutionCall call = CallOf(operation);
  if (call.axes != 2) context.Refuse("a picture without batch");
  const Ints given = operation.Integers(-1, {"size", "sizes"}).value_or(Ints());
  if (given.empty()) context.Corrupt("no size of the patches");
  if (given.size() == 3) context.Refuse("patches of three axes");
  const Ints size = call.Sizes({"size", "sizes"});
  const Window window = call.Over(size, size);
  const ValueId x = call.In();
  const Shape in = context.ShapeOf(x);
  const std::int64_t block = window.kernel_h;
  const bool is_side_by_side = window.kernel_w == block && window.stride_h == block &&
                               window.stride_w == block && window.dilation_h == 1 &&
                               window.dilation_w == 1 && in[1] % block == 0 &&
                               in[2] % block == 0;
  if (is_side_by_side && block > 1) {
    return {call.form.Out(operation.Node(SpaceToDepth{block}, {x}))};
  }
  constexpr std::int64_t kMostNumbers = 4096;
  if (size[0] > in[1] || size[1] > in[2] || ElementCount(size) * in[3] > kMostNumbers) {
    context.Refuse(
        fmt::format("patches of {} of a picture {}, of which the kernel that picks them "
                    "would have the square; use crops or strides of the size",
                    ToString(size), ToString(in)));
  }
  const Tensor kernel = Picking(size, in[3]);
  return {call.form.Out(
      Convolved(context, x, window, kernel, context.ZeroBias(kernel.shape()[3])))};
}

}  // namespace

const std::vector<OperationRow>& ConvolutionOperations() {
  static const std::vector<OperationRow> kRows = {
      {"Conv",
       {"nn.conv2d", "nn.conv1d", "nn.convolution"},
       Convolve,
       "as the layers Conv1D and Conv2D, with a constant kernel"},
      {"DepthwiseConv",
       {"nn.depthwise_conv2d"},
       ConvolveDepthwise,
       "as the layers, with a constant kernel"},
      {"SeparableConv",
       {"nn.separable_conv2d"},
       ConvolveSeparable,
       "as the layers, with constant kernels"},
      {"ExtractPatches",
       {"image.extract_patches"},
       Patches,
       "SPACE_TO_DEPTH where squares lie side by side, else CONV_2D"},
  };
  return kRows;
}

}  // namespace kinglet
