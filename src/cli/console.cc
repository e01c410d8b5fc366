// The bar is redrawn in place at each tenth of a percent; a log gets a line at each tenth
// of the way.
#include "cli/console.h"

#include <fmt/core.h>
#include <unistd.h>

#include <cstdio>

namespace kinglet {
namespace {

constexpr std::size_t kBarWidth = 30;
constexpr std::size_t kLogSteps = 10;

}  // namespace

void Console::Note(const std::string& line) const {
  if (!quiet) fmt::print(stderr, "{}\n", line);
}

Progress::Progress(const Console& console, std::string label, std::size_t total)
    : label_(std::move(label)),
      total_(total),
      silent_(console.quiet || total == 0),
      on_terminal_(::isatty(STDERR_FILENO) == 1) {}

Progress::~Progress() {
  if (!silent_ && on_terminal_ && done_ > 0) fmt::print(stderr, "\r\x1b[K");
}

void Progress::Advance() {
  const std::scoped_lock lock(mutex_);
  ++done_;
  if (!silent_) Show();
}

void Progress::Show() {
  if (on_terminal_) {
    const std::size_t filled = kBarWidth * done_ / total_;
    fmt::print(stderr, "\r{} [{:#<{}}{:-<{}}] {}/{}\x1b[K", label_, "", filled, "",
               kBarWidth - filled, done_, total_);
    std::fflush(stderr);
    return;
  }
  const std::size_t tenths = kLogSteps * done_ / total_;
  if (tenths == shown_tenths_) return;
  shown_tenths_ = tenths;
  fmt::print(stderr, "{}: {}/{}\n", label_, done_, total_);
}

}  // namespace kinglet
