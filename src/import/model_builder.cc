// Calls are made in dependency order; a model inside a model is built in place each time
// it is called, its variables staying those of its own path.
#include "import/model_builder.h"

#include <fmt/format.h>

#include <algorithm>

#include "import/inbound_calls.h"
#include "import/layer_checks.h"
#include "import/layer_table.h"
#include "import/operation.h"
#include "import/travelling_masks.h"
#include "kinglet/error.h"

namespace kinglet {
namespace {

using Key = CallResults::key_type;

[[noreturn]] void FailModel(const std::string& what) {
  throw Error(ErrorKind::kCorrupt, "model configuration: " + what);
}

/// Whether a call of the layer reads its masks: to a function they are arguments as any.
bool UsesMask(const LayerConfig& layer) {
  if (layer.model != nullptr) return false;
  if (layer.is_operation || IsFunctionLayer(layer)) return true;
  const LayerRow* row = FindLayer(layer.class_name);
  return row != nullptr && row->mask == MaskUse::kUsed;
}

class ModelBuilder {
 public:
  ModelBuilder(ImportState& state, const ModelConfig& model, CallResults& results)
      : state_(state), model_(model), results_(results) {}

  std::vector<ValueId> Build(const std::vector<ValueId>& inputs) {
    if (inputs.size() != model_.inputs.size()) {
      FailModel(fmt::format("model '{}' takes {} inputs and gets {}", model_.name,
                            model_.inputs.size(), inputs.size()));
    }
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      results_[{model_.inputs[i].layer, model_.inputs[i].call}] = {inputs[i]};
    }
    std::vector<ValueId> outputs;
    for (const Edge& edge : model_.outputs) outputs.push_back(Resolve(edge));
    return outputs;
  }

 private:
  /// The value of an edge, whose call is made first if it has not been: depth first with
  /// a stack of our own, since graphs are deeper than call stacks.
  ValueId Resolve(const Edge& wanted) {
    std::vector<Edge> pending = {wanted};
    std::set<Key> open;
    while (!pending.empty()) {
      const Edge edge = pending.back();
      const Key key{edge.layer, edge.call};
      if (results_.contains(key)) {
        pending.pop_back();
        open.erase(key);
        continue;
      }
      const LayerConfig& layer = LayerOf(edge);
      const std::vector<Edge> missing = Missing(layer, CallOf(layer, edge));
      if (missing.empty()) {
        results_[key] = Make(layer, CallOf(layer, edge));
        continue;
      }
      if (!open.insert(key).second)
        FailModel(fmt::format("layer '{}' feeds itself", edge.layer));
      pending.insert(pending.end(), missing.rbegin(), missing.rend());
    }
    return ResultOf(wanted);
  }

  [[nodiscard]] const LayerConfig& LayerOf(const Edge& edge) const {
    const LayerConfig* layer = model_.Find(edge.layer);
    if (layer == nullptr) FailModel(fmt::format("no layer is called '{}'", edge.layer));
    return *layer;
  }

  [[nodiscard]] static const LayerCall& CallOf(const LayerConfig& layer,
                                               const Edge& edge) {
    if (edge.call >= layer.calls.size()) {
      FailModel(fmt::format("layer '{}' has no call {}", edge.layer, edge.call));
    }
    return layer.calls[edge.call];
  }

  /// Inputs that the layer reads: all but masks that it doesn't use.
  [[nodiscard]] static std::vector<bool> Needed(const LayerConfig& layer,
                                                const LayerCall& call) {
    std::vector<bool> needed(call.inputs.size(), true);
    if (UsesMask(layer)) return needed;
    for (const std::size_t mask : MaskInputs(call)) {
      if (mask < needed.size()) needed[mask] = false;
    }
    return needed;
  }

  [[nodiscard]] std::vector<Edge> Missing(const LayerConfig& layer,
                                          const LayerCall& call) const {
    const std::vector<bool> needed = Needed(layer, call);
    std::vector<Edge> missing;
    for (std::size_t i = 0; i < needed.size(); ++i) {
      const Edge& input = call.inputs[i];
      const bool is_there =
          input.array != nullptr || results_.contains({input.layer, input.call});
      if (needed[i] && !is_there) {
        missing.push_back(input);
      }
    }
    return missing;
  }

  [[nodiscard]] ValueId ResultOf(const Edge& edge) const {
    const std::vector<ValueId>& results = results_.at({edge.layer, edge.call});
    if (edge.result >= results.size()) {
      FailModel(fmt::format("layer '{}' has no result {}", edge.layer, edge.result));
    }
    return results[edge.result];
  }

  ValueId OperandOf(const LayerConfig& layer, const Edge& edge) {
    if (edge.array == nullptr) return ResultOf(edge);
    return state_.graph.AddConstant(layer.name + "/array", *edge.array);
  }

  std::vector<ValueId> Make(const LayerConfig& layer, const LayerCall& call) {
    const std::vector<bool> needed = Needed(layer, call);
    std::vector<std::optional<ValueId>> operands(needed.size());
    for (std::size_t i = 0; i < needed.size(); ++i) {
      if (needed[i]) operands[i] = OperandOf(layer, call.inputs[i]);
    }
    return BuildCall(state_, layer, call, operands);
  }

  ImportState& state_;
  const ModelConfig& model_;
  CallResults& results_;
};

}  // namespace

std::vector<ValueId> BuildModel(ImportState& state, const ModelConfig& model,
                                const std::vector<ValueId>& inputs,
                                CallResults& results) {
  return ModelBuilder(state, model, results).Build(inputs);
}

std::vector<ValueId> BuildCall(ImportState& state, const LayerConfig& layer,
                               const LayerCall& call,
                               const std::vector<std::optional<ValueId>>& operands) {
  const LayerContext context(state, layer, call, operands);
  if (layer.model != nullptr) {
    CallResults results;
    return BuildModel(state, *layer.model, context.inputs(), results);
  }
  if (layer.is_operation || IsFunctionLayer(layer)) return BuildOperation(context);
  const LayerRow& row = CheckedRow(context);
  std::vector<ValueId> results = WithoutOldMask(context, row.build(context));
  PassMaskOn(context, results);
  return results;
}

std::vector<ValueId> BuildInner(const LayerContext& context, const LayerConfig& inner,
                                const std::vector<ValueId>& inputs,
                                std::optional<ValueId> mask) {
  LayerCall call;
  std::vector<std::optional<ValueId>> operands;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    call.inputs.push_back({inner.name, i, 0});
    call.args.push_back(Json{{kInputKey, i}});
    operands.emplace_back(inputs[i]);
  }
  if (mask.has_value()) {
    call.inputs.push_back({inner.name, inputs.size(), 0});
    call.kwargs["mask"] = Json{{kInputKey, inputs.size()}};
    operands.emplace_back(mask);
  }
  return BuildCall(context.state(), inner, call, operands);
}

}  // namespace kinglet
