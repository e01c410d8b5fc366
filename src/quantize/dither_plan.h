// Which results of a quantized graph are computed several times (dither.h), and who reads
// which of the copies.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "ir/graph.h"

namespace kinglet {

/// How many times a result is computed, by its name: a power of two of at most
/// kMostCopies.
using Copies = std::map<std::string, int>;

inline constexpr int kMostCopies = 4;

/// Whether offsets of the rounding can go into a node: linear with constant INT8 weights
/// and an INT8 result.
bool CanBeDithered(const Graph& quantized, const Node& node);

/// Whether the node can be computed once for each copy of what it reads.
bool CanFollowCopies(const Graph& quantized, const Node& node);

/// Whether the node takes copies of its operand `input` together.
bool TakesCopies(const Graph& quantized, const Node& node, std::size_t input);

/// The bias of a linear node with INT8 weights, zeros when it has none.
std::vector<std::int32_t> BiasIntegers(const Graph& quantized, const Node& linear);

/// What becomes of each node. Names of what the graph doesn't hold in INT8, or can't be
/// copied, are passed over. The graph must outlive it.
class DitherPlan {
 public:
  DitherPlan(const Graph& graph, const Copies& copies);

  /// 1 for what isn't copied.
  [[nodiscard]] int CountOf(ValueId id) const { return count_[Index(id)]; }
  [[nodiscard]] int CopiesOf(const Node& node) const { return CountOf(node.outputs[0]); }
  /// The node is computed as it was, whether or not copies of it are as well.
  [[nodiscard]] bool IsWhole(const Node& node) const;
  /// It takes all copies of its first operand together.
  [[nodiscard]] bool Joins(const Node& node) const;
  /// Its copies read one copy each of that operand.
  [[nodiscard]] bool Follows(const Node& node, ValueId operand) const {
    return CopiesOf(node) > 1 && CountOf(operand) == CopiesOf(node);
  }

 private:
  void Count(const Node& node, const Copies& copies);
  /// What the node reads as it was. REQUIRES: its readers are marked.
  void MarkOperands(const Node& node);

  const Graph& graph_;
  // By value:
  std::vector<int> count_;
  std::vector<bool> reads_whole_;   // somebody reads it as it was
  std::vector<bool> reads_copies_;  // somebody reads copies of it
};

/// The multiply-accumulates of the graph with those copies.
std::int64_t MacsWithCopies(const Graph& quantized, const Copies& copies);

}  // namespace kinglet
