// Recurrent layers, unrolled over the steps of their input.
#pragma once

#include <optional>
#include <vector>

#include "import/layer_context.h"

namespace kinglet {

/// What a recurrent layer gives.
struct Recurrence {
  std::vector<ValueId> outputs;  ///< [n,units] of each step, in the order of processing
  std::vector<ValueId> states;   ///< after the last step
};

/// Whether the layer (LSTM, GRU, SimpleRNN, RNN) walks from the end.
bool GoesBackwards(const LayerContext& context);

/// Runs the layer over x [n,steps,features]. `states` are the initial ones, empty for
/// zeros. A step that `mask` [n,steps] leaves out keeps the states and repeats the
/// output.
/// @throws kUnsupported, kCorrupt naming the layer.
Recurrence Unrolled(const LayerContext& context, ValueId x, std::vector<ValueId> states,
                    std::optional<ValueId> mask);

/// Outputs of all steps as [n,steps,units].
ValueId Stacked(const LayerContext& context, const std::vector<ValueId>& outputs,
                const std::string& suffix);

}  // namespace kinglet
