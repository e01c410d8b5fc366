// Runs the program as a user does.
#pragma once

#include <sys/wait.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "tests/support/temporary_folder.h"

namespace kinglet {

struct ProgramResult {
  int exit_code = -1;  ///< 128 + the signal's number when one ended it
  std::string out;
  std::string err;
};

inline std::string TextOf(const std::filesystem::path& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

/// `kinglet ARGUMENTS` in a shell; `before` are shell commands that run first.
inline ProgramResult RunProgram(const std::string& arguments,
                                const std::string& before = "") {
  const TemporaryFolder folder;
  const std::string out = folder.path() / "out";
  const std::string err = folder.path() / "err";
  const std::string command =
      before + " " KINGLET_PROGRAM " " + arguments + " >" + out + " 2>" + err;
  const int status = std::system(command.c_str());
  const int code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  return {code, TextOf(out), TextOf(err)};
}

}  // namespace kinglet
