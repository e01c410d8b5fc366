#!/usr/bin/env python3
"""against_litert.py EXECUTOR_BENCH MODEL.tflite...: one inference here and in LiteRT, in turns.

Prints the median CPU milliseconds of an inference on one thread, ours, LiteRT's with
XNNPACK and with the reference kernels, and how many times as fast ours is. CPU time and
turns, because other programs may run. Then what a second thread gains over many samples:
in wall time, meaningful on a quiet machine, and as far as the CPU time of all threads
allows where each has a core. Needs numpy and ai-edge-litert.
"""

import json
import os
import statistics
import subprocess
import sys
import time

import numpy as np
from ai_edge_litert.interpreter import Interpreter, OpResolverType

TURNS = 7


def measured(bench, pattern, environment):
    command = [bench, f"--benchmark_filter={pattern}", "--benchmark_format=json",
               "--benchmark_min_time=0.2"]  # fmt: skip
    done = subprocess.run(command, env=os.environ | environment, capture_output=True, check=True)
    return json.loads(done.stdout)["benchmarks"]


def ours(bench, model, instructions):
    environment = {"KINGLET_BENCH_MODEL": model, "KINGLET_INSTRUCTION_SET": instructions}
    (result,) = measured(bench, "InferenceOfFile", environment)
    return result["cpu_time"] / 1000


def litert(model, kernels, runs):
    interpreter = Interpreter(
        model_path=model, experimental_op_resolver_type=kernels, num_threads=1
    )
    interpreter.allocate_tensors()
    (detail,) = interpreter.get_input_details()
    values = np.random.default_rng(1).random(detail["shape"])
    interpreter.set_tensor(detail["index"], values.astype(detail["dtype"]))
    interpreter.invoke()
    times = []
    for _ in range(runs):
        start = time.process_time()
        interpreter.invoke()
        times.append(time.process_time() - start)
    return 1000 * statistics.median(times)


def compare(bench, model):
    sides = {
        "ours": lambda: ours(bench, model, ""),
        "ours, AVX2": lambda: ours(bench, model, "avx2"),
        "LiteRT, XNNPACK": lambda: litert(model, OpResolverType.AUTO, 200),
        "LiteRT, reference": lambda: litert(model, OpResolverType.BUILTIN_REF, 3),
    }
    times = {name: [] for name in sides}
    for _ in range(TURNS):
        for name, measure in sides.items():
            times[name].append(measure())
    medians = {name: statistics.median(values) for name, values in times.items()}
    print(model)
    for name, milliseconds in medians.items():
        ratio = milliseconds / medians["ours"]
        print(f"  {name:18} {milliseconds:8.3f} ms; ours is {ratio:.2f} times as fast", flush=True)


def gain_of_threads(bench, kind):
    gains, limits = [], []
    for _ in range(TURNS):
        one, two = measured(bench, f"Samples/{kind}", {})
        gains.append(one["real_time"] / two["real_time"])
        limits.append(2 * one["cpu_time"] / two["cpu_time"])
    gain, limit = statistics.median(gains), statistics.median(limits)
    print(f"two threads, {kind}: {gain:.2f} times one; by CPU time up to {limit:.2f} times")


def main():
    for model in sys.argv[2:]:
        compare(sys.argv[1], model)
    for kind in ("float", "int8"):
        gain_of_threads(sys.argv[1], kind)


if __name__ == "__main__":
    sys.exit(main())
