#include "cli/signals.h"

#include <unistd.h>

#include <csignal>

#include "base/file.h"

namespace kinglet {
namespace {

constexpr int kSignalExit = 128;

extern "C" void EndOnSignal(int number) {
  RemoveUnfinishedFiles();
  ::_exit(kSignalExit + number);
}

}  // namespace

void EndCleanlyOnSignals() {
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) std::signal(number, EndOnSignal);
  std::signal(SIGXFSZ, SIG_IGN);  // a limit on file sizes is an error of the write
}

}  // namespace kinglet
