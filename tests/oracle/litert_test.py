#!/usr/bin/env python3
"""Converts the example model in every mode and runs the files in LiteRT.

usage: litert_test.py PROGRAM EXAMPLES_FOLDER

The oracles are Keras' own outputs (expected.npz) and LiteRT's reference kernels, which a
device's integer kernels follow.
"""

import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import numpy as np
from ai_edge_litert.interpreter import Interpreter, OpResolverType

INPUT = "linear_spectrogram_input"
OUTPUT = "output_0"

# Mode: options of `kinglet convert`.
MODES = {
    "ptq": [],
    "ptq_int8_throughout": ["--max-extra-macs", "0"],
    "ptq_per_tensor": ["--per-tensor"],
    "ptq_int16": ["--int16", "3"],
    "ptq_float": ["--float", "3"],
    "logits": ["--output-activation", "logits"],
    "int16x8": ["--quantization", "int16x8"],
    "dynamic": ["--quantization", "dynamic"],
    "none": ["--quantization", "none"],
}

# Float32 rounding in another order of summation: a few hundred additions a layer, a dozen
# layers, 6e-8 each, growing like the square root of their number.
FLOAT_TOLERANCE = 2e-5  # of the largest output
# The gate that the program itself applies by default.
MIN_COSINE = 0.95
# Features are the same formula in the same precision; one float32 step at 1 is 1.2e-7.
FEATURE_TOLERANCE = 1e-6


class Session:
    """What all tests share: the program, the example, converted files."""

    def __init__(self, program, examples, folder):
        self.program = program
        self.examples = examples
        self.folder = folder
        expected = np.load(examples / "expected.npz")
        self.inputs = expected[INPUT]
        self.keras = expected[OUTPUT]

    def kinglet(self, *arguments):
        run = subprocess.run(
            [self.program, *map(str, arguments)], capture_output=True, text=True
        )
        if run.returncode != 0:
            raise AssertionError(f"kinglet {arguments[0]}: {run.returncode}: {run.stderr}")

    def converted(self, mode):
        """The path of the model converted in this mode, made on first use."""
        path = self.folder / f"{mode}.tflite"
        if not path.exists():
            self.convert(path, *MODES[mode])
        return path

    def convert(self, output, *options):
        self.kinglet(
            "convert", self.examples / "model.keras",
            "--config", self.examples / "model_config.json",
            "--audio", self.examples / "recordings",
            *options, "--quiet", "-o", output,
        )  # fmt: skip


SESSION: Session


def interpreter(path):
    made = Interpreter(
        str(path), experimental_op_resolver_type=OpResolverType.BUILTIN_REF, num_threads=1
    )
    made.allocate_tensors()
    return made


def run_litert(path, inputs, name=INPUT):
    """[n, ...] in, [n, classes] out, sample by sample through the signature."""
    runner = interpreter(path).get_signature_runner("serving_default")
    return np.concatenate([runner(**{name: x[np.newaxis]})[OUTPUT] for x in inputs])


def cosines(a, b):
    """Per sample, in double."""
    a, b = a.astype(np.float64), b.astype(np.float64)
    norms = np.linalg.norm(a, axis=1) * np.linalg.norm(b, axis=1)
    return (a * b).sum(axis=1) / norms


class EveryMode:
    """Tests of one mode; the subclasses below name it."""

    mode: str

    def test_inputs_and_outputs_are_float32_and_static(self):
        made = interpreter(SESSION.converted(self.mode))
        ends = made.get_input_details() + made.get_output_details()
        self.assertEqual(
            [list(end["shape"]) for end in ends],
            [[1, *SESSION.inputs.shape[1:]], [1, *SESSION.keras.shape[1:]]],
        )
        for end in ends:
            self.assertEqual(end["dtype"], np.float32)
            self.assertEqual(list(end["shape_signature"]), list(end["shape"]))

    def test_no_tensor_has_a_free_or_empty_axis(self):
        for tensor in interpreter(SESSION.converted(self.mode)).get_tensor_details():
            self.assertTrue(all(size > 0 for size in tensor["shape"]), tensor["name"])
            signature = list(tensor["shape_signature"])
            self.assertIn(signature, ([], list(tensor["shape"])), tensor["name"])

    def test_the_signature_names_input_and_output(self):
        signatures = interpreter(SESSION.converted(self.mode)).get_signature_list()
        self.assertEqual(
            signatures, {"serving_default": {"inputs": [INPUT], "outputs": [OUTPUT]}}
        )

    def test_the_outputs_point_where_keras_points(self):
        outputs = run_litert(SESSION.converted(self.mode), SESSION.inputs)
        self.assertGreater(cosines(outputs, SESSION.keras).min(), MIN_COSINE)
        self.assertEqual(outputs.argmax(axis=1).tolist(), SESSION.keras.argmax(axis=1).tolist())


class Ptq(EveryMode, unittest.TestCase):
    mode = "ptq"

    def test_weights_have_a_scale_for_each_channel(self):
        self.assertGreater(most_scales(SESSION.converted(self.mode)), 1)

    def test_nothing_but_the_ends_and_the_logits_is_float(self):
        self.assertEqual(float_tensors(SESSION.converted(self.mode)), 3)

    def test_our_runner_gives_litert_s_bits(self):
        assert_same_bits(self, self.mode)


class PtqInt8Throughout(EveryMode, unittest.TestCase):
    mode = "ptq_int8_throughout"

    def test_nothing_but_the_ends_is_float(self):
        self.assertEqual(float_tensors(SESSION.converted(self.mode)), 2)

    def test_our_runner_gives_litert_s_bits(self):
        assert_same_bits(self, self.mode)


