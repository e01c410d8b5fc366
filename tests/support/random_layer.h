// A Keras layer with random options and variables, run as the program reads it, against
// what plain loops in double make of the same numbers.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "import/keras_import.h"
#include "import/model_config.h"
#include "kinglet/error.h"
#include "passes/passes.h"
#include "run/executor.h"
#include "tests/support/keras_builder.h"

namespace kinglet {

/// Numbers in row-major order.
struct Nd {
  Shape shape;
  std::vector<double> data;

  explicit Nd(Shape its_shape)
      : shape(std::move(its_shape)),
        data(static_cast<std::size_t>(ElementCount(shape))) {}
  Nd(Shape its_shape, std::vector<double> its_data)
      : shape(std::move(its_shape)), data(std::move(its_data)) {}

  template <typename... Index>
  double& operator()(Index... index) {
    const std::array<std::int64_t, sizeof...(Index)> at{
        static_cast<std::int64_t>(index)...};
    std::int64_t flat = 0;
    for (std::size_t i = 0; i < at.size(); ++i) flat = flat * shape.at(i) + at[i];
    return data.at(static_cast<std::size_t>(flat));
  }
  template <typename... Index>
  double operator()(Index... index) const {
    return Nd(*this)(index...);
  }
  [[nodiscard]] Nd Reshaped(Shape to) const { return {std::move(to), data}; }
};

/// y[h,w,c] of the shape {height, width, channels} by a function of its indices.
inline Nd Made(
    const Shape& shape,
    const std::function<double(std::int64_t, std::int64_t, std::int64_t)>& element) {
  Nd y(shape);
  for (std::int64_t i = 0; i < shape[0]; ++i) {
    for (std::int64_t j = 0; j < shape[1]; ++j) {
      for (std::int64_t c = 0; c < shape[2]; ++c) y(i, j, c) = element(i, j, c);
    }
  }
  return y;
}

/// y[i0, i1, ...] = x[the axes `perm` of which are i0, i1, ...], as numpy.transpose.
inline Nd Transposed(const Nd& x, const std::vector<std::size_t>& perm) {
  Shape shape;
  for (const std::size_t axis : perm) shape.push_back(x.shape[axis]);
  Nd y(shape);
  for (std::size_t flat = 0; flat < y.data.size(); ++flat) {
    std::vector<std::int64_t> at(perm.size());
    auto rest = static_cast<std::int64_t>(flat);
    for (std::size_t i = perm.size(); i-- > 0;) {
      at[perm[i]] = rest % shape[i];
      rest /= shape[i];
    }
    std::int64_t from = 0;
    for (std::size_t i = 0; i < at.size(); ++i) from = from * x.shape[i] + at[i];
    y.data[flat] = x.data[static_cast<std::size_t>(from)];
  }
  return y;
}

/// Draws options and numbers; its seed is printed when a test fails.
class Dice {
 public:
  explicit Dice(unsigned seed) : random_(seed) {}

  /// From `low` to `high`, both possible.
  std::int64_t Int(std::int64_t low, std::int64_t high) {
    return std::uniform_int_distribution<std::int64_t>(low, high)(random_);
  }
  bool Coin() { return Int(0, 1) == 1; }
  template <typename T>
  T Of(const std::vector<T>& choices) {
    return choices[static_cast<std::size_t>(
        Int(0, static_cast<std::int64_t>(choices.size()) - 1))];
  }
  std::string Word(const std::vector<std::string>& choices) { return Of(choices); }
  /// Float32 numbers within a range.
  Nd Numbers(const Shape& shape, double low = -1, double high = 1) {
    Nd numbers(shape);
    std::uniform_real_distribution<double> within(low, high);
    for (double& x : numbers.data) {
      x = static_cast<double>(static_cast<float>(within(random_)));
    }
    return numbers;
  }

 private:
  std::mt19937 random_;
};

/// One layer over inputs of these values (no batch), with variables by their path below
/// the layer, "vars/0".
struct LayerCase {
  std::string class_name;
  nlohmann::json config;
  std::vector<Nd> inputs;
  std::vector<std::pair<std::string, Nd>> variables = {};
  bool has_arguments = false;  ///< each input is an argument of its own, not one list
  bool is_function = false;    ///< of keras.ops
  nlohmann::json keywords = nlohmann::json::object();  ///< that are no tensors
  std::string last_keyword = {};  ///< by which the last argument is passed, if any
  std::size_t result = 0;         ///< which of its results is looked at

