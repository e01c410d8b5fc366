// SHA-256 of file contents: what a report names its inputs by, and how a copy of a
// calibration recording under another name is found out.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>

namespace kinglet {

/// 64 lower-case hexadecimal digits.
std::string Sha256(std::span<const std::byte> bytes);

/// Of a file, or of the files below a folder with their relative paths, in order.
/// @throws kIo when one can't be read.
std::string Sha256OfPath(const std::filesystem::path& path);

}  // namespace kinglet
