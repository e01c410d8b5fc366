// The temporary file lies in the target's folder under a name of its own, is flushed to
// the disk, and takes the target's name in one rename. Its path is kept in a static
// buffer, so that a signal handler can unlink it.
#include "base/file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <mutex>
#include <string>

#include "kinglet/error.h"

namespace kinglet {
namespace {

std::array<char, 4096> unfinished_path{};
std::atomic<bool> is_unfinished{false};
std::mutex write_mutex;

[[noreturn]] void ThrowIo(const std::filesystem::path& path, const std::string& what,
                          int code) {
  throw Error(ErrorKind::kIo,
              fmt::format("{}: {}: {}", path.string(), what, std::strerror(code)));
}

void WriteAll(int file, std::span<const std::byte> bytes,
              const std::filesystem::path& path) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) ThrowIo(path, "can't write", errno);
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  if (::fsync(file) != 0 && errno != EINVAL) ThrowIo(path, "can't write", errno);
}

/// Owns the temporary file until it is renamed.
class UnfinishedFile {
 public:
  explicit UnfinishedFile(const std::filesystem::path& target)
      : path_(fmt::format("{}.{}.tmp", target.string(), ::getpid())) {
    if (path_.size() >= unfinished_path.size()) ThrowIo(target, "name", ENAMETOOLONG);
    std::memcpy(unfinished_path.data(), path_.c_str(), path_.size() + 1);
    is_unfinished = true;
    file_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (file_ < 0) {
      is_unfinished = false;
      ThrowIo(target, "can't create a file in this folder", errno);
    }
  }
  UnfinishedFile(const UnfinishedFile&) = delete;
  UnfinishedFile& operator=(const UnfinishedFile&) = delete;
  ~UnfinishedFile() {
    if (file_ >= 0) ::close(file_);
    RemoveUnfinishedFile();
  }

  [[nodiscard]] int file() const { return file_; }

  void RenameTo(const std::filesystem::path& target) {
    const int closed = ::close(file_);
    file_ = -1;
    if (closed != 0) ThrowIo(target, "can't write", errno);
    if (::rename(path_.c_str(), target.c_str()) != 0) {
      ThrowIo(target, "can't replace", errno);
    }
    is_unfinished = false;
  }

 private:
  std::string path_;
  int file_ = -1;
};

}  // namespace

std::vector<std::byte> ReadFile(const std::filesystem::path& path) {
  std::error_code code;
  const auto status = std::filesystem::status(path, code);
  if (!std::filesystem::exists(status)) ThrowIo(path, "can't read", ENOENT);
  if (std::filesystem::is_directory(status)) ThrowIo(path, "can't read", EISDIR);
  std::ifstream stream(path, std::ios::binary | std::ios::ate);
  if (!stream) ThrowIo(path, "can't read", errno);
  std::vector<std::byte> bytes(static_cast<std::size_t>(stream.tellg()));
  stream.seekg(0);
  stream.read(reinterpret_cast<char*>(bytes.data()),
              static_cast<std::streamsize>(bytes.size()));
  if (!stream) ThrowIo(path, "can't read", EIO);
  return bytes;
}

void WriteFile(const std::filesystem::path& path, std::span<const std::byte> bytes) {
  const std::scoped_lock lock(write_mutex);
  UnfinishedFile unfinished(path);
  WriteAll(unfinished.file(), bytes, path);
  unfinished.RenameTo(path);
}

void CheckWritable(const std::filesystem::path& path) {
  const std::filesystem::path folder =
      path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
  if (std::filesystem::is_directory(path)) ThrowIo(path, "can't write", EISDIR);
  if (::access(folder.c_str(), W_OK | X_OK) != 0) {
    ThrowIo(path, "can't create a file in this folder", errno);
  }
}

void RemoveUnfinishedFile() {
  if (is_unfinished.exchange(false)) ::unlink(unfinished_path.data());
}

}  // namespace kinglet
