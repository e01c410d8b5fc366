// kinglet: parses the command line, runs one command, and turns whatever goes wrong into
// one line on stderr and the documented exit code.
#include <fmt/format.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

#include <CLI/CLI.hpp>
#include <exception>
#include <string>

#include "cli/commands.h"
#include "cli/signals.h"
#include "kinglet/error.h"
#include "kinglet/version.h"

namespace kinglet {
namespace {

constexpr int kOurBug = 1;

constexpr const char* kFooter =
    "Exit codes: 0 done; 1 a bug of the program; 2 wrong usage; 3 a file can't be read "
    "or\n"
    "written; 4 a file is corrupt; 5 the model is not supported; 6 no usable data; 7 a\n"
    "quality gate failed.";

/// glibc returns each large block to the system when it is freed, and the next one of the
/// same size comes page by page again: a tenth of the time of a conversion.
void KeepFreedMemory() {
#ifdef __GLIBC__
  constexpr int kMegabyte = 1 << 20;
  mallopt(M_MMAP_THRESHOLD, 64 * kMegabyte);
  mallopt(M_TRIM_THRESHOLD, 256 * kMegabyte);
#endif
}

/// One line, whatever the message holds.
void PrintError(std::string message) {
  for (char& c : message) {
    if (c == '\n' || c == '\r') c = ' ';
  }
  fmt::print(stderr, "kinglet: {}\n", message);
}

int Parse(CLI::App& app, int argc, char** argv) {
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& wish) {  // --help, --version
    return app.exit(wish);
  } catch (const CLI::ParseError& error) {
    PrintError(fmt::format("{}; see kinglet --help", error.what()));
    return static_cast<int>(ErrorKind::kUsage);
  }
  return 0;
}

int Main(int argc, char** argv) {
  CLI::App app(
      "kinglet turns a trained Keras audio model into an INT8 TensorFlow Lite file.",
      "kinglet");
  app.footer(kFooter);
  app.set_version_flag("--version", fmt::format("kinglet {}", kVersion));
  app.require_subcommand(1);
  Action action;
  AddConvert(app, action);
  AddInspect(app, action);
  AddLayers(app, action);
  AddRun(app, action);
  AddFeatures(app, action);
  AddValidate(app, action);
  const int code = Parse(app, argc, argv);
  if (code != 0 || !action) return code;
  EndCleanlyOnSignals();
  action();
  return 0;
}

}  // namespace
}  // namespace kinglet

int main(int argc, char** argv) {
  kinglet::KeepFreedMemory();
  try {
    return kinglet::Main(argc, argv);
  } catch (const kinglet::Error& error) {
    kinglet::PrintError(error.what());
    return static_cast<int>(error.kind());
  } catch (const std::bad_alloc&) {
    kinglet::PrintError("out of memory");
  } catch (const std::exception& error) {
    kinglet::PrintError(fmt::format("internal error: {}", error.what()));
  }
  return kinglet::kOurBug;
}
