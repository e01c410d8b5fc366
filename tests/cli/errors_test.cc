// Bad input: one line that names the file, the place and the remedy, the documented exit
// code, and no file left behind.
#include <gmock/gmock.h>

#include <cmath>
#include <fstream>
#include <limits>

#include "base/npz.h"
#include "tests/support/edited_model.h"
#include "tests/support/program.h"

namespace kinglet {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

const std::string kExamples = KINGLET_SOURCE_DIR "/examples/";
const std::string kModel = kExamples + "model.keras";
const std::string kConfig = " --config " + kExamples + "model_config.json";
const std::string kAudio = " --audio " + kExamples + "recordings --num-samples 4";

class BadInput : public testing::Test {
 protected:
  [[nodiscard]] std::string Path(const std::string& name) const {
    return folder_.path() / name;
  }
  [[nodiscard]] std::string Output() const { return " -o " + Path("out.tflite"); }

  /// `convert` fails with this code and says this, in one line, and leaves nothing.
  void ExpectConvertFails(const std::string& arguments, int code,
                          const testing::Matcher<const std::string&>& message) const {
    const ProgramResult result =
        RunProgram("convert " + arguments + " --quiet" + Output());
    EXPECT_EQ(result.exit_code, code) << result.err;
    EXPECT_THAT(result.err, AllOf(StartsWith("kinglet: "), message));
    EXPECT_EQ(std::ranges::count(result.err, '\n'), 1) << result.err;
    for (const auto& entry : fs::directory_iterator(folder_.path())) {
      EXPECT_THAT(entry.path().filename().string(), testing::Not(HasSubstr("tflite")));
    }
  }
  /// The same for the example model after a change.
  void ExpectModelFails(const KerasArchive& archive, int code,
                        const testing::Matcher<const std::string&>& message) const {
    WriteArchive(Path("model.keras"), archive);
    ExpectConvertFails(Path("model.keras") + kConfig + kAudio, code,
                       AllOf(HasSubstr("model.keras"), message));
  }
  void Write(const std::string& name, const std::string& text) const {
    std::ofstream(Path(name)) << text;
  }

  TemporaryFolder folder_;
};

TEST_F(BadInput, AMissingModel) {
  ExpectConvertFails(Path("none.keras") + kConfig + kAudio, 3, HasSubstr("none.keras"));
}

TEST_F(BadInput, AnEmptyModel) {
  Write("model.keras", "");
  ExpectConvertFails(Path("model.keras") + kConfig + kAudio, 4, HasSubstr("model.keras"));
}

TEST_F(BadInput, ATextFileCalledKeras) {
  Write("model.keras", "this is not a model, whatever its name says\n");
  ExpectConvertFails(Path("model.keras") + kConfig + kAudio, 4, HasSubstr("model.keras"));
}

TEST_F(BadInput, AModelCutShort) {
  const std::string whole = TextOf(kModel);
  Write("model.keras", whole.substr(0, whole.size() / 2));
  ExpectConvertFails(Path("model.keras") + kConfig + kAudio, 4, HasSubstr("model.keras"));
}

TEST_F(BadInput, AZipWithoutConfiguration) {
  KerasArchive archive = ExampleArchive();
  archive.config.clear();
  ExpectModelFails(archive, 4, HasSubstr("config.json"));
}

TEST_F(BadInput, WeightsOfAnotherShape) {
  ExpectModelFails(WithConfig(ExampleArchive(),
                              [](nlohmann::json& config) {
                                LayerNamed(config, "pred")["config"]["units"] = 7;
                              }),
                   4, AllOf(HasSubstr("layer 'pred' (Dense)"), HasSubstr("x7")));
}

TEST_F(BadInput, AMissingWeight) {
  const auto remove = [](hid_t file) {
    ASSERT_GE(H5Ldelete(file, "layers/dense/vars/1", H5P_DEFAULT), 0);
  };
  ExpectModelFails(WithWeights(ExampleArchive(), remove), 4,
                   HasSubstr("layer 'pred' (Dense)"));
}

TEST_F(BadInput, AWeightThatNoLayerHas) {
  const auto rename = [](nlohmann::json& config) {
    LayerNamed(config, "pred")["config"]["use_bias"] = false;
  };
  ExpectModelFails(WithConfig(ExampleArchive(), rename), 4, HasSubstr("pred"));
}

TEST_F(BadInput, NanInAWeightIsAWarning) {
  const auto spoil = [](hid_t file) {
    FillDataset(file, "layers/dense/vars/1", std::numeric_limits<float>::quiet_NaN());
  };
  WriteArchive(Path("model.keras"), WithWeights(ExampleArchive(), spoil));
  const ProgramResult result = RunProgram("convert " + Path("model.keras") + kConfig +
                                          kAudio + " --validate 0" + Output());
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, AllOf(HasSubstr("warning"), HasSubstr("pred")));
}

TEST_F(BadInput, ALambda) {
  const auto to_lambda = [](nlohmann::json& config) {
    LayerNamed(config, "dropout")["class_name"] = "Lambda";
  };
  ExpectModelFails(WithConfig(ExampleArchive(), to_lambda), 5,
                   AllOf(HasSubstr("layer 'dropout' (Lambda)"), HasSubstr("replace")));
}

