#!/usr/bin/env python3
"""Compares what recipe tf writes with the files that TensorFlow wrote for the same models.

usage: tensorflow_test.py PROGRAM PACKS_FOLDER [PATTERN]

Each folder of PACKS_FOLDER holds a Keras model, calibration.npz and tf_ptq.tflite; those
whose "suite/name" matches PATTERN (all) are compared. Operators are matched by the
layer that made them and their order within it; where a rewrite of ours leaves a layer with
fewer, those with equal integers and scales match and the others stand alone. Operators
that only move elements are left out. Prints the shares that are equal, and what is not.
"""

import collections
import fnmatch
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

import tflite_file

SKIPPED = 77
WEIGHTED = {"CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED", "TRANSPOSE_CONV"}
MOVERS = {
    "QUANTIZE", "RESHAPE", "EXPAND_DIMS", "SQUEEZE", "TRANSPOSE", "STRIDED_SLICE", "SLICE",
    "PACK", "UNPACK", "FILL", "CONCATENATION",
}  # fmt: skip
# Ranges are sums of float32 products in another order than TensorFlow's.
SCALE_TOLERANCE = 1e-5
# The reciprocal square root of a batch normalization is off by up to 2 steps of float32 in
# TensorFlow's vector code; two roundings follow.
WEIGHT_SCALE_TOLERANCE = 4 * 2.0**-23
# What must be equal: everything but what the rounding above turns at a tie, and what lies
# behind a logarithm, which amplifies the rounding of values near zero.
LEAST_SHARES = {
    "weights": 0.9999,
    "weight scales": 1.0,
    "biases": 0.995,
    "biases within 1": 0.999,
    "activations": 0.98,
}


class Tally:
    """Counts what agrees, and keeps a line for each that doesn't."""

    def __init__(self):
        self.seen = collections.Counter()
        self.equal = collections.Counter()
        self.lines = []

    def count(self, what, equal, line, number=1):
        self.seen[what] += number
        self.equal[what] += int(equal)
        if equal < number and line:
            self.lines.append(f"{what}: {line}")

    def add(self, other):
        self.seen += other.seen
        self.equal += other.equal

    def __str__(self):
        return ", ".join(f"{what} {self.equal[what]} of {n}" for what, n in self.seen.items())


def convert(program, folder, record, output):
    command = [
        program, "convert", folder / record.get("model", "model.keras"), "--output", output,
        "--calibration", folder / "calibration.npz", "--recipe", "tf", "--validate", "0", "--quiet",
    ]  # fmt: skip
    config = folder / "model_config.json"
    if config.exists():
        command += ["--config", config]
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True)
    return None if done.returncode == 0 else done.stderr.strip()


def layer_of(operator, file, is_ours):
    """The name of the layer whose result the operator gives, or its place among outputs."""
    result = operator.outputs[0]
    for i, end in enumerate(file.outputs):
        if any(o.outputs[0] is end and o.inputs[0] is result for o in file.operators):
            return f"output {i}"
    if is_ours:
        return result.name.split("/")[0]
    parts = result.name.split(";")[0].split("/")
    return tflite_file.without_number(parts[1] if len(parts) > 1 else parts[0])


def by_layer(file, is_ours):
    """Operators that compute INT8, grouped by layer and kind."""
    groups = collections.defaultdict(list)
    for operator in file.operators:
        if operator.code not in MOVERS and operator.outputs[0].dtype == np.int8:
            groups[layer_of(operator, file, is_ours), operator.code].append(operator)
    return groups


def rows(weights, columns=None):
    """[output channel, ...]; the first `columns` only, where nothing else has a weight."""
    axis = -1 if weights.shape[0] == 1 and weights.ndim == 4 else 0
    flat = np.moveaxis(weights, axis, 0).reshape(weights.shape[axis], -1)
    return flat if columns is None or flat[:, columns:].any() else flat[:, :columns]


def near(a, b, tolerance):
    return a.shape == b.shape and bool(np.all(np.abs(a / b - 1) <= tolerance))


def bias_errors(ours, theirs):
    """Differences of the integers; none where one has no bias."""
    biases = [o.inputs[2] if len(o.inputs) > 2 else None for o in (ours, theirs)]
    if any(bias is None or bias.data is None for bias in biases):
        return np.zeros(0, np.int64)
    if biases[0].data.shape != biases[1].data.shape:
        return np.zeros(0, np.int64)
    return np.abs(biases[0].data.astype(np.int64) - biases[1].data.astype(np.int64))


def near_activation(a, b):
    return near(a.scales, b.scales, SCALE_TOLERANCE) and a.zero_points[0] == b.zero_points[0]


def counterparts(ours, theirs):
    """Whether both compute the same, by their integers and scales."""
    if ours.code not in WEIGHTED:
        return near_activation(ours.outputs[0], theirs.outputs[0])
    a, b = ours.inputs[1], theirs.inputs[1]
    mine = rows(a.data)
    return (
        np.array_equal(mine, rows(b.data, mine.shape[1]))
        and near(a.scales, b.scales, WEIGHT_SCALE_TOLERANCE)
        and (bias_errors(ours, theirs) <= 1).all()
    )


