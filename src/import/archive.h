// The three members of a .keras file.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace kinglet {

struct KerasArchive {
  std::string metadata;            ///< metadata.json; empty when it is missing
  std::string config;              ///< config.json
  std::vector<std::byte> weights;  ///< model.weights.h5
};

/// From the bytes of a zip file. Members may be stored or deflated; each is checked
/// against its CRC-32 and a cap on its size, nothing is extracted to the disk.
/// @throws kCorrupt when this is no zip file, is cut short, or lacks a member;
/// kUnsupported for weights that are not HDF5.
KerasArchive ReadKerasArchive(std::span<const std::byte> bytes);

/// From an unzipped model: a folder with the same names.
/// @throws kIo when a file can't be read, kUnsupported for a SavedModel.
KerasArchive ReadKerasFolder(const std::filesystem::path& folder);

}  // namespace kinglet
