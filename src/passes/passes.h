// The rewrites of a float graph: each reads one graph and returns another that computes
// the same function to float rounding. What a pass can't improve it returns as it is.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "ir/graph.h"

namespace kinglet {

/// Folds a constant factor or offset per output channel (Mul, Add, Sub, Div by a
/// constant) into the convolution, depthwise convolution or fully connected operation
/// before it:
///   w' = w * m, b' = b * m + offset, each step rounded to float32 as TensorFlow does.
/// A clamp that the folded operation carries moves along. Declines when the linear result
/// has another reader or is already clamped.
Graph FoldAffine(const Graph& graph);

/// Folds a constant factor or offset into the weights and biases of all the linear
/// operations that read the mapped value, also through what leaves channels alone (means
/// and average pools over places among it). Declines when anything else reads it, for an
/// offset where the window reads zeros outside the input, and where factors would make
/// weights clearly harder to quantize.
Graph FoldAffineBefore(const Graph& graph);

/// Moves element-wise operations in front of the Reshape or Transpose whose result they
/// read. Declines when that has another reader.
Graph SinkMovers(const Graph& graph);

/// Makes a BatchMatMul read what the Transpose of its matrices reads.
Graph FoldTransposes(const Graph& graph);

/// Computes what depends on constants alone.
Graph FoldConstants(const Graph& graph);

/// Moves a Relu into the operation that makes its input, so that INT8 rescales once.
/// Declines when that result has another reader or the operation carries no activation.
Graph FuseActivations(const Graph& graph);

/// Folds a factor above zero per channel behind a clamp at zero into the linear operation
/// under the clamp: k relu(w x + b) = relu(k w x + k b). Declines for other clamps.
Graph FoldPositiveScale(const Graph& graph);

/// The same for weights that get one scale for all output channels: declines also where
/// the factors are so uneven that weights would lose more than another rounding does.
Graph FoldPositiveScaleInOneScale(const Graph& graph);

/// Drops what changes nothing: a reshape to the same shape, a full slice, an empty
/// padding, an identity permutation, a concatenation of one, a 1x1 depthwise convolution
/// by ones, a clamp at zero of what can't be negative.
Graph RemoveIdentities(const Graph& graph);

/// One HardSwish for x relu6(x + 3) / 6, in whichever order it is multiplied. Declines
/// when a product in between has another reader.
Graph RecoverHardSwish(const Graph& graph);

/// Expresses Pack, which tools take for a sign of dynamic shapes, by Concatenation of at
/// most ten tensors and Reshape: one reshape behind where only axes of size 1 come before
/// the new one, else one in front for each operand.
Graph ExpressPacks(const Graph& graph);

/// A product for a square, for that of a difference SquaredDifference. Declines between
/// an input and an output of the model.
Graph ExpressSquares(const Graph& graph);

/// A product of matrices for the sum over places of vectors times weights, one weight a
/// place. Declines when the products have another reader.
Graph ExpressWeightedSums(const Graph& graph);

/// An addition and a depthwise convolution, or that alone, for the sums, factors and
/// clamps that make a piecewise linear function per channel of a tensor; with clamps, of
/// one [1, 1, places, channels] at or above zero. Declines when something else reads what
/// lies between. Not one of Passes(): TensorFlow's arithmetic rounds each operation.
Graph MergeHinges(const Graph& graph);

/// Convolutions of some bands over the rows that these read, and their concatenation, for
/// a filter bank: a convolution as tall as its input with mostly zeros for weights. Not
/// one of Passes(): more operations, fewer products.
Graph SplitBands(const Graph& graph);

/// Makes padding in front of a convolution the convolution's own, where "same" means just
/// that padding.
Graph FoldPadding(const Graph& graph);

/// One Reshape for two in a row, one Transpose for two, one StridedSlice for two without
/// strides, and a Reshape for a Transpose that only moves axes of size 1.
Graph MergeMovers(const Graph& graph);

/// Makes one operation of two maps per channel, x * s1 + o1 and then * s2 + o2: a Mul, an
/// Add, or a 1x1 DepthwiseConv2d where the result has four axes. Declines when the map
/// between has another reader or a clamp, and for one factor and offset of an input. Not
/// one of Passes(): TensorFlow's arithmetic rounds each operation.
Graph MergeAffineMaps(const Graph& graph);

/// x * f - mean(x) * f for (x - mean(x)) * f, where `f` is computed and has the shape of
/// the mean, as in layer normalization. Not one of Passes(): whether INT8 errs less so
/// depends on how the mean compares with what is left.
Graph ScaleBeforeCentring(const Graph& graph);

/// Makes a slice leave out the axes of size 1 that the Reshape which reads it removes,
/// and a reduction leave out or keep its axes as that does. Declines when the result has
/// another reader or the Reshape does more.
Graph DropSlicedAxes(const Graph& graph);

/// Moves LogicalNot behind LogicalAnd, LogicalOr and Reshape, into comparisons for
/// equality and into the choices that read it. Declines to move one that something else
/// reads too, but for choices.
Graph SinkNegations(const Graph& graph);

/// Keeps one of several equal nodes over equal inputs; constants are compared by content.
Graph MergeEqualNodes(const Graph& graph);

/// A graph whose outputs are logits, and the names of its outputs: those that lost an
/// activation, and those that had none.
struct LogitOutputs {
  Graph graph;
  std::vector<std::string> dropped;
  std::vector<std::string> others;
};

/// Drops the Logistic, Softmax or LogSoftmax that makes an output, also under a Reshape
/// or Transpose. What else reads its result still does. Not a step of the pipeline: the
/// outputs become others.
LogitOutputs DropOutputActivations(const Graph& graph);

/// A step of the pipeline.
struct Pass {
  std::string_view name;
  Graph (*run)(const Graph&);
};

/// The passes in the order in which Optimize runs them; the last two wait until the
/// others have nothing left to do.
const std::vector<Pass>& Passes();

/// Sees the graph after each pass.
using PassListener = std::function<void(std::string_view pass, const Graph& graph)>;

/// Runs the passes, again and again until they change nothing. The structure is checked
/// after each.
Graph Optimize(const Graph& graph, const PassListener& listener = nullptr);

/// The same with FoldPositiveScaleInOneScale.
Graph OptimizeForOneScale(const Graph& graph);

/// The same for a graph whose activations stay in float, where a map in front of linear
/// operations rounds nothing: FoldAffineBefore could only make weights, and what the
/// runtime quantizes as it comes, harder to quantize.
Graph OptimizeForFloats(const Graph& graph);

}  // namespace kinglet
