// Relational: two operands of one type compared. INT8 operands keep scales of their own.
#include <algorithm>
#include <array>
#include <functional>

#include "ops/broadcasting.h"
#include "ops/define.h"
#include "ops/infer.h"
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

template <typename T>
Kernel CompileOf(Relation kind, const NodeView& view) {
  switch (kind) {
    case Relation::kEqual:
      return Broadcast2Kernel<T, bool>(std::equal_to<>(), view);
    case Relation::kNotEqual:
      return Broadcast2Kernel<T, bool>(std::not_equal_to<>(), view);
    case Relation::kLess:
      return Broadcast2Kernel<T, bool>(std::less<>(), view);
    case Relation::kLessEqual:
      return Broadcast2Kernel<T, bool>(std::less_equal<>(), view);
    case Relation::kGreater:
      return Broadcast2Kernel<T, bool>(std::greater<>(), view);
    case Relation::kGreaterEqual:
      return Broadcast2Kernel<T, bool>(std::greater_equal<>(), view);
  }
  return {};
}

Kernel Compile(const Relational& op, const NodeView& view) {
  switch (view.Input(0).dtype) {
    case DType::kInt32:
      return CompileOf<std::int32_t>(op.kind, view);
    case DType::kInt64:
      return CompileOf<std::int64_t>(op.kind, view);
    case DType::kBool:
      return CompileOf<bool>(op.kind, view);
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

Parsed Parse(const TfliteSource& source) {
  const auto* row = std::ranges::find(kRows, source.code, &Row::code);
  return ParsedOp{Relational{row->kind}, 2};
}

}  // namespace

const OpDef& Relational::Def() {
  static const OpDef kDef = Define<Relational>({
      .min_inputs = 2,
      .max_inputs = 2,
      .infer = Infer,
      .types = {DType::kFloat32, DType::kInt32, DType::kInt64, DType::kBool},
      .compile = Compile,
      .quantization = {.range = RangeRule::kCalibrated},
      .tflite = Form,
      .codes = {tflite::BuiltinOperator_EQUAL, tflite::BuiltinOperator_NOT_EQUAL,
                tflite::BuiltinOperator_LESS, tflite::BuiltinOperator_LESS_EQUAL,
                tflite::BuiltinOperator_GREATER, tflite::BuiltinOperator_GREATER_EQUAL},
      .parse = Parse,
  });
  return kDef;
}

}  // namespace kinglet
