// Suffixes only choose what is looked at inside folders; the decoder goes by content.
#include "dataset/find_recordings.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>

#include "kinglet/error.h"

namespace kinglet {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 16> kSuffixes = {
    ".wav", ".mp3",  ".flac", ".ogg", ".m4a", ".oga", ".opus", ".aif",
    ".au",  ".aiff", ".aifc", ".snd", ".caf", ".w64", ".rf64", ".wave"};

bool HasSoundSuffix(const fs::path& path) {
  std::string suffix = path.extension().string();
  std::ranges::transform(suffix, suffix.begin(),
                         [](unsigned char c) { return std::tolower(c); });
  return std::ranges::find(kSuffixes, suffix) != kSuffixes.end();
}

bool IsHidden(const fs::path& path) { return path.filename().string().starts_with('.'); }

std::vector<fs::path> FilesBelow(const fs::path& folder) {
  std::vector<fs::path> files;
  const auto options = fs::directory_options::follow_directory_symlink;
  for (fs::recursive_directory_iterator entry(folder, options), end; entry != end;
       ++entry) {
    if (IsHidden(entry->path())) {
      if (entry->is_directory()) entry.disable_recursion_pending();
    } else if (HasSoundSuffix(entry->path()) && !entry->is_directory()) {
      files.push_back(entry->path());
    }
  }
  std::ranges::sort(files);
  return files;
}

}  // namespace

std::vector<fs::path> FindRecordings(std::span<const fs::path> paths) {
  std::vector<fs::path> found;
  for (const fs::path& path : paths) {
    try {
      if (!fs::exists(path)) {
        throw Error(ErrorKind::kIo, path.string() + ": no such file or folder");
      }
      if (!fs::is_directory(path)) {
        found.push_back(path);
        continue;
      }
      std::ranges::move(FilesBelow(path), std::back_inserter(found));
    } catch (const fs::filesystem_error& error) {
      throw Error(ErrorKind::kIo, path.string() + ": " + error.code().message());
    }
  }
  return found;
}

}  // namespace kinglet
