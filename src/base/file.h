// Whole files as bytes; writing never leaves a half-made file behind.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <vector>

namespace kinglet {

/// @throws kIo when the file is missing, a folder, or unreadable.
std::vector<std::byte> ReadFile(const std::filesystem::path& path);

/// Writes beside `path` and renames, so that `path` holds either its old content or all
/// of `bytes`, whatever happens.
/// @throws kIo when the folder can't be written or the disk is full.
void WriteFile(const std::filesystem::path& path, std::span<const std::byte> bytes);

/// What a file is to hold.
struct FileContent {
  std::filesystem::path path;
  std::vector<std::byte> bytes;
};

/// Writes all of the files or, when one can't be written, none: those that were there
/// keep their content. At most four.
/// @throws kIo as WriteFile.
void WriteFiles(std::span<const FileContent> files);

/// For a check before long work.
/// @throws kIo unless WriteFile could create a file at `path`.
void CheckWritable(const std::filesystem::path& path);

/// Removes the temporary files that a write in progress has open; waits while WriteFiles
/// renames them. Safe in a signal handler.
void RemoveUnfinishedFiles();

}  // namespace kinglet
