// Rows: operator, version, first runtime (major, minor); from the format's version
// tables. What is not listed was there from 1.13 on.
#include "emit/runtime_versions.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <tuple>

namespace kinglet {
namespace {

struct Row {
  tflite::BuiltinOperator code;
  int version;
  int major;
  int minor;
};

constexpr std::array kRows = {
    Row{tflite::BuiltinOperator_ABS, 2, 2, 4},
    Row{tflite::BuiltinOperator_ADD, 2, 1, 14},
    Row{tflite::BuiltinOperator_ARG_MAX, 2, 1, 14},
    Row{tflite::BuiltinOperator_ARG_MIN, 2, 1, 14},
    Row{tflite::BuiltinOperator_ATAN2, 1, 2, 10},
    Row{tflite::BuiltinOperator_AVERAGE_POOL_2D, 2, 1, 14},
    Row{tflite::BuiltinOperator_BATCH_MATMUL, 1, 2, 3},
    Row{tflite::BuiltinOperator_BATCH_MATMUL, 4, 2, 3},
    Row{tflite::BuiltinOperator_BATCH_TO_SPACE_ND, 2, 1, 14},
    Row{tflite::BuiltinOperator_BATCH_TO_SPACE_ND, 3, 2, 3},
    Row{tflite::BuiltinOperator_BROADCAST_TO, 2, 2, 5},
    Row{tflite::BuiltinOperator_BROADCAST_TO, 3, 2, 5},
    Row{tflite::BuiltinOperator_CAST, 3, 2, 8},
    Row{tflite::BuiltinOperator_CEIL, 1, 1, 14},
    Row{tflite::BuiltinOperator_CONCATENATION, 2, 1, 14},
    Row{tflite::BuiltinOperator_CONV_2D, 3, 1, 14},
    Row{tflite::BuiltinOperator_CONV_2D, 5, 2, 4},
    Row{tflite::BuiltinOperator_CONV_2D, 6, 2, 9},
    Row{tflite::BuiltinOperator_COS, 1, 1, 14},
    Row{tflite::BuiltinOperator_CUMSUM, 1, 2, 4},
    Row{tflite::BuiltinOperator_DEPTHWISE_CONV_2D, 3, 1, 14},
    Row{tflite::BuiltinOperator_DEPTHWISE_CONV_2D, 4, 2, 2},
    Row{tflite::BuiltinOperator_DEPTHWISE_CONV_2D, 6, 2, 3},
    Row{tflite::BuiltinOperator_DEPTH_TO_SPACE, 1, 2, 1},
    Row{tflite::BuiltinOperator_DEPTH_TO_SPACE, 2, 2, 5},
    Row{tflite::BuiltinOperator_DEQUANTIZE, 2, 1, 14},
    Row{tflite::BuiltinOperator_DEQUANTIZE, 5, 2, 7},
    Row{tflite::BuiltinOperator_DIV, 1, 1, 14},
    Row{tflite::BuiltinOperator_ELU, 1, 1, 14},
    Row{tflite::BuiltinOperator_EQUAL, 2, 1, 14},
    Row{tflite::BuiltinOperator_EXP, 2, 2, 12},
    Row{tflite::BuiltinOperator_FULLY_CONNECTED, 4, 1, 14},
    Row{tflite::BuiltinOperator_FULLY_CONNECTED, 5, 2, 0},
    Row{tflite::BuiltinOperator_FULLY_CONNECTED, 9, 2, 3},
    Row{tflite::BuiltinOperator_FULLY_CONNECTED, 12, 2, 17},
    Row{tflite::BuiltinOperator_GATHER, 2, 1, 14},
    Row{tflite::BuiltinOperator_GATHER, 5, 2, 6},
    Row{tflite::BuiltinOperator_GATHER_ND, 1, 1, 14},
    Row{tflite::BuiltinOperator_GELU, 1, 2, 9},
    Row{tflite::BuiltinOperator_GELU, 2, 2, 9},
    Row{tflite::BuiltinOperator_GREATER, 2, 1, 14},
    Row{tflite::BuiltinOperator_GREATER_EQUAL, 2, 1, 14},
    Row{tflite::BuiltinOperator_HARD_SWISH, 1, 1, 15},
    Row{tflite::BuiltinOperator_L2_NORMALIZATION, 2, 1, 14},
    Row{tflite::BuiltinOperator_LESS, 2, 1, 14},
    Row{tflite::BuiltinOperator_LESS_EQUAL, 2, 1, 14},
    Row{tflite::BuiltinOperator_LOG, 2, 2, 15},
    Row{tflite::BuiltinOperator_LOGISTIC, 2, 1, 14},
    Row{tflite::BuiltinOperator_LOG_SOFTMAX, 2, 1, 14},
    Row{tflite::BuiltinOperator_MAXIMUM, 2, 1, 14},
    Row{tflite::BuiltinOperator_MAX_POOL_2D, 2, 1, 14},
    Row{tflite::BuiltinOperator_MEAN, 2, 1, 14},
    Row{tflite::BuiltinOperator_MINIMUM, 2, 1, 14},
    Row{tflite::BuiltinOperator_MIRROR_PAD, 2, 2, 3},
    Row{tflite::BuiltinOperator_MUL, 2, 1, 14},
    Row{tflite::BuiltinOperator_MUL, 3, 1, 15},
    Row{tflite::BuiltinOperator_NOT_EQUAL, 2, 1, 14},
    Row{tflite::BuiltinOperator_PACK, 2, 1, 14},
    Row{tflite::BuiltinOperator_PAD, 2, 1, 14},
    Row{tflite::BuiltinOperator_PAD, 4, 2, 6},
    Row{tflite::BuiltinOperator_PADV2, 2, 1, 14},
    Row{tflite::BuiltinOperator_PADV2, 4, 2, 6},
    Row{tflite::BuiltinOperator_QUANTIZE, 1, 1, 14},
    Row{tflite::BuiltinOperator_REDUCE_ALL, 1, 2, 6},
    Row{tflite::BuiltinOperator_REDUCE_MAX, 2, 1, 14},
    Row{tflite::BuiltinOperator_REDUCE_MIN, 2, 1, 14},
    Row{tflite::BuiltinOperator_REDUCE_PROD, 2, 2, 6},
    Row{tflite::BuiltinOperator_RELU, 2, 2, 1},
    Row{tflite::BuiltinOperator_RELU6, 2, 1, 14},
    Row{tflite::BuiltinOperator_RELU_0_TO_1, 1, 2, 10},
    Row{tflite::BuiltinOperator_RESIZE_BILINEAR, 2, 1, 14},
    Row{tflite::BuiltinOperator_RESIZE_BILINEAR, 3, 2, 2},
    Row{tflite::BuiltinOperator_RESIZE_NEAREST_NEIGHBOR, 2, 1, 14},
    Row{tflite::BuiltinOperator_RESIZE_NEAREST_NEIGHBOR, 3, 2, 3},
    Row{tflite::BuiltinOperator_REVERSE_V2, 1, 1, 14},
    Row{tflite::BuiltinOperator_REVERSE_V2, 3, 2, 5},
    Row{tflite::BuiltinOperator_ROUND, 1, 1, 14},
    Row{tflite::BuiltinOperator_RSQRT, 2, 2, 5},
    Row{tflite::BuiltinOperator_SELECT_V2, 1, 2, 2},
    Row{tflite::BuiltinOperator_SIGN, 1, 2, 12},
    Row{tflite::BuiltinOperator_SOFTMAX, 2, 1, 14},
    Row{tflite::BuiltinOperator_SPACE_TO_BATCH_ND, 2, 1, 14},
    Row{tflite::BuiltinOperator_SPACE_TO_BATCH_ND, 3, 2, 3},
    Row{tflite::BuiltinOperator_SPACE_TO_DEPTH, 2, 1, 14},
    Row{tflite::BuiltinOperator_SPLIT, 2, 1, 14},
    Row{tflite::BuiltinOperator_SPLIT_V, 2, 2, 3},
    Row{tflite::BuiltinOperator_SQRT, 2, 2, 21},
    Row{tflite::BuiltinOperator_SQUARED_DIFFERENCE, 2, 2, 5},
    Row{tflite::BuiltinOperator_STRIDED_SLICE, 2, 1, 14},
    Row{tflite::BuiltinOperator_STRIDED_SLICE, 4, 2, 2},
    Row{tflite::BuiltinOperator_SUB, 2, 1, 14},
    Row{tflite::BuiltinOperator_SUB, 3, 2, 3},
    Row{tflite::BuiltinOperator_SUM, 2, 1, 15},
    Row{tflite::BuiltinOperator_TANH, 2, 1, 14},
    Row{tflite::BuiltinOperator_TILE, 3, 2, 8},
    Row{tflite::BuiltinOperator_TOPK_V2, 2, 1, 14},
    Row{tflite::BuiltinOperator_TRANSPOSE, 2, 1, 14},
    Row{tflite::BuiltinOperator_TRANSPOSE, 4, 2, 3},
    Row{tflite::BuiltinOperator_TRANSPOSE, 6, 2, 12},
    Row{tflite::BuiltinOperator_TRANSPOSE_CONV, 2, 2, 2},
    Row{tflite::BuiltinOperator_TRANSPOSE_CONV, 3, 2, 3},
    Row{tflite::BuiltinOperator_TRANSPOSE_CONV, 4, 2, 13},
    Row{tflite::BuiltinOperator_UNPACK, 2, 1, 14},
};

}  // namespace

std::string OldestRuntime(
    const std::vector<std::pair<tflite::BuiltinOperator, int>>& operators) {
  std::pair oldest(1, 13);
  for (const auto& [code, version] : operators) {
    for (const Row& row : kRows) {
      if (row.code == code && row.version <= version) {
        oldest = std::max(oldest, std::pair(row.major, row.minor));
      }
    }
  }
  return fmt::format("{}.{}.0", oldest.first, oldest.second);
}

}  // namespace kinglet
