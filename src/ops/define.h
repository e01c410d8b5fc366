// Define: turns a description in terms of one operation's own struct into an OpDef.
#pragma once

#include <algorithm>

#include "ops/op_def.h"

namespace kinglet {

/// Types that operations take: real numbers, plain or quantized; also plain integers;
/// whatever can be copied.
inline std::vector<DType> Reals() {
  return {DType::kFloat32, DType::kInt8, DType::kInt16};
}
inline std::vector<DType> RealsAndIntegers() {
  return {DType::kFloat32, DType::kInt8, DType::kInt16, DType::kInt32, DType::kInt64};
}
inline std::vector<DType> FloatsAndIntegers() {
  return {DType::kFloat32, DType::kInt32, DType::kInt64};
}
inline std::vector<DType> AnyType() {
  return {DType::kFloat32, DType::kFloat16, DType::kInt8,  DType::kInt16,
          DType::kInt32,   DType::kInt64,   DType::kUint8, DType::kBool};
}

/// As OpDef, with functions that take the operation's own type.
template <typename Typed>
struct Description {
  std::size_t min_inputs = 1;
  std::size_t max_inputs = 1;
  Inferred (*infer)(const Typed&, std::span<const TensorType>) = nullptr;
  std::vector<DType> types = {DType::kFloat32};
  std::optional<std::string> (*problem)(const NodeView&) = nullptr;
  Kernel (*compile)(const Typed&, const NodeView&) = nullptr;
  QuantRule quantization = {};
  bool (*has_int8)(const Typed&) = nullptr;  ///< null: what `quantization` says
  /// Null: where `types` have it.
  bool (*has_int16)(const Typed&) = nullptr;
  TfliteOp (*tflite)(const Typed&, const NodeView&,
                     flatbuffers::FlatBufferBuilder&) = nullptr;
  std::vector<tflite::BuiltinOperator> codes = {};
  Parsed (*parse)(const TfliteSource&) = nullptr;
  std::int64_t (*macs)(const NodeView&) = nullptr;
};

template <typename Typed>
OpDef Define(const Description<Typed>& described) {
  return {
      .name = Typed::kName,
      .min_inputs = described.min_inputs,
      .max_inputs = described.max_inputs,
      .infer =
          [infer = described.infer](const Op& op, std::span<const TensorType> inputs) {
            return infer(std::get<Typed>(op), inputs);
          },
      .types = described.types,
      .problem =
          [problem = described.problem](const NodeView& view) {
            return problem == nullptr ? std::nullopt : problem(view);
          },
      .compile =
          [compile = described.compile](const Op& op, const NodeView& view) {
            Check(compile != nullptr, "an operation that can be run");
            return compile(std::get<Typed>(op), view);
          },
      .quantization = described.quantization,
      .has_int8 =
          [has_int8 = described.has_int8,
           takes = described.quantization.range != RangeRule::kFloatOnly](const Op& op) {
            return takes && (has_int8 == nullptr || has_int8(std::get<Typed>(op)));
          },
      .has_int16 =
          [has_int16 = described.has_int16,
           takes = std::ranges::find(described.types, DType::kInt16) !=
                   described.types.end()](const Op& op) {
            return takes && (has_int16 == nullptr || has_int16(std::get<Typed>(op)));
          },
      .tflite =
          [tflite = described.tflite](const Op& op, const NodeView& view,
                                      flatbuffers::FlatBufferBuilder& builder) {
            return tflite(std::get<Typed>(op), view, builder);
          },
      .codes = described.codes,
      .parse = described.parse,
      .macs =
          [macs = described.macs](const NodeView& view) {
            return macs == nullptr ? std::int64_t{0} : macs(view);
          },
  };
}

}  // namespace kinglet
