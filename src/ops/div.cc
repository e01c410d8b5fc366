// Div: a / b, with NumPy broadcasting and a fused clamp. INT8 (rule 8.11): with n the
// bits of b - z_b, the quotient is (a - z_a) * 2^h times the reciprocal of (b - z_b) /
// 2^n, as fractions of 2^31, times the factor s_a / (s_b s_out), 2^-(n + h).
#include <algorithm>
#include <array>
#include <bit>

#include "kernels/broadcast.h"
#include "ops/define.h"
#include "ops/elementwise.h"
#include "ops/infer.h"
#include "ops/int_kernels.h"
#include "ops/tflite_form.h"
#include "ops/tflite_parse.h"

namespace kinglet {
namespace {

constexpr int kQuotientBits = 31;

/// Left shifts that keep the sign.
int LeadingSignBits(std::int32_t x) {
  return std::countl_zero(static_cast<std::uint32_t>(x >= 0 ? x : ~x)) - 1;
}

/// RoundedShift, and beyond 31 places what the reference kernel gives on processors that
/// shift by the exponent modulo 32. Quantizing keeps to factors that never get there.
std::int64_t ShiftedDown(std::int32_t x, int exponent) {
  if (exponent < 32) return RoundedShift(x, exponent);
  const std::int32_t threshold = x < 0 ? 0 : -1;
  return (x >> (exponent % 32)) + (x > threshold ? 1 : 0);
}

struct Divider {
  std::int32_t a_zero_point;
  std::int32_t b_zero_point;
  Multiplier factor;
  IntOutput output;

  /// A divisor of zero, which the runtime refuses, gives the bound of the dividend's
  /// sign.
  [[nodiscard]] std::int8_t operator()(std::int8_t x, std::int8_t y) const {
    std::int32_t a = x - a_zero_point;
    std::int32_t b = y - b_zero_point;
    if (b == 0) return static_cast<std::int8_t>(a < 0 ? output.low : output.high);
    if (b < 0) {
      a = -a;
      b = -b;
    }
    const int headroom = std::countl_zero(static_cast<std::uint32_t>(b));
    const std::uint32_t fraction =
        (static_cast<std::uint32_t>(b) << headroom) - (std::uint32_t{1} << kQuotientBits);
    const std::int32_t reciprocal = OneOverOnePlus(static_cast<std::int32_t>(fraction));
    const int sign_bits = LeadingSignBits(a);
    const std::int32_t quotient =
        DoublingHighMul(WrappingShift(a, sign_bits), reciprocal);
    const int shift = factor.shift - (kQuotientBits - headroom) - sign_bits;
    return static_cast<std::int8_t>(Clamped(Rescaled(quotient, shift), output));
  }

 private:
  /// quotient * factor.value / 2^31 * 2^shift.
  [[nodiscard]] std::int64_t Rescaled(std::int32_t quotient, int shift) const {
    if (output.rounding == Rounding::kSingle && shift > -kQuotientBits &&
        shift < kQuotientBits) {
      return Multiply(quotient, {factor.value, shift}, Rounding::kSingle);
    }
    const std::int32_t scaled = DoublingHighMul(quotient, factor.value);
    if (shift <= 0) return ShiftedDown(scaled, -shift);
    return SaturatingShift(scaled, std::min(shift, kQuotientBits));
  }
};

/// Beyond this many quotients by one divisor, a table of all is quicker.
constexpr Size kBytes = 256;

void DivideRow(const KernelTable& kernels, const Divider& divide, Size columns,
               const std::int8_t* a, std::int8_t b, std::int8_t* out) {
  std::array<std::int8_t, kBytes> table{};
  for (std::int32_t q = INT8_MIN; q <= INT8_MAX; ++q) {
    table[static_cast<std::uint8_t>(q)] = divide(static_cast<std::int8_t>(q), b);
  }
  kernels.map_int8(table.data(), columns, a, out);
}

void DivideAll(const KernelTable& kernels, const Divider& divide,
               const IntBinaryArgs<std::int8_t>& args) {
  const bool by_row = args.columns > kBytes && args.a_column == 1 && args.b_column == 0;
  for (Size r = 0; r < args.rows; ++r) {
    const std::int8_t* a = args.a + r * args.a_row;
    const std::int8_t* b = args.b + r * args.b_row;
    std::int8_t* out = args.out + r * args.columns;
    if (by_row) {
      DivideRow(kernels, divide, args.columns, a, *b, out);
      continue;
    }
    for (Size c = 0; c < args.columns; ++c) {
      out[c] = divide(a[c * args.a_column], b[c * args.b_column]);
    }
  }
}

Kernel CompileInt(const Div& op, const NodeView& view) {
  const Scale a = ScaleOf(view.Input(0));
  const Scale b = ScaleOf(view.Input(1));
  const float divisor = b.scale * ScaleOf(view.Output()).scale;
  const Divider divide{a.zero_point, b.zero_point,
                       QuantizeMultiplier(a.scale / divisor, view.rounding),
                       OutputOf(view, op.activation)};
  const Broadcast2 broadcast(view.Input(0).shape, view.Input(1).shape);
  return [&kernels = Kernels(), divide, broadcast](const Buffers& buffers) {
    broadcast.ForMatrices<IntBinaryArgs<std::int8_t>>(
        buffers.In<std::int8_t>(0), buffers.In<std::int8_t>(1),
        buffers.Out<std::int8_t>(), [&](const IntBinaryArgs<std::int8_t>& args) {
          DivideAll(kernels, divide, args);
        });
  };
}

Kernel Compile(const Div& op, const NodeView& view) {
  if (MakesQuantized(view)) return CompileInt(op, view);
  return BinaryKernel(BinaryOp::kDiv, op.activation, view);
}

TfliteOp Form(const Div& op, const NodeView& view,
              flatbuffers::FlatBufferBuilder& builder) {
  return {.code = tflite::BuiltinOperator_DIV,
          .version = VersionFor(view, {.int8 = 1}),
          .options_type = tflite::BuiltinOptions_DivOptions,
          .options =
              tflite::CreateDivOptions(builder, TfliteActivation(op.activation)).Union(),
          .inputs = Operands(view)};
}

}  // namespace

const OpDef& Div::Def() {
  static const OpDef kDef = Define<Div>({
      .min_inputs = 2,
      .max_inputs = 2,
      .infer = BroadcastOfInputs<Div>,
      .types = {DType::kFloat32, DType::kInt8, DType::kInt32, DType::kInt64},
      .compile = Compile,
      .quantization = {.range = RangeRule::kCalibrated},
      .tflite = Form,
      .codes = {tflite::BuiltinOperator_DIV},
      .parse = ParseBinary<Div, tflite::DivOptions>,
  });
  return kDef;
}

}  // namespace kinglet
