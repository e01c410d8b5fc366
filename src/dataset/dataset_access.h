// What the pipeline takes from a RepresentativeDataset besides its public interface: any
// sample, from any thread.
#pragma once

#include "dataset/sample_loader.h"
#include "kinglet/representative_dataset.h"

namespace kinglet {

class DatasetAccess {
 public:
  static const SampleLoader& Loader(const RepresentativeDataset& dataset);
};

}  // namespace kinglet
