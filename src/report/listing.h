// What `inspect` shows of a model file.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace kinglet {

/// A layer of a Keras file or an operator of a .tflite file.
struct ListingRow {
  std::string name;
  std::string kind;   ///< layer class or operator
  std::string shape;  ///< of the first result
  std::string dtype;
  std::string scale;  ///< "0.0235294/-128", "16 scales", or empty
  std::int64_t parameters = 0;
  std::int64_t macs = 0;
};

struct Listing {
  std::string path;
  std::string format;
  std::vector<std::pair<std::string, std::string>> facts;  ///< label and value
  std::vector<ListingRow> rows;

  [[nodiscard]] std::int64_t Parameters() const;
  [[nodiscard]] std::int64_t Macs() const;
};

/// A table with totals.
std::string PrintText(const Listing& listing);
std::string PrintJson(const Listing& listing);

}  // namespace kinglet
