#!/usr/bin/env python3
"""random_graphs_test.py WRITER SEED COUNT: compares the integer kernels with LiteRT's reference kernels, bit for bit.

WRITER makes COUNT random graphs from SEED on, with inputs and our outputs.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from ai_edge_litert.interpreter import Interpreter, OpResolverType


# Whose INT8 reference kernel adds bytes without regard to their scales.
BROKEN = {"SUM"}


def interpreter(path, kernels):
    made = Interpreter(model_path=str(path), experimental_op_resolver_type=kernels)
    made.allocate_tensors()
    return made


def right_interpreter(path):
    """With the reference kernels, or with the plain ones where those are broken or lack one (ELU)."""
    plain = OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES
    try:
        made = interpreter(path, OpResolverType.BUILTIN_REF)
    except (RuntimeError, ValueError) as error:
        if not any(text in str(error) for text in ("Registration failed", "Didn't find op")):
            raise
        return interpreter(path, plain)
    is_broken = BROKEN & {operator["op_name"] for operator in made._get_ops_details()}
    return interpreter(path, plain) if is_broken else made


def run_litert(path, inputs):
    litert = right_interpreter(path)
    for detail, value in zip(litert.get_input_details(), inputs, strict=True):
        litert.set_tensor(detail["index"], value)
    litert.invoke()
    names = [detail["name"] for detail in litert.get_output_details()]
    operators = {
        output: operator["op_name"]
        for operator in litert._get_ops_details()
        for output in operator["outputs"]
    }
    kinds = [operators[detail["index"]] for detail in litert.get_output_details()]
    values = [litert.get_tensor(detail["index"]) for detail in litert.get_output_details()]
    return list(zip(names, kinds, values, strict=True))


def numbered(arrays, prefix):
    count = sum(name.startswith(prefix) for name in arrays)
    return [arrays[f"{prefix}{i}"] for i in range(count)]


def differences(path):
    """One line per output that isn't LiteRT's, with the operator that made it first."""
    with np.load(path.with_suffix(".npz")) as archive:
        arrays = dict(archive)
    try:
        theirs = run_litert(path, numbered(arrays, "in_"))
    except (RuntimeError, ValueError) as error:
        return [f"LiteRT refuses: {str(error).strip().splitlines()[-1]}"]
    lines = []
    for ours, (name, kind, value) in zip(numbered(arrays, "out_"), theirs, strict=True):
        wrong = np.flatnonzero(ours.ravel() != value.ravel())
        if ours.shape != value.shape:
            lines.append(f"{kind} {name}: shape {ours.shape} for {value.shape}")
        elif wrong.size:
            first = wrong[0]
            lines.append(
                f"{kind} {name}: {wrong.size} of {value.size} differ, at {first}"
                f" {ours.ravel()[first]} for {value.ravel()[first]}"
            )
    return lines[:1]


def main():
    writer, seed, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([writer, folder, str(seed), str(count)], check=True)
        for number in range(seed, seed + count):
            for line in differences(Path(folder) / f"{number}.tflite"):
                failed += 1
                print(f"seed {number}: {line}")
    print(f"{count - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
