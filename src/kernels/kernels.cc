#include "kernels/kernels.h"

#include <algorithm>
#include <cstdlib>

#include "base/check.h"
#include "kernels/tables.h"

namespace kinglet {
namespace {

#if defined(__x86_64__)
bool HasAvx2() {
  return __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("fma") != 0 &&
         __builtin_cpu_supports("bmi") != 0 && __builtin_cpu_supports("bmi2") != 0 &&
         __builtin_cpu_supports("f16c") != 0 && __builtin_cpu_supports("aes") != 0 &&
         __builtin_cpu_supports("pclmul") != 0;
}

bool HasAvx512() {
  return HasAvx2() && __builtin_cpu_supports("avx512f") != 0 &&
         __builtin_cpu_supports("avx512vl") != 0 &&
         __builtin_cpu_supports("avx512dq") != 0 &&
         __builtin_cpu_supports("avx512bw") != 0;
}
#endif

const KernelTable* Find(InstructionSet instruction_set) {
  switch (instruction_set) {
    case InstructionSet::kPortable:
      return &kPortableKernels;
#if defined(__x86_64__)
    case InstructionSet::kAvx2:
      return HasAvx2() ? &kAvx2Kernels : nullptr;
    case InstructionSet::kAvx512:
      return HasAvx512() ? &kAvx512Kernels : nullptr;
#elif defined(__aarch64__)
    case InstructionSet::kNeon:
      return &kNeonKernels;
#endif
    default:
      return nullptr;
  }
}

const KernelTable& Choose() {
  const std::vector<InstructionSet> available = AvailableInstructionSets();
  const char* wanted = std::getenv("KINGLET_INSTRUCTION_SET");
  const auto named = std::ranges::find_if(available, [&](InstructionSet set) {
    return wanted != nullptr && NameOf(set) == wanted;
  });
  return KernelsFor(named != available.end() ? *named : available.back());
}

}  // namespace

std::string_view NameOf(InstructionSet instruction_set) {
  switch (instruction_set) {
    case InstructionSet::kPortable:
      return "portable";
    case InstructionSet::kNeon:
      return "neon";
    case InstructionSet::kAvx2:
      return "avx2";
    case InstructionSet::kAvx512:
      return "avx512";
  }
  return "";
}

std::vector<InstructionSet> AvailableInstructionSets() {
  std::vector<InstructionSet> available;
  for (const InstructionSet set : {InstructionSet::kPortable, InstructionSet::kNeon,
                                   InstructionSet::kAvx2, InstructionSet::kAvx512}) {
    if (Find(set) != nullptr) available.push_back(set);
  }
  return available;
}

const KernelTable& KernelsFor(InstructionSet instruction_set) {
  const KernelTable* table = Find(instruction_set);
  Check(table != nullptr, "an instruction set that this processor has");
  return *table;
}

const KernelTable& Kernels() {
  static const KernelTable& chosen = Choose();
  return chosen;
}

}  // namespace kinglet
