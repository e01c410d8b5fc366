// Recordings are loaded in parallel, each into the slot of its place in the drawing, so
// that the result doesn't depend on the number of threads.
#include "pipeline/sample_set.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <thread>

#include "base/sha256.h"
#include "dataset/content_index.h"
#include "dataset/draw.h"
#include "dataset/find_recordings.h"
#include "dataset/sample_loader.h"
#include "kinglet/error.h"
#include "pipeline/arrays.h"
#include "run/samples.h"

namespace kinglet {
namespace {

namespace fs = std::filesystem;

/// Beside the model, under the names that training projects give it.
std::optional<fs::path> ConfigBeside(const fs::path& model) {
  for (const std::string& name :
       {model.stem().string() + "_model_config.json", std::string("model_config.json")}) {
    const fs::path path = model.parent_path() / name;
    if (fs::exists(path)) return path;
  }
  return std::nullopt;
}

void CheckShape(const Graph& graph, const Shape& shape) {
  if (graph.inputs.size() != 1) {
    throw Error(ErrorKind::kUsage,
                fmt::format("the model has {} inputs; recordings feed models with one: "
                            "give --calibration",
                            graph.inputs.size()));
  }
  const Value& input = graph[graph.inputs[0].value];
  if (input.shape != shape || input.dtype != DType::kFloat32) {
    throw Error(ErrorKind::kUsage,
                fmt::format("the front end makes {}, the model's input '{}' is {} {}; "
                            "check the audio configuration",
                            ToString(shape), graph.inputs[0].name, NameOf(input.dtype),
                            ToString(input.shape)));
  }
}

std::string HashOrEmpty(const fs::path& path) {
  try {
    return Sha256OfPath(path);
  } catch (const Error&) {
    return "";  // the decoder says what is wrong with it
  }
}

/// Indices of `files`, the largest file first: a long one begun last would leave the
/// other threads idle.
std::vector<std::size_t> LargestFirst(const std::vector<fs::path>& files) {
  std::vector<std::pair<std::uintmax_t, std::size_t>> sizes;
  for (const fs::path& file : files) {
    std::error_code unknown;
    const std::uintmax_t size = fs::file_size(file, unknown);
    sizes.emplace_back(unknown ? 0 : size, sizes.size());
  }
  std::ranges::stable_sort(sizes, std::greater<>(),
                           [](const auto& s) { return s.first; });
  std::vector<std::size_t> order(sizes.size());
  std::ranges::transform(sizes, order.begin(), [](const auto& s) { return s.second; });
  return order;
}

/// Loads files in parallel and keeps what is usable.
class Loading {
 public:
  Loading(const SampleLoader& loader, std::size_t workers, bool hashes,
          const ProgressListener& listener, std::stop_token stop)
      : loader_(loader),
        workers_(workers),
        hashes_(hashes),
        listener_(listener),
        stop_(std::move(stop)) {}

  [[nodiscard]] SampleSet Run(const std::vector<fs::path>& files,
                              const char* stage) const {
    std::vector<LoadedSample> loaded(files.size());
    const std::vector<std::size_t> order = LargestFirst(files);
    ForEachSample(files.size(), workers_, [&](std::size_t, std::size_t next) {
      if (stop_.stop_requested()) return;
      const std::size_t i = order[next];
      loaded[i] = loader_.Load(files[i]);
      if (hashes_) loaded[i].record.sha256 = HashOrEmpty(files[i]);
      if (listener_) listener_(stage, files.size());
    });
    SampleSet set;
    for (LoadedSample& sample : loaded) {
      if (sample.tensor.has_value()) {
        set.samples.emplace_back().push_back(*std::move(sample.tensor));
      }
      set.records.push_back(std::move(sample.record));
    }
    return set;
  }

