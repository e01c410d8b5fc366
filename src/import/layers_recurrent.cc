// LSTM, GRU, SimpleRNN, RNN and Bidirectional.
#include <fmt/format.h>

#include <algorithm>

#include "import/building_blocks.h"
#include "import/layer_checks.h"
#include "import/layer_table.h"
#include "import/recurrent.h"

namespace kinglet {
namespace {

std::vector<ValueId> BuildRecurrent(const LayerContext& context) {
  if (context.inputs().empty()) context.Corrupt("a call without inputs");
  const std::vector<ValueId> states(context.inputs().begin() + 1, context.inputs().end());
  const Recurrence result =
      Unrolled(context, context.inputs()[0], states, context.MaskOfFirst());
  std::vector<ValueId> results = {context.Flag("return_sequences", false)
                                      ? Stacked(context, result.outputs, "")
                                      : result.outputs.back()};
  if (context.Flag("return_state", false)) {
    results.insert(results.end(), result.states.begin(), result.states.end());
  }
  return results;
}

/// The two layers of a Bidirectional. Keras 2 leaves the second one out where it is the
/// first walked the other way.
std::pair<LayerConfig, LayerConfig> Directions(const LayerContext& context) {
  const KerasEra era = context.state().file.era;
  const LayerConfig forward =
      InnerLayer(context.layer(), context.Entry("layer"), "forward_layer", era);
  if (context.Entry("backward_layer").is_object()) {
    return {forward, InnerLayer(context.layer(), context.Entry("backward_layer"),
                                "backward_layer", era)};
  }
  LayerConfig backward =
      InnerLayer(context.layer(), context.Entry("layer"), "backward_layer", era);
  backward.name = "backward_" + backward.name;
  const Json& walks_back = MemberOrNull(backward.config, "go_backwards");
  backward.config["go_backwards"] = walks_back != true;
  return {forward, backward};
}

/// One direction, its outputs in the order of time.
Recurrence RunDirection(const LayerContext& outer, LayerConfig layer,
                        const std::vector<ValueId>& states, bool is_backward) {
  layer.name = outer.layer().name + "/" + layer.name;
  const LayerCall call;
  const LayerContext context(outer.state(), layer, call, {});
  CheckedRow(context);
  Recurrence result = Unrolled(context, outer.inputs()[0], states, outer.MaskOfFirst());
  if (is_backward) std::ranges::reverse(result.outputs);
  return result;
}

std::vector<ValueId> Merged(const LayerContext& context, ValueId forward,
                            ValueId backward) {
  const Json& mode = context.Entry("merge_mode");
  if (mode.is_null() && context.layer().config.contains("merge_mode")) {
    return {forward, backward};
  }
  const std::string name = context.Text("merge_mode", "concat");
  const auto last = static_cast<std::int64_t>(context.ShapeOf(forward).size()) - 1;
  if (name == "concat") {
    return {context.Node(Concatenation{last}, {forward, backward})};
  }
  if (name == "sum") return {context.Node(Add{}, {forward, backward})};
  if (name == "mul") return {context.Node(Mul{}, {forward, backward})};
  if (name == "ave") {
    const ValueId sum = context.Node(Add{}, {forward, backward}, "sum");
    return {Times(context, sum, 0.5F, "")};
  }
  context.Refuse(fmt::format("merge_mode '{}'", name));
}

std::vector<ValueId> BuildBidirectional(const LayerContext& context) {
  if (context.inputs().empty()) context.Corrupt("a call without inputs");
  const auto [forward, backward] = Directions(context);
  const auto states = context.inputs().begin() + 1;
  const auto half = (context.inputs().end() - states) / 2;
  const Json& config = forward.config;
  const bool is_sequence = MemberOrNull(config, "return_sequences") == true;
  const Recurrence first = RunDirection(context, forward, {states, states + half}, false);
  const Recurrence second = RunDirection(
      context, backward, {states + half, context.inputs().end()}, is_sequence);
  const auto result = [&](const Recurrence& direction, const char* name) {
    return is_sequence ? Stacked(context, direction.outputs, name)
                       : direction.outputs.back();
  };
  std::vector<ValueId> results =
      Merged(context, result(first, "forward"), result(second, "backward"));
  if (MemberOrNull(config, "return_state") == true) {
    results.insert(results.end(), first.states.begin(), first.states.end());
    results.insert(results.end(), second.states.begin(), second.states.end());
  }
  context.Ignore("layer");
  return results;
}

std::vector<std::string_view> KeysWith(std::vector<std::string_view> keys) {
  keys.insert(keys.end(),
              {"return_sequences", "return_state", "go_backwards", "stateful", "unroll",
               "zero_output_for_mask", "units", "activation", "recurrent_activation",
               "use_bias", "dropout", "recurrent_dropout", "implementation",
               "unit_forget_bias", "cudnn_compatible", "use_cudnn"});
  return keys;
}

}  // namespace

const std::vector<LayerRow>& RecurrentLayers() {
  static const std::vector<LayerRow> kRows = {
      {"LSTM", BuildRecurrent,
       "per step FULLY_CONNECTED, ADD, SPLIT, LOGISTIC, SPLIT, TANH, MUL, MUL, ADD, "
       "TANH, MUL",
       KeysWith({}), MaskUse::kUsed},
      {"GRU", BuildRecurrent,
       "per step FULLY_CONNECTED, ADD, LOGISTIC, SPLIT, FULLY_CONNECTED, MUL, ADD, TANH, "
       "SUB, MUL, MUL, ADD",
       KeysWith({"reset_after"}), MaskUse::kUsed},
      {"SimpleRNN", BuildRecurrent, "per step FULLY_CONNECTED, ADD, TANH", KeysWith({}),
       MaskUse::kUsed},
      {"RNN", BuildRecurrent, "its cells, per step", KeysWith({"cell"}), MaskUse::kUsed},
      {"Bidirectional",
       BuildBidirectional,
       "the two layers, CONCATENATION",
       {"layer", "backward_layer", "merge_mode", "return_sequences", "return_state",
        "go_backwards", "stateful", "unroll", "zero_output_for_mask"},
       MaskUse::kUsed},
  };
  return kRows;
}

}  // namespace kinglet
