#!/usr/bin/env python3
"""random_graphs_test.py WRITER SEED COUNT [--optimized]: compares our integer kernels with LiteRT's reference kernels.

Bit for bit. WRITER makes COUNT random graphs from SEED on, with inputs and our outputs. With --optimized, LiteRT's
optimized kernels, which keep sums in 16 bits, must agree on those as well, but for roundings.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from ai_edge_litert.interpreter import Interpreter, OpResolverType


# Whose INT8 reference kernel adds bytes without regard to their scales.
BROKEN = {"SUM"}


PLAIN = OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES  # optimized kernels


def interpreter(path, kernels, keep_all=False):
    made = Interpreter(
        model_path=str(path),
        experimental_op_resolver_type=kernels,
        experimental_preserve_all_tensors=keep_all,
    )
    made.allocate_tensors()
    return made


def right_interpreter(path):
    """With the reference kernels, or with the plain ones where those are broken or lack one (ELU)."""
    try:
        made = interpreter(path, OpResolverType.BUILTIN_REF)
    except (RuntimeError, ValueError) as error:
        if not any(text in str(error) for text in ("Registration failed", "Didn't find op")):
            raise
        return interpreter(path, PLAIN)
    is_broken = BROKEN & {operator["op_name"] for operator in made._get_ops_details()}
    return interpreter(path, PLAIN) if is_broken else made


def invoke(litert, inputs):
    for detail, value in zip(litert.get_input_details(), inputs, strict=True):
        litert.set_tensor(detail["index"], value)
    litert.invoke()
    return litert


def run_litert(path, inputs):
    litert = invoke(right_interpreter(path), inputs)
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


def scale_of(detail):
    return float(detail["quantization_parameters"]["scales"][0])


def narrow_sums(path):
    """One line for the first sum that the optimized kernels compute otherwise."""
    with np.load(path.with_suffix(".npz")) as archive:
        inputs = numbered(dict(archive), "in_")
    try:
        reference, plain = (
            invoke(interpreter(path, kernels, keep_all=True), inputs)
            for kernels in (OpResolverType.BUILTIN_REF, PLAIN)
        )
    except (RuntimeError, ValueError):
        return []  # told by differences()
    tensors = {detail["index"]: detail for detail in reference.get_tensor_details()}

    def moved(index):
        pair = [np.asarray(one.get_tensor(index), float) for one in (reference, plain)]
        return np.abs(pair[0] - pair[1]).max()

    for operator in reference._get_ops_details():
        kind, (out, *_) = operator["op_name"], operator["outputs"]
        if kind not in ("ADD", "SUB") or tensors[out]["dtype"] != np.int8:
            continue
        by_operands = sum(scale_of(tensors[i]) * moved(i) for i in operator["inputs"])
        most = by_operands / scale_of(tensors[out]) + 1.5  # two roundings
        if moved(out) > most:
            return [f"{kind} {tensors[out]['name']}: optimized kernels differ by {moved(out):g}"]
    return []


def main():
    writer, seed, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    checks = [differences] + [narrow_sums] * ("--optimized" in sys.argv[4:])
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([writer, folder, str(seed), str(count)], check=True)
        for number in range(seed, seed + count):
            path = Path(folder) / f"{number}.tflite"
            for line in [line for check in checks for line in check(path)][:1]:
                failed += 1
                print(f"seed {number}: {line}")
    print(f"{count - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
