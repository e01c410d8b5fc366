// The JSON that Keras writes.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace kinglet {

using Json = nlohmann::json;

/// Python's JSON: a bare NaN is read as null, Infinity and -Infinity as such strings.
/// Nesting is capped.
/// @throws kCorrupt naming `what` when the text is no JSON.
Json ParseKerasJson(const std::string& text, const std::string& what);

/// Whether that is an infinity.
bool IsInfinite(const Json& json);

/// The text of a member, or empty when it is missing or no string.
std::string TextAt(const Json& object, const char* key);

/// The member, or null.
const Json& MemberOrNull(const Json& object, const char* key);

}  // namespace kinglet
