// MirrorPad: what lies beyond an edge are the elements inside, mirrored.
#include "ops/define.h"
#include "ops/table_copy.h"
#include "ops/tflite_form.h"
#include "ops/tflite_parse.h"

namespace kinglet {
namespace {

// Without the edge itself there is one element less to take from.
std::int64_t Available(const MirrorPad& op, std::int64_t size) {
  return op.mode == Mirror::kReflect ? size - 1 : size;
}

Inferred Infer(const MirrorPad& op, std::span<const TensorType> inputs) {
  TensorType out = inputs[0];
  if (op.before.size() != out.shape.size() || op.after.size() != out.shape.size()) {
    return "padding of another rank than input " + ToString(out.shape);
  }
  for (std::size_t i = 0; i < out.shape.size(); ++i) {
    const std::int64_t most = Available(op, out.shape[i]);
    if (op.before[i] < 0 || op.after[i] < 0 || op.before[i] > most ||
        op.after[i] > most) {
      return "more padding than there are elements in " + ToString(out.shape);
    }
    out.shape[i] += op.before[i] + op.after[i];
  }
  return std::vector<TensorType>{out};
}

Kernel Compile(const MirrorPad& op, const NodeView& view) {
  const Shape& in = view.Input(0).shape;
  const std::int64_t skipped = op.mode == Mirror::kReflect ? 1 : 0;
  std::vector<Ints> positions(in.size());
  for (std::size_t axis = 0; axis < in.size(); ++axis) {
    for (std::int64_t i = -op.before[axis]; i < in[axis] + op.after[axis]; ++i) {
      const std::int64_t mirrored =
          i < 0 ? skipped - 1 - i : 2 * in[axis] - skipped - 1 - i;
      positions[axis].push_back(i < 0 || i >= in[axis] ? mirrored : i);
    }
  }
  return TableCopyKernel(positions, view);
}

TfliteOp Form(const MirrorPad& op, const NodeView& view,
              flatbuffers::FlatBufferBuilder& builder) {
  const auto mode = op.mode == Mirror::kReflect ? tflite::MirrorPadMode_REFLECT
                                                : tflite::MirrorPadMode_SYMMETRIC;
  return {.code = tflite::BuiltinOperator_MIRROR_PAD,
          .version = VersionFor(view, {}),
          .options_type = tflite::BuiltinOptions_MirrorPadOptions,
          .options = tflite::CreateMirrorPadOptions(builder, mode).Union(),
          .inputs = Operands(view, {PairRows(op.before, op.after)})};
}

Parsed ParseMirrorPad(const TfliteSource& source) {
  const auto* options = source.OptionsAs<tflite::MirrorPadOptions>();
  const auto paddings = PairsOf(source, 1);
  if (!paddings.has_value()) return "its paddings are not constant";
  const bool symmetric =
      options != nullptr && options->mode() == tflite::MirrorPadMode_SYMMETRIC;
  return ParsedOp{MirrorPad{.before = paddings->before,
                            .after = paddings->after,
                            .mode = symmetric ? Mirror::kSymmetric : Mirror::kReflect}};
}

}  // namespace

const OpDef& MirrorPad::Def() {
  static const OpDef kDef = Define<MirrorPad>({
      .infer = Infer,
      .types = AnyType(),
      .compile = Compile,
      .quantization = {.range = RangeRule::kSameAsInputs},
      .tflite = Form,
      .codes = {tflite::BuiltinOperator_MIRROR_PAD},
      .parse = ParseMirrorPad,
  });
  return kDef;
}

}  // namespace kinglet
