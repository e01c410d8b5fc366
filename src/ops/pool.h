// What the two pools share.
#pragma once

#include "ops/op_def.h"
#include "ops/tflite_form.h"
#include "ops/tflite_parse.h"
#include "ops/window.h"

namespace kinglet {

template <typename Pool>
Window PoolWindowH(const Pool& op, std::int64_t in) {
  return {in, op.filter_h, op.stride_h, 1, op.padding};
}
template <typename Pool>
Window PoolWindowW(const Pool& op, std::int64_t in) {
  return {in, op.filter_w, op.stride_w, 1, op.padding};
}

template <typename Pool>
Inferred InferPool(const Pool& op, std::span<const TensorType> inputs) {
  const Shape& in = inputs[0].shape;
  if (in.size() != 4) return "input of rank " + std::to_string(in.size()) + ", not 4";
  const Window h = PoolWindowH(op, in[1]);
  const Window w = PoolWindowW(op, in[2]);
  if (!h.IsSound() || !w.IsSound()) return "a filter or stride below 1";
  if (h.Out() <= 0 || w.Out() <= 0) {
    return "the window is larger than input " + ToString(in);
  }
  return std::vector<TensorType>{{inputs[0].dtype, {in[0], h.Out(), w.Out(), in[3]}}};
}

template <typename Pool>
TfliteOp PoolForm(const Pool& op, const NodeView& view, tflite::BuiltinOperator code,
                  flatbuffers::FlatBufferBuilder& builder) {
  const auto options = tflite::CreatePool2DOptions(
      builder, TflitePadding(op.padding), static_cast<std::int32_t>(op.stride_w),
      static_cast<std::int32_t>(op.stride_h), static_cast<std::int32_t>(op.filter_w),
      static_cast<std::int32_t>(op.filter_h), TfliteActivation(op.activation));
  return {.code = code,
          .version = VersionFor(view, {}),
          .options_type = tflite::BuiltinOptions_Pool2DOptions,
          .options = options.Union(),
          .inputs = Operands(view)};
}

template <typename Pool>
Parsed ParsePool(const TfliteSource& source) {
  const auto* options = source.OptionsAs<tflite::Pool2DOptions>();
  if (options == nullptr) return "its options are missing";
  const auto padding = PaddingFrom(options->padding());
  const auto activation = ActivationFrom(options->activation());
  if (!padding.has_value() || !activation.has_value()) {
    return "its padding or fused activation is not supported";
  }
  if (options->stride_h() <= 0 || options->stride_w() <= 0) return "a stride is 0";
  return ParsedOp{Pool{{.padding = *padding,
                        .stride_h = options->stride_h(),
                        .stride_w = options->stride_w(),
                        .filter_h = options->filter_h(),
                        .filter_w = options->filter_w(),
                        .activation = *activation}},
                  1};
}

}  // namespace kinglet
