// The program's commands. Each adds itself to the parser and, if chosen, sets what to
// run.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>

namespace kinglet {

/// What the chosen command does; empty until one is chosen.
using Action = std::function<void()>;

void AddConvert(CLI::App& app, Action& action);
void AddFeatures(CLI::App& app, Action& action);
void AddInspect(CLI::App& app, Action& action);
void AddLayers(CLI::App& app, Action& action);
void AddRun(CLI::App& app, Action& action);
void AddValidate(CLI::App& app, Action& action);

}  // namespace kinglet
