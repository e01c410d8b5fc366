// What ArgMax and ArgMin share.
#pragma once

#include "kernels/strided_copy.h"
#include "ops/op_def.h"
#include "ops/tflite_form.h"
#include "ops/tflite_parse.h"

namespace kinglet {

template <typename Typed>
Inferred InferArgExtreme(const Typed& op, std::span<const TensorType> inputs) {
  Shape out = inputs[0].shape;
  if (op.axis < 0 || op.axis >= std::ssize(out)) {
    return "no axis " + std::to_string(op.axis);
  }
  if (op.dtype != DType::kInt32 && op.dtype != DType::kInt64) {
    return "positions that are neither int32 nor int64";
  }
  out.erase(out.begin() + op.axis);
  return std::vector<TensorType>{{op.dtype, out}};
}

/// `better(a, b)`: a takes the place of b, which came before it.
template <typename T, typename Position, typename Better>
Kernel ArgExtremeOf(std::int64_t axis, const Better& better, const NodeView& view) {
  const Shape& shape = view.Input(0).shape;
  const Size count = shape[static_cast<std::size_t>(axis)];
  const Size inner = StridesOf(shape)[static_cast<std::size_t>(axis)];
  const Size chains = ElementCount(shape) / count;
  return [count, inner, chains, better](const Buffers& buffers) {
    for (Size chain = 0; chain < chains; ++chain) {
      const T* in = buffers.In<T>(0) + chain / inner * inner * count + chain % inner;
      Size best = 0;
      for (Size i = 1; i < count; ++i) {
        if (better(in[i * inner], in[best * inner])) best = i;
      }
      buffers.Out<Position>()[chain] = static_cast<Position>(best);
    }
  };
}

template <typename Typed, typename Better>
Kernel ArgExtremeKernel(const Typed& op, const Better& better, const NodeView& view) {
  const auto compile = [&]<typename T>(T /*type*/) {
    return op.dtype == DType::kInt64
               ? ArgExtremeOf<T, std::int64_t>(op.axis, better, view)
               : ArgExtremeOf<T, std::int32_t>(op.axis, better, view);
  };
  switch (view.Input(0).dtype) {
    case DType::kInt8:
      return compile(std::int8_t{});
    case DType::kInt32:
      return compile(std::int32_t{});
    default:
      Check(view.Input(0).dtype == DType::kFloat32, "numbers");
      return compile(float{});
  }
}

template <typename Typed>
Parsed ParseArgExtreme(const TfliteSource& source) {
  const auto axis = IntOf(source, 1);
  if (!axis.has_value()) return "its axis is not constant";
  const std::size_t rank = source.inputs[0]->shape.size();
  return ParsedOp{Typed{{NormalizedAxis(*axis, rank), source.output.dtype}}};
}

}  // namespace kinglet
