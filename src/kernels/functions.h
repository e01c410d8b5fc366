// Functions that have no vector code: computed in double with our own polynomials and
// rounded once, so that the C library doesn't show.
#pragma once

namespace kinglet {

float SinOf(float x);
float CosOf(float x);

/// x to the power y, with the special cases of std::pow.
float PowerOf(float x, float y);

}  // namespace kinglet
