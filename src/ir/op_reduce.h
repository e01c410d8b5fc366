// Reductions, and what normalizes or ranks along an axis.
#pragma once

#include "ir/op_parts.h"

namespace kinglet {

/// Reduction over `axes` (sorted, not negative).
template <typename Derived>
struct Reduce {
  Ints axes;
  bool keep_dims = false;
  static constexpr auto Attributes() {
    return std::tuple(Attribute<Derived, Ints>{"axes", &Derived::axes},
                      Attribute<Derived, bool>{"keep_dims", &Derived::keep_dims});
  }
  bool operator==(const Reduce&) const = default;
};
struct Mean : Reduce<Mean> {
  static constexpr std::string_view kName = "mean";
  bool operator==(const Mean&) const = default;
  static const OpDef& Def();
};
struct Sum : Reduce<Sum> {
  static constexpr std::string_view kName = "sum";
  bool operator==(const Sum&) const = default;
  static const OpDef& Def();
};
struct ReduceMax : Reduce<ReduceMax> {
  static constexpr std::string_view kName = "reduce_max";
  bool operator==(const ReduceMax&) const = default;
  static const OpDef& Def();
};

struct ReduceMin : Reduce<ReduceMin> {
  static constexpr std::string_view kName = "reduce_min";
  bool operator==(const ReduceMin&) const = default;
  static const OpDef& Def();
};
struct ReduceProd : Reduce<ReduceProd> {
  static constexpr std::string_view kName = "reduce_prod";
  bool operator==(const ReduceProd&) const = default;
  static const OpDef& Def();
};

/// Of bools: whether all are set.
struct ReduceAll : Reduce<ReduceAll> {
  static constexpr std::string_view kName = "reduce_all";
  bool operator==(const ReduceAll&) const = default;
  static const OpDef& Def();
};
/// Of bools: whether any is set.
struct ReduceAny : Reduce<ReduceAny> {
  static constexpr std::string_view kName = "reduce_any";
  bool operator==(const ReduceAny&) const = default;
  static const OpDef& Def();
};

/// Position of the largest or smallest along `axis` (not negative), the first of equals;
/// that axis is gone. `dtype` is int32 or int64.
template <typename Derived>
struct ArgExtreme {
  std::int64_t axis = 0;
  DType dtype = DType::kInt32;
  static constexpr auto Attributes() {
    return std::tuple(Attribute<Derived, std::int64_t>{"axis", &Derived::axis},
                      Attribute<Derived, DType>{"dtype", &Derived::dtype});
  }
  bool operator==(const ArgExtreme&) const = default;
};
struct ArgMax : ArgExtreme<ArgMax> {
  static constexpr std::string_view kName = "arg_max";
  bool operator==(const ArgMax&) const = default;
  static const OpDef& Def();
};
struct ArgMin : ArgExtreme<ArgMin> {
  static constexpr std::string_view kName = "arg_min";
  bool operator==(const ArgMin&) const = default;
  static const OpDef& Def();
};

/// exp(beta * x) / sum over the last axis.
struct Softmax {
  static constexpr std::string_view kName = "softmax";
  float beta = 1.0F;
  static constexpr auto Attributes() {
    return std::tuple(Attribute("beta", &Softmax::beta));
  }
  bool operator==(const Softmax&) const = default;
  static const OpDef& Def();
};

/// Logarithm of the softmax over the last axis.
struct LogSoftmax : Plain<LogSoftmax> {
  static constexpr std::string_view kName = "log_softmax";
  bool operator==(const LogSoftmax&) const = default;
  static const OpDef& Def();
};
/// x / max(sqrt(sum of x^2), 1e-6) over the last axis.
struct L2Normalization : Plain<L2Normalization> {
  static constexpr std::string_view kName = "l2_normalization";
  bool operator==(const L2Normalization&) const = default;
  static const OpDef& Def();
};

/// Sums of the elements up to each along `axis` (not negative), without that element if
/// `exclusive`; `reverse` goes from the end.
struct Cumsum {
  static constexpr std::string_view kName = "cumsum";
  std::int64_t axis = 0;
  bool exclusive = false;
  bool reverse = false;
  static constexpr auto Attributes() {
    return std::tuple(Attribute("axis", &Cumsum::axis),
                      Attribute("exclusive", &Cumsum::exclusive),
                      Attribute("reverse", &Cumsum::reverse));
  }
  bool operator==(const Cumsum&) const = default;
  static const OpDef& Def();
};

/// The k largest along the last axis, in descending order, and their positions (int32):
/// two results. The first of equals comes first.
struct TopK {
  static constexpr std::string_view kName = "top_k";
  std::int64_t k = 1;
  static constexpr auto Attributes() { return std::tuple(Attribute("k", &TopK::k)); }
  bool operator==(const TopK&) const = default;
  static const OpDef& Def();
};

}  // namespace kinglet
