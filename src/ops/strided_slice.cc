// StridedSlice: per axis the elements begin, begin + stride, ... before end. The file
// form has no mask but end_mask, for a negative stride that goes through element 0.
#include <algorithm>

#include "ops/copies.h"
#include "ops/define.h"
#include "ops/tflite_form.h"
#include "ops/tflite_parse.h"

namespace kinglet {
namespace {

std::int64_t CountAlong(std::int64_t begin, std::int64_t end, std::int64_t stride) {
  if (stride > 0) return (end - begin + stride - 1) / stride;
  return (begin - end - stride - 1) / -stride;
}

Inferred Infer(const StridedSlice& op, std::span<const TensorType> inputs) {
  TensorType out = inputs[0];
  const std::size_t rank = out.shape.size();
  if (op.begin.size() != rank || op.end.size() != rank || op.strides.size() != rank) {
    return "bounds of another rank than input " + ToString(out.shape);
  }
  for (std::size_t i = 0; i < rank; ++i) {
    const bool inside = op.begin[i] >= 0 && op.begin[i] < out.shape[i] &&
                        op.end[i] >= -1 && op.end[i] <= out.shape[i];
    if (!inside || op.strides[i] == 0) return "bounds outside " + ToString(out.shape);
    const std::int64_t count = CountAlong(op.begin[i], op.end[i], op.strides[i]);
    if (count <= 0) return "a slice of " + ToString(out.shape) + " is empty";
    out.shape[i] = count;
  }
  return std::vector<TensorType>{out};
}

Kernel Compile(const StridedSlice& op, const NodeView& view) {
  const Value& in = view.Input(0);
  const std::vector<Size> in_strides = StridesOf(in.shape);
  std::vector<CopyAxis> axes =
      AxesInto(view.Output().shape, StridesOf(view.Output().shape));
  Size offset = 0;
  for (std::size_t i = 0; i < axes.size(); ++i) {
    offset += op.begin[i] * in_strides[i];
    axes[i].in_stride = op.strides[i] * in_strides[i];
  }
  return CopyKernel({axes, offset, 0, SizeOf(in.dtype)}, view);
}

TfliteOp Form(const StridedSlice& op, const NodeView& view,
              flatbuffers::FlatBufferBuilder& builder) {
  std::int32_t end_mask = 0;
  for (std::size_t i = 0; i < op.end.size(); ++i) {
    if (op.end[i] < 0) end_mask |= 1 << i;
  }
  const bool many_axes = op.begin.size() > 4;
  return {.code = tflite::BuiltinOperator_STRIDED_SLICE,
          .version = many_axes ? 4 : VersionFor(view, {1, 2, 4}),
          .options_type = tflite::BuiltinOptions_StridedSliceOptions,
          .options = tflite::CreateStridedSliceOptions(builder, 0, end_mask).Union(),
          .inputs = Operands(
              view, {IntVector(op.begin), IntVector(op.end), IntVector(op.strides)})};
}

bool HasBit(std::int32_t mask, std::size_t axis) { return ((mask >> axis) & 1) != 0; }

/// A bound counted from the end, and one past an end, brought into [0, size], or to -1
/// for a negative stride that goes through element 0.
std::int64_t Resolved(std::int64_t bound, std::int64_t size, bool backwards) {
  if (bound < 0) bound += size;
  return std::clamp(bound, std::int64_t{backwards ? -1 : 0}, backwards ? size - 1 : size);
}

/// SLICE: begin and size, where a size of -1 goes to the end.
Parsed ParseSlice(const TfliteSource& source) {
  const auto begin = IntsOf(source, 1);
  const auto sizes = IntsOf(source, 2);
  const Shape& in = source.inputs[0]->shape;
  if (!begin.has_value() || !sizes.has_value()) return "its bounds are not constant";
  if (begin->size() != in.size() || sizes->size() != in.size())
    return "bounds of another rank";
  StridedSlice op{.begin = *begin, .end = {}, .strides = Ints(in.size(), 1)};
  for (std::size_t i = 0; i < in.size(); ++i) {
    op.end.push_back((*sizes)[i] < 0 ? in[i] : (*begin)[i] + (*sizes)[i]);
  }
  return ParsedOp{op};
}

Parsed ParseStrided(const TfliteSource& source) {
  const auto begin = IntsOf(source, 1);
  const auto end = IntsOf(source, 2);
  const auto strides = IntsOf(source, 3);
  const Shape& in = source.inputs[0]->shape;
  const auto* options = source.OptionsAs<tflite::StridedSliceOptions>();
  if (!begin.has_value() || !end.has_value() || !strides.has_value()) {
    return "its bounds are not constant";
  }
  const bool plain = options != nullptr && options->ellipsis_mask() == 0 &&
                     options->new_axis_mask() == 0 && options->shrink_axis_mask() == 0 &&
                     !options->offset();
  if (!plain) return "masks that change the rank are not supported";
  if (begin->size() != in.size()) return "bounds of another rank";
  StridedSlice op{.begin = {}, .end = {}, .strides = *strides};
  for (std::size_t i = 0; i < in.size(); ++i) {
    const bool backwards = (*strides)[i] < 0;
    const std::int64_t first = backwards ? in[i] - 1 : 0;
    const std::int64_t last = backwards ? -1 : in[i];
    op.begin.push_back(HasBit(options->begin_mask(), i)
                           ? first
                           : Resolved((*begin)[i], in[i], backwards));
    op.end.push_back(
        HasBit(options->end_mask(), i) ? last : Resolved((*end)[i], in[i], backwards));
  }
  return ParsedOp{op};
}

Parsed Parse(const TfliteSource& source) {
  return source.code == tflite::BuiltinOperator_SLICE ? ParseSlice(source)
                                                      : ParseStrided(source);
}

}  // namespace

const OpDef& StridedSlice::Def() {
  static const OpDef kDef = Define<StridedSlice>({
      .infer = Infer,
      .compile = Compile,
      .quantization = {.range = RangeRule::kSameAsInputs},
      .tflite = Form,
      .codes = {tflite::BuiltinOperator_STRIDED_SLICE, tflite::BuiltinOperator_SLICE},
      .parse = Parse,
  });
  return kDef;
}

}  // namespace kinglet
