// Kernels hold the gates side by side: LSTM input, forget, candidate, output; GRU update,
// reset, candidate. Gates that share an activation are kept together until after it.
#include "import/recurrent_cell.h"

#include <fmt/format.h>

#include <algorithm>

#include "import/building_blocks.h"
#include "import/layout.h"

namespace kinglet {
namespace {

using States = std::vector<ValueId>;

/// A cell on its way into the graph.
struct Cell {
  const LayerContext& context;
  CellForm form;
  std::int64_t units;

  [[nodiscard]] bool Flag(const char* key, bool missing) const {
    const Json& entry = MemberOrNull(form.config, key);
    return entry.is_boolean() ? entry.get<bool>() : missing;
  }
  [[nodiscard]] std::string Named(const std::string& name) const {
    return form.prefix + name;
  }
  /// @throws kUnsupported unless it computes each element by itself.
  [[nodiscard]] Json Function(const char* key, const char* missing) const {
    const Json& entry = MemberOrNull(form.config, key);
    if (entry.is_null()) return missing;
    if (IsElementwise(entry)) return entry;
    context.Refuse(fmt::format(
        "'{}' is {}; use a function of each element, or a layer that is one and has no "
        "weights",
        key, entry.is_string() ? entry.dump() : TextAt(entry, "class_name")));
  }
  [[nodiscard]] Json GateFunction() const {
    return Function("recurrent_activation", "sigmoid");
  }
  [[nodiscard]] Json CandidateFunction() const { return Function("activation", "tanh"); }
  [[nodiscard]] ValueId Gate(ValueId x, const std::string& name) const {
    return ApplyActivation(context, GateFunction(), x, Named(name));
  }
  [[nodiscard]] ValueId Candidate(ValueId x, const std::string& name) const {
    return ApplyActivation(context, CandidateFunction(), x, Named(name));
  }
  [[nodiscard]] ValueId Node(const Op& op, std::vector<ValueId> inputs,
                             const std::string& name) const {
    return context.Node(op, std::move(inputs), Named(name));
  }
  [[nodiscard]] std::vector<ValueId> Cut(ValueId x, const Ints& sizes,
                                         const std::string& name) const {
    const auto last = static_cast<std::int64_t>(context.ShapeOf(x).size()) - 1;
    return context.Nodes(Split{last, sizes}, {x}, Named(name));
  }
};

/// Blocks of `units` elements along axis 0, in that order.
Tensor Blocks(const Tensor& tensor, std::int64_t units,
              const std::vector<std::int64_t>& order) {
  Shape shape = tensor.shape();
  shape[0] = units * static_cast<std::int64_t>(order.size());
  Tensor picked(DType::kFloat32, shape);
  const std::size_t block = picked.size() / order.size();
  for (std::size_t i = 0; i < order.size(); ++i) {
    const auto from = static_cast<std::size_t>(order[i]) * block;
    std::ranges::copy(tensor.Data<float>().subspan(from, block),
                      picked.Data<float>().subspan(i * block).begin());
  }
  return picked;
}

/// The variables of a cell: kernels as [gates * units, inputs], the bias as rows.
struct CellWeights {
  Tensor kernel;
  Tensor recurrent;
  std::vector<Tensor> bias;  ///< none, one, or two rows
};

CellWeights WeightsOf(const Cell& cell, std::int64_t features, std::int64_t gates,
                      std::int64_t bias_rows) {
  const std::int64_t width = gates * cell.units;
  const std::string& path = cell.form.path;
  const bool has_bias = cell.Flag("use_bias", true);
  cell.context.ExpectVariables(path, has_bias ? 3 : 2);
  CellWeights weights{
      Permuted(cell.context.Variable(path, 0, {features, width}), {1, 0}),
      Permuted(cell.context.Variable(path, 1, {cell.units, width}), {1, 0}),
      {}};
  if (!has_bias) return weights;
  const Shape shape = bias_rows == 1 ? Shape{width} : Shape{bias_rows, width};
  const Tensor bias = cell.context.Variable(path, 2, shape);
  for (std::int64_t row = 0; row < bias_rows; ++row) {
    const auto values = bias.Data<float>().subspan(static_cast<std::size_t>(row * width),
                                                   static_cast<std::size_t>(width));
    weights.bias.push_back(Tensor::Of<float>({width}, values));
  }
  return weights;
}

ValueId Linear(const Cell& cell, ValueId x, const Tensor& kernel,
               const std::optional<Tensor>& bias, const std::string& name) {
  std::vector<ValueId> inputs = {
      x, cell.context.Constant(cell.Named(name + "/kernel"), kernel)};
  if (bias.has_value()) {
    inputs.push_back(cell.context.Constant(cell.Named(name + "/bias"), *bias));
  }
  return cell.Node(FullyConnected{}, inputs, name);
}

/// x [n,steps,width] as one [n,width] a step.
std::vector<ValueId> PerStep(const Cell& cell, ValueId x, const std::string& name) {
  const Shape shape = cell.context.ShapeOf(x);
  if (shape[1] == 1) {
    return {Reshaped(cell.context, x, {shape[0], shape[2]}, cell.Named(name))};
  }
  return cell.context.Nodes(Unpack{1}, {x}, cell.Named(name));
}

std::optional<Tensor> Picked(const std::vector<Tensor>& bias, std::size_t row,
                             std::int64_t units, const std::vector<std::int64_t>& order) {
  if (row >= bias.size()) return std::nullopt;
  return Blocks(bias[row], units, order);
}

std::optional<Tensor> SumOf(std::optional<Tensor> a, const std::optional<Tensor>& b) {
  if (!a.has_value() || !b.has_value()) return a.has_value() ? a : b;
  for (std::size_t i = 0; i < a->size(); ++i) {
    a->Data<float>()[i] += b->Data<float>()[i];
  }
  return a;
}

std::string AtStep(const char* name, std::size_t step) {
  return fmt::format("{}_{}", name, step);
}

/// c' = f c + i g, h' = o act(c'), with i, f, o gates and g the candidate.
CellStep LstmSteps(const Cell& cell, ValueId x) {
  const CellWeights weights = WeightsOf(cell, cell.context.ShapeOf(x).back(), 4, 1);
  const std::vector<std::int64_t> order = {0, 1, 3, 2};  // gates first, candidate last
  const std::int64_t units = cell.units;
  const std::vector<ValueId> inputs = PerStep(cell, x, "inputs");
  const Tensor kernel = Blocks(weights.kernel, units, order);
  const Tensor recurrent = Blocks(weights.recurrent, units, order);
  const std::optional<Tensor> bias = Picked(weights.bias, 0, units, order);
  return [=](std::size_t step, const States& states) -> States {
    const auto name = [&](const char* part) { return AtStep(part, step); };
    ValueId z = Linear(cell, inputs[step], kernel, bias, name("input"));
    if (!states.empty()) {
      const ValueId past = Linear(cell, states[0], recurrent, std::nullopt, "recurrent");
      z = cell.Node(Add{}, {z, past}, name("sum"));
    }
    const auto parts = cell.Cut(z, {3 * units, units}, name("parts"));
    const auto gates =
        cell.Cut(cell.Gate(parts[0], name("gates")), {units, units, units}, name("gate"));
    const ValueId g = cell.Candidate(parts[1], name("candidate"));
    ValueId c = cell.Node(Mul{}, {gates[0], g}, name("new"));
    if (!states.empty()) {
      const ValueId kept = cell.Node(Mul{}, {gates[1], states[1]}, name("kept"));
      c = cell.Node(Add{}, {kept, c}, name("carry"));
    }
    const ValueId shown = cell.Candidate(c, name("shown"));
    return {cell.Node(Mul{}, {gates[2], shown}, name("output")), c};
  };
}

/// h' = z h + (1 - z) n; without a past (1 - z) n. In INT8 both products are of what
/// lies within -1 and 1, n + z (h - n) would need twice that range.
ValueId Blended(const Cell& cell, ValueId z, ValueId n, const States& states,
                std::size_t step) {
  const ValueId one = cell.context.Scalar(cell.Named("one"), 1);
  const ValueId rest = cell.Node(Sub{}, {one, z}, AtStep("rest", step));
  const std::string name = AtStep("output", step);
  if (states.empty()) return cell.Node(Mul{}, {rest, n}, name);
  const ValueId fresh = cell.Node(Mul{}, {rest, n}, AtStep("fresh", step));
  const ValueId kept = cell.Node(Mul{}, {z, states[0]}, AtStep("kept", step));
  return cell.Node(Add{}, {kept, fresh}, name);
}

/// The reset gate r scales what the candidate sees of the past: after its product with
/// the recurrent kernel (reset_after), n = act(x W + b0 + r (h U + b1)), or before it,
/// n = act(x W + b + (r h) U).
CellStep GruSteps(const Cell& cell, ValueId x) {
  const bool resets_after = cell.Flag("reset_after", !cell.context.IsKeras2());
  const std::int64_t units = cell.units;
  const CellWeights weights =
      WeightsOf(cell, cell.context.ShapeOf(x).back(), 3, resets_after ? 2 : 1);
  const std::vector<std::int64_t> gates = {0, 1};
  const std::vector<std::int64_t> candidate = {2};
  const auto gate_bias =
      SumOf(Picked(weights.bias, 0, units, gates), Picked(weights.bias, 1, units, gates));
  const std::vector<ValueId> inputs = PerStep(cell, x, "inputs");
  const Tensor gate_kernel = Blocks(weights.kernel, units, gates);
  const Tensor kernel = Blocks(weights.kernel, units, candidate);
  const std::optional<Tensor> bias = Picked(weights.bias, 0, units, candidate);
  const Tensor recurrent_gates = Blocks(weights.recurrent, units, gates);
  const Tensor recurrent = Blocks(weights.recurrent, units, candidate);
  const std::optional<Tensor> recurrent_bias = Picked(weights.bias, 1, units, candidate);
  return [=](std::size_t step, const States& states) -> States {
    const auto name = [&](const char* part) { return AtStep(part, step); };
    const bool is_first = states.empty();
    ValueId zr = Linear(cell, inputs[step], gate_kernel, gate_bias, name("gate_input"));
    if (!is_first) {
      const ValueId past =
          Linear(cell, states[0], recurrent_gates, std::nullopt, "recurrent_gates");
      zr = cell.Node(Add{}, {zr, past}, name("gates_sum"));
    }
    const auto z_and_r =
        cell.Cut(cell.Gate(zr, name("gates")), {units, units}, name("gate"));
    ValueId n = Linear(cell, inputs[step], kernel, bias, name("input"));
    std::optional<ValueId> past;
    if (resets_after && (!is_first || recurrent_bias.has_value())) {
      const ValueId product =
          is_first ? cell.context.Constant(cell.Named("first_past"),
                                           recurrent_bias->Reshaped({1, units}))
                   : Linear(cell, states[0], recurrent, recurrent_bias, "recurrent");
      past = cell.Node(Mul{}, {z_and_r[1], product}, name("reset"));
    } else if (!resets_after && !is_first) {
      const ValueId reset = cell.Node(Mul{}, {z_and_r[1], states[0]}, name("reset"));
      past = Linear(cell, reset, recurrent, std::nullopt, "recurrent");
    }
    if (past.has_value()) n = cell.Node(Add{}, {n, *past}, name("sum"));
    n = cell.Candidate(n, name("candidate"));
    return {Blended(cell, z_and_r[0], n, states, step)};
  };
}

/// h' = act(x W + b + h U)
CellStep SimpleSteps(const Cell& cell, ValueId x) {
  const CellWeights weights = WeightsOf(cell, cell.context.ShapeOf(x).back(), 1, 1);
  const std::vector<ValueId> inputs = PerStep(cell, x, "inputs");
  const std::optional<Tensor> bias = Picked(weights.bias, 0, cell.units, {0});
  const Tensor kernel = weights.kernel;
  const Tensor recurrent = weights.recurrent;
  return [=](std::size_t step, const States& states) -> States {
    ValueId sum = Linear(cell, inputs[step], kernel, bias, AtStep("input", step));
    if (!states.empty()) {
      const ValueId past = Linear(cell, states[0], recurrent, std::nullopt, "recurrent");
      sum = cell.Node(Add{}, {sum, past}, AtStep("sum", step));
    }
    return {cell.Candidate(sum, AtStep("output", step))};
  };
}

CellForm FormOf(const LayerContext& context, const std::string& class_name,
                const Json& config, std::string path, std::string prefix) {
  std::string kind = class_name;
  if (kind.ends_with("Cell")) kind.resize(kind.size() - std::string("Cell").size());
  if (kind != "LSTM" && kind != "GRU" && kind != "SimpleRNN") {
    context.Refuse(
        fmt::format("a cell of class '{}'; use LSTM, GRU or SimpleRNN", class_name));
  }
  return {kind, config, std::move(path), std::move(prefix), kind == "LSTM" ? 2 : 1};
}

}  // namespace

std::vector<CellForm> CellsOf(const LayerContext& context) {
  const LayerConfig& layer = context.layer();
  if (layer.class_name != "RNN") {
    return {FormOf(context, layer.class_name, layer.config, "cell", "")};
  }
  const Json& cell = context.Entry("cell");
  const Json& config = MemberOrNull(cell, "config");
  const Json& cells = MemberOrNull(config, "cells");
  if (!cells.is_array()) {
    return {FormOf(context, TextAt(cell, "class_name"), config, "cell", "")};
  }
  ItemNames items;
  std::vector<CellForm> forms;
  for (const Json& object : cells) {
    const std::string class_name = TextAt(object, "class_name");
    forms.push_back(FormOf(context, class_name, MemberOrNull(object, "config"),
                           "cell/cells/" + items.Next(class_name),
                           fmt::format("cell_{}/", forms.size())));
  }
  return forms;
}

CellStep StepsOf(const LayerContext& context, const CellForm& form, ValueId x) {
  const Json& units = MemberOrNull(form.config, "units");
  if (!units.is_number_unsigned()) context.Corrupt("a cell without 'units'");
  const Cell cell{context, form, units.get<std::int64_t>()};
  // Before the variables are counted, of which a layer that is one may have more.
  (void)cell.GateFunction();
  (void)cell.CandidateFunction();
  if (form.kind == "LSTM") return LstmSteps(cell, x);
  if (form.kind == "GRU") return GruSteps(cell, x);
  return SimpleSteps(cell, x);
}

}  // namespace kinglet
