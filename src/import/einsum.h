// Einstein sums as products of matrices.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "import/layer_context.h"

namespace kinglet {

/// "abc,cd->abd": a letter per axis.
struct EinsumSpec {
  std::vector<std::string> inputs;
  std::string output;

  /// Whether an operand has a letter twice.
  [[nodiscard]] bool HasRepeats() const;
};

/// Spells "..." out in letters that the equation doesn't use. `ranks` are those of the
/// operands; a rank may be left out for an operand without "...". Without an arrow the
/// output has the letters that stand once, sorted. Nothing for an equation of which the
/// output has a letter twice or one that no operand has, or that doesn't fit the ranks.
std::optional<EinsumSpec> ParseEinsum(
    const std::string& equation, const std::vector<std::optional<std::size_t>>& ranks);

/// The sum of any operands that fit the letters.
ValueId EinsumOf(const LayerContext& context, const EinsumSpec& spec,
                 const std::vector<ValueId>& operands, const std::string& suffix);

/// The sum, no operand with a letter twice, with a constant second operand: a fully
/// connected operation where no letter but the first operand's is shared with the output,
/// else as EinsumOfTwo.
ValueId EinsumWithWeights(const LayerContext& context, const EinsumSpec& spec, ValueId x,
                          const Tensor& weights, const std::string& suffix);

/// The sum of two tensors, neither with a letter twice: a batched product of matrices.
ValueId EinsumOfTwo(const LayerContext& context, const EinsumSpec& spec, ValueId x,
                    ValueId y, const std::string& suffix);

}  // namespace kinglet