class PtqPerTensor(EveryMode, unittest.TestCase):
    mode = "ptq_per_tensor"

    def test_weights_have_one_scale(self):
        self.assertEqual(most_scales(SESSION.converted(self.mode)), 1)

    def test_our_runner_gives_litert_s_bits(self):
        assert_same_bits(self, self.mode)


class PtqInt16(EveryMode, unittest.TestCase):
    mode = "ptq_int16"

    def test_some_tensors_have_16_bits_and_others_8(self):
        types = tensor_types(SESSION.converted(self.mode))
        self.assertGreater(types.count(np.int16), 3)
        self.assertGreater(types.count(np.int8), 3)

    def test_our_runner_gives_litert_s_bits(self):
        assert_same_bits(self, self.mode)


class PtqFloat(EveryMode, unittest.TestCase):
    mode = "ptq_float"

    def test_some_tensors_are_float_and_others_of_8_bits(self):
        types = tensor_types(SESSION.converted(self.mode))
        self.assertGreater(types.count(np.float32), 3)
        self.assertGreater(types.count(np.int8), 3)


class Logits(unittest.TestCase):
    def test_the_activation_of_the_logits_points_where_keras_points(self):
        logits = run_litert(SESSION.converted("logits"), SESSION.inputs)
        self.assertLess(logits.min(), 0)
        exponentials = np.exp(logits.astype(np.float64))
        outputs = exponentials / exponentials.sum(axis=1, keepdims=True)
        self.assertGreater(cosines(outputs, SESSION.keras).min(), MIN_COSINE)


    def test_validate_compares_them_with_keras_logits(self):
        arguments = (
            "validate", SESSION.examples / "model.keras", SESSION.converted("logits"),
            "--config", SESSION.examples / "model_config.json",
            "--audio", SESSION.examples / "heldout", "--min-cosine", 0.99, "--quiet",
        )  # fmt: skip
        SESSION.kinglet(*arguments, "--output-activation", "logits")
        with self.assertRaisesRegex(AssertionError, "--min-cosine"):
            SESSION.kinglet(*arguments)


class SplitHead(unittest.TestCase):
    def test_backbone_and_head_in_a_row_point_where_keras_points(self):
        output = SESSION.folder / "split.tflite"
        SESSION.convert(output, "--split-head", "gap")
        backbone, head = (
            SESSION.folder / f"split_{part}.tflite" for part in ("backbone", "head")
        )
        features = run_litert(backbone, SESSION.inputs)
        outputs = run_litert(head, features, "gap")
        self.assertGreater(cosines(outputs, SESSION.keras).min(), MIN_COSINE)
        self.assertEqual(ends(backbone)[1], ends(head)[0])
        self.assertFalse(output.exists())


class Int16x8(EveryMode, unittest.TestCase):
    mode = "int16x8"

    def test_our_runner_gives_litert_s_bits(self):
        assert_same_bits(self, self.mode)


class Dynamic(EveryMode, unittest.TestCase):
    mode = "dynamic"

    def test_weights_are_smaller_than_in_float(self):
        sizes = [SESSION.converted(mode).stat().st_size for mode in (self.mode, "none")]
        self.assertLess(sizes[0], sizes[1])


class Float(EveryMode, unittest.TestCase):
    mode = "none"

    def test_the_outputs_are_keras_outputs(self):
        outputs = run_litert(SESSION.converted(self.mode), SESSION.inputs)
        worst = np.abs(outputs - SESSION.keras).max()
        self.assertLessEqual(worst, FLOAT_TOLERANCE * np.abs(SESSION.keras).max())


class Features(unittest.TestCase):
    def test_sound_becomes_the_features_that_python_computes(self):
        path = SESSION.folder / "features.npz"
        SESSION.kinglet(
            "features", SESSION.examples / "heldout",
            "--config", SESSION.examples / "model_config.json",
            "--output", path,
        )  # fmt: skip
        (features,) = np.load(path).values()
        self.assertEqual(features.shape, SESSION.inputs.shape)
        self.assertLessEqual(np.abs(features - SESSION.inputs).max(), FEATURE_TOLERANCE)


def most_scales(path):
    details = interpreter(path).get_tensor_details()
    return max(len(tensor["quantization_parameters"]["scales"]) for tensor in details)


def ends(path):
    """Scale and zero point of the integers behind the input and before the output."""
    made, found = interpreter(path), {}
    by_index = {tensor["index"]: tensor for tensor in made.get_tensor_details()}
    for op in made._get_ops_details():
        if op["op_name"] == "QUANTIZE" and op["inputs"][0] == made.get_input_details()[0]["index"]:
            found["input"] = by_index[op["outputs"][0]]["quantization"]
        if op["op_name"] == "DEQUANTIZE":
            found["output"] = by_index[op["inputs"][0]]["quantization"]
    return found["input"], found["output"]


def tensor_types(path):
    return [tensor["dtype"] for tensor in interpreter(path).get_tensor_details()]


def float_tensors(path):
    return tensor_types(path).count(np.float32)


def assert_same_bits(test, mode):
    inputs, outputs = SESSION.folder / "inputs.npz", SESSION.folder / f"{mode}.npz"
    np.savez(inputs, **{INPUT: SESSION.inputs})
    path = SESSION.converted(mode)
    SESSION.kinglet("run", path, "--input", inputs, "--output", outputs)
    (ours,) = np.load(outputs).values()
    np.testing.assert_array_equal(ours, run_litert(path, SESSION.inputs))


def main():
    global SESSION
    program, examples = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()
    with tempfile.TemporaryDirectory() as folder:
        SESSION = Session(program, examples, Path(folder))
        suite = unittest.defaultTestLoader.loadTestsFromModule(sys.modules[__name__])
        result = unittest.TextTestRunner(verbosity=2).run(suite)
    failed = len(result.failures) + len(result.errors)
    print(f"{result.testsRun - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
