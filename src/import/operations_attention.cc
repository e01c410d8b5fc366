// Attention as a function of projected queries, keys and values.
#include <fmt/format.h>

#include <cmath>

#include "import/attention.h"
#include "import/operation.h"

namespace kinglet {
namespace {

/// [n,steps,heads,size] -> [n,heads,steps,size]
ValueId HeadsFirst(const Operation& operation, int place, const char* name) {
  const ValueId x = operation.Operand(place, {name});
  if (operation.ShapeOf(x).size() != 4) {
    operation.context().Refuse("an input that is no [batch, steps, heads, size]");
  }
  return Transposed(operation.context(), x, {0, 2, 1, 3}, fmt::format("{}/heads", name));
}

/// The mask of the call and the causal one.
std::optional<ValueId> PairMask(const Operation& operation,
                                const AttentionOperands& operands) {
  const LayerContext& context = operation.context();
  std::optional<ValueId> mask;
  if (!operation.Argument(4, {"mask"}).is_null()) {
    mask = AsCondition(context, operation.Operand(4, {"mask"}));
  }
  if (!operation.Flag(-1, {"is_causal"}, false)) return mask;
  return Both(context, mask,
              CausalMask(context, operation.ShapeOf(operands.query)[2],
                         operation.ShapeOf(operands.key)[2]));
}

std::vector<ValueId> DotProductAttention(const Operation& operation) {
  const LayerContext& context = operation.context();
  if (operation.Flag(-1, {"flash_attention"}, false)) {
    context.Refuse("flash_attention, which TensorFlow hasn't; leave it out");
  }
  if (!operation.Argument(-1, {"attn_logits_soft_cap"}).is_null()) {
    context.Refuse("attn_logits_soft_cap, which TensorFlow ignores; leave it out");
  }
  const AttentionOperands operands{HeadsFirst(operation, 0, "query"),
                                   HeadsFirst(operation, 1, "key"),
                                   HeadsFirst(operation, 2, "value")};
  const auto size = static_cast<double>(operation.ShapeOf(operands.key).back());
  ScoreForm form;
  form.factor =
      static_cast<float>(operation.Number(5, {"scale"}).value_or(1 / std::sqrt(size)));
  if (!operation.Argument(3, {"bias"}).is_null()) {
    form.bias = operation.Operand(3, {"bias"});
  }
  form.mask = PairMask(operation, operands);
  const Attended attended = AttendedByHeads(context, operands, form);
  return {Transposed(context, attended.mixed, {0, 2, 1, 3}, "")};
}

}  // namespace

const std::vector<OperationRow>& AttentionOperations() {
  static const std::vector<OperationRow> kRows = {
      {"DotProductAttention",
       {},
       DotProductAttention,
       "TRANSPOSE, BATCH_MATMUL, MUL, SOFTMAX, BATCH_MATMUL, TRANSPOSE; masks as in "
       "attention layers"},
  };
  return kRows;
}

}  // namespace kinglet
