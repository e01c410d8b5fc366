// Relational: two operands of one type compared. INT8 operands keep scales of their own:
// what was equal in float hardly is then, so that equality is left in float.
#include <algorithm>
#include <array>
#include <functional>

#include "ops/broadcasting.h"
#include "ops/define.h"
#include "ops/infer.h"
#include "ops/int_kernels.h"
#include "ops/problems.h"
#include "ops/tflite_form.h"
#include "ops/tflite_parse.h"

namespace kinglet {
namespace {

struct Row {
  Relation kind;
  tflite::BuiltinOperator code;
};
constexpr std::array kRows = {
    Row{Relation::kEqual, tflite::BuiltinOperator_EQUAL},
    Row{Relation::kNotEqual, tflite::BuiltinOperator_NOT_EQUAL},
    Row{Relation::kLess, tflite::BuiltinOperator_LESS},
    Row{Relation::kLessEqual, tflite::BuiltinOperator_LESS_EQUAL},
    Row{Relation::kGreater, tflite::BuiltinOperator_GREATER},
    Row{Relation::kGreaterEqual, tflite::BuiltinOperator_GREATER_EQUAL}};

Inferred Infer(const Relational& /*op*/, std::span<const TensorType> inputs) {
  Inferred inferred = BroadcastOfInputs(Relational{}, inputs);
  if (auto* types = std::get_if<0>(&inferred)) types->front().dtype = DType::kBool;
  return inferred;
}

/// compile(a function object that compares).
template <typename Function>
Kernel WithRelation(Relation kind, const Function& compile) {
  switch (kind) {
    case Relation::kEqual:
      return compile(std::equal_to<>());
    case Relation::kNotEqual:
      return compile(std::not_equal_to<>());
    case Relation::kLess:
      return compile(std::less<>());
    case Relation::kLessEqual:
      return compile(std::less_equal<>());
    case Relation::kGreater:
      return compile(std::greater<>());
    case Relation::kGreaterEqual:
      return compile(std::greater_equal<>());
  }
  return {};
}

template <typename T>
Kernel CompileOf(Relation kind, const NodeView& view) {
  return WithRelation(
      kind, [&](auto relation) { return Broadcast2Kernel<T, bool>(relation, view); });
}

/// On a common scale with eight more bits.
Kernel CompileInt(Relation kind, const NodeView& view) {
  constexpr int kMoreBits = 8;
  const auto on_common_scale = [&](std::size_t input) {
    const Scale scale = ScaleOf(view.Input(input));
    const Multiplier multiplier = QuantizeMultiplier(scale.scale, view.rounding);
    std::array<std::int32_t, 256> table{};
    for (std::int32_t q = INT8_MIN; q <= INT8_MAX; ++q) {
      const std::int32_t x = WrappingShift(q - scale.zero_point, kMoreBits);
      table[static_cast<std::uint8_t>(q)] = Multiply(x, multiplier, view.rounding);
    }
    return table;
  };
  const auto compare = [&](auto relation) {
    return Broadcast2Kernel<std::int8_t, bool>(
        [relation, a = on_common_scale(0), b = on_common_scale(1)](std::int8_t x,
                                                                   std::int8_t y) {
          return relation(a[static_cast<std::uint8_t>(x)],
                          b[static_cast<std::uint8_t>(y)]);
        },
        view);
  };
  return WithRelation(kind, compare);
}

Kernel Compile(const Relational& op, const NodeView& view) {
  switch (view.Input(0).dtype) {
    case DType::kInt32:
      return CompileOf<std::int32_t>(op.kind, view);
    case DType::kInt64:
      return CompileOf<std::int64_t>(op.kind, view);
    case DType::kBool:
      return CompileOf<bool>(op.kind, view);
    case DType::kInt8:
      return CompileInt(op.kind, view);
    default:
      Check(view.Input(0).dtype == DType::kFloat32, "operands that can be compared");
      return CompileOf<float>(op.kind, view);
  }
}

TfliteOp Form(const Relational& op, const NodeView& view,
              flatbuffers::FlatBufferBuilder& /*builder*/) {
  const auto* row = std::ranges::find(kRows, op.kind, &Row::kind);
  return WithoutOptions(view, row->code, {});
}

Parsed ParseRelational(const TfliteSource& source) {
  const auto* row = std::ranges::find(kRows, source.code, &Row::code);
  return ParsedOp{Relational{row->kind}, 2};
}

}  // namespace

const OpDef& Relational::Def() {
  static const OpDef kDef = Define<Relational>({
      .min_inputs = 2,
      .max_inputs = 2,
      .infer = Infer,
      .types = {DType::kFloat32, DType::kInt8, DType::kInt32, DType::kInt64,
                DType::kBool},
      .problem = ScaleProblem,
      .compile = Compile,
      .quantization = {.range = RangeRule::kCalibrated},
      .has_int8 =
          [](const Relational& op) {
            return op.kind != Relation::kEqual && op.kind != Relation::kNotEqual;
          },
      .tflite = Form,
      .codes = {tflite::BuiltinOperator_EQUAL, tflite::BuiltinOperator_NOT_EQUAL,
                tflite::BuiltinOperator_LESS, tflite::BuiltinOperator_LESS_EQUAL,
                tflite::BuiltinOperator_GREATER, tflite::BuiltinOperator_GREATER_EQUAL},
      .parse = ParseRelational,
  });
  return kDef;
}

}  // namespace kinglet
