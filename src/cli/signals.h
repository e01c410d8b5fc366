// Ctrl-C and friends leave no half-made file.
#pragma once

namespace kinglet {

/// SIGINT, SIGTERM and SIGHUP remove a temporary file in the making and end the program
/// with 128 + the signal's number. A limit on the size of files becomes an error.
void EndCleanlyOnSignals();

}  // namespace kinglet
