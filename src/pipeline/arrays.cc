#include "pipeline/arrays.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "kinglet/error.h"

namespace kinglet {
namespace {

std::string NamesOf(const std::vector<NamedTensor>& arrays) {
  std::string names;
  for (const NamedTensor& array : arrays) {
    names += fmt::format("{}'{}'", names.empty() ? "" : ", ", array.name);
  }
  return names.empty() ? "none" : names;
}

/// "Nx257x256x1"
std::string BatchShape(const Shape& shape) {
  return fmt::format("N{}", shape.size() < 2 ? "" : "x") +
         (shape.size() < 2 ? "" : ToString({shape.begin() + 1, shape.end()}));
}

const NamedTensor& FindArray(const std::vector<NamedTensor>& arrays, const Port& port,
                             bool only_input) {
  const auto named = std::ranges::find(arrays, port.name, &NamedTensor::name);
  if (named != arrays.end()) return *named;
  if (only_input && arrays.size() == 1) return arrays[0];
  throw Error(
      ErrorKind::kData,
      fmt::format("no array is called '{}' as the model's input is; there are: {}",
                  port.name, NamesOf(arrays)));
}

template <typename T>
Tensor FromIntegers(const Tensor& from) {
  Tensor to(DType::kInt32, from.shape());
  std::ranges::transform(from.Data<T>(), to.Data<std::int32_t>().begin(),
                         [](T x) { return static_cast<std::int32_t>(x); });
  return to;
}

/// Integers of any width as int32; other tensors as they are.
Tensor AsInt32(Tensor tensor) {
  switch (tensor.dtype()) {
    case DType::kInt8:
      return FromIntegers<std::int8_t>(tensor);
    case DType::kInt16:
      return FromIntegers<std::int16_t>(tensor);
    case DType::kUint8:
      return FromIntegers<std::uint8_t>(tensor);
    case DType::kInt64:
      return FromIntegers<std::int64_t>(tensor);
    default:
      return tensor;
  }
}

void CheckFits(const NamedTensor& array, const Value& value) {
  const Shape& shape = array.tensor.shape();
  const bool same_rest =
      shape.size() == value.shape.size() && !shape.empty() &&
      std::equal(shape.begin() + 1, shape.end(), value.shape.begin() + 1);
  const bool whole_samples = same_rest && shape[0] % value.shape[0] == 0;
  if (!whole_samples || array.tensor.dtype() != value.dtype) {
    throw Error(ErrorKind::kData,
                fmt::format("array '{}' is {} {}; the model takes {} {}", array.name,
                            NameOf(array.tensor.dtype()), ToString(shape),
                            NameOf(value.dtype), BatchShape(value.shape)));
  }
}

Tensor ArrayFor(const std::vector<NamedTensor>& arrays, const Port& port,
                const Graph& graph) {
  NamedTensor array = FindArray(arrays, port, graph.inputs.size() == 1);
  const Value& value = graph[port.value];
  if (value.dtype == DType::kInt32) array.tensor = AsInt32(std::move(array.tensor));
  CheckFits(array, value);
  return std::move(array.tensor);
}

}  // namespace

SampleArrays::SampleArrays(const std::filesystem::path& path, const Graph& graph) {
  const std::vector<NamedTensor> arrays = ReadNpz(path);
  WithContext(path.string(), [&] {
    for (const Port& port : graph.inputs) {
      arrays_.push_back(ArrayFor(arrays, port, graph));
      shapes_.push_back(graph[port.value].shape);
      const auto count =
          static_cast<std::size_t>(arrays_.back().shape()[0] / shapes_.back()[0]);
      if (count == 0) throw Error(ErrorKind::kData, "the arrays hold no sample");
      if (arrays_.size() > 1 && count != count_) {
        throw Error(ErrorKind::kData, "the arrays hold different numbers of samples");
      }
      count_ = count;
    }
  });
}

std::vector<Tensor> SampleArrays::Sample(std::size_t index) const {
  std::vector<Tensor> sample;
  for (std::size_t i = 0; i < arrays_.size(); ++i) {
    Tensor& tensor = sample.emplace_back(arrays_[i].dtype(), shapes_[i]);
    std::memcpy(tensor.bytes().data(),
                arrays_[i].bytes().data() + index * tensor.bytes().size(),
                tensor.bytes().size());
  }
  return sample;
}

OutputArrays::OutputArrays(std::vector<std::string> names, std::size_t samples)
    : names_(std::move(names)), samples_(samples) {}

void OutputArrays::Set(std::size_t sample, std::vector<Tensor> tensors) {
  Check(tensors.size() == names_.size(), "one tensor a name");
  samples_[sample] = std::move(tensors);
}

std::vector<NamedTensor> OutputArrays::Take() {
  std::vector<NamedTensor> arrays;
  for (std::size_t i = 0; i < names_.size(); ++i) {
    const Tensor& first = samples_.front()[i];
    Shape shape = first.shape();
    const std::size_t stride = first.bytes().size();
    if (shape.empty()) shape = {1};
    shape[0] *= static_cast<std::int64_t>(samples_.size());
    Tensor all(first.dtype(), shape);
    for (std::size_t s = 0; s < samples_.size(); ++s) {
      std::memcpy(all.bytes().data() + s * stride, samples_[s][i].bytes().data(), stride);
    }
    arrays.push_back({names_[i], std::move(all)});
  }
  samples_.clear();
  return arrays;
}

}  // namespace kinglet
