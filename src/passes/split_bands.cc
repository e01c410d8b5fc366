// Filter banks, such as from a spectrum to mel bands, are convolutions as tall as their
// input whose weights are mostly zeros: each band reads a few neighbouring rows. Bands
// next to each other that read nearly the same rows stay together; which ones is found by
// dynamic programming over the blocks that end at each band.
#include <algorithm>
#include <limits>

#include "passes/passes.h"
#include "passes/rewrite.h"

namespace kinglet {
namespace {

constexpr std::size_t kMostBlocks = 8;
constexpr double kBlockCost = 0.02;   // of the whole convolution, for what a block adds
constexpr double kWorthwhile = 0.75;  // of the whole convolution

/// Rows that some bands read.
struct Rows {
  Size begin = std::numeric_limits<Size>::max();
  Size end = 0;

  void Include(const Rows& other) {
    begin = std::min(begin, other.begin);
    end = std::max(end, other.end);
  }
  [[nodiscard]] Size Count() const { return std::max<Size>(end - begin, 1); }
};

/// Bands [first, last) and the rows that they read.
struct Block {
  std::size_t first = 0;
  std::size_t last = 0;
  Rows rows;
};

/// By band. REQUIRES: weights [bands, rows, width, channels].
std::vector<Rows> RowsOfBands(const Tensor& weights) {
  const Shape& shape = weights.shape();
  const auto elements = weights.Data<float>();
  const Size row_size = shape[2] * shape[3];
  std::vector<Rows> bands(static_cast<std::size_t>(shape[0]));
  for (std::size_t i = 0; i < elements.size(); ++i) {
    if (elements[i] == 0) continue;
    const Size row = static_cast<Size>(i) / row_size;
    bands[static_cast<std::size_t>(row / shape[1])].Include(
        {row % shape[1], row % shape[1] + 1});
  }
  return bands;
}

/// The cheapest blocks, by count, that end at each band.
class Partition {
 public:
  Partition(const std::vector<Rows>& bands, Size height)
      : whole_(static_cast<double>(height) * static_cast<double>(bands.size())),
        best_(kMostBlocks + 1, std::vector<Best>(bands.size() + 1)) {
    best_[0][0].cost = 0;
    for (std::size_t last = 1; last <= bands.size(); ++last) {
      Rows rows;
      for (std::size_t first = last; first-- > 0;) {
        rows.Include(bands[first]);
        Consider({first, last, rows});
      }
    }
  }

  /// None where they save too little.
  [[nodiscard]] std::vector<Block> Blocks() const {
    const std::size_t bands = best_[0].size() - 1;
    std::size_t count = 1;
    for (std::size_t other = 2; other <= kMostBlocks; ++other) {
      if (best_[other][bands].cost < best_[count][bands].cost) count = other;
    }
    if (best_[count][bands].cost > kWorthwhile) return {};
    std::vector<Block> blocks;
    for (std::size_t last = bands; last > 0; last = blocks.back().first) {
      blocks.push_back(best_[count--][last].block);
      if (blocks.back().rows.end == 0) blocks.back().rows = {0, 1};  // zeros alone
    }
    std::ranges::reverse(blocks);
    return blocks;
  }

 private:
  struct Best {
    double cost = std::numeric_limits<double>::infinity();  // of the whole
    Block block;
  };

  /// Its rows times its bands, and what a block costs.
  [[nodiscard]] double CostOf(const Block& block) const {
    const Size products =
        block.rows.Count() * static_cast<Size>(block.last - block.first);
    return static_cast<double>(products) / whole_ + kBlockCost;
  }

  void Consider(const Block& block) {
    const double cost = CostOf(block);
    for (std::size_t count = 1; count <= kMostBlocks; ++count) {
      Best& best = best_[count][block.last];
      const double total = best_[count - 1][block.first].cost + cost;
      if (total < best.cost) best = {total, block};
    }
  }

  double whole_;
  std::vector<std::vector<Best>> best_;  // by count of blocks and end
};

/// The weights of a block: its bands and the rows that they read.
Tensor WeightsOf(const Tensor& weights, const Block& block) {
  const Shape& all = weights.shape();
  Shape shape = all;
  shape[0] = static_cast<Size>(block.last - block.first);
  shape[1] = block.rows.Count();
  Tensor some(DType::kFloat32, shape);
  const auto from = weights.Data<float>();
  auto to = some.Data<float>().begin();
  const Size row_size = all[2] * all[3];
  for (std::size_t band = block.first; band < block.last; ++band) {
    const Size start = (static_cast<Size>(band) * all[1] + block.rows.begin) * row_size;
    to = std::copy_n(from.begin() + start, shape[1] * row_size, to);
  }
  return some;
}

class Splitter {
 public:
  explicit Splitter(const Graph& graph) : from_(graph), to_(graph) { to_.nodes.clear(); }

  Graph Run() {
    for (const Node& node : from_.nodes) {
      if (IsAsTallAsItsInput(node)) {
        const Tensor& weights = *from_[node.inputs[1]].constant;
        const auto blocks = Partition(RowsOfBands(weights), weights.shape()[1]).Blocks();
        if (!blocks.empty()) {
          Split(node, blocks);
          continue;
        }
      }
      to_.nodes.push_back(node);
    }
    return WithoutDeadParts(to_);
  }

 private:
  [[nodiscard]] bool IsAsTallAsItsInput(const Node& node) const {
    const auto* conv = std::get_if<Conv2d>(&node.op);
    if (conv == nullptr || !IsLinear(from_, node)) return false;
    const Shape& weights = from_[node.inputs[1]].shape;
    const Shape& input = from_[node.inputs[0]].shape;
    return conv->padding == Padding::kValid && conv->dilation_h == 1 &&
           weights[1] == input[1] && weights[3] == input[3];
  }

  void Split(const Node& node, const std::vector<Block>& blocks) {
    const Tensor& weights = *from_[node.inputs[1]].constant;
    const std::vector<float> bias = BiasOf(from_, node);
    std::vector<ValueId> parts;
    for (const Block& block : blocks) {
      const auto bands = static_cast<Size>(block.last - block.first);
      const std::span<const float> some =
          std::span(bias).subspan(block.first, block.last - block.first);
      Shape shape = from_[node.outputs[0]].shape;
      shape[3] = bands;
      const ValueId rows = RowsOf(node, block.rows);
      const ValueId of_block = to_.AddConstant(from_[node.inputs[1]].name + "/band",
                                               WeightsOf(weights, block));
      const ValueId added =
          to_.AddConstant(node.name + "/bias", Tensor::Of<float>({bands}, some));
      parts.push_back(ValueLike(to_, node.outputs[0], shape));
      to_.nodes.push_back(
          {node.op, {rows, of_block, added}, {parts.back()}, node.name + "/band"});
    }
    to_.nodes.push_back({Concatenation{3}, std::move(parts), node.outputs, node.name});
  }

  ValueId RowsOf(const Node& node, const Rows& rows) {
    const ValueId input = node.inputs[0];
    StridedSlice slice{
        .begin = Ints(4, 0), .end = from_[input].shape, .strides = Ints(4, 1)};
    slice.begin[1] = rows.begin;
    slice.end[1] = rows.end;
    Shape shape = from_[input].shape;
    shape[1] = rows.Count();
    const ValueId some = ValueLike(to_, input, shape);
    to_.nodes.push_back({std::move(slice), {input}, {some}, node.name + "/rows"});
    return some;
  }

  const Graph& from_;
  Graph to_;
};

}  // namespace

Graph SplitBands(const Graph& graph) { return Splitter(graph).Run(); }

}  // namespace kinglet
