#include "pipeline/gates.h"

#include <fmt/format.h>

#include "kinglet/error.h"

namespace kinglet {

void CheckCosineGates(const Comparison& comparison, double least_mean, double least_p05,
                      const std::string& remedy) {
  const auto check = [&](const char* what, double value, double least, const char* flag) {
    if (value >= least) return;
    throw Error(ErrorKind::kGate,
                fmt::format("the {} between float and quantized model is {:.4f}, below "
                            "the {} of {}{}",
                            what, value, least, flag, remedy));
  };
  check("mean cosine", comparison.cosine_mean, least_mean, "--min-cosine");
  check("5th percentile of the cosine", comparison.cosine_p05, least_p05,
        "--min-cosine-p05");
}

}  // namespace kinglet
