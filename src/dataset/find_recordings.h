// Which files a list of files and folders stands for.
#pragma once

#include <filesystem>
#include <span>
#include <vector>

namespace kinglet {

/// Files as they stand, in order; each folder as the sound files below it, told by their
/// suffix and sorted by path. Hidden files and folders are left out.
/// @throws kIo when one doesn't exist or a folder can't be read.
std::vector<std::filesystem::path> FindRecordings(
    std::span<const std::filesystem::path> paths);

}  // namespace kinglet
