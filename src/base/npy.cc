// Byte layout:  "\x93NUMPY"  major minor  header length (2 bytes in version 1, else 4,
// little endian)  header: a Python dictionary in ASCII, {'descr': '<f4', 'fortran_order':
// False, 'shape': (2, 3), }, padded with spaces so that the data starts at a multiple of
// 64 and ended by a newline  data.
#include "base/npy.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

#include "base/float16.h"
#include "kinglet/error.h"

namespace kinglet {
namespace {

constexpr std::string_view kMagic = "\x93NUMPY";
constexpr std::size_t kAlignment = 64;

[[noreturn]] void Fail(const std::string& what) {
  throw Error(ErrorKind::kCorrupt, what);
}

/// What the header says.
struct Header {
  std::string descr;
  bool fortran_order = false;
  Shape shape;
};

/// The text between `key`: and the next comma outside parentheses.
std::string_view Entry(std::string_view header, std::string_view key) {
  const std::size_t found = header.find(fmt::format("'{}':", key));
  if (found == std::string_view::npos) Fail(fmt::format("the header lacks '{}'", key));
  header.remove_prefix(found + key.size() + 3);
  while (!header.empty() && header.front() == ' ') header.remove_prefix(1);
  const bool is_tuple = !header.empty() && header.front() == '(';
  return header.substr(0, header.find(is_tuple ? ')' : ','));
}

Shape ParseShape(std::string_view tuple) {
  Shape shape;
  while (!tuple.empty()) {
    const std::size_t start = tuple.find_first_of("0123456789");
    if (start == std::string_view::npos) break;
    tuple.remove_prefix(start);
    std::int64_t size = 0;
    const auto [end, code] =
        std::from_chars(tuple.data(), tuple.data() + tuple.size(), size);
    if (code != std::errc()) Fail("a size of the shape is too large");
    shape.push_back(size);
    tuple.remove_prefix(static_cast<std::size_t>(end - tuple.data()));
  }
  return shape;
}

Header ParseHeader(std::string_view text) {
  Header header;
  const std::string_view descr = Entry(text, "descr");
  if (descr.size() < 2) Fail("the header has no element type");
  header.descr = descr.substr(1, descr.size() - 2);
  header.fortran_order = Entry(text, "fortran_order").starts_with("True");
  header.shape = ParseShape(Entry(text, "shape"));
  return header;
}

template <typename Stored, typename Convert>
Tensor Converted(const Shape& shape, std::span<const std::byte> data, Convert convert) {
  Tensor tensor(DType::kFloat32, shape);
  const std::span<float> out = tensor.Data<float>();
  for (std::size_t i = 0; i < out.size(); ++i) {
    Stored stored{};
    std::memcpy(&stored, data.data() + i * sizeof(Stored), sizeof(Stored));
    out[i] = convert(stored);
  }
  return tensor;
}

/// Element type as NumPy spells it.
struct Spelling {
  std::string_view descr;
  DType dtype;
};
constexpr std::array kSpellings = {
    Spelling{"<f4", DType::kFloat32}, Spelling{"|i1", DType::kInt8},
    Spelling{"<i2", DType::kInt16},   Spelling{"<i4", DType::kInt32},
    Spelling{"<i8", DType::kInt64},   Spelling{"|u1", DType::kUint8},
    Spelling{"|b1", DType::kBool},    Spelling{"<f2", DType::kFloat16}};

std::size_t StoredSize(const std::string& descr) {
  if (descr == "<f8") return 8;
  for (const Spelling& spelling : kSpellings) {
    if (spelling.descr == descr) return SizeOf(spelling.dtype);
  }
  Fail(fmt::format("element type '{}' is not supported; store float32", descr));
}

/// Elements in stored order under `shape`.
Tensor ParseData(const std::string& descr, const Shape& shape,
                 std::span<const std::byte> data) {
  if (descr == "<f8") {
    return Converted<double>(shape, data, [](double x) { return static_cast<float>(x); });
  }
  if (descr == "<f2") return Converted<std::uint16_t>(shape, data, WidenFloat16);
  for (const Spelling& spelling : kSpellings) {
    if (spelling.descr != descr) continue;
    Tensor tensor(spelling.dtype, shape);
    std::memcpy(tensor.bytes().data(), data.data(), tensor.bytes().size());
    return tensor;
  }
  return {};
}

/// Row-major copy of elements that lie column-major.
Tensor FromFortranOrder(const Tensor& stored) {
  Tensor ordered(stored.dtype(), stored.shape());
  const Shape& shape = stored.shape();
  const std::size_t size = SizeOf(stored.dtype());
  std::vector<std::int64_t> index(shape.size());
  for (std::size_t i = 0; i < ordered.size(); ++i) {
    std::int64_t source = 0;
    for (std::size_t axis = shape.size(); axis-- > 0;) {
      source = source * shape[axis] + index[axis];
    }
    std::memcpy(ordered.bytes().data() + i * size,
                stored.bytes().data() + static_cast<std::size_t>(source) * size, size);
    for (std::size_t axis = shape.size(); axis-- > 0;) {
      if (++index[axis] < shape[axis]) break;
      index[axis] = 0;
    }
  }
  return ordered;
}

/// Number of elements, or failure for what can't lie in `bytes` anyway.
std::size_t CheckedCount(const Shape& shape, std::size_t limit) {
  std::size_t count = 1;
  for (const std::int64_t size : shape) {
    if (size < 0) Fail("a negative size");
    if (size > 0 && count > limit / static_cast<std::size_t>(size)) {
      Fail("fewer elements than the shape asks for");
    }
    count *= static_cast<std::size_t>(size);
  }
  return count;
}

std::string_view DescrOf(DType dtype) {
  for (const Spelling& spelling : kSpellings) {
    if (spelling.dtype == dtype) return spelling.descr;
  }
  return "";
}

std::string ShapeTuple(const Shape& shape) {
  return shape.size() == 1 ? fmt::format("({},)", shape[0])
                           : fmt::format("({})", fmt::join(shape, ", "));
}

}  // namespace

Tensor ParseNpy(std::span<const std::byte> bytes) {
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (!text.starts_with(kMagic) || bytes.size() < 12) Fail("no NumPy array");
  const bool is_version_1 = text[6] == 1;
  std::uint32_t length = 0;
  std::memcpy(&length, bytes.data() + 8, is_version_1 ? 2 : 4);
  const std::size_t start = is_version_1 ? 10 : 12;
  if (length > bytes.size() - start) Fail("the header is cut short");
  const Header header = ParseHeader(text.substr(start, length));
  const std::span<const std::byte> data = bytes.subspan(start + length);
  const std::size_t stored_size = StoredSize(header.descr);
  const std::size_t count = CheckedCount(header.shape, data.size() / stored_size);
  if (count * stored_size > data.size()) Fail("fewer elements than the shape asks for");
  Tensor tensor = ParseData(header.descr, header.shape, data);
  return header.fortran_order ? FromFortranOrder(tensor) : tensor;
}

std::vector<std::byte> PrintNpy(const Tensor& tensor) {
  std::string header =
      fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': {}, }}",
                  DescrOf(tensor.dtype()), ShapeTuple(tensor.shape()));
  const std::size_t prefix = kMagic.size() + 4;
  header.resize((prefix + header.size()) / kAlignment * kAlignment + kAlignment - prefix,
                ' ');
  header.back() = '\n';
  std::string text(kMagic);
  text += {1, 0, static_cast<char>(header.size() & 0xFFU),
           static_cast<char>(header.size() >> 8U)};
  text += header;
  std::vector<std::byte> bytes(text.size() + tensor.bytes().size());
  std::memcpy(bytes.data(), text.data(), text.size());
  std::ranges::copy(tensor.bytes(),
                    bytes.begin() + static_cast<std::ptrdiff_t>(text.size()));
  return bytes;
}

}  // namespace kinglet
