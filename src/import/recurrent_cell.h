// The cells of recurrent layers, one step of them.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "import/layer_context.h"

namespace kinglet {

/// A cell: its configuration, and where its variables and names are in the layer.
struct CellForm {
  std::string kind;  ///< "LSTM", "GRU" or "SimpleRNN"
  Json config;
  std::string path;    ///< of its variables below the layer
  std::string prefix;  ///< of names; empty or "cell_1/"
  std::int64_t states = 1;
};

/// The states after a step (the first is the output) from those before it; no states mean
/// zeros.
using CellStep =
    std::function<std::vector<ValueId>(std::size_t step, const std::vector<ValueId>&)>;

/// The cells of the layer in the order in which they see a step.
/// @throws kUnsupported for other cells than Keras' own.
std::vector<CellForm> CellsOf(const LayerContext& context);

/// The cell over x [n,steps,features]. What of x enters each step is computed for all
/// steps at once.
CellStep StepsOf(const LayerContext& context, const CellForm& form, ValueId x);

}  // namespace kinglet
