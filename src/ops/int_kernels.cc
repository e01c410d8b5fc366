#include "ops/int_kernels.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>

#include "kernels/broadcast.h"
#include "kernels/int16_functions.h"
#include "kernels/kernels.h"
#include "kernels/portable_int.h"

namespace kinglet {
namespace {

struct Bounds {
  std::int32_t low;
  std::int32_t high;
};

Bounds BoundsOf(DType dtype) {
  Check(dtype == DType::kInt8 || dtype == DType::kInt16, "int8 or int16");
  return dtype == DType::kInt8 ? Bounds{INT8_MIN, INT8_MAX}
                               : Bounds{INT16_MIN, INT16_MAX};
}

Bounds RealBounds(Activation activation) {
  if (activation == Activation::kReluN1To1) return {-1, 1};
  return {0, activation == Activation::kRelu0To1 ? 1 : 6};
}

template <typename In, typename Out>
Kernel TableKernel(const NodeView& view, const IntFunction& f) {
  constexpr auto kLowest = std::int32_t{std::numeric_limits<In>::min()};
  constexpr auto kHighest = std::int32_t{std::numeric_limits<In>::max()};
  std::vector<Out> table;
  for (std::int32_t q = kLowest; q <= kHighest; ++q) {
    table.push_back(static_cast<Out>(f(q)));
  }
  return [table, n = ElementCount(view.Output().shape)](const Buffers& buffers) {
    const In* in = buffers.In<In>(0);
    Out* out = buffers.Out<Out>();
    for (std::int64_t i = 0; i < n; ++i) {
      out[i] = table[static_cast<std::size_t>(in[i] - kLowest)];
    }
  };
}

Kernel BytesKernel(const NodeView& view, const IntFunction& f) {
  std::array<std::int8_t, 256> table{};
  for (std::int32_t q = INT8_MIN; q <= INT8_MAX; ++q) {
    table[static_cast<std::uint8_t>(q)] = static_cast<std::int8_t>(f(q));
  }
  return [&kernels = Kernels(), table,
          n = ElementCount(view.Output().shape)](const Buffers& buffers) {
    kernels.map_int8(table.data(), n, buffers.In<std::int8_t>(0),
                     buffers.Out<std::int8_t>());
  };
}

/// Of 16 bits: zero points are 0.
Kernel RealMap16(const NodeView& view, const std::function<float(float)>& f) {
  const InterpolationTable table(IntervalOf(ScaleOf(view.Input(0)).scale),
                                 IntervalOf(ScaleOf(view.Output()).scale), f);
  return IntMap(view,
                [&](std::int32_t q) { return table(static_cast<std::int16_t>(q)); });
}

}  // namespace

bool MakesFloat(const NodeView& view) { return view.Output().dtype == DType::kFloat32; }

bool MakesQuantized(const NodeView& view) {
  const DType dtype = view.Output().dtype;
  return dtype == DType::kInt8 || dtype == DType::kInt16;
}

Scale ScaleOf(const Value& value) {
  Check(value.dtype == DType::kInt8 || value.dtype == DType::kInt16, "int8 or int16");
  Check(value.quantization.has_value() && value.quantization->scales.size() == 1,
        "one scale for the whole tensor");
  return {.scale = value.quantization->scales[0],
          .zero_point = static_cast<std::int32_t>(value.quantization->zero_points[0])};
}

std::int32_t QuantizedBound(float x, const Scale& scale) {
  constexpr float kFar = 1 << 24;
  const float rounded = std::round(x / scale.scale);
  return scale.zero_point + static_cast<std::int32_t>(std::clamp(rounded, -kFar, kFar));
}

IntOutput OutputOf(const NodeView& view, Activation activation) {
  const Scale scale = ScaleOf(view.Output());
  auto [low, high] = BoundsOf(view.Output().dtype);
  if (activation != Activation::kNone) {
    const Bounds real = RealBounds(activation);
    low = std::max(low, QuantizedBound(static_cast<float>(real.low), scale));
    if (activation != Activation::kRelu) {
      high = std::min(high, QuantizedBound(static_cast<float>(real.high), scale));
    }
  }
  return {scale.zero_point, low, high, view.rounding};
}

std::int32_t Clamped(std::int64_t y, const IntOutput& output) {
  const std::int64_t shifted = y + output.zero_point;
  return static_cast<std::int32_t>(
      std::min<std::int64_t>(std::max<std::int64_t>(shifted, output.low), output.high));
}

Kernel IntMap(const NodeView& view, const IntFunction& f) {
  const bool narrow_in = view.Input(0).dtype == DType::kInt8;
  const bool narrow_out = view.Output().dtype == DType::kInt8;
  if (narrow_in && narrow_out) return BytesKernel(view, f);
  if (narrow_in) return TableKernel<std::int8_t, std::int16_t>(view, f);
  if (narrow_out) return TableKernel<std::int16_t, std::int8_t>(view, f);
  return TableKernel<std::int16_t, std::int16_t>(view, f);
}

Kernel RealMap(const NodeView& view, const std::function<float(float)>& f) {
  if (view.Output().dtype == DType::kInt16) return RealMap16(view, f);
  const Scale in = ScaleOf(view.Input(0));
  const Scale out = ScaleOf(view.Output());
  const IntOutput output = OutputOf(view, Activation::kNone);
  const float inverse = 1.0F / out.scale;
  return IntMap(view, [&](std::int32_t q) {
    const float x = in.scale * static_cast<float>(q - in.zero_point);
    const float y = std::round(f(x) * inverse);
    constexpr float kFar = 1 << 24;
    return Clamped(static_cast<std::int32_t>(std::clamp(y, -kFar, kFar)), output);
  });
}

float ExpOf(float x) { return static_cast<float>(std::exp(double{x})); }
float ExpMinusOneOf(float x) { return static_cast<float>(std::expm1(double{x})); }
float LogOf(float x) { return static_cast<float>(std::log(double{x})); }
float TanhOf(float x) { return static_cast<float>(std::tanh(double{x})); }

Kernel IntBinary(const IntBinaryPlan& plan, const NodeView& view) {
  const Broadcast2 broadcast(view.Input(0).shape, view.Input(1).shape);
  if (view.Output().dtype == DType::kInt8) {
    return [&kernels = Kernels(), plan, broadcast](const Buffers& buffers) {
      broadcast.ForMatrices<IntBinaryArgs<std::int8_t>>(
          buffers.In<std::int8_t>(0), buffers.In<std::int8_t>(1),
          buffers.Out<std::int8_t>(),
          [&](const auto& args) { kernels.binary_int8(plan, args); });
    };
  }
  return [plan, broadcast](const Buffers& buffers) {
    broadcast.ForMatrices<IntBinaryArgs<std::int16_t>>(
        buffers.In<std::int16_t>(0), buffers.In<std::int16_t>(1),
        buffers.Out<std::int16_t>(),
        [&](const auto& args) { portable::BinaryInt(plan, args); });
  };
}

Kernel IntSum(IntBinaryOp op, Activation activation, const NodeView& view) {
  const Scale a = ScaleOf(view.Input(0));
  const Scale b = ScaleOf(view.Input(1));
  const bool squares = op == IntBinaryOp::kSquaredDifference;
  const int left_shift = squares ? 7 : (view.Output().dtype == DType::kInt8 ? 20 : 15);
  const double twice_max = 2.0 * std::max<double>(a.scale, b.scale);
  const double unit = std::ldexp(twice_max, -left_shift);
  const double out_scale = ScaleOf(view.Output()).scale;
  const auto multiplier = [&](double factor) {
    return QuantizeMultiplier(factor, view.rounding);
  };
  return IntBinary({.op = op,
                    .a_zero_point = a.zero_point,
                    .b_zero_point = b.zero_point,
                    .left_shift = left_shift,
                    .a = multiplier(a.scale / twice_max),
                    .b = multiplier(b.scale / twice_max),
                    .result = multiplier((squares ? unit * unit : unit) / out_scale),
                    .output = OutputOf(view, activation)},
                   view);
}

Kernel IntSelect(IntBinaryOp op, const NodeView& view) {
  IntOutput output = OutputOf(view, Activation::kNone);
  output.zero_point = 0;
  return IntBinary({.op = op, .output = output}, view);
}

}  // namespace kinglet
