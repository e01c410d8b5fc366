#!/usr/bin/env bash
# run_oracle.sh VENV TEST.py [ARGUMENT...]: runs a test in a Python environment with the
# packages of requirements.txt, which it makes on first use.
#
# Exits with 77 (ctest: skipped) where the environment can't be made, e.g. without network.
set -uo pipefail

venv=$1
shift
requirements=$(dirname "$0")/requirements.txt
stamp=$venv/requirements.txt

make_environment() {
  rm -rf "$venv"
  python3 -m venv "$venv" &&
    "$venv/bin/pip" install --quiet --disable-pip-version-check -r "$requirements" &&
    cp "$requirements" "$stamp"
}

mkdir -p "$(dirname "$venv")"
exec 9>"$venv.lock"
flock 9
if ! cmp --silent "$requirements" "$stamp"; then
  echo "Making the Python environment $venv"
  if ! log=$(make_environment 2>&1); then
    echo "$log" | tail -5
    echo "SKIPPED: no Python environment for the oracle tests (see above); they need" \
      "python3-venv and a package index"
    exit 77
  fi
fi
exec 9>&-

exec "$venv/bin/python" "$@"
