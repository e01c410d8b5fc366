#include "calibrate/constant_channels.h"

#include <algorithm>
#include <cstring>

#include "ops/op_def.h"

namespace kinglet {
namespace {

bool HasConstantWeights(const Graph& graph, const Node& node) {
  const auto weights = DefOf(node.op).quantization.weights;
  return weights.has_value() && graph[node.inputs[*weights]].constant != nullptr;
}

/// Every place has the numbers of the first one.
bool RepeatsTheFirst(std::span<const float> values, std::size_t channels) {
  const std::size_t others = values.size() - channels;
  return std::memcmp(values.data(), values.data() + channels, others * sizeof(float)) ==
         0;
}

}  // namespace

ConstantChannels::ConstantChannels(const Graph& graph)
    : channels_(graph.values.size()),
      is_seen_(graph.values.size()),
      left_(graph.values.size()) {
  for (const Node& node : graph.nodes) {
    const Value& result = graph[node.outputs[0]];
    if (!HasConstantWeights(graph, node) || result.dtype != DType::kFloat32) continue;
    channels_[Index(node.outputs[0])] = static_cast<std::size_t>(result.shape.back());
  }
}

void ConstantChannels::See(ValueId id, std::span<const std::byte> bytes) {
  const std::size_t channels = channels_[Index(id)];
  if (channels == 0) return;
  const std::span<const float> values = AsFloats(bytes);
  std::vector<Channel>& left = left_[Index(id)];
  if (!is_seen_[Index(id)]) {
    for (std::size_t c = 0; c < channels; ++c) left.push_back({c, values[c], false});
    is_seen_[Index(id)] = true;
  }
  if (left.size() == channels && RepeatsTheFirst(values, channels) &&
      std::ranges::equal(left, values.first(channels), {}, &Channel::value)) {
    return;
  }
  constexpr std::size_t kPlaces = 32;  // looked at before the channels are sifted
  for (std::size_t at = 0; at < values.size() && !left.empty();) {
    const std::size_t end = std::min(values.size(), at + kPlaces * channels);
    for (; at < end; at += channels) {
      for (Channel& channel : left) {
        channel.moves |= values[at + channel.index] != channel.value;
      }
    }
    std::erase_if(left, [](const Channel& channel) { return channel.moves; });
  }
}

void ConstantChannels::Merge(const ConstantChannels& other) {
  for (std::size_t v = 0; v < left_.size(); ++v) {
    if (!other.is_seen_[v]) continue;
    if (!is_seen_[v]) {
      left_[v] = other.left_[v];
      is_seen_[v] = true;
      continue;
    }
    std::erase_if(left_[v], [&](const Channel& mine) {
      return std::ranges::none_of(other.left_[v], [&](const Channel& theirs) {
        return theirs.index == mine.index && theirs.value == mine.value;
      });
    });
  }
}

}  // namespace kinglet
