#include "base/sha256.h"

#include <sha2.h>
#include <sys/types.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <vector>

#include "kinglet/error.h"

namespace kinglet {
namespace {

namespace fs = std::filesystem;

/// One digest in the making.
class Digest {
 public:
  Digest() { SHA256Init(&state_); }

  void Add(const void* data, std::size_t size) {
    SHA256Update(&state_, static_cast<const std::uint8_t*>(data), size);
  }

  void AddFile(const fs::path& path) {
    constexpr std::size_t kBlock = 65536;
    std::ifstream stream(path, std::ios::binary);
    std::vector<char> block(kBlock);
    while (stream) {
      stream.read(block.data(), static_cast<std::streamsize>(block.size()));
      Add(block.data(), static_cast<std::size_t>(stream.gcount()));
    }
    if (!stream.eof()) throw Error(ErrorKind::kIo, path.string() + ": can't read");
  }

  std::string Hex() {
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::array<std::uint8_t, SHA256_DIGEST_LENGTH> raw{};
    SHA256Final(raw.data(), &state_);
    std::string text;
    for (const std::uint8_t byte : raw) {
      text += kDigits[byte >> 4U];
      text += kDigits[byte & 15U];
    }
    return text;
  }

 private:
  SHA2_CTX state_{};
};

}  // namespace

std::string Sha256(std::span<const std::byte> bytes) {
  Digest digest;
  digest.Add(bytes.data(), bytes.size());
  return digest.Hex();
}

std::string Sha256OfPath(const fs::path& path) {
  Digest digest;
  if (!fs::is_directory(path)) {
    digest.AddFile(path);
    return digest.Hex();
  }
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(path)) {
    if (entry.is_regular_file()) files.push_back(entry.path());
  }
  std::ranges::sort(files);
  for (const fs::path& file : files) {
    const std::string name = fs::relative(file, path).generic_string();
    digest.Add(name.c_str(), name.size() + 1);
    digest.AddFile(file);
  }
  return digest.Hex();
}

}  // namespace kinglet
