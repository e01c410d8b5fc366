// Columns are as wide as their widest cell; a column without any content is left out.
#include "report/listing.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

namespace kinglet {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kColumns = 7;
using Cells = std::array<std::string, kColumns>;

const Cells& Header() {
  static const Cells kHeader = {"name",  "kind",       "shape", "type",
                                "scale", "parameters", "MACs"};
  return kHeader;
}

std::string Count(std::int64_t count) {
  return count == 0 ? "" : fmt::format("{}", count);
}

/// Fused chains join the names of all their layers: the end tells them apart.
std::string Shortened(const std::string& name) {
  constexpr std::size_t kLongest = 48;
  if (name.size() <= kLongest) return name;
  return fmt::format("...{}", name.substr(name.size() - kLongest + 3));
}

Cells CellsOf(const ListingRow& row) {
  return {Shortened(row.name),   row.kind,       row.shape, row.dtype, row.scale,
          Count(row.parameters), Count(row.macs)};
}

/// Width of each column; 0 for one without content.
std::array<std::size_t, kColumns> Widths(const std::vector<Cells>& rows) {
  std::array<std::size_t, kColumns> widths{};
  for (std::size_t column = 0; column < kColumns; ++column) {
    for (const Cells& row : rows) {
      widths.at(column) = std::max(widths.at(column), row.at(column).size());
    }
    if (widths.at(column) > 0) {
      widths.at(column) = std::max(widths.at(column), Header().at(column).size());
    }
  }
  return widths;
}

std::string Line(const Cells& cells, const std::array<std::size_t, kColumns>& widths) {
  constexpr std::size_t kFirstNumber = 5;
  std::string line;
  for (std::size_t column = 0; column < kColumns; ++column) {
    if (widths.at(column) == 0) continue;
    if (!line.empty()) line += "  ";
    line += column < kFirstNumber
                ? fmt::format("{:<{}}", cells.at(column), widths.at(column))
                : fmt::format("{:>{}}", cells.at(column), widths.at(column));
  }
  line.resize(line.find_last_not_of(' ') + 1);
  return line + "\n";
}

}  // namespace

std::int64_t Listing::Parameters() const {
  std::int64_t sum = 0;
  for (const ListingRow& row : rows) sum += row.parameters;
  return sum;
}

std::int64_t Listing::Macs() const {
  std::int64_t sum = 0;
  for (const ListingRow& row : rows) sum += row.macs;
  return sum;
}

std::string PrintText(const Listing& listing) {
  std::string text = fmt::format("{} ({})\n", listing.path, listing.format);
  for (const auto& [label, value] : listing.facts) {
    text += fmt::format("{:<12} {}\n", label, value);
  }
  std::vector<Cells> rows;
  for (const ListingRow& row : listing.rows) rows.push_back(CellsOf(row));
  const auto widths = Widths(rows);
  text += fmt::format("\n{}", Line(Header(), widths));
  for (const Cells& row : rows) text += Line(row, widths);
  text += fmt::format("\n{} rows, {} parameters, {} MACs\n", listing.rows.size(),
                      listing.Parameters(), listing.Macs());
  return text;
}

std::string PrintJson(const Listing& listing) {
  Json json = {{"path", listing.path}, {"format", listing.format}};
  for (const auto& [label, value] : listing.facts) json[label] = value;
  json["parameters"] = listing.Parameters();
  json["macs"] = listing.Macs();
  json["rows"] = Json::array();
  for (const ListingRow& row : listing.rows) {
    json["rows"].push_back({{"name", row.name},
                            {"kind", row.kind},
                            {"shape", row.shape},
                            {"dtype", row.dtype},
                            {"scale", row.scale},
                            {"parameters", row.parameters},
                            {"macs", row.macs}});
  }
  constexpr int kIndent = 2;
  return json.dump(kIndent, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace kinglet
