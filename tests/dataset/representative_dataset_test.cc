#include "kinglet/representative_dataset.h"

#include <gmock/gmock.h>

#include <fstream>

#include "dataset/draw.h"
#include "dataset/find_recordings.h"
#include "kinglet/error.h"
#include "tests/support/audio_vectors.h"

namespace kinglet {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;

AudioConfig StoredConfig(Frontend frontend, MagScale scale) {
  return {.sample_rate_hz = 24000,
          .num_mels = 64,
          .spec_width = 256,
          .fft_length = 512,
          .chunk_duration_s = 3.0,
          .max_duration_s = 30.0,
          .frontend = frontend,
          .mag_scale = scale};
}

struct TempFolder {
  fs::path path = fs::path(testing::TempDir()) / "representative_dataset_test";
  TempFolder() {
    fs::remove_all(path);
    fs::create_directories(path);
  }
  ~TempFolder() { fs::remove_all(path); }
  void Touch(const std::string& name) const {
    fs::create_directories((path / name).parent_path());
    std::ofstream(path / name) << "x";
  }
};

template <typename Body>
ErrorKind KindOf(Body&& body) {
  try {
    body();
  } catch (const Error& error) {
    return error.kind();
  }
  return ErrorKind{};
}

TEST(RepresentativeDatasetTest, SkipsWhatThePythonGeneratorSkips) {
  const std::map<std::string, AudioConfig> frontends = {
      {"raw", StoredConfig(Frontend::kRaw, MagScale::kNone)},
      {"hybrid", StoredConfig(Frontend::kHybrid, MagScale::kNone)},
      {"librosa_none", StoredConfig(Frontend::kLibrosa, MagScale::kNone)},
      {"librosa_pwl", StoredConfig(Frontend::kLibrosa, MagScale::kPwl)},
      {"librosa_db", StoredConfig(Frontend::kLibrosa, MagScale::kDb)},
      {"librosa_pcen", StoredConfig(Frontend::kLibrosa, MagScale::kPcen)}};
  for (const AudioVectors& vectors : AllAudioVectors()) {
    for (const auto& [name, about] : vectors.index()["cases"].items()) {
      if (!vectors.Has("wav/" + name + ".wav")) continue;
      for (const auto& [key, verdict] : about["representative_data_gen"].items()) {
        SCOPED_TRACE(name + " " + key);
        RepresentativeDataset dataset({vectors.Path("wav/" + name + ".wav")},
                                      frontends.at(key));
        EXPECT_EQ(dataset.Next().has_value(), verdict == "yielded");
        EXPECT_EQ(dataset.records()[0].used, verdict == "yielded");
      }
    }
  }
}

TEST(RepresentativeDatasetTest, IteratesOnceOverWhatCanBeUsedAndRecordsTheRest) {
  const AudioVectors vectors = AllAudioVectors().front();
  const AudioConfig config = StoredConfig(Frontend::kRaw, MagScale::kNone);
  RepresentativeDataset dataset(
      {vectors.Path("wav/c32.wav"), vectors.Path("decode/junk.wav"),
       vectors.Path("decode/empty.wav"), vectors.Path("decode/float32.wav"),
       "no/such/file.wav"},
      config);
  std::size_t count = 0;
  for (const SampleTensor& tensor : dataset) {
    EXPECT_THAT(tensor.shape, ElementsAre(1, 72000, 1));
    EXPECT_EQ(tensor.values.size(), 72000);
    ++count;
  }
  EXPECT_EQ(count, 1);
  std::map<std::string, std::string> reasons;
  for (const SampleRecord& record : dataset.records()) {
    reasons[fs::path(record.name).filename()] = record.reason;
  }
  EXPECT_THAT(reasons, ElementsAre(testing::Pair("c32.wav", ""),
                                   testing::Pair("empty.wav", "empty"),
                                   testing::Pair("file.wav", "unreadable"),
                                   testing::Pair("float32.wav", "silent"),
                                   testing::Pair("junk.wav", "unreadable")));
}

TEST(RepresentativeDatasetTest, RefusesWhatCannotCalibrate) {
  const AudioConfig config = StoredConfig(Frontend::kHybrid, MagScale::kNone);
  EXPECT_EQ(KindOf([&] { RepresentativeDataset({"a.wav"}, config, 0); }),
            ErrorKind::kUsage);
  EXPECT_EQ(KindOf([&] { RepresentativeDataset({"a.wav"}, config, -1); }),
            ErrorKind::kUsage);
  EXPECT_EQ(KindOf([&] { RepresentativeDataset({}, config); }), ErrorKind::kData);
  const AudioConfig mfcc = StoredConfig(Frontend::kMfcc, MagScale::kNone);
  EXPECT_EQ(KindOf([&] { RepresentativeDataset({"a.wav"}, mfcc); }), ErrorKind::kUsage);
}

TEST(DrawRecordingsTest, HeldOutRecordingsDidNotCalibrate) {
  std::vector<fs::path> files;
  for (int i = 0; i < 50; ++i) files.push_back("f" + std::to_string(i));
  const Draw draw = DrawRecordings(files, 10, 100, 42);
  EXPECT_EQ(draw.calibration.size(), 10);
  EXPECT_EQ(draw.held_out.size(), 40);
  for (const fs::path& file : draw.held_out) {
    EXPECT_THAT(draw.calibration, testing::Not(testing::Contains(file)));
  }
  // random.Random(42).sample(range(50), 10)
  EXPECT_EQ(draw.calibration[0], "f40");
  EXPECT_EQ(draw.calibration[1], "f7");
  EXPECT_EQ(draw.calibration[2], "f1");
}

TEST(FindRecordingsTest, FoldersAreReadRecursivelyAndSorted) {
  const TempFolder folder;
  for (const char* name : {"b/2.wav", "b/1.WAV", "a.flac", "notes.txt", ".hidden.wav",
                           ".git/x.wav", "c/d/e.mp3"}) {
    folder.Touch(name);
  }
  const std::vector<fs::path> paths = {folder.path};
  EXPECT_THAT(FindRecordings(paths),
              ElementsAre(folder.path / "a.flac", folder.path / "b/1.WAV",
                          folder.path / "b/2.wav", folder.path / "c/d/e.mp3"));
}

TEST(FindRecordingsTest, FilesStandAsTheyAreGiven) {
  const TempFolder folder;
  folder.Touch("b.wav");
  folder.Touch("a.bin");
  const std::vector<fs::path> paths = {folder.path / "b.wav", folder.path / "a.bin"};
  EXPECT_EQ(FindRecordings(paths), paths);
}

TEST(FindRecordingsTest, AMissingPathIsAnInputError) {
  const std::vector<fs::path> paths = {"no/such/folder"};
  EXPECT_EQ(KindOf([&] { (void)FindRecordings(paths); }), ErrorKind::kIo);
}

}  // namespace
}  // namespace kinglet
