// NumPy archives: named arrays in a zip file.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "base/tensor.h"

namespace kinglet {

struct NamedTensor {
  std::string name;
  Tensor tensor;
};

/// All arrays in the order of the archive. float64 is rounded and float16 widened to
/// float32; arrays in Fortran order are brought to row-major order.
/// @throws kIo when the file can't be read; kCorrupt when it is no .npz, or an array has
/// an element type that no tensor has, or fewer bytes than its shape asks for.
std::vector<NamedTensor> ReadNpz(const std::filesystem::path& path);

/// Writes an archive that numpy.load reads, in the given order; equal arrays give equal
/// bytes.
/// @throws kIo as WriteFile.
void WriteNpz(const std::filesystem::path& path, std::span<const NamedTensor> arrays);

}  // namespace kinglet
