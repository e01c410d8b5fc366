// What loaders of the format check, and what a graph needs.
#include "emit/tflite_model.h"

#include <fmt/format.h>

#include <cmath>
#include <vector>

#include "kinglet/error.h"

namespace kinglet {
namespace {

namespace fb = flatbuffers;

constexpr std::size_t kMostAxes = 8;
constexpr std::int64_t kMostElements = std::int64_t{1} << 31;

[[noreturn]] void Fail(const std::string& what) {
  throw Error(ErrorKind::kCorrupt, "no valid .tflite file: " + what);
}

/// Elements of a vector that may be left out.
template <typename T>
std::size_t SizeOf(const fb::Vector<T>* vector) {
  return vector == nullptr ? 0 : vector->size();
}

std::string Label(const tflite::Tensor& tensor) {
  return tensor.name() == nullptr ? "a tensor"
                                  : fmt::format("'{}'", tensor.name()->str());
}

std::int64_t CountOf(const tflite::Tensor& tensor) {
  if (SizeOf(tensor.shape()) > kMostAxes) Fail(Label(tensor) + " has too many axes");
  std::int64_t count = 1;
  for (std::size_t i = 0; i < SizeOf(tensor.shape()); ++i) {
    const std::int64_t size = tensor.shape()->Get(static_cast<fb::uoffset_t>(i));
    if (size < 0) Fail(Label(tensor) + " has an axis of negative size");
    count *= size;
    if (count > kMostElements) Fail(Label(tensor) + " has too many elements");
  }
  return count;
}

class ModelCheck {
 public:
  explicit ModelCheck(const tflite::Model& model) : model_(model) {}

  void Run() {
    if (model_.version() != kFormatVersion) {
      Fail(fmt::format("format version {}, not {}", model_.version(), kFormatVersion));
    }
    if (SizeOf(model_.subgraphs()) == 0) Fail("it has no subgraph");
    if (SizeOf(model_.buffers()) == 0) Fail("it has no buffers");
    graph_ = model_.subgraphs()->Get(0);
    if (graph_->tensors() == nullptr) Fail("its subgraph has no tensors");
    for (const auto* tensor : *graph_->tensors()) Tensor(*tensor);
    ready_.resize(SizeOf(graph_->tensors()));
    for (const auto* tensor : *graph_->tensors()) {
      ready_[position_++] = !DataOf(model_, *tensor).empty() || tensor->is_variable() ||
                            CountOf(*tensor) == 0;
    }
    Order();
    Signatures();
  }

 private:
  void Tensor(const tflite::Tensor& tensor) const {
    if (tensor.buffer() >= SizeOf(model_.buffers())) {
      Fail(Label(tensor) + " points to a buffer that isn't there");
    }
    const std::int64_t count = CountOf(tensor);
    const auto element = BytesOf(tensor.type());
    const std::size_t bytes = DataOf(model_, tensor).size();
    if (bytes != 0 && element.has_value() &&
        bytes != static_cast<std::size_t>(count) * *element) {
      Fail(fmt::format("{} has {} bytes, where its shape needs {}", Label(tensor), bytes,
                       static_cast<std::size_t>(count) * *element));
    }
    if (tensor.quantization() != nullptr) Scales(tensor, *tensor.quantization());
  }

  static void Scales(const tflite::Tensor& tensor,
                     const tflite::QuantizationParameters& quantization) {
    const std::size_t scales = SizeOf(quantization.scale());
    const std::size_t zero_points = SizeOf(quantization.zero_point());
    if (scales == 0) return;
    if (zero_points != scales) Fail(Label(tensor) + " has other zero points than scales");
    const auto axis = static_cast<std::size_t>(quantization.quantized_dimension());
    const bool fits =
        scales == 1 || (axis < SizeOf(tensor.shape()) &&
                        scales == static_cast<std::size_t>(tensor.shape()->Get(
                                      static_cast<fb::uoffset_t>(axis))));
    if (!fits) Fail(fmt::format("{} has {} scales", Label(tensor), scales));
    Values(tensor, quantization);
  }

  static void Values(const tflite::Tensor& tensor,
                     const tflite::QuantizationParameters& quantization) {
    const std::int64_t highest = tensor.type() == tflite::TensorType_INT8    ? INT8_MAX
                                 : tensor.type() == tflite::TensorType_UINT8 ? UINT8_MAX
                                                                             : INT16_MAX;
    for (const std::int64_t zero_point : *quantization.zero_point()) {
      if (zero_point < -highest - 1 || zero_point > highest) {
        Fail(fmt::format("{} has zero point {}", Label(tensor), zero_point));
      }
    }
    for (const float scale : *quantization.scale()) {
      if (!std::isfinite(scale) || scale <= 0) {
        Fail(fmt::format("{} has scale {}", Label(tensor), scale));
      }
    }
  }

  /// The tensor's index. @throws kCorrupt when there is none such.
  [[nodiscard]] std::size_t Checked(std::int64_t index, const char* whose) const {
    if (index < 0 || index >= static_cast<std::int64_t>(ready_.size())) {
      Fail(fmt::format("{} refers to tensor {}", whose, index));
    }
    return static_cast<std::size_t>(index);
  }

  /// A tensor without elements may be a constant or made.
  [[nodiscard]] bool IsEmpty(std::size_t tensor) const {
    return CountOf(*graph_->tensors()->Get(static_cast<fb::uoffset_t>(tensor))) == 0;
  }

