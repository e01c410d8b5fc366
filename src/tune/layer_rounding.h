// Weights of one layer, or of several that have the same, rounded together on samples.
#pragma once

#include <map>
#include <memory>
#include <span>
#include <vector>

#include "ir/graph.h"
#include "run/layerwise.h"
#include "tune/folds.h"
#include "tune/gram.h"

namespace kinglet {

/// Second moments are those of INT8 inputs, one a weight of the original. Weights that
/// another node reads as well stay as they are, as do those of very many inputs.
bool CanRound(const Graph& graph, const Uses& uses, const Node& node,
              const Tensor& original);

/// The integers of the weights of a quantized linear node. REQUIRES: CanRound; that the
/// node is the next of the run.
/// @param floats  what it reads in the float graph, to make good what is wrong with its
///                input as well; null leaves that out
Tensor RoundedOn(const Graph& graph, const Node& node, const Tensor& weights,
                 const LayerwiseRun& run, LayerInputs::Source floats,
                 std::size_t workers);

/// By the weights of a quantized node: what they become for all nodes that have the same;
/// null where they stay.
using SharedRounding = std::map<ValueId, std::shared_ptr<const Tensor>>;

/// Of weights that several linear nodes of the float graph have, as the steps of an
/// unrolled layer do: rounded for each of them they would stand in the file as often. The
/// second moments are sums over the nodes of what they read in the quantized graph as it
/// is, in one more run of the samples.
/// @param originals  by node of the quantized graph: its layer in `original`, or null
SharedRounding RoundShared(const Graph& quantized, const Graph& original,
                           std::span<const Node* const> originals,
                           const SampleRefs& samples, std::size_t workers);

}  // namespace kinglet