 private:
  const SampleLoader& loader_;
  std::size_t workers_;
  bool hashes_;
  const ProgressListener& listener_;
  std::stop_token stop_;
};

/// The first `wanted` usable ones of `files` that are no copies of the `taken` ones,
/// tried a batch at a time.
SampleSet LoadHeldOut(const Loading& loading, const std::vector<fs::path>& files,
                      const std::vector<fs::path>& taken, std::size_t wanted) {
  SampleSet held_out;
  if (wanted == 0) return held_out;
  const ContentIndex taken_contents(taken);
  for (auto next = files.begin();
       next != files.end() && held_out.samples.size() < wanted;) {
    std::vector<fs::path> batch;
    const std::size_t missing = wanted - held_out.samples.size();
    for (; next != files.end() && batch.size() < missing; ++next) {
      if (!taken_contents.Contains(*next)) batch.push_back(*next);
    }
    SampleSet loaded = loading.Run(batch, "held-out samples");
    std::ranges::move(loaded.samples, std::back_inserter(held_out.samples));
    std::ranges::move(loaded.records, std::back_inserter(held_out.records));
  }
  return held_out;
}

}  // namespace

std::vector<std::string> SampleSet::UsedNames() const {
  std::vector<std::string> names;
  for (const SampleRecord& record : records) {
    if (record.used) names.push_back(record.name);
  }
  return names;
}

std::string ReasonsOf(const std::vector<SampleRecord>& records) {
  std::map<std::string, int> counts;
  for (const SampleRecord& record : records) {
    if (!record.used) ++counts[record.reason];
  }
  std::string text;
  for (const auto& [reason, count] : counts) {
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, reason);
  }
  return text;
}

SampleSet LoadSamples(const std::vector<fs::path>& files, const AudioConfig& config,
                      double snr_threshold, std::size_t workers, const char* stage,
                      const ProgressListener& listener) {
  const SampleLoader loader(config, snr_threshold);
  return Loading(loader, workers, false, listener, {}).Run(files, stage);
}

void CheckFrontEndFits(const AudioConfig& config, const Graph& graph) {
  CheckShape(graph, FeatureExtractor(config).shape());
}

std::size_t WorkersFor(int threads) {
  if (threads > 0) return static_cast<std::size_t>(threads);
  return std::max(1U, std::thread::hardware_concurrency());
}

AudioConfig ResolveAudioConfig(const AudioSource& source, const fs::path& model) {
  const auto file = source.config.has_value() ? source.config : ConfigBeside(model);
  const PartialAudioConfig stored =
      file.has_value() ? ReadAudioConfig(*file) : PartialAudioConfig{};
  return WithContext(file.has_value() ? file->string() : "no --config",
                     [&] { return Complete(Overlay(source.given, stored)); });
}

DrawnSamples DrawSamples(const AudioSource& source, const AudioConfig& config,
                         const DrawRequest& request, const ProgressListener& listener,
                         const std::stop_token& stop) {
  if (request.num_samples < 0 || request.held_out < 0) {
    throw Error(ErrorKind::kUsage, "a number of samples is negative");
  }
  const std::vector<fs::path> files = FindRecordings(source.paths);
  if (files.empty()) {
    throw Error(ErrorKind::kData,
                fmt::format("{}: no sound file there; give a folder with recordings",
                            source.paths.front().string()));
  }
  const SampleLoader loader(config, source.snr_threshold);
  const Loading loading(loader, request.workers, request.hashes, listener, stop);
  const auto others = static_cast<std::int64_t>(files.size());
  const Draw draw = DrawRecordings(files, request.num_samples,
                                   request.held_out == 0 ? 0 : others, source.seed);
  DrawnSamples drawn{.calibration = loading.Run(draw.calibration, "calibration samples"),
                     .held_out = {},
                     .files_found = files.size()};
  if (request.num_samples > 0 && drawn.calibration.samples.empty()) {
    throw Error(ErrorKind::kData,
                fmt::format("no calibration sample is left of {} recordings: {}; give "
                            "others, or lower --snr-threshold",
                            drawn.calibration.records.size(),
                            ReasonsOf(drawn.calibration.records)));
  }
  drawn.held_out = LoadHeldOut(loading, draw.held_out, draw.calibration,
                               static_cast<std::size_t>(request.held_out));
  return drawn;
}

Drawing::Drawing(const AudioSource& source, const fs::path& model,
                 const DrawRequest& request, const ProgressListener& listener)
    : samples_(std::async(std::launch::async,
                          [&source, model, request, &listener, stop = stop_.get_token()] {
                            return DrawSamples(source, ResolveAudioConfig(source, model),
                                               request, listener, stop);
                          })) {}

SampleSet ReadSamples(const fs::path& archive, const Graph& graph) {
  const SampleArrays arrays(archive, graph);
  SampleSet set;
  for (std::size_t i = 0; i < arrays.size(); ++i) {
    set.samples.push_back(arrays.Sample(i));
    set.records.push_back({.name = fmt::format("{}[{}]", archive.string(), i),
                           .used = true,
                           .reason = {},
                           .detail = {},
                           .sha256 = {}});
  }
  return set;
}

}  // namespace kinglet
