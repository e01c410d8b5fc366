// What the passes share.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "ir/graph.h"

namespace kinglet {

/// The activation that an operation applies to its result, or null when it can't.
Activation* ActivationOf(Op& op);
const Activation* ActivationOf(const Op& op);

/// Whether the node is a convolution of any kind or fully connected with constant weights
/// (input 1) and bias (input 2).
bool IsLinear(const Graph& graph, const Node& node);

/// The float elements of a constant, or nothing for what is computed.
std::optional<std::span<const float>> ConstantFloats(const Graph& graph, ValueId id);

/// A constant as one factor or offset per channel of a result with `channels` channels in
/// its last axis; nothing when it varies along another axis.
std::optional<std::vector<float>> PerChannel(const Graph& graph, ValueId id,
                                             std::int64_t channels);

/// For each value itself, or the first constant that equals it.
std::vector<ValueId> FirstOfEquals(const Graph& graph);

/// Whether all elements are the same; true for none.
bool AllEqual(std::span<const float> values);

/// The mean square of a tensor's values over the square of the widest, of usual data: for
/// weighing what rounding weights costs against what rounding activations does.
inline constexpr double kMeanSquare = 0.1;

/// y = x * scale + offset per channel; either may be empty.
struct Affine {
  std::vector<float> scale;
  std::vector<float> offset;
};

/// The node, before the clamp that it may carry, as an affine map per channel of its only
/// computed operand; or nothing.
std::optional<Affine> AffineOf(const Graph& graph, const Node& node);

/// Gives a linear node the weights w * scale and the bias b * scale + offset, each step
/// rounded to float32. The old constants stay for other readers.
/// REQUIRES: IsLinear, one element per output channel.
void ApplyAfter(Graph& graph, Node& linear, const Affine& affine);

/// The weights of a linear operation times scale[input channel]; one scale stands for
/// all.
Tensor ScaledInputs(const Op& op, Tensor weights, std::span<const float> scale);

/// Makes a linear node compute from x what it did from x * scale + offset, scale and
/// offset per input channel or one for all. REQUIRES: IsLinear; no offset where the
/// window reads zeros outside the input.
void ApplyBefore(Graph& graph, Node& linear, const Affine& affine);

/// The bias of a linear node, zeros when it has none.
std::vector<float> BiasOf(const Graph& graph, const Node& linear);

/// Whether the value is at or above zero by construction.
bool IsNonnegative(const Graph& graph, const Uses& uses, ValueId id);

/// Appends a value like `like` under another shape.
ValueId ValueLike(Graph& graph, ValueId like, const Shape& shape);

/// Changes `producer`, whose only result is read by `node` alone, so that it makes what
/// `node` makes; false to leave both.
using Absorb = std::function<bool(Graph& graph, Node& producer, const Node& node)>;

/// Offers every node to the one that makes its computed input, and drops those absorbed.
Graph AbsorbIntoProducers(const Graph& graph, const Absorb& absorb);

/// The only input that is not a constant, or nothing.
std::optional<ValueId> OnlyComputedInput(const Graph& graph, const Node& node);

}  // namespace kinglet
