// Damage in an HDF5 file that the library doesn't survive.
#pragma once

#include <cstddef>
#include <span>

namespace kinglet {

/// Whether a global heap collection (HDF5 file format, III.E) holds an object that takes
/// no room or more than is left: version 1.10 of the library would read it forever.
bool HasBrokenHeap(std::span<const std::byte> file);

}  // namespace kinglet