TEST_F(BadInput, AnUnknownClass) {
  const auto to_unknown = [](nlohmann::json& config) {
    nlohmann::json& layer = LayerNamed(config, "dropout");
    layer["class_name"] = "FancyPooling";
    layer["module"] = "training.layers";
  };
  ExpectModelFails(WithConfig(ExampleArchive(), to_unknown), 5,
                   HasSubstr("layer 'dropout' (FancyPooling)"));
}

TEST_F(BadInput, AFolderWithoutSound) {
  fs::create_directory(Path("empty"));
  ExpectConvertFails(kModel + kConfig + " --audio " + Path("empty"), 6,
                     AllOf(HasSubstr("empty"), HasSubstr("no sound file")));
}

TEST_F(BadInput, OnlySilentRecordings) {
  ExpectConvertFails(kModel + kConfig + " --audio " + kExamples + "recordings/silence", 6,
                     HasSubstr("1 silent"));
}

TEST_F(BadInput, NoSamplesWanted) {
  for (const std::string count : {"0", "-3"}) {
    ExpectConvertFails(
        kModel + kConfig + " --audio " + kExamples + "recordings --num-samples " + count,
        2, HasSubstr("--num-samples"));
  }
}

TEST_F(BadInput, UnknownFrontEndAndScaling) {
  ExpectConvertFails(kModel + kConfig + kAudio + " --frontend wavelet", 2,
                     AllOf(HasSubstr("wavelet"), HasSubstr("hybrid")));
  ExpectConvertFails(kModel + kConfig + kAudio + " --mag-scale cubic", 2,
                     AllOf(HasSubstr("cubic"), HasSubstr("pcen")));
  Write("config.json", R"({"audio_frontend": "wavelet"})");
  ExpectConvertFails(kModel + kAudio + " --config " + Path("config.json"), 2,
                     AllOf(HasSubstr("config.json"), HasSubstr("wavelet")));
}

TEST_F(BadInput, AConfigurationThatLacksAKey) {
  auto config = nlohmann::json::parse(TextOf(kExamples + "model_config.json"));
  for (const std::string key :
       {"sample_rate", "fft_length", "spec_width", "chunk_duration", "audio_frontend"}) {
    auto lacking = config;
    lacking.erase(key);
    Write("config.json", lacking.dump());
    ExpectConvertFails(kModel + kAudio + " --config " + Path("config.json"), 2,
                       AllOf(HasSubstr("config.json"), HasSubstr("'" + key + "'")));
  }
}

TEST_F(BadInput, AConfigurationThatIsNoJson) {
  Write("config.json", "{");
  ExpectConvertFails(kModel + kAudio + " --config " + Path("config.json"), 4,
                     HasSubstr("config.json"));
  ExpectConvertFails(kModel + kAudio + " --config " + Path("none.json"), 3,
                     HasSubstr("none.json"));
}

TEST_F(BadInput, FeaturesOfAnotherShapeThanTheInput) {
  ExpectConvertFails(kModel + kConfig + kAudio + " --spec-width 64", 2,
                     AllOf(HasSubstr("1x257x64x1"), HasSubstr("1x257x128x1")));
}

TEST_F(BadInput, AnOutputFolderThatIsNotThere) {
  const ProgramResult result = RunProgram("convert " + kModel + kConfig + kAudio +
                                          " --quiet -o " + Path("none/out.tflite"));
  EXPECT_EQ(result.exit_code, 3);
  EXPECT_THAT(result.err, HasSubstr("none/out.tflite"));
}

TEST_F(BadInput, ArraysOfAnotherNameOrShape) {
  const auto with = [&](const std::string& name, const Shape& shape) {
    const std::vector<NamedTensor> arrays = {{name, Tensor(DType::kFloat32, shape)},
                                             {"other", Tensor(DType::kFloat32, {2, 3})}};
    WriteNpz(Path("data.npz"), arrays);
    return kModel + " --calibration " + Path("data.npz");
  };
  ExpectConvertFails(with("spectrogram", {2, 257, 128, 1}), 6,
                     AllOf(HasSubstr("data.npz"), HasSubstr("'linear_spectrogram_input'"),
                           HasSubstr("'spectrogram'")));
  ExpectConvertFails(with("linear_spectrogram_input", {2, 257, 64, 1}), 6,
                     AllOf(HasSubstr("data.npz"), HasSubstr("Nx257x128x1")));
  Write("data.npz", "no archive");
  ExpectConvertFails(kModel + " --calibration " + Path("data.npz"), 4,
                     HasSubstr("data.npz"));
}

TEST_F(BadInput, OptionsThatExcludeEachOther) {
  ExpectConvertFails(kModel, 2, HasSubstr("--audio"));
  ExpectConvertFails(kModel + kConfig + kAudio + " --calibration x.npz", 2,
                     HasSubstr("exclude"));
  ExpectConvertFails(kModel + " --quantization int4", 2, HasSubstr("--quantization"));
  ExpectConvertFails(kModel + kConfig + kAudio + " --int16 1 --float 1", 2,
                     HasSubstr("exclude"));
  ExpectConvertFails(kModel + kConfig + kAudio + " --int16 -1", 2, HasSubstr("--int16"));
  ExpectConvertFails(kModel + " --quantization dynamic --float 1", 2,
                     HasSubstr("--quantization ptq"));
  ExpectConvertFails(kModel + kConfig + kAudio + " --report r.pdf", 2,
                     HasSubstr("r.pdf"));
}

