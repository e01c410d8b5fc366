// Einstein sums of two operands as products of matrices.
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
};

/// Spells "..." out in letters that the equation doesn't use. `ranks` are those of the
/// operands; a rank may be left out for an operand without "...". Nothing for an equation
/// with a letter twice in one operand, or that doesn't fit the ranks.
std::optional<EinsumSpec> ParseEinsum(
    const std::string& equation, const std::vector<std::optional<std::size_t>>& ranks);

/// The sum with a constant second operand: a fully connected operation where no letter
/// but the first operand's is shared with the output, else as EinsumOfTwo.
ValueId EinsumWithWeights(const LayerContext& context, const EinsumSpec& spec, ValueId x,
                          const Tensor& weights, const std::string& suffix);

/// The sum of two tensors: a batched product of matrices.
ValueId EinsumOfTwo(const LayerContext& context, const EinsumSpec& spec, ValueId x,
                    ValueId y, const std::string& suffix);

}  // namespace kinglet
