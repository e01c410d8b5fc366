// Graphs before and after a pass, as text.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "ir/text.h"

namespace kinglet {

/// The text of a graph with its computed values and constants renamed in the order in
/// which the nodes meet them: graphs that differ in names alone get the same text.
inline std::string TextWithoutNames(const Graph& graph) {
  Graph renamed;
  renamed.inputs = graph.inputs;
  std::map<ValueId, ValueId> ids;
  const auto id_of = [&](ValueId id) {
    const auto [entry, is_new] = ids.emplace(id, static_cast<ValueId>(ids.size()));
    if (is_new) {
      renamed.values.push_back(graph[id]);
      renamed.values.back().name = fmt::format("v{}", ids.size() - 1);
    }
    return entry->second;
  };
  for (Port& port : renamed.inputs) port.value = id_of(port.value);
  for (Node node : graph.nodes) {
    for (ValueId& id : node.inputs) id = id_of(id);
    for (ValueId& id : node.outputs) id = id_of(id);
    node.name = "node";
    renamed.nodes.push_back(std::move(node));
  }
  for (const Port& port : graph.outputs) {
    renamed.outputs.push_back({port.name, id_of(port.value)});
  }
  return Print(renamed);
}

/// `pass` makes `after` of `before`, but for names, and then finds nothing more to do.
inline void ExpectRewrite(Graph (*pass)(const Graph&), const std::string& before,
                          const std::string& after) {
  const Graph rewritten = pass(Parse(before));
  EXPECT_EQ(StructureProblem(rewritten), std::nullopt);
  EXPECT_EQ(TextWithoutNames(rewritten), TextWithoutNames(Parse(after)));
  EXPECT_EQ(Print(pass(rewritten)), Print(rewritten)) << "a second run";
}

/// `pass` leaves the graph alone.
inline void ExpectUnchanged(Graph (*pass)(const Graph&), const std::string& text) {
  EXPECT_EQ(TextWithoutNames(pass(Parse(text))), TextWithoutNames(Parse(text)));
}

}  // namespace kinglet
