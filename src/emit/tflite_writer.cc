// Layout of the file: a FlatBuffer with the identifier TFL3 and version 3. Buffer 0 is
// empty and means "no data"; every constant has a buffer aligned to 16 bytes. Equal
// constants that operators read are one tensor, others of equal bytes share a buffer. One
// operator code an operator kind, with the highest version of its uses. Tensors come in
// the order inputs, constants, results.
#include "emit/tflite_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>

#include "emit/runtime_versions.h"
#include "emit/tflite_model.h"
#include "kinglet/version.h"
#include "ops/op_def.h"
#include "ops/tflite_form.h"

namespace kinglet {
namespace {

namespace fb = flatbuffers;

constexpr int kLargestOldCode = 127;
constexpr std::size_t kAlignment = 16;
constexpr std::size_t kRuntimeVersionBytes = 16;

std::vector<std::int32_t> Narrow(const Shape& shape) {
  return {shape.begin(), shape.end()};
}

class Writer {
 public:
  explicit Writer(const Graph& graph) : graph_(graph) {
    buffers_.push_back(tflite::CreateBuffer(builder_));
    for (const Value& value : graph.values) names_.insert(value.name);
  }

  std::vector<std::byte> Run() {
    AddTensors();
    for (const Node& node : graph_.nodes) AddOperator(node);
    Finish();
    const auto* data = reinterpret_cast<const std::byte*>(builder_.GetBufferPointer());
    return {data, data + builder_.GetSize()};
  }

