// The samples of a conversion or a validation: tensors in memory with where they came
// from.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <future>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "ir/graph.h"
#include "kinglet/audio_config.h"
#include "kinglet/sample_record.h"

namespace kinglet {

/// Told of each file or sample that is done: its stage and how many that stage has.
/// Called from any thread.
using ProgressListener = std::function<void(const char* stage, std::size_t total)>;

/// One tensor an input of the graph.
using Sample = std::vector<Tensor>;

/// `samples` are those of the used records, in order.
struct SampleSet {
  std::vector<Sample> samples;
  std::vector<SampleRecord> records;

  [[nodiscard]] std::vector<std::string> UsedNames() const;
};

/// What is drawn from recordings, and how.
struct AudioSource {
  std::vector<std::filesystem::path> paths;  ///< files and folders
  std::optional<std::filesystem::path> config;
  PartialAudioConfig given;  ///< keys that win over the file's
  double snr_threshold = 0.01;
  std::uint64_t seed = 0;
};

/// The configuration of `source`: its keys, then those of its file, which without a name
/// lies beside the model as <stem>_model_config.json or model_config.json.
/// @throws kUsage, kIo, kCorrupt as ReadAudioConfig and Complete.
AudioConfig ResolveAudioConfig(const AudioSource& source,
                               const std::filesystem::path& model);

/// @throws kUsage unless the front end makes the only input of `graph`.
void CheckFrontEndFits(const AudioConfig& config, const Graph& graph);

/// The network input of each file, in order; what is unusable is only recorded.
SampleSet LoadSamples(const std::vector<std::filesystem::path>& files,
                      const AudioConfig& config, double snr_threshold,
                      std::size_t workers, const char* stage,
                      const ProgressListener& listener);

/// Why records were skipped: "3 silent, 1 unreadable".
std::string ReasonsOf(const std::vector<SampleRecord>& records);

/// Calibration recordings and others, which no calibration recording equals in content.
struct DrawnSamples {
  SampleSet calibration;
  SampleSet held_out;
  std::size_t files_found = 0;
};

struct DrawRequest {
  std::int64_t num_samples = 0;  ///< to calibrate with
  std::int64_t held_out = 0;
  bool hashes = false;  ///< note the SHA-256 of each file, which takes its time
  std::size_t workers = 1;
};

/// Draws recordings and then up to `held_out` usable others, and makes the front end's
/// tensor from each. Asked to stop, it ends soon, and its result is of no use.
/// @throws kUsage when num_samples is below 0, kIo, kData when no calibration sample is
/// left.
DrawnSamples DrawSamples(const AudioSource& source, const AudioConfig& config,
                         const DrawRequest& request, const ProgressListener& listener,
                         const std::stop_token& stop);

/// DrawSamples beside other work. Dropped before its end, it stops.
class Drawing {
 public:
  /// `source` and `listener` outlive it.
  Drawing(const AudioSource& source, const std::filesystem::path& model,
          const DrawRequest& request, const ProgressListener& listener);
  ~Drawing() { stop_.request_stop(); }
  Drawing(const Drawing&) = delete;
  Drawing& operator=(const Drawing&) = delete;

  /// Once. @throws as ResolveAudioConfig and DrawSamples.
  DrawnSamples Take() { return samples_.get(); }

 private:
  std::stop_source stop_;
  std::future<DrawnSamples> samples_;  // waits for its thread when it is destroyed
};

/// All samples of an archive.
/// @throws as SampleArrays.
SampleSet ReadSamples(const std::filesystem::path& archive, const Graph& graph);

/// Hardware threads for 0, else `threads`.
std::size_t WorkersFor(int threads);

}  // namespace kinglet
