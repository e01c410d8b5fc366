// The letters of two operands fall into four kinds: those of both and of the output
// (batch), those of both that are summed, and those of one operand alone, which the
// output has (free) or which are summed before anything else. With the axes in the order
// batch, free, summed for x and batch, summed, free for y the sum is a product of
// matrices; its axes batch, free of x, free of y are brought to the output's order.
#include "import/einsum.h"

#include <algorithm>

#include "import/building_blocks.h"
#include "import/layout.h"

namespace kinglet {
namespace {

constexpr std::string_view kEllipsis = "...";

bool Has(const std::string& letters, char letter) {
  return letters.find(letter) != std::string::npos;
}

struct Kinds {
  std::string batch;
  std::string summed;
  std::string free_x;
  std::string free_y;
};

Kinds KindsOf(const std::string& x, const std::string& y, const std::string& out) {
  Kinds kinds;
  for (const char letter : x) {
    if (Has(y, letter)) (Has(out, letter) ? kinds.batch : kinds.summed) += letter;
    if (!Has(y, letter)) kinds.free_x += letter;
  }
  for (const char letter : y) {
    if (!Has(x, letter)) kinds.free_y += letter;
  }
  return kinds;
}

Ints PermOf(const std::string& from, const std::string& to) {
  Ints perm;
  for (const char letter : to) {
    perm.push_back(static_cast<std::int64_t>(from.find(letter)));
  }
  return perm;
}

/// Sizes of `letters` in a tensor of that shape with the letters `all`.
Shape SizesOf(const std::string& letters, const std::string& all, const Shape& shape) {
  Shape sizes;
  for (const char letter : letters) sizes.push_back(shape[all.find(letter)]);
  return sizes;
}

Shape Joined(Shape first, const Shape& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

/// An operand and the letters of its axes.
struct Lettered {
  ValueId value;
  std::string letters;
};

/// Without the axes that neither the other operand nor the output has.
Lettered Summed(const LayerContext& context, Lettered x, const std::string& other,
                const std::string& out, const std::string& suffix) {
  Ints axes;
  std::string kept;
  for (std::size_t i = 0; i < x.letters.size(); ++i) {
    const char letter = x.letters[i];
    if (Has(other, letter) || Has(out, letter)) {
      kept += letter;
    } else {
      axes.push_back(static_cast<std::int64_t>(i));
    }
  }
  if (axes.empty()) return x;
  return {context.Node(Sum{{.axes = axes}}, {x.value}, suffix), kept};
}

/// y in the order of the output from a tensor [batch..., free_x..., free_y...].
ValueId InOutputOrder(const LayerContext& context, const Kinds& kinds, ValueId y,
                      const Shape& sizes, const std::string& out,
                      const std::string& suffix) {
  const std::string order = kinds.batch + kinds.free_x + kinds.free_y;
  const Ints perm = PermOf(order, out);
  const bool is_last = std::ranges::is_sorted(perm);
  const std::string prefix = suffix.empty() ? "" : suffix + "/";
  const ValueId split = Reshaped(context, y, sizes, is_last ? suffix : prefix + "split");
  return Transposed(context, split, perm, suffix);
}

using Ranks = std::vector<std::optional<std::size_t>>;

/// Where no output is written: the ellipsis and the letters that stand once.
std::string ImpliedOutput(const std::string& inputs) {
  std::string once;
  for (const char c : inputs) {
    if (c != ',' && c != '.' && std::ranges::count(inputs, c) == 1) once += c;
  }
  std::ranges::sort(once);
  const bool has_ellipsis = inputs.find(kEllipsis) != std::string::npos;
  return (has_ellipsis ? std::string(kEllipsis) : "") + once;
}

/// The letters on either side of the arrow, as they are written.
EinsumSpec Sides(const std::string& text) {
  const std::size_t arrow = text.find("->");
  const std::string inputs = text.substr(0, arrow);
  EinsumSpec spec{.inputs = {""},
                  .output = arrow == std::string::npos ? ImpliedOutput(inputs)
                                                       : text.substr(arrow + 2)};
  for (const char c : inputs) {
    if (c == ',') spec.inputs.emplace_back();
    if (c != ',') spec.inputs.back() += c;
  }
  return spec;
}

/// How many axes the ellipses stand for at most; none where they can't stand for that.
std::optional<std::size_t> HiddenAxes(const EinsumSpec& spec, const Ranks& ranks) {
  std::size_t hidden = 0;
  for (std::size_t i = 0; i < ranks.size(); ++i) {
    if (spec.inputs[i].find(kEllipsis) == std::string::npos) continue;
    const std::size_t letters = spec.inputs[i].size() - kEllipsis.size();
    if (!ranks[i].has_value() || *ranks[i] < letters) return std::nullopt;
    hidden = std::max(hidden, *ranks[i] - letters);
  }
  return hidden;
}

/// Capital letters that the text doesn't use, from the end of the alphabet.
std::optional<std::string> UnusedLetters(const std::string& text, std::size_t count) {
  std::string names;
  for (char letter = 'Z'; names.size() < count; --letter) {
    if (letter < 'A') return std::nullopt;
    if (!Has(text, letter)) names += letter;
  }
  return names;
}

/// Puts the last `count` names in place of an ellipsis.
void Spell(std::string& letters, std::size_t count, const std::string& names) {
  const std::size_t at = letters.find(kEllipsis);
  if (at == std::string::npos) return;
  letters.replace(at, kEllipsis.size(), names.substr(names.size() - count));
}

bool HasLetterTwice(std::string letters) {
  std::ranges::sort(letters);
  return std::ranges::adjacent_find(letters) != letters.end();
}

/// Whether the output has each letter once, and none that no operand has.
bool FitsOutput(const EinsumSpec& spec) {
  const auto is_there = [&](char letter) {
    return std::ranges::any_of(
        spec.inputs, [&](const std::string& letters) { return Has(letters, letter); });
  };
  return !HasLetterTwice(spec.output) && std::ranges::all_of(spec.output, is_there);
}

}  // namespace

bool EinsumSpec::HasRepeats() const {
  return std::ranges::any_of(inputs, HasLetterTwice);
}

std::optional<EinsumSpec> ParseEinsum(
    const std::string& equation, const std::vector<std::optional<std::size_t>>& ranks) {
  std::string text;
  std::ranges::copy_if(equation, std::back_inserter(text),
                       [](char c) { return c != ' '; });
  EinsumSpec spec = Sides(text);
  if (spec.inputs.size() != ranks.size()) return std::nullopt;
  const auto hidden = HiddenAxes(spec, ranks);
  const auto names = UnusedLetters(text, hidden.value_or(0));
  if (!hidden.has_value() || !names.has_value()) return std::nullopt;
  for (std::size_t i = 0; i < ranks.size(); ++i) {
    std::string& letters = spec.inputs[i];
    const std::size_t spelled = letters.size() - kEllipsis.size();
    Spell(letters, ranks[i].has_value() ? *ranks[i] - std::min(*ranks[i], spelled) : 0,
          *names);
    if (ranks[i].has_value() && letters.size() != *ranks[i]) return std::nullopt;
  }
  Spell(spec.output, *hidden, *names);
  if (!FitsOutput(spec)) return std::nullopt;
  return spec;
}

ValueId EinsumWithWeights(const LayerContext& context, const EinsumSpec& spec, ValueId x,
                          const Tensor& weights, const std::string& suffix) {
  const std::string& y_letters = spec.inputs[1];
  const std::string prefix = suffix.empty() ? "" : suffix + "/";
  const Lettered in =
      Summed(context, {x, spec.inputs[0]}, y_letters, spec.output, prefix + "sum");
  const Kinds kinds = KindsOf(in.letters, y_letters, spec.output);
  if (!kinds.batch.empty() || kinds.summed.empty()) {
    return EinsumOfTwo(context, spec, x, context.Constant(prefix + "kernel", weights),
                       suffix);
  }
  const Ints order = PermOf(y_letters, kinds.free_y + kinds.summed);
  const Tensor ordered =
      Permuted(weights, std::vector<std::size_t>(order.begin(), order.end()));
  const Shape free_y = SizesOf(kinds.free_y, y_letters, weights.shape());
  const std::int64_t summed =
      ElementCount(SizesOf(kinds.summed, y_letters, weights.shape()));
  const ValueId kernel = context.Constant(
      prefix + "kernel", ordered.Reshaped({ElementCount(free_y), summed}));
  const Shape in_shape = context.ShapeOf(in.value);
  const Shape free_x = SizesOf(kinds.free_x, in.letters, in_shape);
  const ValueId moved =
      Transposed(context, in.value, PermOf(in.letters, kinds.free_x + kinds.summed),
                 prefix + "transpose");
  const ValueId rows =
      Reshaped(context, moved, Joined(free_x, {summed}), prefix + "rows");
  const Shape sizes = Joined(free_x, free_y);
  const bool is_whole = free_y.size() == 1 && kinds.free_x + kinds.free_y == spec.output;
  const ValueId product = context.Node(FullyConnected{}, {rows, kernel},
                                       is_whole ? suffix : prefix + "product");
  return InOutputOrder(context, kinds, product, sizes, spec.output, suffix);
}

ValueId EinsumOfTwo(const LayerContext& context, const EinsumSpec& spec, ValueId x,
                    ValueId y, const std::string& suffix) {
  const std::string prefix = suffix.empty() ? "" : suffix + "/";
  const Lettered a =
      Summed(context, {x, spec.inputs[0]}, spec.inputs[1], spec.output, prefix + "sum_x");
  const Lettered b =
      Summed(context, {y, spec.inputs[1]}, a.letters, spec.output, prefix + "sum_y");
  const Kinds kinds = KindsOf(a.letters, b.letters, spec.output);
  const Shape a_shape = context.ShapeOf(a.value);
  const Shape b_shape = context.ShapeOf(b.value);
  const Shape batch = SizesOf(kinds.batch, a.letters, a_shape);
  const Shape free_x = SizesOf(kinds.free_x, a.letters, a_shape);
  const Shape free_y = SizesOf(kinds.free_y, b.letters, b_shape);
  const std::int64_t summed = ElementCount(SizesOf(kinds.summed, a.letters, a_shape));
  if (summed != ElementCount(SizesOf(kinds.summed, b.letters, b_shape)) ||
      batch != SizesOf(kinds.batch, b.letters, b_shape)) {
    context.Corrupt("operands of sizes that don't fit");
  }
  // The second operand may come as it lies, its summed axes last.
  const bool is_swapped = b.letters == kinds.batch + kinds.free_y + kinds.summed;
  const std::string b_order =
      is_swapped ? b.letters : kinds.batch + kinds.summed + kinds.free_y;
  const ValueId left =
      Reshaped(context,
               Transposed(context, a.value,
                          PermOf(a.letters, kinds.batch + kinds.free_x + kinds.summed),
                          prefix + "transpose_x"),
               Joined(batch, {ElementCount(free_x), summed}), prefix + "rows");
  const std::int64_t columns = ElementCount(free_y);
  const ValueId right = Reshaped(
      context,
      Transposed(context, b.value, PermOf(b.letters, b_order), prefix + "transpose_y"),
      Joined(batch, is_swapped ? Shape{columns, summed} : Shape{summed, columns}),
      prefix + "columns");
  const ValueId product =
      context.Node(BatchMatMul{.adj_y = is_swapped}, {left, right}, prefix + "product");
  return InOutputOrder(context, kinds, product, Joined(Joined(batch, free_x), free_y),
                       spec.output, suffix);
}

}  // namespace kinglet
