// The findings about samples as JSON, which several reports hold.
#pragma once

#include <nlohmann/json.hpp>

#include "report/data_warnings.h"

namespace kinglet {

nlohmann::ordered_json JsonOf(const DataFindings& findings);
nlohmann::ordered_json JsonOf(const OutsideFindings& findings);

}  // namespace kinglet
