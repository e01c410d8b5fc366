#include "tune/folds.h"

#include <algorithm>
#include <cstring>
#include <functional>
#include <map>
#include <set>
#include <string>

namespace kinglet {
namespace {

constexpr std::uint64_t kFoldSeed = 20;

/// Of numbers spread over the sample: those that differ elsewhere alone are compared.
std::size_t HashOf(const Sample& sample) {
  constexpr std::size_t kHashedParts = 64;
  constexpr std::size_t kBytes = 16;  // of each part
  std::string bytes;
  for (const Tensor& tensor : sample) {
    const std::span<const std::byte> all = tensor.bytes();
    for (std::size_t part = 0; part < kHashedParts; ++part) {
      const auto some = all.subspan(part * all.size() / kHashedParts);
      bytes.append(reinterpret_cast<const char*>(some.data()),
                   std::min(some.size(), kBytes));
    }
  }
  return std::hash<std::string>()(bytes);
}

bool IsCopy(const Sample& a, const Sample& b) {
  return std::ranges::equal(a, b, [](const Tensor& x, const Tensor& y) {
    return x.bytes().size() == y.bytes().size() &&
           std::memcmp(x.bytes().data(), y.bytes().data(), x.bytes().size()) == 0;
  });
}

}  // namespace

std::size_t FixedRandom::Below(std::size_t bound) {
  state_ += 0x9E3779B97F4A7C15;
  std::uint64_t z = state_;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
  return (z ^ (z >> 31)) % bound;
}

SampleRefs RefsTo(std::span<const Sample> samples) {
  SampleRefs refs;
  for (const Sample& sample : samples) refs.push_back(&sample);
  return refs;
}

std::vector<std::size_t> FilesOf(const SampleRefs& samples) {
  std::multimap<std::size_t, std::size_t> firsts;  // places by hash
  std::vector<std::size_t> files;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const std::size_t hash = HashOf(*samples[i]);
    const auto [from, to] = firsts.equal_range(hash);
    const auto same = std::find_if(from, to, [&](const auto& entry) {
      return IsCopy(*samples[entry.second], *samples[i]);
    });
    files.push_back(same == to ? i : same->second);
    if (same == to) firsts.emplace(hash, i);
  }
  return files;
}

std::size_t CountFiles(std::span<const std::size_t> files) {
  return std::set<std::size_t>(files.begin(), files.end()).size();
}

Folds DealOut(std::span<const std::size_t> files, std::size_t wanted) {
  const std::set<std::size_t> distinct(files.begin(), files.end());
  std::vector<std::size_t> order(distinct.begin(), distinct.end());
  FixedRandom random(kFoldSeed);
  for (std::size_t i = order.size(); i > 1; --i) {
    std::swap(order[i - 1], order[random.Below(i)]);
  }
  Folds folds{{}, std::min(wanted, order.size())};
  std::map<std::size_t, std::size_t> part_of_file;
  for (std::size_t i = 0; i < order.size(); ++i) {
    part_of_file[order[i]] = i % folds.parts;
  }
  for (const std::size_t file : files) folds.part_of.push_back(part_of_file.at(file));
  return folds;
}

Fold FoldOf(const Folds& folds, std::size_t part) {
  Fold fold;
  for (std::size_t i = 0; i < folds.part_of.size(); ++i) {
    const bool judges = folds.part_of[i] == part;
    if (judges) fold.judge.push_back(i);
    if (!judges || folds.parts == 1) fold.fit.push_back(i);
  }
  return fold;
}

}  // namespace kinglet