  void Make(std::int64_t index, const char* whose) {
    const std::size_t tensor = Checked(index, whose);
    if (ready_[tensor] && !IsEmpty(tensor))
      Fail(fmt::format("tensor {} is made twice", index));
    ready_[tensor] = true;
  }

  void Read(std::int64_t index, const char* whose) const {
    if (!ready_[Checked(index, whose)]) {
      Fail(fmt::format("{} reads tensor {} before it is made", whose, index));
    }
  }

  void Order() {
    for (std::size_t i = 0; i < SizeOf(graph_->inputs()); ++i) {
      Make(graph_->inputs()->Get(static_cast<fb::uoffset_t>(i)), "the list of inputs");
    }
    if (graph_->operators() != nullptr) {
      for (const auto* op : *graph_->operators()) Operator(*op);
    }
    if (SizeOf(graph_->outputs()) == 0) Fail("it has no output");
    for (const std::int32_t index : *graph_->outputs())
      Read(index, "the list of outputs");
  }

  /// Those that change variables.
  [[nodiscard]] bool MayHaveNoResult(const tflite::Operator& op) const {
    const auto code = CodeOf(*model_.operator_codes()->Get(op.opcode_index()));
    return code == tflite::BuiltinOperator_CALL_ONCE ||
           code == tflite::BuiltinOperator_ASSIGN_VARIABLE;
  }

  void Operator(const tflite::Operator& op) {
    if (op.opcode_index() >= SizeOf(model_.operator_codes())) {
      Fail("an operator has no code");
    }
    for (std::size_t i = 0; i < SizeOf(op.inputs()); ++i) {
      const std::int32_t index = op.inputs()->Get(static_cast<fb::uoffset_t>(i));
      if (index != -1) Read(index, "an operator");
    }
    if (SizeOf(op.outputs()) == 0 && !MayHaveNoResult(op)) {
      Fail("an operator has no result");
    }
    for (std::size_t i = 0; i < SizeOf(op.outputs()); ++i) {
      Make(op.outputs()->Get(static_cast<fb::uoffset_t>(i)), "an operator");
    }
  }

  void Signatures() const {
    if (model_.signature_defs() == nullptr) return;
    for (const auto* signature : *model_.signature_defs()) {
      if (signature->subgraph_index() >= SizeOf(model_.subgraphs())) {
        Fail("a signature has no subgraph");
      }
      if (signature->subgraph_index() != 0) continue;
      for (const auto* maps : {signature->inputs(), signature->outputs()}) {
        for (std::size_t i = 0; i < SizeOf(maps); ++i) {
          (void)Checked(maps->Get(static_cast<fb::uoffset_t>(i))->tensor_index(),
                        "a signature");
        }
      }
    }
  }

  const tflite::Model& model_;
  const tflite::SubGraph* graph_ = nullptr;
  std::size_t position_ = 0;
  std::vector<bool> ready_;  ///< by tensor: constant, or made so far
};

}  // namespace

const tflite::Model& CheckedModel(std::span<const std::byte> bytes) {
  const auto* data = reinterpret_cast<const std::uint8_t*>(bytes.data());
  fb::Verifier verifier(data, bytes.size());
  constexpr std::size_t kHeader = 8;
  if (bytes.size() < kHeader || !tflite::ModelBufferHasIdentifier(data)) {
    Fail("it doesn't begin like one");
  }
  if (!tflite::VerifyModelBuffer(verifier)) Fail("its tables are damaged");
  const tflite::Model& model = *tflite::GetModel(data);
  ModelCheck(model).Run();
  return model;
}

// Codes beyond 127 don't fit the old field, which then holds 127.
tflite::BuiltinOperator CodeOf(const tflite::OperatorCode& code) {
  const std::int32_t old{code.deprecated_builtin_code()};
  return static_cast<tflite::BuiltinOperator>(
      std::max(old, static_cast<std::int32_t>(code.builtin_code())));
}

std::string NameOf(tflite::BuiltinOperator code) {
  const std::string name = tflite::EnumNameBuiltinOperator(code);
  return name.empty() ? fmt::format("operator {}", static_cast<int>(code)) : name;
}

std::span<const std::byte> DataOf(const tflite::Model& model,
                                  const tflite::Tensor& tensor) {
  const auto* data = model.buffers()->Get(tensor.buffer())->data();
  if (data == nullptr) return {};
  return {reinterpret_cast<const std::byte*>(data->data()), data->size()};
}

std::optional<std::size_t> BytesOf(tflite::TensorType type) {
  switch (type) {
    case tflite::TensorType_INT8:
    case tflite::TensorType_UINT8:
    case tflite::TensorType_BOOL:
      return 1;
    case tflite::TensorType_FLOAT16:
    case tflite::TensorType_INT16:
    case tflite::TensorType_UINT16:
      return 2;
    case tflite::TensorType_FLOAT32:
    case tflite::TensorType_INT32:
    case tflite::TensorType_UINT32:
      return 4;
    case tflite::TensorType_INT64:
    case tflite::TensorType_UINT64:
    case tflite::TensorType_FLOAT64:
    case tflite::TensorType_COMPLEX64:
      return 8;
    default:
      return std::nullopt;
  }
}

}  // namespace kinglet
