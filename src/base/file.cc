// The temporary file lies in the target's folder under a name of its own, is flushed to
// the disk, and takes the target's name in one rename. Its path is kept in a static
// buffer, so that a signal handler can unlink it. Of several files all are complete
// before the first is renamed, and signals wait until the last one is: this thread takes
// none meanwhile, and a handler on another one waits in RemoveUnfinishedFiles. Where a
// rename fails, a second name of the old file brings it back.
#include "base/file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <ctime>
#include <fstream>
#include <list>
#include <mutex>
#include <string>

#include "kinglet/error.h"

namespace kinglet {
namespace {

struct UnfinishedPath {
  std::array<char, 4096> name{};
  std::atomic<bool> exists{false};
};

constexpr std::size_t kMostFiles = 4;
std::array<UnfinishedPath, kMostFiles> unfinished_paths{};
std::atomic<bool> is_renaming{false};
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

/// Owns the temporary file until it is renamed. One at a time has each place.
class UnfinishedFile {
 public:
  UnfinishedFile(std::filesystem::path target, std::size_t place)
      : target_(std::move(target)),
        path_(fmt::format("{}.{}.tmp", target_.string(), ::getpid())),
        noted_(unfinished_paths.at(place)) {
    if (path_.size() >= noted_.name.size()) ThrowIo(target_, "name", ENAMETOOLONG);
    std::memcpy(noted_.name.data(), path_.c_str(), path_.size() + 1);
    noted_.exists = true;
    file_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (file_ < 0) {
      noted_.exists = false;
      ThrowIo(target_, "can't create a file in this folder", errno);
    }
  }
  UnfinishedFile(const UnfinishedFile&) = delete;
  UnfinishedFile& operator=(const UnfinishedFile&) = delete;
  ~UnfinishedFile() {
    if (file_ >= 0) ::close(file_);
    if (noted_.exists.exchange(false)) ::unlink(path_.c_str());
  }

  void Write(std::span<const std::byte> bytes) {
    WriteAll(file_, bytes, target_);
    const int closed = ::close(file_);
    file_ = -1;
    if (closed != 0) ThrowIo(target_, "can't write", errno);
  }

  void Rename() {
    if (::rename(path_.c_str(), target_.c_str()) != 0) {
      ThrowIo(target_, "can't replace", errno);
    }
    noted_.exists = false;
  }

 private:
  std::filesystem::path target_;
  std::string path_;
  UnfinishedPath& noted_;
  int file_ = -1;
};

/// A second name of what a path holds, to go back to unless all goes well.
class OldContent {
 public:
  explicit OldContent(const std::filesystem::path& path)
      : path_(path), kept_(fmt::format("{}.{}.old", path.string(), ::getpid())) {
    exists_ = ::link(path.c_str(), kept_.c_str()) == 0;
  }
  OldContent(const OldContent&) = delete;
  OldContent& operator=(const OldContent&) = delete;
  ~OldContent() {
    if (exists_) ::unlink(kept_.c_str());
  }

  void Restore() {
    if (!exists_) {
      ::unlink(path_.c_str());
    } else if (::rename(kept_.c_str(), path_.c_str()) == 0) {
      exists_ = false;
    }
  }

 private:
  std::filesystem::path path_;
  std::string kept_;
  bool exists_ = false;
};

/// No signal reaches this thread meanwhile, so that only others wait for it.
class SignalsWait {
 public:
  SignalsWait() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before_);
    is_renaming = true;
  }
  SignalsWait(const SignalsWait&) = delete;
  SignalsWait& operator=(const SignalsWait&) = delete;
  ~SignalsWait() {
    is_renaming = false;
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }

 private:
  sigset_t before_{};
};

void RenameAll(std::list<UnfinishedFile>& files, std::span<const FileContent> contents) {
  const SignalsWait wait;
  std::list<OldContent> old;
  try {
    for (std::size_t i = 0; UnfinishedFile & file : files) {
      old.emplace_back(contents[i++].path);
      file.Rename();
    }
  } catch (const Error&) {
    old.pop_back();  // its rename failed
    for (OldContent& content : old) content.Restore();
    throw;
  }
}

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
  UnfinishedFile unfinished(path, 0);
  unfinished.Write(bytes);
  unfinished.Rename();
}

void WriteFiles(std::span<const FileContent> files) {
  const std::scoped_lock lock(write_mutex);
  std::list<UnfinishedFile> unfinished;
  for (const FileContent& file : files) {
    unfinished.emplace_back(file.path, unfinished.size()).Write(file.bytes);
  }
  RenameAll(unfinished, files);
}

void CheckWritable(const std::filesystem::path& path) {
  const std::filesystem::path folder =
      path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
  if (std::filesystem::is_directory(path)) ThrowIo(path, "can't write", EISDIR);
  if (::access(folder.c_str(), W_OK | X_OK) != 0) {
    ThrowIo(path, "can't create a file in this folder", errno);
  }
}

void RemoveUnfinishedFiles() {
  constexpr timespec kMoment = {.tv_sec = 0, .tv_nsec = 100000};
  while (is_renaming) ::nanosleep(&kMoment, nullptr);
  for (UnfinishedPath& path : unfinished_paths) {
    if (path.exists.exchange(false)) ::unlink(path.name.data());
  }
}

}  // namespace kinglet
