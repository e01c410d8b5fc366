// Print: one line an input, constant, node and output, in the order of the graph.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <iterator>

#include "ir/attribute_text.h"
#include "ir/text.h"

namespace kinglet {
namespace {

constexpr std::size_t kShownElements = 8;

bool IsPlainWord(const std::string& name) {
  return !name.empty() && std::ranges::all_of(name, [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '_' || c == '/' || c == '.' || c == '-';
  });
}

std::string Name(const std::string& name) {
  if (IsPlainWord(name)) return name;
  std::string quoted = "\"";
  for (const char c : name) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + '"';
}

std::string Quant(const Quantization& quantization) {
  std::string text = " q{";
  for (std::size_t i = 0; i < quantization.scales.size(); ++i) {
    text += fmt::format("{}{}/{}", i == 0 ? "" : " ", quantization.scales[i],
                        quantization.zero_points[i]);
  }
  if (quantization.axis != 0) text += fmt::format(" axis={}", quantization.axis);
  return text + "}";
}

std::string Declaration(const Value& value) {
  return fmt::format(
      "{} : {}[{}]{}", Name(value.name), NameOf(value.dtype),
      value.shape.empty() ? "" : ToString(value.shape),
      value.quantization.has_value() ? Quant(*value.quantization) : std::string());
}

template <typename T>
void AppendElements(std::span<const T> elements, std::size_t count, std::string& text) {
  for (std::size_t i = 0; i < count; ++i) {
    if constexpr (sizeof(T) == 1) {
      fmt::format_to(std::back_inserter(text), " {}", static_cast<int>(elements[i]));
    } else {
      fmt::format_to(std::back_inserter(text), " {}", elements[i]);
    }
  }
}

std::string Elements(const Tensor& tensor, std::size_t count) {
  std::string text;
  switch (tensor.dtype()) {
    case DType::kFloat32:
      AppendElements(tensor.Data<float>(), count, text);
      break;
    case DType::kInt8:
      AppendElements(tensor.Data<std::int8_t>(), count, text);
      break;
    case DType::kInt16:
      AppendElements(tensor.Data<std::int16_t>(), count, text);
      break;
    case DType::kInt32:
      AppendElements(tensor.Data<std::int32_t>(), count, text);
      break;
    case DType::kInt64:
      AppendElements(tensor.Data<std::int64_t>(), count, text);
      break;
    case DType::kUint8:
      AppendElements(tensor.Data<std::uint8_t>(), count, text);
      break;
    case DType::kBool:
      AppendElements(tensor.Data<bool>(), count, text);
      break;
    case DType::kFloat16:
      text = " (float16)";
      break;
  }
  return text;
}

std::string ConstantLine(const Value& value, Constants constants) {
  const Tensor& tensor = *value.constant;
  const bool elided = constants == Constants::kElided && tensor.size() > kShownElements;
  return fmt::format("const {} ={}{}\n", Declaration(value),
                     Elements(tensor, elided ? kShownElements : tensor.size()),
                     elided ? " ..." : "");
}

std::string NodeLine(const Graph& graph, const Node& node) {
  std::string line;
  for (const ValueId id : node.outputs) {
    line += (line.empty() ? "" : ", ") + Declaration(graph[id]);
  }
  line += fmt::format(" = {}(", NameOf(node.op));
  for (std::size_t i = 0; i < node.inputs.size(); ++i) {
    line += (i == 0 ? "" : ", ") + Name(graph[node.inputs[i]].name);
  }
  line += ")";
  for (const auto& [name, value] : PrintAttributes(node.op)) {
    line += fmt::format(" {}={}", name, value);
  }
  if (node.name != graph[node.outputs.front()].name) line += " @" + Name(node.name);
  return line + "\n";
}

}  // namespace

std::string Print(const Graph& graph, Constants constants) {
  std::string text;
  for (const Port& port : graph.inputs) {
    text += fmt::format("in {} = {}\n", Name(port.name), Declaration(graph[port.value]));
  }
  for (const Value& value : graph.values) {
    if (value.constant != nullptr) text += ConstantLine(value, constants);
  }
  for (const Node& node : graph.nodes) text += NodeLine(graph, node);
  for (const Port& port : graph.outputs) {
    text += fmt::format("out {} = {}\n", Name(port.name), Name(graph[port.value].name));
  }
  return text;
}

}  // namespace kinglet
