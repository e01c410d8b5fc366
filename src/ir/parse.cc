// Parse: a line is split into words and punctuation, then read left to right. Values are
// numbered in the order inputs, constants, results, which is the order Print writes.
#include <fmt/format.h>

#include <cctype>
#include <charconv>
#include <map>
#include <sstream>

#include "ir/attribute_text.h"
#include "ir/text.h"
#include "kinglet/error.h"

namespace kinglet {
namespace {

constexpr std::string_view kPunctuation = ":=(),{}@";

[[noreturn]] void Fail(const std::string& what) {
  throw Error(ErrorKind::kCorrupt, what);
}

/// The words of one line; quoted ones unescaped, punctuation one character each.
class Words {
 public:
  explicit Words(std::string_view line) : rest_(line) {}

  [[nodiscard]] bool AtEnd() {
    SkipSpace();
    return rest_.empty();
  }
  [[nodiscard]] char Peek() {
    SkipSpace();
    return rest_.empty() ? '\0' : rest_.front();
  }
  bool Take(char punctuation) {
    if (Peek() != punctuation) return false;
    rest_.remove_prefix(1);
    return true;
  }
  void Expect(char punctuation) {
    if (!Take(punctuation)) Fail(fmt::format("'{}' is missing", punctuation));
  }
  /// A name, a number, or an attribute's value: up to space or punctuation; a bracketed
  /// list is one word.
  std::string Next() {
    if (Peek() == '"') return Quoted();
    std::size_t length = 0;
    bool bracketed = false;
    while (length < rest_.size() && !EndsWord(rest_[length], bracketed)) {
      bracketed = rest_[length] == '[' || (bracketed && rest_[length] != ']');
      ++length;
    }
    if (length == 0) Fail("a word is missing");
    std::string word(rest_.substr(0, length));
    rest_.remove_prefix(length);
    return word;
  }

 private:
  static bool EndsWord(char c, bool bracketed) {
    if (std::isspace(static_cast<unsigned char>(c)) != 0) return true;
    return !bracketed && kPunctuation.find(c) != std::string_view::npos;
  }
  void SkipSpace() {
    while (!rest_.empty() &&
           std::isspace(static_cast<unsigned char>(rest_.front())) != 0) {
      rest_.remove_prefix(1);
    }
  }
  std::string Quoted() {
    std::string word;
    std::size_t i = 1;
    for (; i < rest_.size() && rest_[i] != '"'; ++i) {
      if (rest_[i] == '\\') ++i;
      if (i < rest_.size()) word += rest_[i];
    }
    if (i >= rest_.size()) Fail("a closing quote is missing");
    rest_.remove_prefix(i + 1);
    return word;
  }

