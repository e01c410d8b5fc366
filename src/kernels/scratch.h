// Memory for intermediate results of one kernel, kept by each thread.
#pragma once

#include <cstddef>

#include "kernels/arguments.h"

namespace kinglet {

/// Begins a cache line; its content is that of an earlier use, and it is gone with the
/// next call on this thread.
std::byte* ScratchBytes(std::size_t bytes);

template <typename T>
T* Scratch(Size elements) {
  return reinterpret_cast<T*>(
      ScratchBytes(static_cast<std::size_t>(elements) * sizeof(T)));
}

}  // namespace kinglet
