// HDF5 files that lie in memory, read through the C library.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/tensor.h"

namespace kinglet {

/// A group. Links to elsewhere (soft, external) are refused wherever they are met.
class Hdf5Group {
 public:
  /// The root of a file. `file` names it in messages.
  /// @throws kCorrupt when the bytes are no HDF5 file.
  static Hdf5Group OfFile(std::span<const std::byte> bytes, const std::string& file);

  Hdf5Group(const Hdf5Group&) = delete;
  Hdf5Group& operator=(const Hdf5Group&) = delete;
  Hdf5Group(Hdf5Group&& other) noexcept
      : id_(std::exchange(other.id_, -1)), path_(std::move(other.path_)) {}
  Hdf5Group& operator=(Hdf5Group&&) = delete;
  ~Hdf5Group();

  /// For messages: "model.weights.h5:layers/conv2d".
  [[nodiscard]] const std::string& path() const { return path_; }

  /// Names of what lies directly in the group, in byte order.
  [[nodiscard]] std::vector<std::string> Children() const;
  /// The group at a path with slashes, or nothing when there is none.
  [[nodiscard]] std::optional<Hdf5Group> Find(std::string_view path) const;
  /// The dataset at a path with slashes: floats as float32, bytes as int8, other integers
  /// as int64.
  /// @throws kCorrupt when it is missing or incomplete; kUnsupported for element types
  /// that no variable of a layer has.
  [[nodiscard]] Tensor Read(std::string_view path) const;

  /// A string attribute of any encoding, or nothing.
  [[nodiscard]] std::optional<std::string> Text(const std::string& name) const;
  /// A list of strings of any encoding, put together if it is stored in numbered pieces;
  /// nothing when there is neither the attribute nor its pieces.
  [[nodiscard]] std::optional<std::vector<std::string>> Texts(
      const std::string& name) const;

 private:
  Hdf5Group(std::int64_t id, std::string path) : id_(id), path_(std::move(path)) {}

  std::int64_t id_;
  std::string path_;
};

/// Whether the bytes begin as an HDF5 file does.
bool IsHdf5(std::span<const std::byte> bytes);

}  // namespace kinglet