  void Add(Nd variable, const std::string& group = "") {
    const std::string folder = group.empty() ? "vars/" : group + "/vars/";
    std::size_t index = 0;
    for (const auto& [path, unused] : variables) {
      index += path.starts_with(folder) ? 1U : 0U;
    }
    variables.emplace_back(folder + std::to_string(index), std::move(variable));
  }
};

/// A function of one input; other arguments stand in its configuration.
inline LayerCase FunctionOf(const std::string& name, const nlohmann::json& config,
                            const Nd& x) {
  LayerCase function{name, config, {x}};
  function.is_function = true;
  return function;
}

/// Numbers as Keras writes an array into a configuration.
inline nlohmann::json ArrayOf(const Nd& x) {
  std::vector<nlohmann::json> parts(x.data.begin(), x.data.end());
  for (std::size_t axis = x.shape.size(); axis-- > 0;) {
    const auto size = static_cast<std::ptrdiff_t>(x.shape[axis]);
    std::vector<nlohmann::json> joined;
    for (auto part = parts.begin(); part != parts.end(); part += size) {
      joined.push_back(nlohmann::json::array());
      for (auto member = part; member != part + size; ++member) {
        joined.back().push_back(*member);
      }
    }
    parts = joined;
  }
  return {{"class_name", "__numpy__"},
          {"config", {{"value", parts.at(0)}, {"dtype", "float32"}}}};
}

inline Graph Imported(const LayerCase& c) {
  WeightsBuilder weights;
  for (const auto& [path, variable] : c.variables) {
    weights.Add("layers/" + SnakeCase(c.class_name) + "/" + path,
                {variable.shape.begin(), variable.shape.end()}, variable.data);
  }
  std::vector<BuiltLayer> layers;
  BuiltLayer layer{c.class_name, "layer", c.config, {}};
  for (const Nd& input : c.inputs) {
    layer.inputs.push_back("x" + std::to_string(layers.size()));
    layers.push_back(InputOf(input.shape, layer.inputs.back()));
  }
  const std::vector<std::string> names = layer.inputs;
  layers.push_back(std::move(layer));
  nlohmann::json config = nlohmann::json::parse(FunctionalJson(layers, names, {"layer"}));
  nlohmann::json& call = LayerNamed(config, "layer")["inbound_nodes"][0];
  call["kwargs"] = c.keywords;
  if (c.has_arguments) {
    nlohmann::json arguments = call["args"][0];
    if (!c.last_keyword.empty()) {
      call["kwargs"][c.last_keyword] = arguments.back();
      arguments.erase(arguments.size() - 1);
    }
    call["args"] = arguments;
  }
  config["config"]["output_layers"][0][2] = c.result;
  if (c.is_function) LayerNamed(config, "layer")["module"] = "keras.src.ops.numpy";
  const TemporaryFolder folder;
  const auto path = folder.path() / "model.keras";
  WriteArchive(path, {kBuilderMetadata, config.dump(), weights.Bytes()});
  return ImportKeras(path, {}).graph;
}

/// The elements of a float, an integer or a bool tensor.
inline std::vector<double> NumbersOf(const Tensor& tensor) {
  const auto as_doubles = [](auto data) {
    return std::vector<double>(data.begin(), data.end());
  };
  if (tensor.dtype() == DType::kInt32) return as_doubles(tensor.Data<std::int32_t>());
  if (tensor.dtype() == DType::kBool) return as_doubles(tensor.Data<bool>());
  return as_doubles(tensor.Data<float>());
}

/// The first output for the case's inputs, without its batch.
inline Nd RunOn(const Graph& graph, const std::vector<Nd>& inputs) {
  std::vector<Tensor> tensors;
  for (const Nd& input : inputs) {
    const std::vector<float> floats(input.data.begin(), input.data.end());
    Shape shape = input.shape;
    shape.insert(shape.begin(), 1);
    tensors.push_back(Tensor::Of<float>(shape, std::span<const float>(floats)));
  }
  const Executor executor(graph);
  auto context = executor.NewContext();
  const Tensor y = executor.Run(context, tensors).at(0);
  return {Shape(y.shape().begin() + 1, y.shape().end()), NumbersOf(y)};
}

/// Within 2e-5 of the largest expected number, the bound of Keras models as a whole.
inline void ExpectNear(const Nd& found, const Nd& expected) {
  ASSERT_EQ(found.shape, expected.shape);
  double largest = 1e-6;
  for (const double x : expected.data) largest = std::max(largest, std::abs(x));
  for (std::size_t i = 0; i < expected.data.size(); ++i) {
    ASSERT_NEAR(found.data[i], expected.data[i], 2e-5 * largest) << "element " << i;
  }
}

/// The layer computes that, as it is read and after all passes.
inline void ExpectLayer(const LayerCase& c, const Nd& expected) {
  std::string text = c.class_name + " " + c.config.dump();
  for (const Nd& input : c.inputs) text += " " + ToString(input.shape);
  SCOPED_TRACE(text);
  try {
    const Graph graph = Imported(c);
    ExpectNear(RunOn(graph, c.inputs), expected);
    ExpectNear(RunOn(Optimize(graph), c.inputs), expected);
  } catch (const Error& error) {
    FAIL() << error.what();
  }
}

/// `trial` for that many seeds, stopping at the first that fails.
inline void ForSeeds(unsigned count, const std::function<void(Dice&)>& trial) {
  for (unsigned seed = 0; seed < count && !testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Dice dice(seed);
    trial(dice);
  }
}

}  // namespace kinglet
