// Cells of a stack run one after the other over all steps: cell k needs only cell k - 1's
// outputs and its own past, so that is the same as running all of them step by step.
#include "import/recurrent.h"

#include <fmt/format.h>

#include <algorithm>

#include "import/building_blocks.h"
#include "import/recurrent_cell.h"

namespace kinglet {
namespace {

using States = std::vector<ValueId>;

/// The mask as one [n,1] a step.
std::vector<ValueId> MaskSteps(const LayerContext& context, ValueId mask) {
  const Shape shape = context.ShapeOf(mask);
  if (shape.size() != 2) context.Refuse("a mask that is no [batch, steps]");
  const ValueId column = Reshaped(context, mask, {shape[0], shape[1], 1}, "mask_columns");
  if (shape[1] == 1) return {Reshaped(context, column, {shape[0], 1}, "mask_step")};
  return context.Nodes(Unpack{1}, {column}, "mask_steps");
}

/// `changed` where the step counts, else `before`; no `before` is zero.
ValueId Kept(const LayerContext& context, ValueId counts, ValueId changed,
             std::optional<ValueId> before, const std::string& name) {
  return context.Node(
      Select{}, {counts, changed, before.value_or(context.Scalar("nothing", 0))}, name);
}

struct Walk {
  std::size_t steps;
  bool is_backward;

  /// The step of time that is processed as number i.
  [[nodiscard]] std::size_t At(std::size_t i) const {
    return is_backward ? steps - 1 - i : i;
  }
};

/// Whether the sequence that is shown has zeros where the step of the same number from
/// the front doesn't count: Keras, unrolled, zeroes a backward layer's before it turns
/// it.
bool MixesSteps(const LayerContext& context) {
  return context.Flag("unroll", false) && context.Flag("zero_output_for_mask", false) &&
         context.Flag("return_sequences", false) && GoesBackwards(context);
}

/// Zeros for the outputs whose number is that of a step that doesn't count.
std::vector<ValueId> ZeroedByNumber(const LayerContext& context,
                                    const std::vector<ValueId>& mask,
                                    std::vector<ValueId> outputs) {
  for (std::size_t i = 0; i < mask.size(); ++i) {
    outputs[i] =
        Kept(context, mask[i], outputs[i], std::nullopt, fmt::format("zeroed_{}", i));
  }
  return outputs;
}

/// One cell over the whole input.
Recurrence RunCell(const LayerContext& context, const CellForm& cell, ValueId x,
                   const Walk& walk, States states, const std::vector<ValueId>& mask,
                   const Walk& mask_walk) {
  const CellStep step = StepsOf(context, cell, x);
  const bool zeroes = context.Flag("zero_output_for_mask", false) && !MixesSteps(context);
  Recurrence result;
  std::optional<ValueId> output;
  for (std::size_t i = 0; i < walk.steps; ++i) {
    States next = step(walk.At(i), states);
    ValueId shown = next[0];
    if (!mask.empty()) {
      const ValueId counts = mask[mask_walk.At(i)];
      shown = Kept(context, counts, shown, zeroes ? std::nullopt : output,
                   fmt::format("{}shown_{}", cell.prefix, i));
      for (std::size_t k = 0; k < next.size(); ++k) {
        next[k] = Kept(context, counts, next[k],
                       states.empty() ? std::nullopt : std::optional(states[k]),
                       fmt::format("{}state_{}_{}", cell.prefix, k, i));
      }
    }
    states = std::move(next);
    output = shown;
    result.outputs.push_back(shown);
  }
  result.states = std::move(states);
  return result;
}

/// Initial states are given for all cells or for none.
void CheckCount(const LayerContext& context, const States& states,
                const std::vector<CellForm>& cells) {
  std::size_t wanted = 0;
  for (const CellForm& cell : cells) wanted += static_cast<std::size_t>(cell.states);
  if (!states.empty() && states.size() != wanted) {
    context.Corrupt(fmt::format("{} initial states for {}", states.size(), wanted));
  }
}

}  // namespace

bool GoesBackwards(const LayerContext& context) {
  return context.Flag("go_backwards", false);
}

Recurrence Unrolled(const LayerContext& context, ValueId x, States states,
                    std::optional<ValueId> mask) {
  const Shape in = context.ShapeOf(x);
  if (in.size() != 3) context.Refuse("an input that is no [batch, steps, features]");
  if (context.Flag("stateful", false)) {
    context.state().notes.push_back(
        fmt::format("layer '{}' is stateful; each inference starts from zeros",
                    context.layer().name));
  }
  const std::vector<CellForm> cells = CellsOf(context);
  CheckCount(context, states, cells);
  const Walk walk{static_cast<std::size_t>(in[1]), GoesBackwards(context)};
  const std::vector<ValueId> mask_steps =
      mask.has_value() ? MaskSteps(context, *mask) : std::vector<ValueId>();
  Recurrence last;
  States all;
  auto next = states.begin();
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const auto count = static_cast<std::ptrdiff_t>(cells[i].states);
    const States own = states.empty() ? States() : States(next, next + count);
    if (!states.empty()) next += count;
    const ValueId input =
        i == 0 ? x : Stacked(context, last.outputs, cells[i].prefix + "sequence");
    last = RunCell(context, cells[i], input, i == 0 ? walk : Walk{walk.steps, false}, own,
                   mask_steps, walk);
    all.insert(all.end(), last.states.begin(), last.states.end());
  }
  last.states = std::move(all);
  if (MixesSteps(context)) {
    last.outputs = ZeroedByNumber(context, mask_steps, last.outputs);
  }
  return last;
}

ValueId Stacked(const LayerContext& context, const std::vector<ValueId>& outputs,
                const std::string& suffix) {
  if (outputs.size() > 1) return context.Node(Pack{1}, outputs, suffix);
  const Shape shape = context.ShapeOf(outputs.at(0));
  return Reshaped(context, outputs[0], {shape[0], 1, shape[1]}, suffix);
}

}  // namespace kinglet
