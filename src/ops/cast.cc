// Cast: numbers of another type. Floats lose their fraction and saturate.
#include <cmath>
#include <limits>

#include "ops/define.h"
#include "ops/tflite_form.h"
#include "ops/tflite_parse.h"

namespace kinglet {
namespace {

Inferred Infer(const Cast& op, std::span<const TensorType> inputs) {
  if (inputs[0].dtype == DType::kFloat16 || op.dtype == DType::kFloat16) {
    return "float16 is only a form of constants";
  }
  return std::vector<TensorType>{{op.dtype, inputs[0].shape}};
}

template <typename From, typename To>
To Converted(From x) {
  if constexpr (std::is_same_v<From, float> && std::is_integral_v<To> &&
                !std::is_same_v<To, bool>) {
    constexpr auto kLowest = static_cast<double>(std::numeric_limits<To>::lowest());
    constexpr auto kHighest = static_cast<double>(std::numeric_limits<To>::max());
    if (std::isnan(x)) return 0;
    if (static_cast<double>(x) <= kLowest) return std::numeric_limits<To>::lowest();
    if (static_cast<double>(x) >= kHighest) return std::numeric_limits<To>::max();
  }
  return static_cast<To>(x);
}

template <typename From, typename To>
Kernel CompileOf(const NodeView& view) {
  return [n = ElementCount(view.Input(0).shape)](const Buffers& buffers) {
    const From* in = buffers.In<From>(0);
    To* out = buffers.Out<To>();
    for (std::int64_t i = 0; i < n; ++i) out[i] = Converted<From, To>(in[i]);
  };
}

template <typename Function>
Kernel ForType(DType dtype, const Function& function) {
  switch (dtype) {
    case DType::kInt8:
      return function(std::int8_t{});
    case DType::kInt16:
      return function(std::int16_t{});
    case DType::kInt32:
      return function(std::int32_t{});
    case DType::kInt64:
      return function(std::int64_t{});
    case DType::kUint8:
      return function(std::uint8_t{});
    case DType::kBool:
      return function(bool{});
    default:
      return function(float{});
  }
}

Kernel Compile(const Cast& op, const NodeView& view) {
  return ForType(view.Input(0).dtype, [&]<typename From>(From /*from*/) {
    return ForType(op.dtype,
                   [&]<typename To>(To /*to*/) { return CompileOf<From, To>(view); });
  });
}

int Version(const Cast& op, const NodeView& view) {
  const auto is = [&](DType dtype) {
    return op.dtype == dtype || view.Input(0).dtype == dtype;
  };
  return is(DType::kInt8) ? 3 : (is(DType::kInt16) ? 2 : 1);
}

TfliteOp Form(const Cast& op, const NodeView& view,
              flatbuffers::FlatBufferBuilder& builder) {
  const auto options = tflite::CreateCastOptions(builder, TfliteType(view.Input(0).dtype),
                                                 TfliteType(op.dtype));
  return {.code = tflite::BuiltinOperator_CAST,
          .version = Version(op, view),
          .options_type = tflite::BuiltinOptions_CastOptions,
          .options = options.Union(),
          .inputs = Operands(view)};
}

Parsed ParseCast(const TfliteSource& source) {
  return ParsedOp{Cast{source.output.dtype}};
}

}  // namespace

const OpDef& Cast::Def() {
  static const OpDef kDef = Define<Cast>({
      .infer = Infer,
      .types = {DType::kFloat32, DType::kInt8, DType::kInt16, DType::kInt32,
                DType::kInt64, DType::kUint8, DType::kBool},
      .compile = Compile,
      .quantization = {.range = RangeRule::kFloatOnly},
      .tflite = Form,
      .codes = {tflite::BuiltinOperator_CAST},
      .parse = ParseCast,
  });
  return kDef;
}

}  // namespace kinglet
