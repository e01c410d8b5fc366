#include "import/hdf5_heaps.h"

#include <cstdint>
#include <string_view>

namespace kinglet {
namespace {

constexpr std::string_view kSignature = "GCOL";
constexpr std::size_t kHeader = 16;  // of a collection, and of an object in it
constexpr std::size_t kSizeAt = 8;   // in both
constexpr std::uint64_t kAlignment = 8;

/// Little-endian, of `count` bytes.
std::uint64_t NumberAt(std::span<const std::byte> bytes, std::size_t at,
                       std::size_t count) {
  std::uint64_t number = 0;
  for (std::size_t i = count; i-- > 0;) {
    number = number << 8U | std::to_integer<std::uint64_t>(bytes[at + i]);
  }
  return number;
}

/// Free space counts its header, objects don't, and are padded.
bool IsBroken(std::span<const std::byte> collection) {
  std::span<const std::byte> rest = collection.subspan(kHeader);
  while (rest.size() >= kHeader) {
    const bool is_free = NumberAt(rest, 0, 2) == 0;
    const std::uint64_t size = NumberAt(rest, kSizeAt, sizeof(std::uint64_t));
    if (size > rest.size()) return true;
    const std::uint64_t padded = (size + kAlignment - 1) / kAlignment * kAlignment;
    const std::uint64_t taken = is_free ? size : kHeader + padded;
    if (taken == 0 || taken > rest.size()) return true;
    rest = rest.subspan(taken);
  }
  return false;
}

}  // namespace

bool HasBrokenHeap(std::span<const std::byte> file) {
  const std::string_view text(reinterpret_cast<const char*>(file.data()), file.size());
  for (std::size_t at = text.find(kSignature); at != std::string_view::npos;
       at = text.find(kSignature, at + 1)) {
    const std::span<const std::byte> rest = file.subspan(at);
    if (rest.size() < kHeader || NumberAt(rest, kSignature.size(), 4) != 1) continue;
    const std::uint64_t size = NumberAt(rest, kSizeAt, sizeof(std::uint64_t));
    if (size < kHeader || size > rest.size()) continue;  // the library refuses it
    if (IsBroken(rest.first(size))) return true;
  }
  return false;
}

}  // namespace kinglet
