// Any model file as a listing.
#pragma once

#include <filesystem>
#include <span>

#include "kinglet/options.h"
#include "report/listing.h"

namespace kinglet {

/// Operators of a .tflite file with shapes, scales, parameters and multiply-accumulates.
/// @throws kCorrupt when the bytes are no .tflite file.
Listing ListTflite(const std::filesystem::path& path, std::span<const std::byte> bytes);

/// Layers of a Keras file, or operators of a .tflite file, told apart by content.
/// @throws kIo, kCorrupt, kUnsupported.
Listing Inspect(const std::filesystem::path& path, const ImportOptions& options);

}  // namespace kinglet
