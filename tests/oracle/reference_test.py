#!/usr/bin/env python3
"""Runs TensorFlow's INT8 files here and in LiteRT's reference kernels: every bit is equal.

usage: reference_test.py PROGRAM SHARED_FOLDER [PATTERN]

SHARED_FOLDER/parity holds a folder for each model, with its files and inputs in eval.npz;
those whose "suite/name" matches PATTERN (all) are compared, tensor by tensor.
SHARED_FOLDER/data holds a bird classifier and recordings, of which it hears 50 pieces.

Where LiteRT has no reference kernel (ELU), a broken one (SUM in INT8) or one that asks the
C library (POW), the operator runs alone with the other kernels, over our inputs, and the
rest of the file over our results.
"""

import fnmatch
import json
import subprocess
import sys
import tempfile
import wave
from pathlib import Path

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema
from ai_edge_litert.interpreter import Interpreter, OpResolverType

SKIPPED = 77
UNSUPPORTED = 5  # exit code
FILES = "tf_ptq.tflite", "tf_ptq_batch1.tflite", "tf_ptq_per_tensor.tflite", "tf_int16x8.tflite"
SAMPLES = 8
PIECES = 50
APART = {schema.BuiltinOperator.ELU, schema.BuiltinOperator.POW, schema.BuiltinOperator.SUM}
LAST_BITS = 3e-7  # of the C library's float functions


class Refused(Exception):
    """The program doesn't support the file."""


def code_of(model, operator):
    code = model.operatorCodes[operator.opcodeIndex]
    return max(code.builtinCode, code.deprecatedBuiltinCode)


def part(content, keeps):
    """The file with the operators that `keeps`, all their results as outputs."""
    model = schema.ModelT.InitFromPackedBuf(content, 0)
    graph = model.subgraphs[0]
    graph.operators = [o for o in graph.operators if keeps(code_of(model, o))]
    made = {i for o in graph.operators for i in o.outputs}
    read = {i for o in graph.operators for i in o.inputs if i >= 0}
    stored = {i for i, b in enumerate(model.buffers) if b.data is not None and len(b.data)}
    graph.inputs = sorted(i for i in read - made if graph.tensors[i].buffer not in stored)
    graph.outputs = sorted(made)
    model.signatureDefs = None
    used = {o.opcodeIndex for o in graph.operators}
    for i, code in enumerate(model.operatorCodes):
        if i not in used:
            code.builtinCode = code.deprecatedBuiltinCode = schema.BuiltinOperator.ADD
        if i not in used or code.builtinCode == schema.BuiltinOperator.TILE:
            code.version = 1  # TILE has one kernel for all versions
    return model


def interpreter(model, kernels):
    builder = flatbuffers.Builder(1 << 16)
    builder.Finish(model.Pack(builder), b"TFL3")
    made = Interpreter(
        model_content=bytes(builder.Output()), experimental_op_resolver_type=kernels, num_threads=1
    )
    made.allocate_tensors()
    return made


def differing(ours, theirs, is_exact):
    """How many elements; all of them where the numbers of elements differ."""
    if ours.size != theirs.size:
        return theirs.size
    ours = ours.reshape(theirs.shape)
    if is_exact or ours.dtype != np.float32:
        return int(np.sum(ours != theirs))
    return int(np.sum(np.abs(ours - theirs) > LAST_BITS * np.abs(theirs)))


def compare_part(content, keeps, kernels, values):
    """Lines on what isn't equal; `values` are our tensors by name."""
    model = part(content, keeps)
    graph = model.subgraphs[0]
    if not graph.operators:
        return []
    litert = interpreter(model, kernels)
    shapes = {d["index"]: d["shape"] for d in litert.get_input_details()}
    names = [tensor.name.decode() for tensor in graph.tensors]
    lines = []
    for sample in range(len(next(iter(values.values())))):
        for place, (i, shape) in zip(graph.inputs, shapes.items()):
            litert.set_tensor(i, values[names[place]][sample].reshape(shape))
        litert.invoke()
        for operator in graph.operators:
            code = code_of(model, operator)
            for i in operator.outputs:
                if names[i] in values:  # others are known before the run
                    n = differing(values[names[i]][sample], litert.get_tensor(i), code not in APART)
                    kind = next(k for k, v in vars(schema.BuiltinOperator).items() if v == code)
                    lines += [f"sample {sample}, {kind} {names[i]}: {n} differ"] if n else []
    return lines[:3]


