// What the attention layers share.
#pragma once

#include <optional>
#include <string>

#include "import/building_blocks.h"

namespace kinglet {

/// Each [n,steps,features], or [n,heads,steps,size].
struct AttentionOperands {
  ValueId query;
  ValueId key;
  ValueId value;
};

/// The scores that `mask` (bool, broadcast to them) lets count; the others become so
/// small that a softmax gives them a weight below float's resolution.
ValueId Masked(const LayerContext& context, ValueId scores, ValueId mask);

/// Softmax over the last axis of the scores that `mask` (bool, broadcast to them) lets
/// count; the others get a weight below float's resolution.
ValueId MaskedSoftmax(const LayerContext& context, ValueId scores,
                      std::optional<ValueId> mask);

/// What becomes of the products of queries and keys before the softmax.
struct ScoreForm {
  float factor = 1;
  std::optional<ValueId> bias = std::nullopt;
  std::optional<ValueId> mask = std::nullopt;
  bool zeroes_masked = false;  ///< weights of a query of which the mask leaves no key
};

struct Attended {
  ValueId mixed;    ///< [n,heads,queries,size]
  ValueId weights;  ///< [n,heads,queries,keys]
};

/// Operands as [n,heads,steps,size], of which so many heads of the query in a row share
/// one of key and value as the query has more.
Attended AttendedByHeads(const LayerContext& context, const AttentionOperands& operands,
                         const ScoreForm& form);

/// [1,queries,keys]: which positions each query may look at, none that follows it.
ValueId CausalMask(const LayerContext& context, std::int64_t queries, std::int64_t keys);

/// Both, where there are two.
std::optional<ValueId> Both(const LayerContext& context, std::optional<ValueId> a,
                            std::optional<ValueId> b);

/// A mask [n,steps] with an axis of size 1 put in at `axis`.
std::optional<ValueId> WithAxis(const LayerContext& context, std::optional<ValueId> mask,
                                std::size_t axis);

}  // namespace kinglet
