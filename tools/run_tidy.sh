#!/usr/bin/env bash
# run_tidy.sh [PATTERN]: clang-tidy over the sources whose path matches (default: all). They
# are checked a folder at a time: most of the time goes into the headers they share.
set -euo pipefail
cd "$(dirname "$0")/.."

cmake --preset tidy >/dev/null
cmake --build build/tidy --target tflite_header >/dev/null
run-clang-tidy-14 -quiet -p build/tidy -j "$(nproc)" "${1:-.*}" 2>&1 |
  { grep -Ev '^(clang-tidy-14 |[0-9]+ warnings? generated|Suppressed |Use -header-filter)|^$' || true; }
