// Compositions of operations that several layers are made of. What changes nothing adds
// no node.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "import/layer_context.h"

namespace kinglet {

/// An axis that may count from the end, counted from the front.
/// @throws kCorrupt naming the layer when it is out of range.
std::int64_t AxisOf(const LayerContext& context, std::int64_t axis, std::size_t rank);

/// The axes of an entry (a number or a list), sorted, counted from the front; `missing`
/// when it is null. @throws kCorrupt naming the layer.
Ints AxesOf(const LayerContext& context, const Json& entry, const Ints& missing,
            std::size_t rank);

ValueId Reshaped(const LayerContext& context, ValueId x, Shape shape,
                 const std::string& suffix);
ValueId Transposed(const LayerContext& context, ValueId x, const Ints& perm,
                   const std::string& suffix);
/// Each of the axes, which rise, turned around. The runtimes want neighbours in a node.
ValueId Reversed(const LayerContext& context, ValueId x, const Ints& axes,
                 const std::string& suffix);
/// Elements begin, begin + stride, ... below end of one axis.
ValueId Sliced(const LayerContext& context, ValueId x, std::int64_t axis,
               std::int64_t begin, std::int64_t end, const std::string& suffix);

/// x * factor and x + offset with scalars; nothing for a factor of 1, an offset of 0.
ValueId Times(const LayerContext& context, ValueId x, float factor,
              const std::string& suffix);
ValueId Plus(const LayerContext& context, ValueId x, float offset,
             const std::string& suffix);

/// Integers and bools as float32, in which all whole numbers up to 2^24 exist.
ValueId AsFloats(const LayerContext& context, ValueId x,
                 const std::string& suffix = "floats");
/// Floats that stand for whole numbers as int32. Rounded to INT8 they are none, and a
/// cast cuts.
ValueId AsWhole(const LayerContext& context, ValueId x, const std::string& suffix = "");
/// x to a power, without POW where products and roots do.
ValueId Raised(const LayerContext& context, ValueId x, float power,
               const std::string& suffix);
/// A value that is not negative with the sign of x.
ValueId WithSignOf(const LayerContext& context, ValueId magnitude, ValueId x,
                   const std::string& suffix);

/// x p(x^2) with the coefficients of p from the highest down.
ValueId OddPolynomial(const LayerContext& context, ValueId x,
                      std::span<const float> coefficients, const std::string& suffix);

/// x as a condition: what is not zero.
ValueId AsCondition(const LayerContext& context, ValueId x);

/// Whether any of the bools is set over the axes, which stay with size 1. TensorFlow
/// Lite Micro can only say whether all are.
ValueId AnyOver(const LayerContext& context, ValueId bools, const Ints& axes,
                const std::string& suffix);

/// x divided by its norm over `axes`, of which the square is at least `smallest`.
ValueId DividedByNorm(const LayerContext& context, ValueId x, const Ints& axes,
                      double smallest, const std::string& suffix);

/// x * factor + offset per channel, of which one may be empty: where x is a picture a
/// depthwise convolution, which rounds once in INT8, else a product and a sum.
ValueId MappedPerChannel(const LayerContext& context, ValueId x,
                         const std::vector<float>& factor,
                         const std::vector<float>& offset, const std::string& suffix);

/// x without `axes`, which rise.
Shape WithoutAxes(Shape x, const Ints& axes);
/// The sizes of x along `axes`.
Shape SizesAt(const Shape& x, const Ints& axes);
/// The shape in which a tensor of those sizes broadcasts to x, without leading ones.
Shape Along(const Shape& x, const Ints& axes);

/// The axes with `axis` as the last one.
Ints PermToLast(std::int64_t axis, std::size_t rank);
/// What undoes a permutation.
Ints Inverse(const Ints& perm);

/// Applies a Keras activation (the value of an `activation` key) to `x`; the one argument
/// that some have may differ from its default.
/// @throws kUnsupported for one that is not known.
ValueId ApplyActivation(const LayerContext& context, const Json& activation, ValueId x,
                        const std::string& suffix = "",
                        std::optional<float> parameter = std::nullopt);
/// Whether an activation computes each element from that element alone.
bool IsElementwise(const Json& activation);

/// Softmax and the like over one axis: it is brought to the end and back.
ValueId OverAxis(const LayerContext& context, ValueId x, std::int64_t axis, const Op& op,
                 const std::string& suffix);

/// The affine map of a BatchNormalization whose variables lie at `sub`: gamma, beta, mean
/// and variance (gamma and beta as the flags say), over the last axis when `axis` is -1.
struct BatchNormalizationForm {
  std::int64_t axis = -1;
  bool scale = true;
  bool center = true;
  bool renorm = false;
  double epsilon = 1e-3;
};
ValueId AppendBatchNormalization(const LayerContext& context, ValueId x,
                                 const std::string& sub,
                                 const BatchNormalizationForm& form = {});

/// What a batch normalization has of each channel.
struct BatchMoments {
  std::vector<float> gamma;
  std::vector<float> beta;
  std::vector<float> mean;
  std::vector<float> variance;
};
/// The affine map over that axis, its nodes named after `sub`.
/// @throws kCorrupt for the axis of the batch.
ValueId NormalizedByMoments(const LayerContext& context, ValueId x, std::int64_t axis,
                            const BatchMoments& moments, double epsilon,
                            const std::string& sub);

/// Whether the layer's data has its channels right after the batch.
/// @throws kUnsupported for any other format than the two of Keras.
bool IsChannelsFirst(const LayerContext& context);

/// What a layer over pictures or over series computes on: [n,h,w,c], with a height of 1
/// for series.
class ImageForm {
 public:
  /// @throws kUnsupported unless the input has the batch, `spatial_axes` (1 or 2) and
  /// channels.
  ImageForm(const LayerContext& context, std::size_t spatial_axes);
  /// The same of data of that shape, for functions.
  ImageForm(const LayerContext& context, const Shape& shape, std::size_t spatial_axes,
            bool channels_first);

  /// The input in that form.
  [[nodiscard]] ValueId In(ValueId x) const;
  /// A result in the form of the layer's data.
  [[nodiscard]] ValueId Out(ValueId y) const;

 private:
  const LayerContext& context_;
  std::size_t spatial_axes_;
  bool channels_first_;
};

}  // namespace kinglet
