#include "ir/op.h"

#include <array>

#include "base/check.h"

namespace kinglet {
namespace {

template <typename Typed>
AnyOp Moved(void* typed) {
  return AnyOp(std::in_place_type<Typed>, std::move(*static_cast<Typed*>(typed)));
}
template <typename Typed>
AnyOp Default(void* /*typed*/) {
  return AnyOp(std::in_place_type<Typed>);
}

using Maker = AnyOp (*)(void*);

template <std::size_t... I>
constexpr std::array<Maker, kOpCount> Movers(std::index_sequence<I...> /*indices*/) {
  return {&Moved<std::variant_alternative_t<I, AnyOp>>...};
}
template <std::size_t... I>
constexpr std::array<Maker, kOpCount> Defaults(std::index_sequence<I...> /*indices*/) {
  return {&Default<std::variant_alternative_t<I, AnyOp>>...};
}

constexpr auto kMovers = Movers(std::make_index_sequence<kOpCount>());
constexpr auto kDefaults = Defaults(std::make_index_sequence<kOpCount>());

}  // namespace

Op::Op() = default;
Op::Op(const Op&) = default;
Op::Op(Op&&) noexcept = default;
Op& Op::operator=(const Op&) = default;
Op& Op::operator=(Op&&) noexcept = default;
Op::~Op() = default;

Op::Op(void* typed, std::size_t index) : AnyOp(kMovers[index](typed)) {}

bool Op::operator==(const Op& other) const {
  return static_cast<const AnyOp&>(*this) == static_cast<const AnyOp&>(other);
}

Op DefaultOp(std::size_t index) {
  Check(index < kOpCount, "an operation");
  Op op;
  static_cast<AnyOp&>(op) = kDefaults[index](nullptr);
  return op;
}

std::string_view NameOf(const Op& op) {
  return std::visit([](const auto& typed) { return typed.kName; },
                    static_cast<const AnyOp&>(op));
}

}  // namespace kinglet
