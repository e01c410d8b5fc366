// Reference vectors of the Python audio pipeline (tests/golden/audio, and the whole set
// beside the project where it is there). index.json says how each was made and how near
// the same recipe comes.
#pragma once

#include <gtest/gtest.h>

#include <cstring>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/file.h"

namespace kinglet {

using Json = nlohmann::json;

/// One set of vectors.
class AudioVectors {
 public:
  explicit AudioVectors(std::filesystem::path root) : root_(std::move(root)) {
    index_ = ReadJson("index.json");
  }

  [[nodiscard]] const Json& index() const { return index_; }
  [[nodiscard]] Json ReadJson(const std::string& name) const {
    const std::vector<std::byte> bytes = ReadFile(root_ / name);
    return Json::parse(reinterpret_cast<const char*>(bytes.data()),
                       reinterpret_cast<const char*>(bytes.data()) + bytes.size());
  }
  [[nodiscard]] std::filesystem::path Path(const std::string& name) const {
    return root_ / name;
  }
  [[nodiscard]] bool Has(const std::string& name) const {
    return std::filesystem::exists(root_ / name);
  }
  template <typename T>
  [[nodiscard]] std::vector<T> Read(const std::string& name) const {
    const std::vector<std::byte> bytes = ReadFile(root_ / name);
    std::vector<T> values(bytes.size() / sizeof(T));
    std::memcpy(values.data(), bytes.data(), values.size() * sizeof(T));
    return values;
  }
  /// Compares with a stored array within the difference that index.json allows the same
  /// recipe, mostly 0, and `slack`. Passes over what this set leaves out.
  template <typename T>
  void Expect(const std::vector<T>& got, const std::string& name,
              double slack = 0) const {
    if (!Has(name)) return;
    const std::vector<T> expected = Read<T>(name);
    const double tolerance =
        slack + index_["files"][name]["tol_exact"].template get<double>();
    ASSERT_EQ(got.size(), expected.size()) << name;
    double worst = 0;
    for (std::size_t i = 0; i < got.size(); ++i) {
      if (got[i] == expected[i]) continue;
      if (got[i] != got[i] && expected[i] != expected[i]) continue;  // both NaN
      worst = std::max(worst, std::abs(static_cast<double>(got[i]) - expected[i]));
      ASSERT_LE(worst, tolerance) << name << " at " << i;
    }
  }

 private:
  std::filesystem::path root_;
  Json index_;
};

/// The project's own set, then the whole one if it is there.
inline std::vector<AudioVectors> AllAudioVectors() {
  const std::filesystem::path source = KINGLET_SOURCE_DIR;
  std::vector<AudioVectors> sets = {AudioVectors(source / "tests/golden/audio")};
  const std::filesystem::path whole = source / "../shared/vectors/audio";
  if (std::filesystem::exists(whole)) {
    sets.emplace_back(whole);
  } else {
    std::puts("The whole set of vectors is not there; only the project's own is tested.");
  }
  return sets;
}

}  // namespace kinglet
