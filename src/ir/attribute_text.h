// Attributes of an operation as text, by name.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ir/op.h"

namespace kinglet {

/// Name and printed value of every attribute that differs from its default.
std::vector<std::pair<std::string_view, std::string>> PrintAttributes(const Op& op);

/// The operation of that name with its default attributes.
/// @throws kCorrupt when there is none.
Op OpNamed(std::string_view name);

/// @throws kCorrupt when the operation has no such attribute or the text is no value of
/// it.
void ParseAttribute(Op& op, std::string_view name, std::string_view text);

}  // namespace kinglet
