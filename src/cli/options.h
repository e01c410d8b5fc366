// Options that several commands share.
#pragma once

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "cli/console.h"
#include "kinglet/audio_config.h"
#include "kinglet/options.h"
#include "kinglet/output_activation.h"
#include "pipeline/sample_set.h"

namespace kinglet {

/// An option that takes one of a few names.
template <typename Enum>
void AddChoice(CLI::App& command, const std::string& flag, Enum& chosen,
               const std::map<std::string, Enum>& choices, const std::string& help,
               const std::string& type_name = "MODE",
               const std::string& group = "Options") {
  const auto choose = [&chosen, choices, flag](const std::string& name) {
    const auto found = choices.find(name);
    if (found == choices.end()) {
      std::string names;
      for (const auto& [known, value] : choices) {
        names += (names.empty() ? "" : ", ") + known;
      }
      throw CLI::ValidationError(flag, fmt::format("'{}' is none of {}", name, names));
    }
    chosen = found->second;
  };
  command.add_option_function<std::string>(flag, choose, help)
      ->type_name(type_name)
      ->group(group);
}

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

  /// @throws kUsage for an input shape of another form.
  [[nodiscard]] ImportOptions Options() const;
};
void AddModelOptions(CLI::App& command, ModelFlags& flags);

/// --output-activation keep|logits.
void AddOutputActivation(CLI::App& command, OutputActivation& chosen);

/// Shows what a stage of the pipeline does as a Progress of its own.
class ProgressOfStages {
 public:
  explicit ProgressOfStages(const Console& console) : console_(console) {}

  [[nodiscard]] ProgressListener Listener();
  /// Ends the display.
  void Finish() { progress_.reset(); }

 private:
  const Console& console_;
  std::mutex mutex_;
  std::unique_ptr<Progress> progress_;
};

}  // namespace kinglet
