// Sums of any number of operands, two at a time.
#include <fmt/format.h>

#include <map>
#include <set>

#include "import/building_blocks.h"
#include "import/einsum.h"

namespace kinglet {
namespace {

/// An operand, or a product of some, and the letters of its axes.
struct Term {
  ValueId value;
  std::string letters;
};
using Terms = std::vector<Term>;
using Sizes = std::map<char, std::int64_t>;

std::string PartOf(const std::string& suffix, const std::string& part) {
  return suffix.empty() ? part : suffix + "/" + part;
}

/// Of two axes of one letter the elements at which they agree: with both at the end as
/// one axis, every (size + 1)-th.
Term Diagonal(const LayerContext& context, const Term& term, std::size_t i, std::size_t j,
              const std::string& suffix) {
  const Shape shape = context.ShapeOf(term.value);
  const std::int64_t size = shape[i];
  Ints perm;
  Shape joined;
  std::string letters;
  for (std::size_t k = 0; k < shape.size(); ++k) {
    if (k == i || k == j) continue;
    perm.push_back(static_cast<std::int64_t>(k));
    joined.push_back(shape[k]);
    letters += term.letters[k];
  }
  perm.insert(perm.end(), {static_cast<std::int64_t>(i), static_cast<std::int64_t>(j)});
  joined.push_back(size * size);
  const ValueId moved = Transposed(context, term.value, perm, PartOf(suffix, "to_last"));
  const ValueId pairs = Reshaped(context, moved, joined, PartOf(suffix, "pairs"));
  StridedSlice op{
      .begin = Ints(joined.size(), 0), .end = joined, .strides = Ints(joined.size(), 1)};
  op.strides.back() = size + 1;
  return {context.Node(op, {pairs}, PartOf(suffix, "diagonal")),
          letters + term.letters[i]};
}

Term WithoutRepeats(const LayerContext& context, Term term, const std::string& suffix) {
  std::size_t i = 0;
  while (i < term.letters.size()) {
    const std::size_t j = term.letters.find(term.letters[i], i + 1);
    if (j == std::string::npos) {
      ++i;
    } else {
      term = Diagonal(context, term, i, j, suffix);
      i = 0;
    }
  }
  return term;
}

/// Axes that the output lacks are summed, the others put in its order.
ValueId Alone(const LayerContext& context, const Term& term, const std::string& output,
              const std::string& suffix) {
  std::string left;
  Ints summed;
  for (std::size_t i = 0; i < term.letters.size(); ++i) {
    const bool stays = output.find(term.letters[i]) != std::string::npos;
    if (stays) left += term.letters[i];
    if (!stays) summed.push_back(static_cast<std::int64_t>(i));
  }
  ValueId x = term.value;
  if (!summed.empty()) {
    x = context.Node(Sum{{.axes = summed, .keep_dims = false}}, {x},
                     PartOf(suffix, "sum"));
  }
  Ints perm;
  for (const char letter : output) {
    perm.push_back(static_cast<std::int64_t>(left.find(letter)));
  }
  return Transposed(context, x, perm, suffix);
}

/// A constant becomes the weights of a fully connected operation.
ValueId PairOf(const LayerContext& context, const Term& x, const Term& y,
               const std::string& output, const std::string& suffix) {
  const EinsumSpec spec{{x.letters, y.letters}, output};
  const auto constant = [&](const Term& term) {
    return context.graph()[term.value].constant;
  };
  if (constant(y) != nullptr) {
    return EinsumWithWeights(context, spec, x.value, *constant(y), suffix);
  }
  if (constant(x) != nullptr) {
    const EinsumSpec swapped{{y.letters, x.letters}, output};
    return EinsumWithWeights(context, swapped, y.value, *constant(x), suffix);
  }
  return EinsumOfTwo(context, spec, x.value, y.value, suffix);
}

/// The letters of all terms but i and j, and of the output.
std::string OtherLetters(const Terms& terms, std::size_t i, std::size_t j,
                         const std::string& output) {
  std::string letters = output;
  for (std::size_t k = 0; k < terms.size(); ++k) {
    if (k != i && k != j) letters += terms[k].letters;
  }
  return letters;
}

/// The letters of a product of two terms that are needed behind it.
std::string LettersOfProduct(const Term& x, const Term& y, const std::string& needed) {
  std::string letters;
  for (const char letter : x.letters + y.letters) {
    const bool is_needed = needed.find(letter) != std::string::npos;
    if (is_needed && letters.find(letter) == std::string::npos) letters += letter;
  }
  return letters;
}

/// How many products a sum over these letters has.
double Products(const Sizes& sizes, const std::string& letters) {
  double count = 1;
  for (const char letter : std::set<char>(letters.begin(), letters.end())) {
    count *= static_cast<double>(sizes.at(letter));
  }
  return count;
}

/// The pair with which the fewest products are made, were all others then taken at once:
/// of three operands the best order.
std::pair<std::size_t, std::size_t> BestPair(const Terms& terms, const Sizes& sizes,
                                             const std::string& output) {
  std::pair<std::size_t, std::size_t> best = {0, 1};
  double fewest = 0;
  for (std::size_t i = 0; i < terms.size(); ++i) {
    for (std::size_t j = i + 1; j < terms.size(); ++j) {
      const std::string needed = OtherLetters(terms, i, j, output);
      const double count =
          Products(sizes, terms[i].letters + terms[j].letters) +
          Products(sizes, needed + LettersOfProduct(terms[i], terms[j], needed));
      if (fewest == 0 || count < fewest) {
        fewest = count;
        best = {i, j};
      }
    }
  }
  return best;
}

/// With one pair replaced by its product.
Terms WithOneLess(const LayerContext& context, const Terms& terms, const Sizes& sizes,
                  const std::string& output, const std::string& suffix) {
  const auto [i, j] = BestPair(terms, sizes, output);
  const std::string letters =
      LettersOfProduct(terms[i], terms[j], OtherLetters(terms, i, j, output));
  Terms left = {{PairOf(context, terms[i], terms[j], letters,
                        PartOf(suffix, fmt::format("product_of_{}", terms.size()))),
                 letters}};
  for (std::size_t k = 0; k < terms.size(); ++k) {
    if (k != i && k != j) left.push_back(terms[k]);
  }
  return left;
}

}  // namespace

ValueId EinsumOf(const LayerContext& context, const EinsumSpec& spec,
                 const std::vector<ValueId>& operands, const std::string& suffix) {
  Terms terms;
  Sizes sizes;
  for (std::size_t i = 0; i < operands.size(); ++i) {
    const Shape shape = context.ShapeOf(operands[i]);
    for (std::size_t k = 0; k < shape.size(); ++k) {
      const auto [size, is_new] = sizes.emplace(spec.inputs[i][k], shape[k]);
      if (!is_new && size->second != shape[k]) {
        context.Refuse(
            fmt::format("axes of one letter of sizes {} and {}", size->second, shape[k]));
      }
    }
    terms.push_back(WithoutRepeats(context, {operands[i], spec.inputs[i]},
                                   PartOf(suffix, fmt::format("operand_{}", i))));
  }
  while (terms.size() > 2) {
    terms = WithOneLess(context, terms, sizes, spec.output, suffix);
  }
  if (terms.size() == 1) return Alone(context, terms[0], spec.output, suffix);
  return PairOf(context, terms[0], terms[1], spec.output, suffix);
}

}  // namespace kinglet
