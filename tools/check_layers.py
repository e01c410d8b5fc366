#!/usr/bin/env python3
"""Checks what each folder of src/ may include, where errors may be thrown, and file lengths.

Prints one line per finding and fails if there is any. Sources without a test of their own are
listed for information.
"""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# Folder: what it may include besides itself and include/kinglet/.
MAY_INCLUDE = {
    "schema": "",
    "base": "",
    "kernels": "base",
    "audio": "base kernels",
    "frontend": "base audio kernels",
    "dataset": "base audio frontend",
    "ir": "base",
    "ops": "base ir kernels schema",
    "import": "base ir ops",
    "passes": "base ir ops",
    "run": "base ir ops kernels",
    "calibrate": "base ir kernels ops run",
    "quantize": "base ir ops calibrate",
    "tune": "base ir kernels ops passes run calibrate quantize",
    "emit": "base ir ops schema",
    "verify": "base ir kernels run emit",
    "report": "base ir ops calibrate quantize tune verify dataset",
    "pipeline": "base audio frontend dataset ir ops import passes run calibrate quantize"
    " tune emit verify report schema",
    "cli": "base report pipeline",
}

# Folders and files that meet what users hand in. Everything else takes checked values and
# can't fail.
MAY_THROW = {
    "base",
    "audio",
    "frontend",
    "dataset",
    "ir/attribute_text.cc",
    "ir/parse.cc",
    "import",
    "calibrate",
    "emit",
    "report",
    "pipeline",
    "cli",
}

MAX_LINES = 300

INCLUDE = re.compile(r'^\s*#\s*include\s+"(?:src/)?([^"]+)"', re.MULTILINE)


def files_of(folder):
    return sorted(p for p in (ROOT / folder).rglob("*") if p.suffix in (".h", ".cc"))


def wrong_includes(path, folder, allowed):
    """Quoted includes of another folder of src/ that `folder` may not use."""
    for target in INCLUDE.findall(path.read_text()):
        layer = target.split("/")[0]
        if layer in MAY_INCLUDE and layer != folder and layer not in allowed:
            yield f"{path.relative_to(ROOT)}: {folder or 'include'} must not include {target}"


def check_source(path):
    name = path.relative_to(ROOT / "src").as_posix()
    folder = name.split("/")[0]
    if folder not in MAY_INCLUDE:
        return [f"src/{name}: the folder is missing in the table of tools/check_layers.py"]
    findings = list(wrong_includes(path, folder, MAY_INCLUDE[folder].split()))
    text = path.read_text()
    if "throw Error" in text and not {folder, name} & MAY_THROW:
        findings.append(f"src/{name}: {folder} must not throw Error")
    lines = text.count("\n")
    if lines > MAX_LINES:
        findings.append(f"src/{name}: {lines} lines, at most {MAX_LINES}")
    return findings


def untested_sources():
    """Sources x/y.cc without tests/x/y_test.cc, as {folder: [stems]}."""
    missing = {}
    for path in files_of("src"):
        folder = path.parent.name
        test = ROOT / "tests" / folder / f"{path.stem}_test.cc"
        if path.suffix == ".cc" and not test.exists():
            missing.setdefault(folder, []).append(path.stem)
    return missing


def main():
    findings = [f for path in files_of("src") for f in check_source(path)]
    for path in files_of("include"):
        findings += wrong_includes(path, "", [])
    for folder, stems in untested_sources().items():
        print(f"note: no test file of their own in {folder}: {' '.join(stems)}")
    for finding in findings:
        print(finding)
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
