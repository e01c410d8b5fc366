// String attributes of HDF5 objects. Keras' writers of different times made them of fixed
// and of variable length, and an empty list of strings as an empty array of float64.
#pragma once

#include <hdf5.h>

#include <optional>
#include <string>
#include <vector>

namespace kinglet {

/// One string, or nothing when there is no such attribute.
/// @throws kCorrupt naming `where` when it can't be read.
std::optional<std::string> ReadTextAttribute(hid_t object, const std::string& name,
                                             const std::string& where);

/// A list of strings, or nothing when there is no such attribute.
/// @throws kCorrupt naming `where` when it can't be read.
std::optional<std::vector<std::string>> ReadTextsAttribute(hid_t object,
                                                           const std::string& name,
                                                           const std::string& where);

}  // namespace kinglet
