#include "dataset/content_index.h"

#include <algorithm>
#include <fstream>
#include <functional>
#include <optional>
#include <string>

namespace kinglet {
namespace {

namespace fs = std::filesystem;

/// The next `count` bytes, fewer at the end.
std::string Next(std::ifstream& stream, std::size_t count) {
  std::string bytes(count, '\0');
  stream.read(bytes.data(), static_cast<std::streamsize>(count));
  bytes.resize(static_cast<std::size_t>(stream.gcount()));
  return bytes;
}

std::optional<std::pair<std::uintmax_t, std::size_t>> FingerprintOf(
    const fs::path& path) {
  constexpr std::size_t kHead = 4096;
  std::error_code failure;
  const std::uintmax_t size = fs::file_size(path, failure);
  std::ifstream stream(path, std::ios::binary);
  if (failure || !stream) return std::nullopt;
  return std::pair(size, std::hash<std::string>()(Next(stream, kHead)));
}

bool HaveEqualBytes(const fs::path& a, const fs::path& b) {
  constexpr std::size_t kBlock = 65536;
  std::ifstream first(a, std::ios::binary);
  std::ifstream second(b, std::ios::binary);
  while (first && second) {
    if (Next(first, kBlock) != Next(second, kBlock)) return false;
  }
  return first.eof() && second.eof();
}

}  // namespace

ContentIndex::ContentIndex(std::span<const fs::path> files) {
  for (const fs::path& file : files) {
    if (const auto fingerprint = FingerprintOf(file)) files_.emplace(*fingerprint, file);
  }
}

bool ContentIndex::Contains(const fs::path& path) const {
  const auto fingerprint = FingerprintOf(path);
  if (!fingerprint.has_value()) return false;
  const auto [from, to] = files_.equal_range(*fingerprint);
  return std::any_of(
      from, to, [&](const auto& entry) { return HaveEqualBytes(entry.second, path); });
}

}  // namespace kinglet
