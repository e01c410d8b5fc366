// An HDF5 identifier that closes itself.
#pragma once

#include <hdf5.h>

#include <string>
#include <utility>

namespace kinglet {

/// @throws kCorrupt.
[[noreturn]] void CorruptHdf5(const std::string& what);

class Hdf5Handle {
 public:
  /// @throws kCorrupt "`what`" when the library gave no identifier.
  Hdf5Handle(hid_t id, herr_t (*close)(hid_t), const std::string& what)
      : id_(id), close_(close) {
    if (id_ < 0) CorruptHdf5(what);
  }
  Hdf5Handle(const Hdf5Handle&) = delete;
  Hdf5Handle& operator=(const Hdf5Handle&) = delete;
  Hdf5Handle(Hdf5Handle&& other) noexcept
      : id_(std::exchange(other.id_, -1)), close_(other.close_) {}
  Hdf5Handle& operator=(Hdf5Handle&&) = delete;
  ~Hdf5Handle() {
    if (id_ >= 0) close_(id_);
  }
  [[nodiscard]] hid_t id() const { return id_; }
  /// The identifier, which the caller closes.
  [[nodiscard]] hid_t Release() { return std::exchange(id_, -1); }

 private:
  hid_t id_;
  herr_t (*close_)(hid_t);
};

}  // namespace kinglet
