// StridedSlice: per axis the elements begin, begin + stride, ... before end. Of the
// file's masks it needs end_mask, for a negative stride that goes through element 0, and
// shrink_axis_mask, for axes that the result is without.
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

bool IsDropped(const StridedSlice& op, std::size_t axis) {
  return std::ranges::find(op.dropped, static_cast<std::int64_t>(axis)) !=
         op.dropped.end();
}

/// Of one per axis of the input, those of axes that the result has.
template <typename T>
std::vector<T> Left(const StridedSlice& op, const std::vector<T>& by_axis) {
  std::vector<T> left;
  for (std::size_t i = 0; i < by_axis.size(); ++i) {
    if (!IsDropped(op, i)) left.push_back(by_axis[i]);
  }
  return left;
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
    if (count != 1 && IsDropped(op, i)) return "a dropped axis has more than one element";
    out.shape[i] = count;
  }
  out.shape = Left(op, out.shape);
  if (out.shape.size() + op.dropped.size() != rank) {
    return "dropped axes that " + ToString(inputs[0].shape) + " lacks";
  }
  return std::vector<TensorType>{out};
}

Kernel Compile(const StridedSlice& op, const NodeView& view) {
  const Value& in = view.Input(0);
  const std::vector<Size> in_strides = StridesOf(in.shape);
  std::vector<Size> steps;
  Size offset = 0;
  for (std::size_t i = 0; i < in_strides.size(); ++i) {
    offset += op.begin[i] * in_strides[i];
    steps.push_back(op.strides[i] * in_strides[i]);
  }
  steps = Left(op, steps);
  std::vector<CopyAxis> axes =
      AxesInto(view.Output().shape, StridesOf(view.Output().shape));
  for (std::size_t i = 0; i < axes.size(); ++i) axes[i].in_stride = steps[i];
  return CopyKernel({axes, offset, 0, SizeOf(in.dtype)}, view);
}

TfliteOp Form(const StridedSlice& op, const NodeView& view,
              flatbuffers::FlatBufferBuilder& builder) {
  std::int32_t end_mask = 0;
  for (std::size_t i = 0; i < op.end.size(); ++i) {
    if (op.end[i] < 0) end_mask |= 1 << i;
  }
  std::int32_t shrink_mask = 0;
  for (const std::int64_t axis : op.dropped) shrink_mask |= 1 << axis;
  const bool many_axes = op.begin.size() > 4;
  return {.code = tflite::BuiltinOperator_STRIDED_SLICE,
          .version = many_axes ? 4 : VersionFor(view, {1, 2, 4}),
          .options_type = tflite::BuiltinOptions_StridedSliceOptions,
          .options =
              tflite::CreateStridedSliceOptions(builder, 0, end_mask, 0, 0, shrink_mask)
                  .Union(),
          .inputs = Operands(
              view, {IntVector(op.begin), IntVector(op.end), IntVector(op.strides)})};
}

constexpr std::size_t kMostBounds = 32;  // bits of a mask

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

/// The bounds of the file brought into one per axis. An ellipsis stands for axes that
/// are taken whole; new axes show in `shape` alone.
class SliceBounds {
 public:
  SliceBounds(const Shape& in, const tflite::StridedSliceOptions& masks)
      : in_(in), masks_(masks) {}

  /// @returns false when there are more bounds than axes.
  bool Take(const Ints& begin, const Ints& end, const Ints& strides) {
    for (std::size_t i = 0; i < begin.size(); ++i) {
      if (HasBit(masks_.ellipsis_mask(), i)) {
        TakeWhole(AxesOf(i + 1, begin.size()));
      } else if (HasBit(masks_.new_axis_mask(), i)) {
        shape.push_back(1);
      } else if (op.begin.size() == in_.size()) {
        return false;
      } else {
        TakeOne(i, begin[i], end[i], strides[i]);
      }
    }
    TakeWhole(0);
    return true;
  }

  StridedSlice op;
  Shape shape;  ///< of the result

 private:
  /// Axes that the bounds [first, last) are about.
  [[nodiscard]] std::size_t AxesOf(std::size_t first, std::size_t last) const {
    std::size_t axes = 0;
    for (std::size_t i = first; i < last; ++i) {
      if (!HasBit(masks_.new_axis_mask(), i)) ++axes;
    }
    return axes;
  }

  void Add(std::int64_t begin, std::int64_t end, std::int64_t stride) {
    op.begin.push_back(begin);
    op.end.push_back(end);
    op.strides.push_back(stride);
  }

  /// All axes but the last `left`.
  void TakeWhole(std::size_t left) {
    while (op.begin.size() + left < in_.size()) {
      shape.push_back(in_[op.begin.size()]);
      Add(0, shape.back(), 1);
    }
  }

  void TakeOne(std::size_t i, std::int64_t begin, std::int64_t end, std::int64_t stride) {
    const std::int64_t size = in_[op.begin.size()];
    const bool backwards = stride < 0;
    const bool from_edge = HasBit(masks_.begin_mask(), i);
    const bool to_edge = HasBit(masks_.end_mask(), i);
    begin = from_edge ? (backwards ? size - 1 : 0) : Resolved(begin, size, backwards);
    end = to_edge ? (backwards ? -1 : size) : Resolved(end, size, backwards);
    if (HasBit(masks_.shrink_axis_mask(), i)) {
      op.dropped.push_back(std::ssize(op.begin));
      return Add(begin, begin + 1, 1);
    }
    shape.push_back(stride == 0 ? 0 : CountAlong(begin, end, stride));
    Add(begin, end, stride);
  }

  const Shape& in_;
  const tflite::StridedSliceOptions& masks_;
};

Parsed ParseStrided(const TfliteSource& source) {
  const auto begin = IntsOf(source, 1);
  const auto end = IntsOf(source, 2);
  const auto strides = IntsOf(source, 3);
  const auto* options = source.OptionsAs<tflite::StridedSliceOptions>();
  if (!begin.has_value() || !end.has_value() || !strides.has_value()) {
    return "its bounds are not constant";
  }
  if (options == nullptr || options->offset()) return "its bounds count from each other";
  if (begin->size() != end->size() || begin->size() != strides->size() ||
      begin->size() > kMostBounds) {
    return "bounds of different number";
  }
  SliceBounds bounds(source.inputs[0]->shape, *options);
  if (!bounds.Take(*begin, *end, *strides)) return "more bounds than axes";
  if (options->new_axis_mask() == 0) return ParsedOp{bounds.op};
  bounds.op.dropped.clear();
  return ParsedOp{.op = bounds.op, .reshaped = bounds.shape};
}

Parsed ParseStridedSlice(const TfliteSource& source) {
  return source.code == tflite::BuiltinOperator_SLICE ? ParseSlice(source)
                                                      : ParseStrided(source);
}

}  // namespace

const OpDef& StridedSlice::Def() {
  static const OpDef kDef = Define<StridedSlice>({
      .infer = Infer,
      .types = AnyType(),
      .compile = Compile,
      .quantization = {.range = RangeRule::kSameAsInputs},
      .tflite = Form,
      .codes = {tflite::BuiltinOperator_STRIDED_SLICE, tflite::BuiltinOperator_SLICE},
      .parse = ParseStridedSlice,
  });
  return kDef;
}

}  // namespace kinglet
