#include "dataset/draw.h"

#include <algorithm>
#include <set>

#include "dataset/python_random.h"

namespace kinglet {
namespace {

using Paths = std::vector<std::filesystem::path>;

Paths Take(PythonRandom& random, const Paths& files, std::int64_t wanted) {
  const auto n = static_cast<std::uint32_t>(files.size());
  const auto k = static_cast<std::uint32_t>(std::min<std::int64_t>(wanted, n));
  Paths taken;
  for (const std::uint32_t index : random.Sample(n, k)) taken.push_back(files[index]);
  return taken;
}

}  // namespace

Draw DrawRecordings(const Paths& files, std::int64_t num_samples, std::int64_t held_out,
                    std::uint64_t seed) {
  PythonRandom random(seed);
  Draw draw;
  draw.calibration = Take(random, files, num_samples);
  const std::set<std::filesystem::path> drawn(draw.calibration.begin(),
                                              draw.calibration.end());
  Paths others;
  std::ranges::copy_if(files, std::back_inserter(others),
                       [&](const auto& file) { return !drawn.contains(file); });
  draw.held_out = Take(random, others, held_out);
  return draw;
}

}  // namespace kinglet
