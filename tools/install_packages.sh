#!/usr/bin/env bash
# install_packages.sh GROUP...: installs the Debian packages of these groups that are missing.
#
# The list is debian-packages.txt. Where nothing is missing it does and says nothing.
set -euo pipefail

list=$(dirname "$0")/debian-packages.txt

if ! command -v dpkg-query >/dev/null; then
  echo "install_packages: no Debian system; the needed packages are listed in $list" >&2
  exit 0
fi

missing=()
for group in "$@"; do
  while read -r package; do
    status=$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null || true)
    [ "$status" = installed ] || missing+=("$package")
  done < <(awk -v group="$group" '$1 == group { print $2 }' "$list")
done
[ ${#missing[@]} -gt 0 ] || exit 0

echo "Installing Debian packages: ${missing[*]}"
as_root=()
if [ "$(id -u)" -ne 0 ]; then
  if ! command -v sudo >/dev/null; then
    echo "install_packages: neither root nor sudo; as root: apt-get install ${missing[*]}" >&2
    exit 1
  fi
  as_root=(sudo)
fi
"${as_root[@]}" apt-get update -qq
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
  apt-get install -y -qq --no-install-recommends "${missing[@]}"
