// Values that share bytes (a reshape and its operand) have one root; only roots that a
// node makes take room in the arena, from the step that makes them to the last that reads
// them.
#include "run/executor.h"

#include <cstring>

#include "base/check.h"
#include "run/arena.h"

namespace kinglet {
namespace {

std::size_t BytesOf(const Value& value) {
  return static_cast<std::size_t>(ElementCount(value.shape)) * SizeOf(value.dtype);
}

}  // namespace

Executor::Executor(Graph graph, Rounding rounding) : graph_(std::move(graph)) {
  for (const Node& node : graph_.nodes) {
    kernels_.push_back(DefOf(node.op).compile(node.op, {graph_, node, rounding}));
  }
  ShareBytes();
  FindPlaces();
}

void Executor::ShareBytes() {
  for (std::size_t i = 0; i < graph_.values.size(); ++i) {
    roots_.push_back(static_cast<ValueId>(i));
  }
  for (std::size_t i = 0; i < kernels_.size(); ++i) {
    const Node& node = graph_.nodes[i];
    if (kernels_[i] == nullptr) {
      roots_[Index(node.outputs[0])] = RootOf(node.inputs[0]);
    } else {
      made_.insert(made_.end(), node.outputs.begin(), node.outputs.end());
    }
  }
}

void Executor::FindPlaces() {
  std::vector<Lifetime> by_value(graph_.values.size());
  for (std::size_t step = 0; step < graph_.nodes.size(); ++step) {
    const Node& node = graph_.nodes[step];
    for (const ValueId id : node.outputs) {
      if (RootOf(id) == id) by_value[Index(id)] = {BytesOf(graph_[id]), step, step};
    }
    for (const ValueId id : node.inputs) by_value[Index(RootOf(id))].last = step;
  }
  for (const Port& port : graph_.outputs) {
    by_value[Index(RootOf(port.value))].last = graph_.nodes.size();
  }
  std::vector<Lifetime> lifetimes;
  for (const ValueId id : made_) lifetimes.push_back(by_value[Index(id)]);
  ArenaLayout layout = LayOut(lifetimes);
  offsets_ = std::move(layout.offsets);
  arena_bytes_ = layout.bytes;
}

Executor::Context Executor::NewContext() const {
  Context context;
  context.arena_.resize(arena_bytes_);
  context.made_.resize(graph_.values.size());
  context.addresses_.resize(graph_.values.size());
  for (std::size_t i = 0; i < made_.size(); ++i) {
    context.made_[Index(made_[i])] = context.arena_.data() + offsets_[i];
  }
  for (std::size_t i = 0; i < graph_.values.size(); ++i) {
    const std::shared_ptr<const Tensor>& constant = graph_.values[i].constant;
    context.addresses_[i] =
        constant != nullptr ? constant->bytes().data() : context.made_[i];
  }
  return context;
}

void Executor::RunNode(std::size_t node, Context& context) const {
  context.node_inputs_.clear();
  context.node_outputs_.clear();
  for (const ValueId id : graph_.nodes[node].inputs) {
    context.node_inputs_.push_back(context.addresses_[Index(RootOf(id))]);
  }
  for (const ValueId id : graph_.nodes[node].outputs) {
    context.node_outputs_.push_back(context.made_[Index(id)]);
  }
  kernels_[node]({context.node_inputs_, context.node_outputs_});
}

std::vector<Tensor> Executor::CopyOutputs(const Context& context) const {
  std::vector<Tensor> outputs;
  for (const Port& port : graph_.outputs) {
    const Value& value = graph_[port.value];
    Tensor output(value.dtype, value.shape);
    std::memcpy(output.bytes().data(), context.addresses_[Index(RootOf(port.value))],
                output.bytes().size());
    outputs.push_back(std::move(output));
  }
  return outputs;
}

std::vector<Tensor> Executor::Run(Context& context, std::span<const Tensor> inputs,
                                  const Observer& observer) const {
  Check(inputs.size() == graph_.inputs.size(), "as many inputs as the graph has");
  const auto observe = [&](ValueId id) {
    if (observer == nullptr) return;
    observer(id, {context.addresses_[Index(RootOf(id))], BytesOf(graph_[id])});
  };
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const ValueId id = graph_.inputs[i].value;
    Check(TypeOf(graph_[id]) == TensorType{inputs[i].dtype(), inputs[i].shape()},
          "inputs of the graph's types");
    context.addresses_[Index(id)] = inputs[i].bytes().data();
    observe(id);
  }
  for (std::size_t i = 0; i < kernels_.size(); ++i) {
    if (kernels_[i] != nullptr) RunNode(i, context);
    for (const ValueId id : graph_.nodes[i].outputs) observe(id);
  }
  return CopyOutputs(context);
}

}  // namespace kinglet
