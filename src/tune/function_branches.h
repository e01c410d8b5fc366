// Functions of single elements over planes: F(x) = F(min(x, t)) + (F(max(x, t)) - F(t)),
// with each of both on steps that suit it.
#pragma once

#include <cstddef>
#include <map>
#include <vector>

#include "base/tensor.h"
#include "ir/graph.h"

namespace kinglet {

/// Writes such functions of one graph into another that holds the same values.
class FunctionBranches {
 public:
  FunctionBranches(const Graph& from, Graph& to) : from_(from), to_(to) {}

  /// A function's first node, whose operand `input` is split at `threshold`: `fine` holds
  /// min(x, t). False, and nothing written, where the function has no value there; else
  /// the nodes make the whole result as well.
  bool Begin(const Node& node, std::size_t input, ValueId fine, float threshold);

  /// The same for a node that reads what a node before it wrote; false for others.
  bool Continue(const Node& node);

 private:
  /// The results for the fine plane, for max(x, t), and for t.
  struct Branches {
    ValueId below{};
    ValueId above{};
    Tensor at_threshold;
  };

  [[nodiscard]] bool HasValueAt(const Node& first, Tensor at) const;
  bool Write(const Node& node, const Branches& before);
  ValueId Append(const Op& op, const std::vector<ValueId>& inputs, ValueId like,
                 const char* ending, const Node& node);

  const Graph& from_;
  Graph& to_;
  std::map<ValueId, Branches> branches_;
};

}  // namespace kinglet
