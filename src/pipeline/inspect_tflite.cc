// Reads the flatbuffer directly, so that files with operators that the program does not
// run are shown all the same.
#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "kinglet/error.h"
#include "pipeline/inspect.h"
#include "schema/tflite_generated.h"

namespace kinglet {
namespace {

using Shape32 = std::vector<std::int64_t>;

Shape32 ShapeOf(const tflite::Tensor& tensor) {
  if (tensor.shape() == nullptr) return {};
  return {tensor.shape()->begin(), tensor.shape()->end()};
}

std::int64_t Elements(const tflite::Tensor& tensor) {
  std::int64_t count = 1;
  for (const std::int64_t size : ShapeOf(tensor)) count *= size;
  return count;
}

std::int64_t BytesPerElement(tflite::TensorType type) {
  switch (type) {
    case tflite::TensorType_INT64:
    case tflite::TensorType_FLOAT64:
    case tflite::TensorType_COMPLEX64:
      return 8;
    case tflite::TensorType_FLOAT32:
    case tflite::TensorType_INT32:
      return 4;
    case tflite::TensorType_FLOAT16:
    case tflite::TensorType_INT16:
      return 2;
    default:
      return 1;
  }
}

std::string LowerCase(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

std::string ScaleText(const tflite::Tensor& tensor) {
  const auto* quantization = tensor.quantization();
  if (quantization == nullptr || quantization->scale() == nullptr ||
      quantization->zero_point() == nullptr || quantization->scale()->size() == 0) {
    return "";
  }
  if (quantization->scale()->size() > 1) {
    return fmt::format("{} scales", quantization->scale()->size());
  }
  return fmt::format(
      "{:.6g}/{}", quantization->scale()->Get(0),
      quantization->zero_point()->size() == 0 ? 0 : quantization->zero_point()->Get(0));
}

/// One subgraph with its model, ids checked.
class Reader {
 public:
  explicit Reader(const tflite::Model& model)
      : model_(model), subgraph_(*model.subgraphs()->Get(0)) {}

  [[nodiscard]] std::vector<ListingRow> Rows() const {
    std::vector<ListingRow> rows;
    for (const tflite::Operator* op : *subgraph_.operators()) rows.push_back(Row(*op));
    return rows;
  }

  [[nodiscard]] std::string Ends(const flatbuffers::Vector<std::int32_t>* ids) const {
    std::string text;
    if (ids == nullptr) return text;
    for (const std::int32_t id : *ids) {
      const tflite::Tensor* tensor = TensorAt(id);
      if (tensor == nullptr) continue;
      text += fmt::format("{}{} {} {}", text.empty() ? "" : ", ", NameOfTensor(*tensor),
                          TypeText(*tensor), ToShapeText(*tensor));
    }
    return text;
  }

  [[nodiscard]] const tflite::SubGraph& subgraph() const { return subgraph_; }

  /// Bytes of constants, and the largest sum of activations that are alive together.
  [[nodiscard]] std::int64_t WeightBytes() const {
    std::int64_t bytes = 0;
    for (const tflite::Buffer* buffer : *model_.buffers()) {
      if (buffer->data() != nullptr) bytes += buffer->data()->size();
    }
    return bytes;
  }
  [[nodiscard]] std::int64_t ArenaBytes() const;

 private:
  [[nodiscard]] const tflite::Tensor* TensorAt(std::int32_t id) const {
    const auto* tensors = subgraph_.tensors();
    if (id < 0 || static_cast<std::size_t>(id) >= tensors->size()) return nullptr;
    return tensors->Get(static_cast<flatbuffers::uoffset_t>(id));
  }
  [[nodiscard]] bool IsConstant(const tflite::Tensor& tensor) const {
    if (tensor.buffer() == 0 || tensor.buffer() >= model_.buffers()->size()) return false;
    const auto* data = model_.buffers()->Get(tensor.buffer())->data();
    return data != nullptr && data->size() > 0;
  }
  /// A constant with a real meaning: axes and shapes are integers without a scale.
  [[nodiscard]] bool IsParameter(const tflite::Tensor& tensor) const {
    const bool is_index =
        tensor.type() == tflite::TensorType_INT32 && ScaleText(tensor).empty();
    return IsConstant(tensor) && !is_index;
  }
  static std::string NameOfTensor(const tflite::Tensor& tensor) {
    return tensor.name() == nullptr ? "" : tensor.name()->str();
  }
  static std::string TypeText(const tflite::Tensor& tensor) {
    return LowerCase(tflite::EnumNameTensorType(tensor.type()));
  }
  static std::string ToShapeText(const tflite::Tensor& tensor) {
    return fmt::format("{}", fmt::join(ShapeOf(tensor), "x"));
  }
  [[nodiscard]] std::string OpName(const tflite::Operator& op) const {
    const auto* codes = model_.operator_codes();
    if (codes == nullptr || op.opcode_index() >= codes->size()) return "?";
    const auto* code = codes->Get(op.opcode_index());
    const int number = std::max(static_cast<int>(code->builtin_code()),
                                static_cast<int>(code->deprecated_builtin_code()));
    const std::string name =
        tflite::EnumNameBuiltinOperator(static_cast<tflite::BuiltinOperator>(number));
    return name.empty() ? fmt::format("builtin {}", number) : name;
  }
  [[nodiscard]] ListingRow Row(const tflite::Operator& op) const;
  [[nodiscard]] std::int64_t Macs(const std::string& name, const tflite::Operator& op,
                                  const tflite::Tensor& out) const;
  [[nodiscard]] std::vector<std::int64_t> LastReaders() const;

  const tflite::Model& model_;
  const tflite::SubGraph& subgraph_;
};

std::int64_t Reader::Macs(const std::string& name, const tflite::Operator& op,
                          const tflite::Tensor& out) const {
  if (op.inputs() == nullptr || op.inputs()->size() < 2) return 0;
  const tflite::Tensor* weights = TensorAt(op.inputs()->Get(1));
  if (weights == nullptr) return 0;
  const Shape32 shape = ShapeOf(*weights);
  if (name == "FULLY_CONNECTED" && shape.size() == 2) return Elements(out) * shape[1];
  if (shape.size() != 4) return 0;
  if (name == "CONV_2D") return Elements(out) * shape[1] * shape[2] * shape[3];
  if (name == "DEPTHWISE_CONV_2D") return Elements(out) * shape[1] * shape[2];
  if (name == "TRANSPOSE_CONV" && op.inputs()->size() > 2) {
    const tflite::Tensor* in = TensorAt(op.inputs()->Get(2));
    return in == nullptr ? 0 : Elements(*in) * shape[0] * shape[1] * shape[2];
  }
  return 0;
}

ListingRow Reader::Row(const tflite::Operator& op) const {
  ListingRow row;
  row.kind = OpName(op);
  if (op.outputs() == nullptr || op.outputs()->size() == 0) return row;
  const tflite::Tensor* out = TensorAt(op.outputs()->Get(0));
  if (out == nullptr) return row;
  row.name = NameOfTensor(*out);
  row.shape = ToShapeText(*out);
  row.dtype = TypeText(*out);
  row.scale = ScaleText(*out);
  row.macs = Macs(row.kind, op, *out);
  if (op.inputs() == nullptr) return row;
  for (const std::int32_t id : *op.inputs()) {
    const tflite::Tensor* in = TensorAt(id);
    if (in != nullptr && IsParameter(*in)) row.parameters += Elements(*in);
  }
  return row;
}

/// Index of the last operator that reads each tensor; the end for outputs.
std::vector<std::int64_t> Reader::LastReaders() const {
  std::vector<std::int64_t> last(subgraph_.tensors()->size(), -1);
  const auto note = [&last](const flatbuffers::Vector<std::int32_t>* ids,
                            std::int64_t when) {
    if (ids == nullptr) return;
    for (const std::int32_t id : *ids) {
      if (id >= 0 && static_cast<std::size_t>(id) < last.size()) {
        last[static_cast<std::size_t>(id)] = when;
      }
    }
  };
  std::int64_t when = 0;
  for (const tflite::Operator* op : *subgraph_.operators()) note(op->inputs(), when++);
  note(subgraph_.outputs(), when);
  return last;
}

/// Each once, in order.
std::vector<std::int32_t> InputsOf(const tflite::Operator& op) {
  if (op.inputs() == nullptr) return {};
  std::vector<std::int32_t> ids(op.inputs()->begin(), op.inputs()->end());
  std::ranges::sort(ids);
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  return ids;
}

std::int64_t Reader::ArenaBytes() const {
  const std::vector<std::int64_t> last = LastReaders();
  const auto size = [this](std::int32_t id) -> std::int64_t {
    const tflite::Tensor* tensor = TensorAt(id);
    if (tensor == nullptr || IsConstant(*tensor)) return 0;
    return Elements(*tensor) * BytesPerElement(tensor->type());
  };
  const auto total = [&size](const flatbuffers::Vector<std::int32_t>* ids) {
    if (ids == nullptr) return std::int64_t{0};
    return std::accumulate(
        ids->begin(), ids->end(), std::int64_t{0},
        [&size](std::int64_t sum, std::int32_t id) { return sum + size(id); });
  };
  std::int64_t alive = total(subgraph_.inputs());
  std::int64_t peak = alive;
  std::int64_t when = 0;
  for (const tflite::Operator* op : *subgraph_.operators()) {
    alive += total(op->outputs());
    peak = std::max(peak, alive);
    for (const std::int32_t id : InputsOf(*op)) {
      if (TensorAt(id) == nullptr) continue;
      if (last[static_cast<std::size_t>(id)] == when) alive -= size(id);
    }
    ++when;
  }
  return peak;
}

const tflite::Model& Verified(std::span<const std::byte> bytes) {
  const auto* data = reinterpret_cast<const std::uint8_t*>(bytes.data());
  flatbuffers::Verifier verifier(data, bytes.size());
  constexpr std::size_t kSmallest = 8;
  if (bytes.size() < kSmallest || !tflite::ModelBufferHasIdentifier(data) ||
      !tflite::VerifyModelBuffer(verifier)) {
    throw Error(ErrorKind::kCorrupt, "no TensorFlow Lite file");
  }
  const tflite::Model* model = tflite::GetModel(data);
  const bool complete = model->subgraphs() != nullptr && model->subgraphs()->size() > 0 &&
                        model->buffers() != nullptr &&
                        model->subgraphs()->Get(0)->tensors() != nullptr &&
                        model->subgraphs()->Get(0)->operators() != nullptr;
  if (!complete) throw Error(ErrorKind::kCorrupt, "a TensorFlow Lite file without graph");
  return *model;
}

}  // namespace

Listing ListTflite(const std::filesystem::path& path, std::span<const std::byte> bytes) {
  const tflite::Model& model = WithContext(
      path.string(), [&]() -> const tflite::Model& { return Verified(bytes); });
  const Reader reader(model);
  Listing listing{
      .path = path.string(), .format = "TensorFlow Lite", .facts = {}, .rows = {}};
  listing.rows = reader.Rows();
  listing.facts = {{"bytes", fmt::format("{}", bytes.size())},
                   {"inputs", reader.Ends(reader.subgraph().inputs())},
                   {"outputs", reader.Ends(reader.subgraph().outputs())},
                   {"weights", fmt::format("{} bytes", reader.WeightBytes())},
                   {"arena", fmt::format("about {} bytes", reader.ArenaBytes())}};
  if (model.description() != nullptr) {
    listing.facts.emplace_back("made by", model.description()->str());
  }
  return listing;
}

}  // namespace kinglet
