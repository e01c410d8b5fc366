// What a command says to a person: progress and notes on stderr, results on stdout.
#pragma once

#include <cstddef>
#include <mutex>
#include <string>

namespace kinglet {

/// Where a command writes, and how much.
struct Console {
  bool quiet = false;  ///< nothing on stderr but errors
  bool json = false;   ///< results as JSON on stdout

  /// A line on stderr.
  void Note(const std::string& line) const;
};

/// A count towards a known total: a bar on a terminal, a few plain lines in a log,
/// nothing when the console is quiet. Safe to advance from many threads.
class Progress {
 public:
  Progress(const Console& console, std::string label, std::size_t total);
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  ~Progress();

  void Advance();

 private:
  void Show();

  std::mutex mutex_;
  std::string label_;
  std::size_t total_;
  std::size_t done_ = 0;
  std::size_t shown_tenths_ = 0;
  bool silent_;
  bool on_terminal_;
};

}  // namespace kinglet
