// The keys of a training project's JSON in one table each: names of front ends and
// scalings, integers, seconds.
#include "kinglet/audio_config.h"

#include <fmt/format.h>

#include <array>
#include <nlohmann/json.hpp>
#include <utility>

#include "audio/chunks.h"
#include "base/file.h"
#include "kinglet/error.h"

namespace kinglet {
namespace {

using Json = nlohmann::json;

constexpr std::array<std::pair<std::string_view, Frontend>, 7> kFrontends = {
    {{"librosa", Frontend::kLibrosa},
     {"precomputed", Frontend::kLibrosa},
     {"hybrid", Frontend::kHybrid},
     {"raw", Frontend::kRaw},
     {"tf", Frontend::kRaw},
     {"mfcc", Frontend::kMfcc},
     {"log_mel", Frontend::kLogMel}}};
constexpr std::array<std::pair<std::string_view, MagScale>, 4> kMagScales = {
    {{"none", MagScale::kNone},
     {"pwl", MagScale::kPwl},
     {"db", MagScale::kDb},
     {"pcen", MagScale::kPcen}}};

constexpr std::int64_t kHighestRate = 10'000'000;
constexpr std::int64_t kMostChunkSamples = 50'000'000;
constexpr std::int64_t kMostFftLength = 1 << 18;
constexpr std::int64_t kMostBands = 4096;
constexpr double kLongestRecording = 1e9;  // seconds: as long as there is

/// The value of a name; the error lists the names there are.
template <typename Names>
auto Lookup(const Names& names, std::string_view name, std::string_view what) {
  std::string known;
  for (const auto& [key, value] : names) {
    if (key == name) return value;
    known += fmt::format("{}{}", known.empty() ? "" : ", ", key);
  }
  throw Error(ErrorKind::kUsage,
              fmt::format("unknown {} '{}'; known are {}", what, name, known));
}

[[noreturn]] void WrongType(const std::string& key, std::string_view wanted) {
  throw Error(ErrorKind::kCorrupt, fmt::format("key '{}' is not {}", key, wanted));
}

std::optional<double> NumberOf(const Json& json, const std::string& key) {
  const auto found = json.find(key);
  if (found == json.end() || found->is_null()) return std::nullopt;
  if (!found->is_number()) WrongType(key, "a number");
  return found->get<double>();
}

std::optional<std::int64_t> IntegerOf(const Json& json, const std::string& key) {
  constexpr double kLargest = 1e15;
  const std::optional<double> number = NumberOf(json, key);
  if (!number.has_value()) return std::nullopt;
  if (!(std::abs(*number) <= kLargest)) WrongType(key, "an integer");
  const auto integer = static_cast<std::int64_t>(*number);
  if (static_cast<double>(integer) != *number) WrongType(key, "an integer");
  return integer;
}

std::optional<std::string> TextOf(const Json& json, const std::string& key) {
  const auto found = json.find(key);
  if (found == json.end() || found->is_null()) return std::nullopt;
  if (!found->is_string()) WrongType(key, "a string");
  return found->get<std::string>();
}

PartialAudioConfig FromJson(const Json& json) {
  if (!json.is_object()) {
    throw Error(ErrorKind::kCorrupt, "no JSON object; give a model_config.json");
  }
  PartialAudioConfig config{
      .sample_rate_hz = IntegerOf(json, "sample_rate"),
      .num_mels = IntegerOf(json, "num_mels"),
      .spec_width = IntegerOf(json, "spec_width"),
      .fft_length = IntegerOf(json, "fft_length"),
      .chunk_duration_s = NumberOf(json, "chunk_duration"),
      .max_duration_s = NumberOf(json, "max_duration"),
      .num_mfcc = IntegerOf(json, "n_mfcc"),
      .frontend = std::nullopt,
      .mag_scale = std::nullopt,
  };
  if (const auto name = TextOf(json, "audio_frontend")) {
    config.frontend = ParseFrontend(*name);
  }
  if (const auto name = TextOf(json, "mag_scale")) {
    config.mag_scale = ParseMagScale(*name);
  }
  // 0 stands for "not given", as in the Python pipeline.
  if (config.max_duration_s == 0) config.max_duration_s.reset();
  return config;
}

template <typename T>
T Needed(const std::optional<T>& value, std::string_view key, std::string_view flag) {
  if (value.has_value()) return *value;
  throw Error(ErrorKind::kUsage,
              fmt::format("audio configuration: key '{}' is missing; add it to the JSON "
                          "file of --config or give {}",
                          key, flag));
}

/// Above 0 and at most `most`: what lies beyond is a slip of the hand, and would take all
/// memory before anything else told of it.
template <typename T>
T Within(T most, const std::optional<T>& value, std::string_view key,
         std::string_view flag) {
  const T needed = Needed(value, key, flag);
  if (needed > 0 && needed <= most) return needed;
  throw Error(ErrorKind::kUsage, fmt::format("audio configuration: {} is {}; it must be "
                                             "above 0 and at most {}",
                                             key, needed, most));
}

void CompleteSpectrogram(const PartialAudioConfig& partial, AudioConfig& config) {
  config.spec_width =
      Within(kMostChunkSamples, partial.spec_width, "spec_width", "--spec-width");
  config.fft_length =
      Within(kMostFftLength, partial.fft_length, "fft_length", "--fft-length");
  if (config.fft_length % 2 != 0) {
    throw Error(ErrorKind::kUsage,
                fmt::format("audio configuration: fft_length is {}; it must be even",
                            config.fft_length));
  }
  const std::int64_t samples = ChunkSize(config.sample_rate_hz, config.chunk_duration_s);
  if (samples < config.spec_width) {
    throw Error(ErrorKind::kUsage,
                fmt::format("audio configuration: a chunk has {} samples, fewer than the "
                            "{} frames of spec_width",
                            samples, config.spec_width));
  }
}

void CompleteMel(const PartialAudioConfig& partial, AudioConfig& config) {
  constexpr std::int64_t kLowestRate = 302;  // its half is above the lowest filter
  config.num_mels = Within(kMostBands, partial.num_mels, "num_mels", "--num-mels");
  if (config.sample_rate_hz < kLowestRate) {
    throw Error(ErrorKind::kUsage,
                "audio configuration: mel filters start at 150 Hz; "
                "sample_rate is too low for them");
  }
}

}  // namespace

Frontend ParseFrontend(std::string_view name) {
  return Lookup(kFrontends, name, "audio front end");
}

std::string_view NameOf(Frontend frontend) {
  for (const auto& [name, value] : kFrontends) {
    if (value == frontend) return name;
  }
  return "";
}

MagScale ParseMagScale(std::string_view name) {
  return Lookup(kMagScales, name, "mag_scale");
}

PartialAudioConfig ReadAudioConfig(const std::filesystem::path& path) {
  const std::vector<std::byte> bytes = ReadFile(path);
  const auto* text = reinterpret_cast<const char*>(bytes.data());
  return WithContext(path.string(), [&] {
    const Json json = Json::parse(text, text + bytes.size(), nullptr, false);
    if (json.is_discarded()) throw Error(ErrorKind::kCorrupt, "no JSON");
    return FromJson(json);
  });
}

PartialAudioConfig Overlay(const PartialAudioConfig& first,
                           const PartialAudioConfig& second) {
  const auto pick = [](const auto& a, const auto& b) { return a.has_value() ? a : b; };
  return {.sample_rate_hz = pick(first.sample_rate_hz, second.sample_rate_hz),
          .num_mels = pick(first.num_mels, second.num_mels),
          .spec_width = pick(first.spec_width, second.spec_width),
          .fft_length = pick(first.fft_length, second.fft_length),
          .chunk_duration_s = pick(first.chunk_duration_s, second.chunk_duration_s),
          .max_duration_s = pick(first.max_duration_s, second.max_duration_s),
          .num_mfcc = pick(first.num_mfcc, second.num_mfcc),
          .frontend = pick(first.frontend, second.frontend),
          .mag_scale = pick(first.mag_scale, second.mag_scale)};
}

AudioConfig Complete(const PartialAudioConfig& partial) {
  constexpr double kDefaultDuration = 30.0;
  constexpr double kDefaultChunks = 5.0;
  AudioConfig config;
  config.frontend = Needed(partial.frontend, "audio_frontend", "--frontend");
  config.sample_rate_hz =
      Within(kHighestRate, partial.sample_rate_hz, "sample_rate", "--sample-rate");
  const double longest_chunk =
      static_cast<double>(kMostChunkSamples) / static_cast<double>(config.sample_rate_hz);
  config.chunk_duration_s = Within(longest_chunk, partial.chunk_duration_s,
                                   "chunk_duration", "--chunk-duration");
  config.max_duration_s =
      Within(kLongestRecording,
             std::optional(partial.max_duration_s.value_or(
                 std::max(kDefaultDuration, kDefaultChunks * config.chunk_duration_s))),
             "max_duration", "--max-duration");
  config.mag_scale = partial.mag_scale.value_or(MagScale::kNone);
  config.num_mfcc =
      Within(kMostBands, std::optional(partial.num_mfcc.value_or(config.num_mfcc)),
             "n_mfcc", "n_mfcc in the JSON file");
  if (config.frontend != Frontend::kRaw) CompleteSpectrogram(partial, config);
  const bool has_mel =
      config.frontend != Frontend::kRaw && config.frontend != Frontend::kHybrid;
  if (has_mel) CompleteMel(partial, config);
  return config;
}

}  // namespace kinglet
