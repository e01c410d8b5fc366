// Attention over several axes as attention over one.
#pragma once

#include <string>

#include "import/building_blocks.h"

namespace kinglet {

/// Tensors of any rank as [n,steps,features]: the axes attended over become the steps,
/// those between batch and features that are left out join the batch.
class StepsForm {
 public:
  /// @throws kUnsupported unless the query has the batch, steps and features, and none of
  /// the layer's `attention_axes` is batch or features.
  StepsForm(const LayerContext& context, const Shape& query);

  /// Whether tensors have that form as they are.
  [[nodiscard]] bool IsPlain() const { return perm_.size() == 3; }

  /// @throws kUnsupported for another rank than the query's.
  [[nodiscard]] ValueId In(ValueId x, const std::string& name) const;

  /// A result of as many features as it has, on the steps of the query.
  [[nodiscard]] ValueId Out(ValueId y, const Shape& query) const;

 private:
  const LayerContext& context_;
  Ints perm_ = {0};  ///< batch and what joins it, steps, features
  std::size_t batch_axes_ = 1;
};

}  // namespace kinglet
