// Which files are copies of others, whatever their names.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <utility>

namespace kinglet {

/// Files by their content. Only what equals a file in size and in its first bytes is read
/// whole.
class ContentIndex {
 public:
  /// Files that can't be read equal none.
  explicit ContentIndex(std::span<const std::filesystem::path> files);

  /// True when one of the files has the content of `path`.
  [[nodiscard]] bool Contains(const std::filesystem::path& path) const;

 private:
  using Fingerprint = std::pair<std::uintmax_t, std::size_t>;  ///< size, hash of the head
  std::multimap<Fingerprint, std::filesystem::path> files_;
};

}  // namespace kinglet