  std::string_view rest_;
};

template <typename T>
T Number(const std::string& word) {
  T value{};
  const auto [end, code] = std::from_chars(word.data(), word.data() + word.size(), value);
  if (code != std::errc() || end != word.data() + word.size()) {
    Fail(fmt::format("'{}' is no number", word));
  }
  return value;
}

Shape ParseShape(std::string_view text) {
  Shape shape;
  while (!text.empty()) {
    const std::size_t x = std::min(text.find('x'), text.size());
    shape.push_back(Number<std::int64_t>(std::string(text.substr(0, x))));
    if (shape.back() <= 0) Fail("an axis is empty");
    text.remove_prefix(std::min(x + 1, text.size()));
  }
  return shape;
}

DType ParseDType(std::string_view text) {
  for (const DType dtype : {DType::kFloat32, DType::kFloat16, DType::kInt8, DType::kInt16,
                            DType::kInt32, DType::kInt64, DType::kUint8, DType::kBool}) {
    if (NameOf(dtype) == text) return dtype;
  }
  Fail(fmt::format("'{}' is no element type", text));
}

Quantization ParseQuantization(Words& words) {
  words.Expect('{');
  Quantization quantization;
  while (!words.Take('}')) {
    const std::string word = words.Next();
    if (words.Take('=')) {
      quantization.axis = Number<std::int64_t>(words.Next());
      continue;
    }
    const std::size_t slash = word.find('/');
    if (slash == std::string::npos) Fail("a scale without zero point");
    quantization.scales.push_back(Number<float>(word.substr(0, slash)));
    quantization.zero_points.push_back(Number<std::int64_t>(word.substr(slash + 1)));
  }
  return quantization;
}

/// name : type[shape] q{...}
Value ParseDeclaration(Words& words) {
  Value value;
  value.name = words.Next();
  words.Expect(':');
  const std::string type = words.Next();
  const std::size_t bracket = type.find('[');
  if (bracket == std::string::npos || type.back() != ']') Fail("a type has no shape");
  value.dtype = ParseDType(type.substr(0, bracket));
  value.shape = ParseShape(type.substr(bracket + 1, type.size() - bracket - 2));
  if (words.Peek() == 'q') {
    words.Next();
    value.quantization = ParseQuantization(words);
  }
  return value;
}

template <typename T>
Tensor ParseElements(Words& words, const Shape& shape) {
  Tensor tensor(DTypeOf<T>(), shape);
  for (T& element : tensor.Data<T>()) {
    if constexpr (sizeof(T) == 1) {
      element = static_cast<T>(Number<int>(words.Next()));
    } else {
      element = Number<T>(words.Next());
    }
  }
  return tensor;
}

Tensor ParseTensor(Words& words, DType dtype, const Shape& shape) {
  switch (dtype) {
    case DType::kFloat32:
      return ParseElements<float>(words, shape);
    case DType::kInt8:
      return ParseElements<std::int8_t>(words, shape);
    case DType::kInt16:
      return ParseElements<std::int16_t>(words, shape);
    case DType::kInt32:
      return ParseElements<std::int32_t>(words, shape);
    case DType::kInt64:
      return ParseElements<std::int64_t>(words, shape);
    case DType::kUint8:
      return ParseElements<std::uint8_t>(words, shape);
    case DType::kBool:
      return ParseElements<bool>(words, shape);
    case DType::kFloat16:
      break;
  }
  Fail("a float16 constant has no text form");
}

class Parser {
 public:
  void Line(std::string_view line) {
    Words words(line);
    if (words.AtEnd() || words.Peek() == '#') return;
    Words first = words;
    const std::string keyword = first.Next();
    if (first.Peek() == ':') return NodeLine(words);
    if (keyword == "in") return Input(first);
    if (keyword == "const") return Constant(first);
    if (keyword == "out") return Output(first);
    Fail(fmt::format("'{}' starts no line", keyword));
  }

  Graph Take() { return std::move(graph_); }

 private:
  void Input(Words& words) {
    Port port{.name = words.Next()};
    words.Expect('=');
    port.value = Define(ParseDeclaration(words));
    graph_.inputs.push_back(port);
  }
  void Constant(Words& words) {
    Value value = ParseDeclaration(words);
    words.Expect('=');
    value.constant =
        std::make_shared<const Tensor>(ParseTensor(words, value.dtype, value.shape));
    Define(std::move(value));
  }
  void Output(Words& words) {
    Port port{.name = words.Next()};
    words.Expect('=');
    port.value = Find(words.Next());
    graph_.outputs.push_back(port);
  }
  void NodeLine(Words& words) {
    Node node;
    do {
      node.outputs.push_back(Define(ParseDeclaration(words)));
    } while (words.Take(','));
    words.Expect('=');
    node.op = OpNamed(words.Next());
    words.Expect('(');
    while (!words.Take(')')) {
      node.inputs.push_back(Find(words.Next()));
      words.Take(',');
    }
    node.name = graph_[node.outputs.front()].name;
    while (!words.AtEnd()) NodeSuffix(words, node);
    graph_.nodes.push_back(std::move(node));
  }
  static void NodeSuffix(Words& words, Node& node) {
    if (words.Take('@')) {
      node.name = words.Next();
      return;
    }
    const std::string attribute = words.Next();
    words.Expect('=');
    ParseAttribute(node.op, attribute, words.Next());
  }
  ValueId Define(Value value) {
    if (ids_.contains(value.name)) Fail(fmt::format("'{}' is made twice", value.name));
    const std::string name = value.name;
    const ValueId id = graph_.AddValue(std::move(value));
    ids_.emplace(name, id);
    return id;
  }
  ValueId Find(const std::string& name) {
    const auto found = ids_.find(name);
    if (found == ids_.end()) Fail(fmt::format("'{}' is not made above", name));
    return found->second;
  }

  Graph graph_;
  std::map<std::string, ValueId> ids_;
};

}  // namespace

Graph Parse(std::string_view text) {
  Parser parser;
  std::istringstream lines{std::string(text)};
  std::string line;
  for (int number = 1; std::getline(lines, line); ++number) {
    WithContext(fmt::format("line {}", number), [&] { parser.Line(line); });
  }
  return parser.Take();
}

}  // namespace kinglet
