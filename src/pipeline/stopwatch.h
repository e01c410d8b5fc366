// Durations of named stages.
#pragma once

#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace kinglet {

/// The time since the last lap belongs to the stage that the lap names.
class Stopwatch {
 public:
  void Lap(const std::string& stage) {
    const auto now = Clock::now();
    laps_.emplace_back(stage, std::chrono::duration<double>(now - last_).count());
    last_ = now;
  }
  [[nodiscard]] const std::vector<std::pair<std::string, double>>& laps() const {
    return laps_;
  }

 private:
  using Clock = std::chrono::steady_clock;
  Clock::time_point last_ = Clock::now();
  std::vector<std::pair<std::string, double>> laps_;
};

}  // namespace kinglet
