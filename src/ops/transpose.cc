// Transpose: output axis i is input axis perm[i].
#include <algorithm>

#include "ops/copies.h"
#include "ops/define.h"
#include "ops/tflite_form.h"
#include "ops/tflite_parse.h"

namespace kinglet {
namespace {

Inferred Infer(const Transpose& op, std::span<const TensorType> inputs) {
  const Shape& in = inputs[0].shape;
  Shape out;
  for (std::size_t i = 0; i < in.size(); ++i) {
    if (std::ranges::find(op.perm, static_cast<std::int64_t>(i)) == op.perm.end() ||
        op.perm.size() != in.size()) {
      return "no permutation of " + std::to_string(in.size()) + " axes";
    }
    out.push_back(in[static_cast<std::size_t>(op.perm[i])]);
  }
  return std::vector<TensorType>{{inputs[0].dtype, out}};
}

Kernel Compile(const Transpose& op, const NodeView& view) {
  const Value& in = view.Input(0);
  return CopyKernel(Permutation(in.shape, op.perm, SizeOf(in.dtype)), view);
}

TfliteOp Form(const Transpose& op, const NodeView& view,
              flatbuffers::FlatBufferBuilder& /*builder*/) {
  const Versions versions = op.perm.size() > 4 ? Versions{4, 4, 5} : Versions{1, 2, 5};
  return WithoutOptions(view, tflite::BuiltinOperator_TRANSPOSE, versions,
                        {IntVector(op.perm)});
}

Parsed ParseTranspose(const TfliteSource& source) {
  const auto perm = IntsOf(source, 1);
  if (!perm.has_value()) return "its permutation is not constant";
  return ParsedOp{Transpose{*perm}};
}

}  // namespace

const OpDef& Transpose::Def() {
  static const OpDef kDef = Define<Transpose>({
      .infer = Infer,
      .types = AnyType(),
      .compile = Compile,
      .quantization = {.range = RangeRule::kSameAsInputs},
      .tflite = Form,
      .codes = {tflite::BuiltinOperator_TRANSPOSE},
      .parse = ParseTranspose,
  });
  return kDef;
}

}  // namespace kinglet
