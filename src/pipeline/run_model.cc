#include "pipeline/run_model.h"

#include <set>

#include "pipeline/arrays.h"
#include "pipeline/free_axes.h"
#include "pipeline/model_file.h"
#include "run/executor.h"
#include "run/samples.h"

namespace kinglet {
namespace {

/// Makes every computed value an output under its own name.
void ExposeAll(Graph& graph) {
  std::set<std::string> names;
  for (const Port& port : graph.outputs) names.insert(port.name);
  for (const Node& node : graph.nodes) {
    for (const ValueId id : node.outputs) {
      if (names.insert(graph[id].name).second) {
        graph.outputs.push_back({graph[id].name, id});
      }
    }
  }
}

}  // namespace

std::vector<NamedTensor> RunModel(const RunJob& job, const ProgressListener& listener) {
  Graph graph = ReadRunnableModel(job.model, [&](const auto& inputs) {
    return WithShapesOfArrays(inputs, job.import, job.input);
  });
  const SampleArrays samples(job.input, graph);
  if (job.all_tensors) ExposeAll(graph);
  const Executor executor(std::move(graph), job.rounding);
  std::vector<std::string> names;
  for (const Port& port : executor.graph().outputs) names.push_back(port.name);
  OutputArrays outputs(std::move(names), samples.size());
  const std::size_t workers = WorkersFor(job.threads);
  std::vector<Executor::Context> contexts = ContextsFor(executor, workers);
  ForEachSample(samples.size(), workers, [&](std::size_t worker, std::size_t i) {
    outputs.Set(i, executor.Run(contexts[worker], samples.Sample(i)));
    if (listener) listener("running", samples.size());
  });
  return outputs.Take();
}

}  // namespace kinglet
