// One written file in the report.
#pragma once

#include "pipeline/convert_model.h"
#include "report/conversion_report.h"

namespace kinglet {

/// Adds what became of a part: its operators, tensors, trials, warnings. Of a model in
/// two files, its name stands before theirs.
void AddPart(const ConvertedPart& part, bool with_hash, ConversionReport& report);

}  // namespace kinglet
