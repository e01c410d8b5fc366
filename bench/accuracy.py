#!/usr/bin/env python3
"""How much INT8 files of each recipe lose, as tables in Markdown.

Over parity packs (a folder of cases, each with model.keras, calibration.npz and eval.npz):

    bench/accuracy.py packs PACKS --kinglet build/release/kinglet [--only 'models/*']

Over recordings of your own, in random halves by file: one half calibrates, the other judges.

    bench/accuracy.py splits model.keras --config model_config.json --audio recordings/ \\
        --kinglet build/release/kinglet [--splits 8]

Needs numpy. Files are run by kinglet, whose integers are those of LiteRT's reference kernels.
"""

import argparse
import fnmatch
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np


def kinglet(program, *arguments):
    command = [program, *map(str, arguments), "--quiet"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr.strip().splitlines()[-1])


class Bench:
    def __init__(self, options, work):
        self.program, self.recipes, self.work = options.kinglet, options.recipes, Path(work)

    def convert(self, model, calibration, recipe, extra=()):
        out = self.work / "converted.tflite"
        start = time.monotonic()
        flags = recipe.split("+")  # "max+--max-extra-macs=0": options behind the recipe
        kinglet(self.program, "convert", model, "--calibration", calibration, "--recipe", *flags,
                "--validate", 0, "-o", out, *extra)  # fmt: skip
        return out, time.monotonic() - start

    def run(self, model, inputs):
        """All outputs of each sample, flattened: [samples, everything]."""
        source, out = self.work / "in.npz", self.work / "out.npz"
        np.savez(source, **inputs)
        out.unlink(missing_ok=True)
        kinglet(self.program, "run", model, "--input", source, "--output", out)
        data = np.load(out)
        rows = [data[k].reshape(len(data[k]), -1) for k in data.files]
        return np.concatenate(rows, axis=1).astype(np.float64)


def cosines(a, b):
    norms = np.linalg.norm(a, axis=1) * np.linalg.norm(b, axis=1)
    return np.where(norms < 1e-16, 1.0, np.sum(a * b, axis=1) / np.maximum(norms, 1e-16))


def row(*cells):
    print("| " + " | ".join(str(c) for c in cells) + " |", flush=True)


def head(*cells):
    row(*cells)
    row(*["---"] * len(cells))


def packs(options, bench):
    """Mean squared error over that of recipe tf, case by case, and the geometric means."""
    head("case", *(f"{r}" for r in options.recipes))
    ratios = {recipe: [] for recipe in options.recipes}
    for record in sorted(options.packs.rglob("case.json")):
        about = json.loads(record.read_text())
        name = f"{about['suite']}/{about['name']}"
        model = record.parent / about.get("model", "model.keras")
        if not fnmatch.fnmatch(name, options.only) or not model.exists():
            continue
        data = np.load(record.parent / "eval.npz")
        inputs = {k[3:]: data[k] for k in data.files if k.startswith("in_")}
        config = record.parent / "model_config.json"
        extra = ["--config", config] if config.exists() else []
        try:
            expected = bench.run(model, inputs)
            errors = {}
            for recipe in ["tf", *options.recipes]:
                file, _ = bench.convert(model, record.parent / "calibration.npz", recipe, extra)
                errors[recipe] = np.mean((bench.run(file, inputs) - expected) ** 2)
        except RuntimeError as error:
            row(name, str(error)[:100], *[""] * (len(options.recipes) - 1))
            continue
        found = {r: (errors[r] + 1e-30) / (errors["tf"] + 1e-30) for r in options.recipes}
        row(name, *(f"{found[r]:.3f}" for r in options.recipes))
        if errors["tf"] > 1e-12:
            for recipe in options.recipes:
                ratios[recipe].append(found[recipe])
    row("geometric mean", *(f"{np.exp(np.mean(np.log(ratios[r]))):.3f}" for r in options.recipes))


def splits(options, bench):
    """1 - mean cosine and 1 - p05 of each recipe on the half that did not calibrate."""
    features = bench.work / "features.npz"
    config = ["--config", options.config] if options.config else []
    kinglet(bench.program, "features", *options.audio, *config, "--snr-threshold",
            options.snr_threshold, "--output", features)  # fmt: skip
    data = np.load(features)
    name = data.files[0]
    samples = data[name]
    expected = bench.run(options.model, {name: samples})
    random = np.random.default_rng(options.seed)
    head("split", "recipe", "1 - mean cosine", "1 - p05", "seconds")
    results = {recipe: [] for recipe in options.recipes}
    for split in range(options.splits):
        if split % 2 == 0:
            order = random.permutation(len(samples))
            halves = np.sort(order[: len(order) // 2]), np.sort(order[len(order) // 2 :])
        fit, judge = halves if split % 2 == 0 else halves[::-1]
        calibration = bench.work / "fit.npz"
        np.savez(calibration, **{name: samples[fit]})
        for recipe in options.recipes:
            file, seconds = bench.convert(options.model, calibration, recipe)
            found = cosines(expected[judge], bench.run(file, {name: samples[judge]}))
            loss = 1 - found.mean(), 1 - np.percentile(found, 5)
            results[recipe].append(loss)
            row(split, recipe, f"{loss[0]:.5f}", f"{loss[1]:.5f}", f"{seconds:.1f}")
    for recipe in options.recipes:
        mean = np.mean(results[recipe], axis=0)
        row("mean", recipe, f"{mean[0]:.5f}", f"{mean[1]:.5f}", "")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    of_packs = commands.add_parser("packs")
    of_packs.add_argument("packs", type=Path)
    of_packs.add_argument("--only", default="*", help="glob over suite/name")
    of_splits = commands.add_parser("splits")
    of_splits.add_argument("model", type=Path)
    of_splits.add_argument("--audio", type=Path, nargs="+", required=True)
    of_splits.add_argument("--config", type=Path)
    of_splits.add_argument("--splits", type=int, default=8)
    of_splits.add_argument("--snr-threshold", type=float, default=0)
    of_splits.add_argument("--seed", type=int, default=1)
    for command, recipes in ((of_packs, ["default", "max"]), (of_splits, ["tf", "default", "max"])):
        command.add_argument("--kinglet", required=True)
        command.add_argument("--recipes", nargs="+", default=recipes, help="tf default max")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as work:
        {"packs": packs, "splits": splits}[options.command](options, Bench(options, work))
    return 0


if __name__ == "__main__":
    sys.exit(main())
