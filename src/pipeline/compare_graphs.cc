#include "pipeline/compare_graphs.h"

#include <algorithm>

#include "pipeline/arrays.h"
#include "run/executor.h"
#include "run/samples.h"

namespace kinglet {
namespace {

void AppendFloats(const Tensor& tensor, const Value& value, OutputVector& vector) {
  if (tensor.dtype() == DType::kFloat32) {
    const auto floats = tensor.Data<float>();
    vector.insert(vector.end(), floats.begin(), floats.end());
    return;
  }
  const double scale = value.quantization.has_value() ? value.quantization->scales[0] : 1;
  const std::int64_t zero =
      value.quantization.has_value() ? value.quantization->zero_points[0] : 0;
  const auto append = [&](auto integers) {
    for (const auto q : integers) {
      vector.push_back(static_cast<float>(scale * static_cast<double>(q - zero)));
    }
  };
  switch (tensor.dtype()) {
    case DType::kInt8:
      return append(tensor.Data<std::int8_t>());
    case DType::kInt16:
      return append(tensor.Data<std::int16_t>());
    case DType::kInt32:
      return append(tensor.Data<std::int32_t>());
    case DType::kInt64:
      return append(tensor.Data<std::int64_t>());
    case DType::kUint8:
      return append(tensor.Data<std::uint8_t>());
    case DType::kBool:
      for (const bool bit : tensor.Data<bool>()) vector.push_back(bit ? 1.0F : 0.0F);
      return;
    default:
      Check(false, "an output of a numeric type");
  }
}

bool IsInteger(const Graph& graph, ValueId id) {
  return graph[id].dtype == DType::kInt8 || graph[id].dtype == DType::kInt16;
}

/// What becomes the output, at once or through float operations of one operand; nothing
/// where others come between.
std::optional<ValueId> LastInteger(const Graph& graph, const Uses& uses, ValueId output) {
  const auto producer = uses.Producer(output);
  if (!producer.has_value()) return std::nullopt;
  const std::vector<ValueId>& operands = graph.nodes[*producer].inputs;
  const ValueId operand = operands[0];
  if (IsInteger(graph, operand)) return operand;
  if (operands.size() > 1 || graph[operand].dtype != DType::kFloat32) return std::nullopt;
  return LastInteger(graph, uses, operand);
}

/// Values in integers at the ends, with the names they go by.
std::vector<Port> IntegerEnds(const Graph& graph) {
  const Uses uses(graph);
  std::vector<Port> ends;
  const auto add = [&](const Port& port, ValueId id) {
    ends.push_back({port.name + "/" + std::string(NameOf(graph[id].dtype)), id});
  };
  for (const Port& port : graph.inputs) {
    for (const std::size_t reader : uses.Readers(port.value)) {
      const ValueId result = graph.nodes[reader].outputs[0];
      if (IsInteger(graph, result)) add(port, result);
    }
  }
  for (const Port& port : graph.outputs) {
    const auto last = LastInteger(graph, uses, port.value);
    if (last.has_value()) add(port, *last);
  }
  return ends;
}

}  // namespace

std::vector<OutputVector> OutputVectors(const Graph& graph,
                                        std::span<const Sample> samples,
                                        std::size_t workers,
                                        const std::function<void()>& on_sample,
                                        const SampleObserver& observer) {
  const Executor executor(graph);
  std::vector<Executor::Context> contexts = ContextsFor(executor, workers);
  std::vector<OutputVector> vectors(samples.size());
  ForEachSample(samples.size(), workers, [&](std::size_t worker, std::size_t sample) {
    Observer see;
    if (observer) see = [&](ValueId id, auto bytes) { observer(sample, id, bytes); };
    const auto outputs = executor.Run(contexts[worker], samples[sample], see);
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      AppendFloats(outputs[i], graph[graph.outputs[i].value], vectors[sample]);
    }
    if (on_sample) on_sample();
  });
  return vectors;
}

std::vector<NamedTensor> GoldenArrays(const Graph& graph, std::span<const Sample> samples,
                                      std::size_t workers) {
  Graph observed = graph;
  const std::vector<Port> ends = IntegerEnds(graph);
  observed.outputs.insert(observed.outputs.end(), ends.begin(), ends.end());
  std::vector<std::string> names;
  for (const Port& port : graph.inputs) names.push_back(port.name);
  for (const Port& port : observed.outputs) names.push_back(port.name);
  OutputArrays arrays(names, samples.size());
  const auto outputs = RunSamples(Executor(observed), samples, workers);
  for (std::size_t i = 0; i < samples.size(); ++i) {
    std::vector<Tensor> all = samples[i];
    all.insert(all.end(), outputs[i].begin(), outputs[i].end());
    arrays.Set(i, std::move(all));
  }
  return arrays.Take();
}

}  // namespace kinglet