TEST_F(BadInput, ALayerWhereTheModelCantBeCut) {
  const std::string convert = kModel + kConfig + kAudio;
  ExpectConvertFails(convert + " --split-head gab", 2,
                     AllOf(HasSubstr("no such layer"), HasSubstr("'gap'")));
  ExpectConvertFails(convert + " --split-head stage1_ds2_dw", 2,
                     AllOf(HasSubstr("goes around it"), HasSubstr("stage1_ds")));
  ExpectConvertFails(convert + " --split-head pred", 2, HasSubstr("'dropout'"));
  ExpectConvertFails(convert + " --split-head gap --int16 1", 2, HasSubstr("--int16"));
  ExpectConvertFails(kModel + " --quantization none --split-head gap", 2,
                     HasSubstr("--quantization ptq"));
  ExpectConvertFails(convert + " --output-activation softmax", 2, HasSubstr("logits"));
}

TEST_F(BadInput, APartThatCantBeWrittenLeavesBothOldOnes) {
  Write("out_backbone.tflite", "the old backbone");
  fs::create_directory(Path("out_head.tflite"));
  const std::string convert =
      "convert " + kModel + kConfig + kAudio + " --split-head gap --quiet" + Output();
  EXPECT_EQ(RunProgram(convert).exit_code, 3);
  EXPECT_EQ(TextOf(Path("out_backbone.tflite")), "the old backbone");
  fs::remove(Path("out_head.tflite"));
  Write("out_head.tflite", "the old head");
  EXPECT_EQ(RunProgram(convert + " --min-cosine 1.1").exit_code, 7);
  EXPECT_EQ(TextOf(Path("out_backbone.tflite")), "the old backbone");
  EXPECT_EQ(TextOf(Path("out_head.tflite")), "the old head");
  EXPECT_EQ(RunProgram(convert).exit_code, 0);
  EXPECT_EQ(TextOf(Path("out_backbone.tflite")).substr(4, 4), "TFL3");
  EXPECT_EQ(TextOf(Path("out_head.tflite")).substr(4, 4), "TFL3");
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_.path()), {}), 2);
}

TEST_F(BadInput, AFullDiskLeavesTheOldOutput) {
  fs::create_directory(Path("disk"));
  const std::string mount =
      "mount -t tmpfs -o size=32k tmpfs " + Path("disk") + " 2>/dev/null && ";
  const bool mounted = std::system((mount + "true").c_str()) == 0;
  // Without the right to mount, a limit on the size of files stands in for the full disk.
  const std::string before = mounted ? "" : "ulimit -f 40;";
  const std::string output = Path("disk/out.tflite");
  Write("disk/out.tflite", "the old output");
  const ProgramResult result = RunProgram(
      "convert " + kModel + kConfig + kAudio + " --quiet -o " + output, before);
  const std::string left = TextOf(output);
  const auto files = std::distance(fs::directory_iterator(Path("disk")), {});
  const std::string unmount = mounted ? "umount " + Path("disk") : "true";
  EXPECT_EQ(std::system(unmount.c_str()), 0);
  EXPECT_EQ(result.exit_code, 3) << result.err;
  EXPECT_THAT(result.err, HasSubstr("out.tflite"));
  EXPECT_EQ(left, "the old output");
  EXPECT_EQ(files, 1);
}

TEST_F(BadInput, AFailedGateLeavesTheOldOutput) {
  Write("out.tflite", "the old output");
  for (const std::string gate : {"--min-cosine 1.1", "--min-cosine-p05 1.1"}) {
    const ProgramResult result = RunProgram("convert " + kModel + kConfig + kAudio +
                                            " --quiet " + gate + Output());
    EXPECT_EQ(result.exit_code, 7) << result.err;
    EXPECT_THAT(result.err, HasSubstr("1.1"));
    EXPECT_EQ(TextOf(Path("out.tflite")), "the old output");
    EXPECT_EQ(std::distance(fs::directory_iterator(folder_.path()), {}), 1);
  }
}

TEST_F(BadInput, AnInterruptLeavesTheOldOutputOrTheNew) {
  const std::string convert = "timeout -s INT ";
  for (const std::string seconds : {"0.05", "0.1", "0.2", "0.3"}) {
    Write("out.tflite", "the old output");
    RunProgram("convert " + kModel + kConfig + kAudio + " --quiet" + Output(),
               convert + seconds);
    const std::string left = TextOf(Path("out.tflite"));
    EXPECT_TRUE(left == "the old output" || left.substr(4, 4) == "TFL3");
    EXPECT_EQ(std::distance(fs::directory_iterator(folder_.path()), {}), 1);
  }
}

}  // namespace
}  // namespace kinglet
