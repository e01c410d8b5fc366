// What the attention layers share.
#pragma once

#include <optional>
#include <string>

#include "import/building_blocks.h"

namespace kinglet {

/// Each [n,steps,features].
struct AttentionOperands {
  ValueId query;
  ValueId key;
  ValueId value;
};

/// Softmax over the last axis of the scores that `mask` (bool, broadcast to them) lets
/// count; the others get a weight below float's resolution.
ValueId MaskedSoftmax(const LayerContext& context, ValueId scores,
                      std::optional<ValueId> mask);

/// [1,queries,keys]: which positions each query may look at, none that follows it.
ValueId CausalMask(const LayerContext& context, std::int64_t queries, std::int64_t keys);

/// Both, where there are two.
std::optional<ValueId> Both(const LayerContext& context, std::optional<ValueId> a,
                            std::optional<ValueId> b);

/// A mask [n,steps] with an axis of size 1 put in at `axis`.
std::optional<ValueId> WithAxis(const LayerContext& context, std::optional<ValueId> mask,
                                std::size_t axis);

}  // namespace kinglet
