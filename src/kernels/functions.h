// Functions that have no vector code: computed in double with our own polynomials and
// rounded once, so that the C library doesn't show.
#pragma once

namespace kinglet {

float SinOf(float x);
float CosOf(float x);

}  // namespace kinglet
