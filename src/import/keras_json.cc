#include "import/keras_json.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "kinglet/error.h"

namespace kinglet {
namespace {

constexpr int kMaxDepth = 256;

/// Python's spellings of what JSON can't hold, NaN as null, infinities as strings.
std::string WithoutNonFinite(std::string text) {
  struct Word {
    std::string_view python;
    std::string_view json;
  };
  constexpr std::array<Word, 3> kWords = {
      {{"-Infinity", "\"-Infinity\""}, {"Infinity", "\"Infinity\""}, {"NaN", "null"}}};
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (in_string && text[i] == '\\') {
      ++i;
      continue;
    }
    if (text[i] == '"') in_string = !in_string;
    if (in_string) continue;
    for (const Word& word : kWords) {
      if (text.compare(i, word.python.size(), word.python) != 0) continue;
      text.replace(i, word.python.size(), word.json);
      i += word.json.size() - 1;
      break;
    }
  }
  return text;
}

bool NestsTooDeeply(const std::string& text) {
  int depth = 0;
  int deepest = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string && c == '\\') ++i;
    if (c == '"') in_string = !in_string;
    if (in_string) continue;
    if (c == '[' || c == '{') deepest = std::max(deepest, ++depth);
    if (c == ']' || c == '}') --depth;
  }
  return deepest > kMaxDepth;
}

}  // namespace

Json ParseKerasJson(const std::string& text, const std::string& what) {
  if (NestsTooDeeply(text)) {
    throw Error(ErrorKind::kCorrupt, what + ": nested too deeply");
  }
  Json json = Json::parse(WithoutNonFinite(text), nullptr, false);
  if (json.is_discarded()) throw Error(ErrorKind::kCorrupt, what + ": no JSON");
  return json;
}

bool IsInfinite(const Json& json) { return json == "Infinity" || json == "-Infinity"; }

const Json& MemberOrNull(const Json& object, const char* key) {
  static const Json kNull;
  if (!object.is_object()) return kNull;
  const auto found = object.find(key);
  return found == object.end() ? kNull : *found;
}

std::string TextAt(const Json& object, const char* key) {
  const Json& member = MemberOrNull(object, key);
  return member.is_string() ? member.get<std::string>() : std::string();
}

}  // namespace kinglet
