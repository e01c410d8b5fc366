// Options that several commands share.
#pragma once

#include <CLI/CLI.hpp>
#include <map>
#include <string>
#include <vector>

#include "base/tensor.h"
#include "cli/console.h"
#include "kinglet/audio_config.h"
#include "kinglet/options.h"

namespace kinglet {

/// --quiet and --json.
void AddConsoleOptions(CLI::App& command, Console& console);

/// --config and one flag a key of it.
struct AudioFlags {
  std::optional<std::filesystem::path> config;
  PartialAudioConfig given;
};
void AddAudioOptions(CLI::App& command, AudioFlags& flags);

/// --threads.
void AddThreadsOption(CLI::App& command, int& threads);

/// --input-shape NAME=1,T,C and --frontend-normalization auto|on|off.
struct ModelFlags {
  std::vector<std::string> input_shapes;
  FrontendNormalization frontend_normalization = FrontendNormalization::kAuto;
};
void AddModelOptions(CLI::App& command, ModelFlags& flags);

/// "NAME=1,T,C" as name and shape.
/// @throws kUsage for another form.
std::map<std::string, Shape> ParseInputShapes(const std::vector<std::string>& texts);

}  // namespace kinglet
