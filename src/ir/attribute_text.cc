// One pair of overloads an attribute type; the walk over an operation's attributes is
// generic (Attributes() of each struct).
#include "ir/attribute_text.h"

#include <fmt/format.h>

#include <array>
#include <charconv>

#include "kinglet/error.h"

namespace kinglet {
namespace {

template <typename Enum>
struct Word {
  Enum value;
  std::string_view text;
};
constexpr std::array kPaddings = {Word<Padding>{Padding::kSame, "same"},
                                  Word<Padding>{Padding::kValid, "valid"}};
constexpr std::array kActivations = {
    Word<Activation>{Activation::kNone, "none"},
    Word<Activation>{Activation::kRelu, "relu"},
    Word<Activation>{Activation::kReluN1To1, "relu_n1_to_1"},
    Word<Activation>{Activation::kRelu6, "relu6"},
    Word<Activation>{Activation::kRelu0To1, "relu_0_to_1"}};
constexpr std::array kRelations = {
    Word<Relation>{Relation::kEqual, "equal"},
    Word<Relation>{Relation::kNotEqual, "not_equal"},
    Word<Relation>{Relation::kLess, "less"},
    Word<Relation>{Relation::kLessEqual, "less_equal"},
    Word<Relation>{Relation::kGreater, "greater"},
    Word<Relation>{Relation::kGreaterEqual, "greater_equal"}};
constexpr std::array kMirrors = {Word<Mirror>{Mirror::kReflect, "reflect"},
                                 Word<Mirror>{Mirror::kSymmetric, "symmetric"}};
constexpr std::array kDTypes = {
    Word<DType>{DType::kFloat32, "float32"}, Word<DType>{DType::kFloat16, "float16"},
    Word<DType>{DType::kInt8, "int8"},       Word<DType>{DType::kInt16, "int16"},
    Word<DType>{DType::kInt32, "int32"},     Word<DType>{DType::kInt64, "int64"},
    Word<DType>{DType::kUint8, "uint8"},     Word<DType>{DType::kBool, "bool"}};

template <typename Words, typename Enum>
std::string PrintWord(const Words& words, Enum value) {
  for (const auto& word : words) {
    if (word.value == value) return std::string(word.text);
  }
  return "";
}

template <typename Words, typename Enum>
bool ParseWord(const Words& words, std::string_view text, Enum& value) {
  for (const auto& word : words) {
    if (word.text != text) continue;
    value = word.value;
    return true;
  }
  return false;
}

template <typename Number>
bool ParseNumber(std::string_view text, Number& value) {
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  return code == std::errc() && end == text.data() + text.size();
}

std::string PrintValue(std::int64_t value) { return fmt::format("{}", value); }
std::string PrintValue(float value) { return fmt::format("{}", value); }
std::string PrintValue(bool value) { return value ? "true" : "false"; }
std::string PrintValue(Padding value) { return PrintWord(kPaddings, value); }
std::string PrintValue(Activation value) { return PrintWord(kActivations, value); }
std::string PrintValue(DType value) { return PrintWord(kDTypes, value); }
std::string PrintValue(Relation value) { return PrintWord(kRelations, value); }
std::string PrintValue(Mirror value) { return PrintWord(kMirrors, value); }
std::string PrintValue(const Ints& values) {
  return fmt::format("[{}]", fmt::join(values, ","));
}

bool ParseValue(std::string_view text, std::int64_t& value) {
  return ParseNumber(text, value);
}
bool ParseValue(std::string_view text, float& value) { return ParseNumber(text, value); }
bool ParseValue(std::string_view text, bool& value) {
  value = text == "true";
  return value || text == "false";
}
bool ParseValue(std::string_view text, Padding& value) {
  return ParseWord(kPaddings, text, value);
}
bool ParseValue(std::string_view text, Activation& value) {
  return ParseWord(kActivations, text, value);
}
bool ParseValue(std::string_view text, DType& value) {
  return ParseWord(kDTypes, text, value);
}
bool ParseValue(std::string_view text, Relation& value) {
  return ParseWord(kRelations, text, value);
}
bool ParseValue(std::string_view text, Mirror& value) {
  return ParseWord(kMirrors, text, value);
}
bool ParseValue(std::string_view text, Ints& values) {
  if (text.size() < 2 || text.front() != '[' || text.back() != ']') return false;
  text = text.substr(1, text.size() - 2);
  values.clear();
  while (!text.empty()) {
    const std::size_t comma = std::min(text.find(','), text.size());
    if (!ParseNumber(text.substr(0, comma), values.emplace_back())) return false;
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return true;
}

template <typename Typed, typename Visitor>
void ForEachAttribute(const Visitor& visit) {
  std::apply([&visit](const auto&... attribute) { (visit(attribute), ...); },
             Typed::Attributes());
}

}  // namespace

std::vector<std::pair<std::string_view, std::string>> PrintAttributes(const Op& op) {
  std::vector<std::pair<std::string_view, std::string>> printed;
  const auto print = [&printed]<typename Typed>(const Typed& typed) {
    const Typed defaults{};
    ForEachAttribute<Typed>([&](const auto& attribute) {
      if (typed.*attribute.member == defaults.*attribute.member) return;
      printed.emplace_back(attribute.name, PrintValue(typed.*attribute.member));
    });
  };
  std::visit(print, static_cast<const AnyOp&>(op));
  return printed;
}

Op OpNamed(std::string_view name) {
  for (std::size_t i = 0; i < kOpCount; ++i) {
    Op op = DefaultOp(i);
    if (NameOf(op) == name) return op;
  }
  throw Error(ErrorKind::kCorrupt, fmt::format("no operation is called '{}'", name));
}

void ParseAttribute(Op& op, std::string_view name, std::string_view text) {
  bool parsed = false;
  const auto parse = [&]<typename Typed>(Typed& typed) {
    ForEachAttribute<Typed>([&](const auto& attribute) {
      if (attribute.name == name) parsed = ParseValue(text, typed.*attribute.member);
    });
  };
  std::visit(parse, static_cast<AnyOp&>(op));
  if (parsed) return;
  throw Error(ErrorKind::kCorrupt,
              fmt::format("'{}={}' is no attribute of {}", name, text, NameOf(op)));
}

}  // namespace kinglet
