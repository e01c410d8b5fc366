// Which recordings calibrate and which are held back.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

namespace kinglet {

struct Draw {
  std::vector<std::filesystem::path> calibration;
  std::vector<std::filesystem::path> held_out;  ///< none of the calibration paths
};

/// min(num_samples, files) recordings as Python's random.Random(seed).sample draws them,
/// then up to `held_out` of the others, drawn with the same generator.
/// REQUIRES: num_samples >= 0, held_out >= 0.
Draw DrawRecordings(const std::vector<std::filesystem::path>& files,
                    std::int64_t num_samples, std::int64_t held_out, std::uint64_t seed);

}  // namespace kinglet