def pairs(ours, theirs):
    if len(ours) == len(theirs):
        return list(zip(ours, theirs))
    found, left = [], list(theirs)
    for a in ours:
        match = next((b for b in left if counterparts(a, b)), None)
        if match is not None:
            found.append((a, match))
            left.remove(match)
    return found


def compare_weights(tally, ours, theirs):
    name = ours.outputs[0].name
    a, b = ours.inputs[1], theirs.inputs[1]
    if a.data is None or b.data is None:
        return
    mine = rows(a.data)
    his = rows(b.data, mine.shape[1])
    equal = int(np.sum(mine == his)) if mine.shape == his.shape else 0
    tally.count("weights", equal, f"{name}: {mine.size - equal} differ", mine.size)
    n = a.scales.size
    if a.scales.shape != b.scales.shape:
        tally.count("weight scales", 0, f"{name}: {n} instead of {b.scales.size}", n)
        return
    factor = np.median(a.scales / b.scales)
    if abs(factor - 1) > WEIGHT_SCALE_TOLERANCE:
        tally.lines.append(f"weight scales: {name}: {factor:.6g} times TensorFlow's")
    off = np.abs(a.scales / b.scales / factor - 1)
    close = int(np.sum(off <= WEIGHT_SCALE_TOLERANCE))
    tally.count("weight scales", close, f"{name}: {n - close} differ, by up to {off.max():.1e}", n)
    tally.count("weight scales bit for bit", int(np.sum(off == 0)), "", n)


def compare_biases(tally, ours, theirs):
    off = bias_errors(ours, theirs)
    if off.size:
        line = f"{ours.outputs[0].name}: {np.sum(off > 0)} differ, by up to {off.max()}"
        tally.count("biases", int(np.sum(off == 0)), line, off.size)
        tally.count("biases within 1", int(np.sum(off <= 1)), "", off.size)


def compare_activation(tally, ours, theirs):
    a, b = ours.outputs[0], theirs.outputs[0]
    tally.count(
        "activations", near_activation(a, b),
        f"{a.name} ({ours.code}): scale {a.scales[0]:.8g}, zero point {a.zero_points[0]}; "
        f"TensorFlow's {b.scales[0]:.8g}, {b.zero_points[0]}",
    )  # fmt: skip


def matched(ours, theirs):
    """Pairs of operators, layer by layer, and those of ours that stand alone."""
    mine, his = by_layer(ours, True), by_layer(theirs, False)
    found = [pair for key, group in mine.items() for pair in pairs(group, his.pop(key, []))]
    taken = {id(o) for pair in found for o in pair}
    alone = [o for group in mine.values() for o in group if id(o) not in taken]
    others = [o for group in his.values() for o in group]  # of layers with another name
    for a in alone[:]:
        match = next((b for b in others if a.code == b.code and counterparts(a, b)), None)
        if match is not None:
            found.append((a, match))
            alone.remove(a)
            others.remove(match)
    return found, alone


def compare(ours, theirs):
    tally = Tally()
    found, alone = matched(ours, theirs)
    names = ", ".join(o.outputs[0].name for o in alone)
    tally.count("operators", len(found), f"only ours: {names}", len(found) + len(alone))
    for a, b in found:
        compare_activation(tally, a, b)
        if a.code in WEIGHTED:
            compare_weights(tally, a, b)
            compare_biases(tally, a, b)
    return tally


def verdict(total):
    """What is below its least share."""
    return [
        f"{what}: {total.equal[what]} of {total.seen[what]} are equal, fewer than {least:.2%}"
        for what, least in LEAST_SHARES.items()
        if total.equal[what] < least * total.seen[what]
    ]


def main():
    program, packs = Path(sys.argv[1]), Path(sys.argv[2])
    pattern = sys.argv[3] if len(sys.argv) > 3 else "*"
    if not packs.is_dir():
        print(f"SKIPPED: there are no files of TensorFlow's at {packs} to compare with")
        return SKIPPED
    total = Tally()
    with tempfile.TemporaryDirectory() as work:
        for path in sorted(packs.glob("*/case.json")):
            record = json.loads(path.read_text())
            name = f"{record['suite']}/{record['name']}"
            theirs = path.parent / "tf_ptq.tflite"
            if not fnmatch.fnmatch(name, pattern) or not theirs.exists():
                continue
            output = Path(work) / "ours.tflite"
            problem = convert(program, path.parent, record, output)
            if problem:
                print(f"{name}: not converted: {problem}")
                continue
            tally = compare(tflite_file.read(output), tflite_file.read(theirs))
            total.add(tally)
            print(f"{name}: {tally}", *tally.lines, sep="\n    ", flush=True)
    print(f"all: {total}")
    failures = verdict(total)
    print(*failures, sep="\n")
    return 1 if failures or not total.seen else 0


if __name__ == "__main__":
    sys.exit(main())
