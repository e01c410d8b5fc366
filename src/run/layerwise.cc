#include "run/layerwise.h"

#include <algorithm>

#include "ops/op_def.h"
#include "run/samples.h"

namespace kinglet {

LayerwiseRun::LayerwiseRun(const Graph& graph,
                           std::span<const std::vector<Tensor>* const> samples,
                           std::size_t workers)
    : graph_(graph),
      samples_(samples),
      workers_(workers),
      last_reader_(graph.values.size()),
      inputs_(graph.values.size()),
      tensors_(samples.size(), std::vector<Tensor>(graph.values.size())) {
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    for (const ValueId id : graph.nodes[i].inputs) last_reader_[Index(id)] = i;
  }
  for (const Port& port : graph.outputs) {
    last_reader_[Index(port.value)] = graph.nodes.size();
  }
  for (std::size_t i = 0; i < graph.inputs.size(); ++i) {
    inputs_[Index(graph.inputs[i].value)] = i;
  }
}

const Tensor& LayerwiseRun::At(std::size_t sample, ValueId id) const {
  if (graph_[id].constant != nullptr) return *graph_[id].constant;
  const std::optional<std::size_t> input = inputs_[Index(id)];
  return input.has_value() ? (*samples_[sample])[*input] : tensors_[sample][Index(id)];
}

void LayerwiseRun::ForEach(const std::function<void(std::size_t sample)>& body) const {
  ForEachSample(samples_.size(), workers_,
                [&body](std::size_t, std::size_t sample) { body(sample); });
}

void LayerwiseRun::Step() {
  const Node& node = graph_.nodes[next_];
  const Kernel kernel = DefOf(node.op).compile(node.op, {graph_, node});
  ForEach([&](std::size_t sample) {
    std::vector<Tensor>& tensors = tensors_[sample];
    if (kernel == nullptr) {
      tensors[Index(node.outputs[0])] =
          At(sample, node.inputs[0]).Reshaped(graph_[node.outputs[0]].shape);
      return;
    }
    std::vector<const std::byte*> inputs;
    std::vector<std::byte*> outputs;
    for (const ValueId id : node.inputs) inputs.push_back(At(sample, id).bytes().data());
    for (const ValueId id : node.outputs) {
      tensors[Index(id)] = Tensor(graph_[id].dtype, graph_[id].shape);
      outputs.push_back(tensors[Index(id)].bytes().data());
    }
    kernel({inputs, outputs});
  });
  Free();
  ++next_;
}

/// Drops what no later node reads.
void LayerwiseRun::Free() {
  const Node& node = graph_.nodes[next_];
  for (const std::vector<ValueId>* ids : {&node.inputs, &node.outputs}) {
    for (const ValueId id : *ids) {
      if (last_reader_[Index(id)] > next_) continue;
      for (std::vector<Tensor>& tensors : tensors_) tensors[Index(id)] = Tensor();
    }
  }
}

}  // namespace kinglet
