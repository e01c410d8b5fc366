#include "pipeline/features.h"

#include "dataset/draw.h"
#include "dataset/find_recordings.h"
#include "kinglet/error.h"
#include "pipeline/arrays.h"

namespace kinglet {

FeaturesResult MakeFeatures(const FeaturesJob& job, const ProgressListener& listener) {
  const AudioConfig config = ResolveAudioConfig(job.audio, {});
  std::vector<std::filesystem::path> files = FindRecordings(job.audio.paths);
  if (files.empty()) {
    throw Error(ErrorKind::kData, job.audio.paths.front().string() +
                                      ": no sound file there; give a folder with "
                                      "recordings");
  }
  if (job.num_samples > 0) {
    files = DrawRecordings(files, job.num_samples, 0, job.audio.seed).calibration;
  }
  SampleSet set = LoadSamples(files, config, job.audio.snr_threshold,
                              WorkersFor(job.threads), "features", listener);
  if (set.samples.empty()) {
    throw Error(ErrorKind::kData, "no sample is left of " +
                                      std::to_string(set.records.size()) +
                                      " recordings: " + ReasonsOf(set.records));
  }
  OutputArrays arrays({"features"}, set.samples.size());
  for (std::size_t i = 0; i < set.samples.size(); ++i) {
    arrays.Set(i, std::move(set.samples[i]));
  }
  return {arrays.Take(), std::move(set.records)};
}

}  // namespace kinglet
