// The one exception type of the library, and what its kinds mean.
#pragma once

#include <stdexcept>
#include <string>

namespace kinglet {

/// Why a run ended. The value is the program's exit code.
enum class ErrorKind {
  kUsage = 2,        ///< options that contradict each other or have no meaning
  kIo = 3,           ///< a file that can't be read or written
  kCorrupt = 4,      ///< bytes that are not what they claim to be
  kUnsupported = 5,  ///< a model that this program can't represent
  kData = 6,         ///< no usable calibration or validation sample
  kGate = 7,         ///< a quality gate failed
};

/// One line: what, where, and what would help. Thrown only at the edges (file formats,
/// configuration, the pipeline); graph passes, kernels and the quantizer never throw it.
class Error : public std::runtime_error {
 public:
  Error(ErrorKind kind, const std::string& message)
      : std::runtime_error(message), kind_(kind) {}

  [[nodiscard]] ErrorKind kind() const { return kind_; }

 private:
  ErrorKind kind_;
};

/// Runs `body` and puts "`where`: " in front of the message of any Error it throws.
template <typename Body>
decltype(auto) WithContext(const std::string& where, Body&& body) {
  try {
    return body();
  } catch (const Error& error) {
    throw Error(error.kind(), where + ": " + error.what());
  }
}

}  // namespace kinglet
