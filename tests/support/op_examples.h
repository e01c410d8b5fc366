// A small graph for every operation, in text form: what properties of all operations are
// tested on.
#pragma once

#include <fmt/format.h>

#include <string>
#include <vector>

namespace kinglet {

/// `y = name(x)` of numbers, `y = name(a, b)` with broadcasting, and so on.
inline std::vector<std::string> ElementwiseExamples() {
  std::vector<std::string> examples;
  for (const char* name : {"abs",        "ceil",       "cos",
                           "elu",        "exp",        "floor",
                           "gelu",       "hard_swish", "l2_normalization",
                           "leaky_relu", "log",        "log_softmax",
                           "logistic",   "neg",        "relu",
                           "round",      "rsqrt",      "sign",
                           "sin",        "softmax",    "sqrt",
                           "square",     "tanh"}) {
    examples.push_back(fmt::format(
        "in x = x : float32[1x2x3]\ny : float32[1x2x3] = {}(x)\nout output_0 = y\n",
        name));
  }
  for (const char* name : {"add", "sub", "mul", "div", "maximum", "minimum", "floor_div",
                           "floor_mod", "pow", "prelu", "squared_difference"}) {
    examples.push_back(
        fmt::format("in a = a : float32[1x2x3]\nin b = b : float32[2x1]\n"
                    "y : float32[1x2x3] = {}(a, b)\nout output_0 = y\n",
                    name));
  }
  examples.emplace_back(
      "in a = a : float32[1x2x3]\nin b = b : float32[1x2x3]\n"
      "y : float32[1x2x3] = atan2(a, b)\nout output_0 = y\n");
  for (const char* kind :
       {"equal", "not_equal", "less", "less_equal", "greater", "greater_equal"}) {
    examples.push_back(
        fmt::format("in a = a : float32[1x3]\nin b = b : float32[3]\n"
                    "y : bool[1x3] = relational(a, b){}\nout output_0 = y\n",
                    std::string(kind) == "equal" ? "" : fmt::format(" kind={}", kind)));
  }
  for (const char* kind : {"relu_n1_to_1", "relu6", "relu_0_to_1"}) {
    examples.push_back(fmt::format(
        "in x = x : float32[1x3]\ny : float32[1x3] = relu(x) kind={}\nout output_0 = y\n",
        kind));
  }
  return examples;
}

inline std::vector<std::string> OtherExamples() {
  return {
      "in a = a : float32[1x3]\nin b = b : float32[1x3]\n"
      "y : float32[1x3] = add(a, b) activation=relu6\nout output_0 = y\n",
      "in x = x : float32[1x3]\ny : float32[1x3] = gelu(x) approximate=true\n"
      "out output_0 = y\n",
      "in a = a : bool[1x3]\nin b = b : bool[1x3]\n"
      "c : bool[1x3] = logical_and(a, b)\nd : bool[1x3] = logical_or(c, b)\n"
      "y : bool[1x3] = logical_not(d)\nout output_0 = y\n",
      "in c = c : bool[1x3]\nin a = a : float32[1x3]\nin b = b : float32[3]\n"
      "y : float32[1x3] = select(c, a, b)\nout output_0 = y\n",
      // Products with weights.
      "in a = a : float32[2x1x4x3]\nin b = b : float32[3x5x4]\n"
      "y : float32[2x3x3x5] = batch_mat_mul(a, b) adj_x=true adj_y=true\n"
      "out output_0 = y\n",
      "in x = x : float32[1x5x6x2]\nconst w : float32[1x2x3x2] = 1 2 3 4 5 6 7 8 9 10 11 "
      "12\nconst b : float32[1] = 0.5\n"
      "y : float32[1x5x3x1] = conv_2d(x, w, b) padding=same stride_w=2 activation=relu\n"
      "out output_0 = y\n",
      "in x = x : float32[1x5x6x2]\nconst w : float32[1x2x1x4] = 1 2 3 4 5 6 7 8\n"
      "const b : float32[4] = 0 0 0 1\n"
      "y : float32[1x3x6x4] = depthwise_conv_2d(x, w, b) dilation_h=2\n"
      "out output_0 = y\n",
      "in x = x : float32[1x4x2]\nconst w : float32[3x2] = 1 2 3 4 5 6\n"
      "y : float32[1x4x3] = fully_connected(x, w) activation=relu_n1_to_1\n"
      "out output_0 = y\n",
      "in x = x : float32[1x2x3x1]\nconst w : float32[2x3x2x1] = 1 2 3 4 5 6 7 8 9 10 11 "
      "12\nconst b : float32[2] = 1 2\ny : float32[1x5x6x2] = transpose_conv(x, w, b) "
      "stride_h=2 stride_w=2 out_h=5 out_w=6\nout output_0 = y\n",
      // Windows and sizes.
      "in x = x : float32[1x5x6x2]\ny : float32[1x3x3x2] = average_pool_2d(x) "
      "padding=same "
      "stride_h=2 stride_w=2 filter_h=3 filter_w=2\nout output_0 = y\n",
      "in x = x : float32[1x5x6x2]\ny : float32[1x2x3x2] = max_pool_2d(x) "
      "stride_h=2 stride_w=2 filter_h=3 filter_w=2\nout output_0 = y\n",
      "in x = x : float32[1x2x3x2]\ny : float32[1x4x5x2] = resize_bilinear(x) out_h=4 "
      "out_w=5 half_pixel_centers=true\nout output_0 = y\n",
      "in x = x : float32[1x2x3x2]\ny : float32[1x4x5x2] = resize_nearest_neighbor(x) "
      "out_h=4 out_w=5 align_corners=true\nout output_0 = y\n",
      // Reductions.
      "in x = x : float32[1x2x3]\nm : float32[1x1x3] = mean(x) axes=[1] keep_dims=true\n"
      "s : float32[1x2] = sum(x) axes=[2]\nout output_0 = m\nout output_1 = s\n",
      "in x = x : float32[1x2x3]\na : float32[1x3] = reduce_max(x) axes=[1]\n"
      "b : float32[1] = reduce_min(x) axes=[1,2]\nc : float32[1x2] = reduce_prod(x) "
      "axes=[2]\nout output_0 = a\nout output_1 = b\nout output_2 = c\n",
      "in x = x : bool[1x2x3]\na : bool[1x3] = reduce_all(x) axes=[1]\n"
      "b : bool[1x1x3] = reduce_any(x) axes=[1] keep_dims=true\nout output_0 = a\n"
      "out output_1 = b\n",
      "in x = x : float32[1x2x3]\na : int32[1x3] = arg_max(x) axis=1\n"
      "b : int64[1x2] = arg_min(x) axis=2 dtype=int64\nout output_0 = a\n"
      "out output_1 = b\n",
      "in x = x : float32[1x2x3]\ny : float32[1x2x3] = cumsum(x) axis=2 exclusive=true "
      "reverse=true\nout output_0 = y\n",
      "in x = x : float32[1x4]\na : float32[1x2], b : int32[1x2] = top_k(x) k=2\n"
      "out output_0 = a\nout output_1 = b\n",
      // Movers.
      "in x = x : float32[1x2x3]\ny : float32[1x6] = reshape(x) shape=[1,6]\n"
      "out output_0 = y\n",
      "in x = x : float32[1x2x3]\ny : float32[1x3x2] = transpose(x) perm=[0,2,1]\n"
      "out output_0 = y\n",
      "in x = x : float32[1x2]\ny : float32[1x5] = pad(x) before=[0,1] after=[0,2]\n"
      "out output_0 = y\n",
      "in x = x : float32[1x2]\nconst c : float32[] = 7\n"
      "y : float32[1x5] = pad_v2(x, c) before=[0,1] after=[0,2]\nout output_0 = y\n",
      "in x = x : float32[1x3]\ny : float32[1x6] = mirror_pad(x) before=[0,1] "
      "after=[0,2] "
      "mode=symmetric\nout output_0 = y\n",
      "in x = x : float32[2x5]\ny : float32[1x3] = strided_slice(x) begin=[1,4] "
      "end=[2,-1] strides=[1,-2]\nout output_0 = y\n",
      "in x = x : float32[2x5]\ny : float32[1] = strided_slice(x) begin=[1,4] "
      "end=[2,5] strides=[1,1] dropped=[1]\nout output_0 = y\n",
      "in a = a : float32[1x2]\nin b = b : float32[1x3]\n"
      "y : float32[1x5] = concatenation(a, b) axis=1\nout output_0 = y\n",
      "in x = x : float32[1x3]\ny : float32[2x3] = broadcast_to(x) shape=[2,3]\n"
      "out output_0 = y\n",
      "in a = a : float32[1x3]\nin b = b : float32[1x3]\n"
      "y : float32[1x2x3] = pack(a, b) axis=1\n"
      "u : float32[1x2], v : float32[1x2], w : float32[1x2] = unpack(y) axis=2\n"
      "out output_0 = u\nout output_1 = v\nout output_2 = w\n",
      "in x = x : float32[1x4]\n"
      "a : float32[1x2], b : float32[1x2] = split(x) axis=1 sizes=[2,2]\n"
      "c : float32[1x3], d : float32[1x1] = split(x) axis=1 sizes=[3,1]\n"
      "out output_0 = a\nout output_1 = b\nout output_2 = c\nout output_3 = d\n",
      "in x = x : float32[1x3]\ny : float32[2x6] = tile(x) multiples=[2,2]\n"
      "out output_0 = y\n",
      "in x = x : float32[1x3]\ny : float32[1x3] = reverse_v2(x) axes=[1]\n"
      "out output_0 = y\n",
      "in x = x : float32[2x3x4]\nin i = i : int32[2x5]\n"
      "y : float32[2x5x4] = gather(x, i) axis=1 batch_dims=1\nout output_0 = y\n",
      "in x = x : float32[2x3x4]\nin i = i : int32[5x2]\n"
      "y : float32[5x4] = gather_nd(x, i)\nout output_0 = y\n",
      "in i = i : int32[2]\nconst t : float32[3x2] = 1 2 3 4 5 6\n"
      "y : float32[2x2] = embedding_lookup(i, t)\nout output_0 = y\n",
      "in i = i : int32[2]\nconst on : float32[] = 1\nconst off : float32[] = 0\n"
      "y : float32[2x3] = one_hot(i, on, off) axis=1 depth=3\nout output_0 = y\n",
      "in x = x : float32[1x4x4x2]\n"
      "d : float32[1x2x2x8] = space_to_depth(x) block_size=2\n"
      "y : float32[1x4x4x2] = depth_to_space(d) block_size=2\nout output_0 = y\n",
      "in x = x : float32[1x3x4x2]\ns : float32[4x2x2x2] = space_to_batch_nd(x) "
      "block=[2,2] "
      "before=[0,0] after=[1,0]\ny : float32[1x3x4x2] = batch_to_space_nd(s) block=[2,2] "
      "before=[0,0] after=[1,0]\nout output_0 = y\n",
      // Types.
      "in x = x : float32[1x3]\nq : int8[1x3] q{0.5/3} = quantize(x)\n"
      "y : float32[1x3] = dequantize(q)\nout output_0 = y\n",
      "in x = x : int32[1x3]\ny : float32[1x3] = cast(x)\nout output_0 = y\n",
  };
}

inline std::vector<std::string> OperationExamples() {
  std::vector<std::string> examples = ElementwiseExamples();
  for (std::string& example : OtherExamples()) examples.push_back(std::move(example));
  return examples;
}

}  // namespace kinglet
