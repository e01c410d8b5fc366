#include "cli/options.h"

#include <fmt/format.h>

#include <charconv>

#include "kinglet/error.h"

namespace kinglet {
namespace {

Shape ParseShape(std::string_view text) {
  Shape shape;
  while (!text.empty()) {
    const std::size_t comma = std::min(text.find(','), text.size());
    std::int64_t size = 0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + comma, size);
    if (code != std::errc() || end != text.data() + comma || size <= 0) return {};
    shape.push_back(size);
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return shape;
}

}  // namespace

void AddConsoleOptions(CLI::App& command, Console& console) {
  command.add_flag("--quiet", console.quiet, "Print no progress and no summary");
  command.add_flag("--json", console.json, "Print the result as JSON");
}

void AddAudioOptions(CLI::App& command, AudioFlags& flags) {
  const char* group = "Audio";
  command
      .add_option("--config", flags.config,
                  "The training project's model_config.json [beside the model: "
                  "<stem>_model_config.json]; its keys can also be given one by one:")
      ->type_name("FILE")
      ->group(group);
  command
      .add_option("--sample-rate", flags.given.sample_rate_hz, "Hz the model works at")
      ->group(group);
  command.add_option("--num-mels", flags.given.num_mels, "Mel bands")->group(group);
  command.add_option("--spec-width", flags.given.spec_width, "Frames of a spectrogram")
      ->group(group);
  command
      .add_option("--chunk-duration", flags.given.chunk_duration_s,
                  "Seconds of sound the model hears at once")
      ->group(group);
  command.add_option("--fft-length", flags.given.fft_length, "Samples of an FFT")
      ->group(group);
  command
      .add_option_function<std::string>(
          "--audio-frontend,--frontend",
          [&flags](const std::string& name) {
            flags.given.frontend = ParseFrontend(name);
          },
          "librosa (or precomputed), hybrid, raw (or tf)")
      ->type_name("NAME")
      ->group(group);
  command
      .add_option_function<std::string>(
          "--mag-scale",
          [&flags](const std::string& name) {
            flags.given.mag_scale = ParseMagScale(name);
          },
          "Magnitude scaling of the librosa front end: none, pwl, db, pcen")
      ->type_name("NAME")
      ->group(group);
  command
      .add_option("--max-duration", flags.given.max_duration_s,
                  "Seconds read of each recording [30]")
      ->group(group);
}

void AddThreadsOption(CLI::App& command, int& threads) {
  command.add_option("--threads", threads, "Threads [all cores]; changes no byte")
      ->check(CLI::Range(1, 1024));
}

void AddModelOptions(CLI::App& command, ModelFlags& flags) {
  command
      .add_option("--input-shape", flags.input_shapes,
                  "Sizes of an input with free axes: NAME=1,T,C [those of the samples]")
      ->type_name("NAME=SHAPE");
  AddChoice<FrontendNormalization>(command, "--frontend-normalization",
                                   flags.frontend_normalization,
                                   {{"auto", FrontendNormalization::kAuto},
                                    {"on", FrontendNormalization::kOn},
                                    {"off", FrontendNormalization::kOff}},
                                   "Whether a hybrid front end divides by its largest "
                                   "value: auto (by the structure of "
                                   "the file), on, off [auto]");
}

void AddOutputActivation(CLI::App& command, OutputActivation& chosen) {
  AddChoice<OutputActivation>(
      command, "--output-activation", chosen,
      {{"keep", OutputActivation::kKeep}, {"logits", OutputActivation::kLogits}},
      "logits: leave out the sigmoid, softmax or log-softmax that makes an output of the "
      "Keras model; what is compared are logits, too [keep]");
}

ImportOptions ModelFlags::Options() const {
  ImportOptions options{.frontend_normalization = frontend_normalization,
                        .input_shapes = {}};
  for (const std::string& text : input_shapes) {
    const std::size_t equals = text.rfind('=');
    const Shape shape =
        equals == std::string::npos ? Shape{} : ParseShape(text.substr(equals + 1));
    if (shape.empty()) {
      throw Error(ErrorKind::kUsage,
                  fmt::format("--input-shape {}: give it as NAME=1,64,40", text));
    }
    options.input_shapes[text.substr(0, equals)] = shape;
  }
  return options;
}

ProgressListener ProgressOfStages::Listener() {
  return [this](const char* stage, std::size_t total) {
    const std::scoped_lock lock(mutex_);
    if (progress_ == nullptr || progress_->label() != stage) {
      progress_ = std::make_unique<Progress>(console_, stage, total);
    }
    progress_->Advance();
  };
}

}  // namespace kinglet
