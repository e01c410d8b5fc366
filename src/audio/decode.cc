// libsndfile reads floats; blocks of frames are averaged as they come, so that a file of
// many channels never lies in memory whole.
#include "audio/decode.h"

#include <sndfile.h>

#include <algorithm>
#include <memory>

#include "audio/numpy_sum.h"
#include "kinglet/error.h"

namespace kinglet {
namespace {

constexpr sf_count_t kBlockFrames = 16384;

struct Close {
  void operator()(SNDFILE* file) const { sf_close(file); }
};
using SoundFile = std::unique_ptr<SNDFILE, Close>;

SoundFile Open(const std::filesystem::path& path, SF_INFO& info) {
  SoundFile file(sf_open(path.c_str(), SFM_READ, &info));
  if (file != nullptr) return file;
  const bool exists = std::filesystem::is_regular_file(path);
  throw Error(exists ? ErrorKind::kCorrupt : ErrorKind::kIo,
              path.string() + ": " + sf_strerror(nullptr));
}

void AppendMeans(std::span<const float> frames, std::size_t channels,
                 std::vector<float>& out) {
  if (channels == 1) {
    out.insert(out.end(), frames.begin(), frames.end());
    return;
  }
  for (std::size_t i = 0; i < frames.size(); i += channels) {
    out.push_back(ChannelMean(frames.subspan(i, channels)));
  }
}

void ReadFrames(SNDFILE* file, sf_count_t wanted, std::size_t channels,
                std::vector<float>& out) {
  std::vector<float> block(static_cast<std::size_t>(std::min(wanted, kBlockFrames)) *
                           channels);
  while (wanted > 0) {
    const sf_count_t got =
        sf_readf_float(file, block.data(), std::min(wanted, kBlockFrames));
    if (got <= 0) return;
    AppendMeans(std::span(block).first(static_cast<std::size_t>(got) * channels),
                channels, out);
    wanted -= got;
  }
}

}  // namespace

std::int64_t FramesToRead(std::int64_t frames, std::int64_t rate_hz,
                          double max_duration_s) {
  const auto rate = static_cast<double>(rate_hz);
  const auto all = static_cast<double>(frames);
  return static_cast<std::int64_t>(
      std::min(all, std::min(max_duration_s, all / rate) * rate));
}

float ChannelMean(std::span<const float> frame) {
  if (frame.size() == 1) return frame[0];
  return PairwiseSum(frame) / static_cast<float>(frame.size());
}

Waveform DecodeMono(const std::filesystem::path& path, double max_duration_s) {
  SF_INFO info{};
  const SoundFile file = Open(path, info);
  Waveform waveform{.rate_hz = info.samplerate, .samples = {}};
  if (info.frames <= 0 || info.samplerate <= 0) return waveform;
  const std::int64_t wanted = FramesToRead(info.frames, info.samplerate, max_duration_s);
  // Unknown lengths are stated as huge; let the vector grow then.
  constexpr std::int64_t kReserveAtMost = 1 << 22;
  waveform.samples.reserve(static_cast<std::size_t>(std::min(wanted, kReserveAtMost)));
  ReadFrames(file.get(), wanted, static_cast<std::size_t>(info.channels),
             waveform.samples);
  if (sf_error(file.get()) != SF_ERR_NO_ERROR) {
    throw Error(ErrorKind::kCorrupt, path.string() + ": " + sf_strerror(file.get()));
  }
  return waveform;
}

}  // namespace kinglet
