// What became of one recording.
#pragma once

#include <string>

namespace kinglet {

/// A sound file, or a sample of an archive, that was meant for calibration.
struct SampleRecord {
  std::string name;
  bool used = false;
  std::string reason;  ///< why it was skipped: "silent", "unreadable", ...
  std::string detail;  ///< what exactly was wrong; may be empty
  std::string sha256;  ///< of the file's content; empty for samples of an archive
};

}  // namespace kinglet
