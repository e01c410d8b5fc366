#include "kernels/scratch.h"

#include "kernels/aligned.h"

namespace kinglet {

std::byte* ScratchBytes(std::size_t bytes) {
  thread_local AlignedBytes memory;
  if (memory.size() < bytes) {
    memory = {};  // before the new one is made: nothing of it is kept
    memory.resize(bytes);
  }
  return memory.data();
}

}  // namespace kinglet