 private:
  /// The buffer that holds `bytes`, made when no earlier one does.
  std::uint32_t BufferOf(std::span<const std::byte> bytes) {
    const std::string content(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    const auto found = buffer_of_.find(content);
    if (found != buffer_of_.end()) return found->second;
    builder_.ForceVectorAlignment(bytes.size(), 1, kAlignment);
    const auto data = builder_.CreateVector(
        reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
    const auto index = static_cast<std::uint32_t>(buffers_.size());
    buffers_.push_back(tflite::CreateBuffer(builder_, data));
    buffer_of_.emplace(content, index);
    return index;
  }

  fb::Offset<tflite::QuantizationParameters> QuantizationOf(const Value& value) {
    if (!value.quantization.has_value()) {
      return tflite::CreateQuantizationParameters(builder_);
    }
    const Quantization& q = *value.quantization;
    const auto scales = builder_.CreateVector(q.scales);
    const auto zero_points = builder_.CreateVector(q.zero_points);
    return tflite::CreateQuantizationParameters(builder_, 0, 0, scales, zero_points,
                                                tflite::QuantizationDetails_NONE, 0,
                                                static_cast<std::int32_t>(q.axis));
  }

  /// @returns the tensor's index.
  std::int32_t AddTensor(const Value& value) {
    const std::uint32_t buffer =
        value.constant == nullptr ? 0 : BufferOf(value.constant->bytes());
    const auto shape = builder_.CreateVector(Narrow(value.shape));
    const auto name = builder_.CreateString(value.name);
    const auto quantization = QuantizationOf(value);
    tflite::TensorBuilder tensor(builder_);
    tensor.add_shape(shape);
    tensor.add_type(TfliteType(value.dtype));
    tensor.add_buffer(buffer);
    tensor.add_name(name);
    tensor.add_quantization(quantization);
    tensor.add_has_rank(true);
    tensors_.push_back(tensor.Finish());
    return static_cast<std::int32_t>(tensors_.size() - 1);
  }

  /// The same of a constant, or of an earlier one that equals it: the weights of an
  /// unrolled layer stand once, with all their scales.
  std::int32_t AddConstant(const Value& value) {
    auto& candidates = constants_[BufferOf(value.constant->bytes())];
    for (const auto& [earlier, index] : candidates) {
      if (earlier->dtype == value.dtype && earlier->shape == value.shape &&
          earlier->quantization == value.quantization) {
        return index;
      }
    }
    candidates.emplace_back(&value, AddTensor(value));
    return candidates.back().second;
  }

  void AddTensors() {
    tensor_of_.assign(graph_.values.size(), -1);
    const auto add = [this](ValueId id) {
      std::int32_t& index = tensor_of_[Index(id)];
      if (index < 0) index = AddTensor(graph_[id]);
    };
    for (const Port& port : graph_.inputs) add(port.value);
    for (const Node& node : graph_.nodes) {
      for (const ValueId id : node.inputs) {
        std::int32_t& index = tensor_of_[Index(id)];
        if (graph_[id].constant != nullptr && index < 0) index = AddConstant(graph_[id]);
      }
    }
    for (const Node& node : graph_.nodes) {
      for (const ValueId id : node.outputs) add(id);
    }
    for (const Port& port : graph_.outputs) add(port.value);
  }

  /// A constant operand of axes, sizes or a permutation, one tensor for equal ones.
  std::int32_t IntsTensor(const IntsOperand& operand) {
    const auto key = std::pair(operand.shape, operand.values);
    const auto found = ints_tensors_.find(key);
    if (found != ints_tensors_.end()) return found->second;
    std::string name = fmt::format("ints/{}", fmt::join(operand.values, "_"));
    while (!names_.insert(name).second) name += "_";
    Value value{.name = name,
                .dtype = DType::kInt32,
                .shape = operand.shape,
                .quantization = std::nullopt,
                .constant = nullptr};
    value.constant = std::make_shared<const Tensor>(Tensor::Of<std::int32_t>(
        operand.shape, std::span<const std::int32_t>(operand.values)));
    const std::int32_t index = AddTensor(value);
    ints_tensors_.emplace(key, index);
    return index;
  }

  std::int32_t OperandIndex(const TfliteOperand& operand) {
    if (const auto* id = std::get_if<ValueId>(&operand)) return tensor_of_[Index(*id)];
    if (const auto* ints = std::get_if<IntsOperand>(&operand)) return IntsTensor(*ints);
    return -1;
  }

  std::uint32_t CodeIndex(const TfliteOp& form) {
    const auto found =
        std::ranges::find(codes_, form.code, [](const auto& code) { return code.first; });
    if (found == codes_.end()) {
      codes_.emplace_back(form.code, form.version);
      return static_cast<std::uint32_t>(codes_.size() - 1);
    }
    found->second = std::max(found->second, form.version);
    return static_cast<std::uint32_t>(std::distance(codes_.begin(), found));
  }

  void AddOperator(const Node& node) {
    const TfliteOp form = DefOf(node.op).tflite(node.op, {graph_, node}, builder_);
    std::vector<std::int32_t> inputs;
    for (const TfliteOperand& operand : form.inputs)
      inputs.push_back(OperandIndex(operand));
    std::vector<std::int32_t> outputs;
    for (const ValueId id : node.outputs) outputs.push_back(tensor_of_[Index(id)]);
    const auto input_vector = builder_.CreateVector(inputs);
    const auto output_vector = builder_.CreateVector(outputs);
    operators_.push_back(tflite::CreateOperator(builder_, CodeIndex(form), input_vector,
                                                output_vector, form.options_type,
                                                form.options));
  }

  [[nodiscard]] std::vector<std::int32_t> TensorsOf(
      const std::vector<Port>& ports) const {
    std::vector<std::int32_t> tensors;
    tensors.reserve(ports.size());
    for (const Port& port : ports) tensors.push_back(tensor_of_[Index(port.value)]);
    return tensors;
  }

  fb::Offset<fb::Vector<fb::Offset<tflite::TensorMap>>> MapsOf(
      const std::vector<Port>& ports) {
    std::vector<fb::Offset<tflite::TensorMap>> maps;
    for (const Port& port : ports) {
      const auto name = builder_.CreateString(port.name);
      maps.push_back(tflite::CreateTensorMap(
          builder_, name, static_cast<std::uint32_t>(tensor_of_[Index(port.value)])));
    }
    return builder_.CreateVector(maps);
  }

  fb::Offset<tflite::Metadata> MetadataEntry(const std::string& name,
                                             const std::string& content) {
    const std::uint32_t buffer = BufferOf(std::as_bytes(std::span(content)));
    const auto text = builder_.CreateString(name);
    return tflite::CreateMetadata(builder_, text, buffer);
  }

  std::vector<fb::Offset<tflite::OperatorCode>> Codes() {
    std::vector<fb::Offset<tflite::OperatorCode>> codes;
    for (const auto& [code, version] : codes_) {
      const int old_code = std::min(static_cast<int>(code), kLargestOldCode);
      codes.push_back(tflite::CreateOperatorCode(
          builder_, static_cast<std::int8_t>(old_code), 0, version, code));
    }
    return codes;
  }

  void Finish() {
    std::string oldest = OldestRuntime(codes_);
    oldest.resize(kRuntimeVersionBytes, '\0');
    const std::vector<fb::Offset<tflite::Metadata>> metadata = {
        MetadataEntry("min_runtime_version", oldest),
        MetadataEntry("kinglet_version", std::string(kVersion))};
    const auto tensors = builder_.CreateVector(tensors_);
    const auto inputs = builder_.CreateVector(TensorsOf(graph_.inputs));
    const auto outputs = builder_.CreateVector(TensorsOf(graph_.outputs));
    const auto operators = builder_.CreateVector(operators_);
    const auto name = builder_.CreateString("main");
    const std::vector<fb::Offset<tflite::SubGraph>> subgraphs = {
        tflite::CreateSubGraph(builder_, tensors, inputs, outputs, operators, name)};
    const auto signature_inputs = MapsOf(graph_.inputs);
    const auto signature_outputs = MapsOf(graph_.outputs);
    const auto key = builder_.CreateString("serving_default");
    const std::vector<fb::Offset<tflite::SignatureDef>> signatures = {
        tflite::CreateSignatureDef(builder_, signature_inputs, signature_outputs, key)};
    const auto codes = Codes();
    const std::string description = fmt::format("kinglet {}", kVersion);
    builder_.Finish(tflite::CreateModelDirect(builder_, kFormatVersion, &codes,
                                              &subgraphs, description.c_str(), &buffers_,
                                              nullptr, &metadata, &signatures),
                    tflite::ModelIdentifier());
  }

  const Graph& graph_;
  fb::FlatBufferBuilder builder_;
  std::vector<fb::Offset<tflite::Buffer>> buffers_;
  std::map<std::string, std::uint32_t> buffer_of_;
  std::map<std::uint32_t, std::vector<std::pair<const Value*, std::int32_t>>>
      constants_;  // by buffer, with their tensors
  std::vector<fb::Offset<tflite::Tensor>> tensors_;
  std::vector<std::int32_t> tensor_of_;
  std::map<std::pair<Shape, std::vector<std::int32_t>>, std::int32_t> ints_tensors_;
  std::set<std::string> names_;
  std::vector<std::pair<tflite::BuiltinOperator, int>> codes_;
  std::vector<fb::Offset<tflite::Operator>> operators_;
};

}  // namespace

std::vector<std::byte> WriteTflite(const Graph& graph) { return Writer(graph).Run(); }

}  // namespace kinglet
