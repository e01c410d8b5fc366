// At inference BatchNormalization is an affine map per channel:
//   r = 1 / sqrt(var + eps), m = r * gamma, off = beta - mean * m, y = x * m + off
// with every step in float32 (docs/numerics.md, "Folding").
#include <algorithm>
#include <cmath>

#include "import/building_blocks.h"

namespace kinglet {
namespace {

/// Reads the variables of one object one after the other.
class Channels {
 public:
  Channels(const LayerContext& context, const std::string& sub, std::int64_t count)
      : context_(context), sub_(sub), count_(count) {}

  /// The next variable, or `missing` in every channel when it isn't stored.
  std::vector<float> Next(bool stored, float missing) {
    std::vector<float> absent(static_cast<std::size_t>(count_), missing);
    if (!stored) return absent;
    const Tensor variable = context_.Variable(sub_, index_++, {count_});
    const auto data = variable.Data<float>();
    return {data.begin(), data.end()};
  }

 private:
  const LayerContext& context_;
  const std::string& sub_;
  std::int64_t count_;
  std::size_t index_ = 0;
};

/// Correctly rounded 1 / sqrt(variance + epsilon).
float InverseDeviation(float variance, float epsilon) {
  return static_cast<float>(1.0 / std::sqrt(static_cast<double>(variance + epsilon)));
}

std::size_t StoredVariables(const BatchNormalizationForm& form) {
  constexpr std::size_t kRenormVariables = 3;
  return 2U + (form.scale ? 1U : 0U) + (form.center ? 1U : 0U) +
         (form.renorm ? kRenormVariables : 0U);
}

/// Counted from the front.
std::int64_t AxisOfChannels(const LayerContext& context, std::int64_t axis,
                            const Shape& in) {
  const auto rank = static_cast<std::int64_t>(in.size());
  const std::int64_t counted = axis < 0 ? axis + rank : axis;
  if (counted < 1 || counted >= rank) context.Corrupt("an axis that is out of range");
  return counted;
}

}  // namespace

ValueId AppendBatchNormalization(const LayerContext& context, ValueId x,
                                 const std::string& sub,
                                 const BatchNormalizationForm& form) {
  const Shape in = context.ShapeOf(x);
  const std::int64_t axis = AxisOfChannels(context, form.axis, in);
  context.ExpectVariables(sub, StoredVariables(form));
  Channels channels(context, sub, in[static_cast<std::size_t>(axis)]);
  BatchMoments moments;
  moments.gamma = channels.Next(form.scale, 1.0F);
  moments.beta = channels.Next(form.center, 0.0F);
  moments.mean = channels.Next(true, 0.0F);
  moments.variance = channels.Next(true, 0.0F);
  return NormalizedByMoments(context, x, axis, moments, form.epsilon, sub);
}

ValueId NormalizedByMoments(const LayerContext& context, ValueId x, std::int64_t axis,
                            const BatchMoments& moments, double epsilon,
                            const std::string& sub) {
  const Shape in = context.ShapeOf(x);
  const auto at = static_cast<std::size_t>(AxisOfChannels(context, axis, in));
  std::vector<float> m(moments.mean.size());
  std::vector<float> off(moments.mean.size());
  for (std::size_t c = 0; c < m.size(); ++c) {
    m[c] = InverseDeviation(moments.variance[c], static_cast<float>(epsilon)) *
           moments.gamma[c];
    off[c] = moments.beta[c] - moments.mean[c] * m[c];
  }
  Shape along(in.size() - at, 1);
  along[0] = in[at];
  const std::string prefix = sub.empty() ? "" : sub + "/";
  const auto constant = [&](const std::string& name, const std::vector<float>& values) {
    return context.Constant(prefix + name,
                            Tensor::Of<float>(along, std::span<const float>(values)));
  };
  const bool is_centred = std::ranges::all_of(off, [](float c) { return c == 0; });
  const ValueId scaled =
      context.Node(Mul{}, {x, constant("scale", m)}, is_centred ? sub : prefix + "mul");
  if (is_centred) return scaled;
  return context.Node(Add{}, {scaled, constant("offset", off)}, sub);
}

}  // namespace kinglet