def our_tensors(program, path, inputs, folder):
    """Every tensor by its name in the file, [N, elements]."""
    np.savez(folder / "in.npz", **inputs)
    done = subprocess.run(
        [program, "run", path, "--input", folder / "in.npz", "--output", folder / "out.npz",
         "--all-tensors", "--quiet"],
        capture_output=True, text=True,
    )  # fmt: skip
    if done.returncode == UNSUPPORTED:
        raise Refused(done.stderr.strip())
    if done.returncode != 0:
        raise RuntimeError(done.stderr)
    with np.load(folder / "out.npz") as archive:
        values = dict(archive)
    model = schema.ModelT.InitFromPackedBuf(path.read_bytes(), 0)
    signature, tensors = model.signatureDefs[0], model.subgraphs[0].tensors
    for end in signature.inputs:
        given = inputs[end.name.decode()] if len(inputs) > 1 else next(iter(inputs.values()))
        values[tensors[end.tensorIndex].name.decode()] = given
    for end in signature.outputs:
        values[tensors[end.tensorIndex].name.decode()] = values[end.name.decode()]
    samples = len(next(iter(inputs.values())))
    return {name: v.reshape(samples, -1) for name, v in values.items()}


def compare(program, path, inputs):
    """Lines on what isn't equal."""
    content = path.read_bytes()
    with tempfile.TemporaryDirectory() as folder:
        values = our_tensors(program, path, inputs, Path(folder))
    plain = OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES
    lines = compare_part(content, lambda code: code not in APART, OpResolverType.BUILTIN_REF, values)
    for apart in APART:
        lines += compare_part(content, lambda code: code == apart, plain, values)
    return lines


def packs(folder, pattern):
    """Names, files and inputs."""
    for path in sorted(folder.glob("*/case.json")):
        record = json.loads(path.read_text())
        name = f"{record['suite']}/{record['name']}"
        if not fnmatch.fnmatch(name, pattern):
            continue
        with np.load(path.parent / "eval.npz") as archive:
            inputs = {k[3:]: v[:SAMPLES] for k, v in archive.items() if k.startswith("in_")}
        for file in (path.parent / file for file in FILES):
            if file.exists():
                yield f"{name} {file.stem}", file, inputs


def cut(recordings, seconds, folder):
    """Pieces of the recordings, half a piece apart, as files."""
    count = 0
    for path in recordings:
        with wave.open(str(path)) as source:
            frames = int(seconds * source.getframerate())
            for start in range(0, source.getnframes() - frames + 1, frames // 2):
                source.setpos(start)
                with wave.open(str(folder / f"{count:03}.wav"), "wb") as piece:
                    piece.setparams(source.getparams())
                    piece.writeframes(source.readframes(frames))
                count += 1


def bird_classifier(program, data):
    """As packs(), of the classifier that hears pieces of recordings."""
    (file,) = (data / "birdnet-stm32").glob("*.tflite")
    (config,) = (data / "birdnet-stm32").glob("*config.json")
    seconds = json.loads(config.read_text())["chunk_duration"]
    with tempfile.TemporaryDirectory() as work:
        folder = Path(work)
        cut(sorted((data / "labelled").rglob("*.wav")) + [data / "audio/birds_10s.wav"], seconds / 2, folder)
        subprocess.run(
            [program, "features", folder, "--config", config, "--output", folder / "f.npz",
             "--num-samples", str(PIECES), "--quiet"],
            check=True,
        )  # fmt: skip
        with np.load(folder / "f.npz") as archive:
            yield f"{file.stem} over {len(archive['features'])} recordings", file, dict(archive)


def main():
    program, shared = Path(sys.argv[1]), Path(sys.argv[2])
    pattern = sys.argv[3] if len(sys.argv) > 3 else "*"
    if not (shared / "parity").is_dir():
        print(f"SKIPPED: there are no files of TensorFlow's at {shared} to run")
        return SKIPPED
    equal = differ = refused = 0
    for cases in (packs(shared / "parity", pattern), bird_classifier(program, shared / "data")):
        for name, file, inputs in cases:
            try:
                lines = compare(program, file, inputs)
            except Refused as reason:
                refused += 1
                print(f"{name}: refused: {reason}", flush=True)
                continue
            equal, differ = equal + (not lines), differ + bool(lines)
            for line in lines:
                print(f"{name}: {line}", flush=True)
    print(f"{equal} files equal to the last bit, {differ} not, {refused} refused")
    return 1 if differ or not equal else 0


if __name__ == "__main__":
    sys.exit(main())
