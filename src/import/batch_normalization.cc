// At inference BatchNormalization is an affine map per channel:
//   r = 1 / sqrt(var + eps), m = r * gamma, off = beta - mean * m, y = x * m + off
// with every step in float32 (docs/numerics.md, "Folding").
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

}  // namespace

ValueId AppendBatchNormalization(const LayerContext& context, ValueId x,
                                 const std::string& sub,
                                 const BatchNormalizationForm& form) {
  const Shape in = context.ShapeOf(x);
  const auto rank = static_cast<std::int64_t>(in.size());
  const std::int64_t axis = form.axis < 0 ? form.axis + rank : form.axis;
  if (axis < 1 || axis >= rank) context.Corrupt("an axis that is out of range");
  context.ExpectVariables(sub, StoredVariables(form));
  Channels channels(context, sub, in[static_cast<std::size_t>(axis)]);
  const auto gamma = channels.Next(form.scale, 1.0F);
  const auto beta = channels.Next(form.center, 0.0F);
  const auto mean = channels.Next(true, 0.0F);
  const auto variance = channels.Next(true, 0.0F);
  std::vector<float> m(gamma.size());
  std::vector<float> off(gamma.size());
  for (std::size_t c = 0; c < m.size(); ++c) {
    const float r = InverseDeviation(variance[c], static_cast<float>(form.epsilon));
    m[c] = form.scale ? r * gamma[c] : r;
    off[c] = beta[c] - mean[c] * m[c];
  }
  Shape along(static_cast<std::size_t>(rank - axis), 1);
  along[0] = in[static_cast<std::size_t>(axis)];
  const std::string prefix = sub.empty() ? "" : sub + "/";
  const auto constant = [&](const std::string& name, const std::vector<float>& values) {
    return context.Constant(prefix + name,
                            Tensor::Of<float>(along, std::span<const float>(values)));
  };
  const ValueId scaled = context.Node(Mul{}, {x, constant("scale", m)}, prefix + "mul");
  return context.Node(Add{}, {scaled, constant("offset", off)}, sub);
}

}  // namespace kinglet
