// How often a test of random cases is repeated.
#pragma once

namespace kinglet {

/// All of them; under the sanitizers, where each takes thirty times as long, a tenth.
constexpr unsigned Rounds(unsigned all) {
#ifdef KINGLET_SANITIZED
  return all / 10;
#else
  return all;
#endif
}

}  // namespace kinglet
