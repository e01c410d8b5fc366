#!/usr/bin/env python3
"""Writes packs: Keras models, TensorFlow's .tflite files of them, and the outputs of both on samples.

Small trained models of many families, on synthetic tasks (made again from the same seed):

    bench/make_packs.py trained OUT [--seed 1] [--only 'ds_*']

The audio packs of a folder once more, judged on other and more windows of recordings:

    bench/make_packs.py windows PACKS AUDIO OUT --kinglet build/release/kinglet [--count 125] [--only '*']

A pack is a folder of case.json, model.keras, calibration.npz, tf_*.tflite and eval.npz: inputs as
`in_<name>`, outputs as `keras` and, per .tflite file, `<stem>` (reference kernels) and `<stem>_optimized`
(plain optimized ones).
Needs tensorflow, keras, ai-edge-litert and soundfile; the tasks and models are in pack_models.py.
"""

import argparse
import contextlib
import fnmatch
import io
import json
import multiprocessing
import os
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", TF_ENABLE_ONEDNN_OPTS="0")

import keras
import numpy as np
import soundfile
import tensorflow as tf
from ai_edge_litert.interpreter import Interpreter, OpResolverType

import pack_models

Arrays = dict[str, np.ndarray]
REFERENCE, PLAIN = OpResolverType.BUILTIN_REF, OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES
TRAINING, CALIBRATION, EVALUATION, BATCH = 3000, 100, 300, 32
VARIANTS = ("tf_float", "tf_ptq", "tf_ptq_per_tensor", "tf_dynamic")


# Files and their outputs --------------------------------------------------------------------------


def signature(made: Interpreter) -> tuple[dict[str, dict], list[dict]]:
    """Inputs by name, and outputs in the order output_0, output_1, ..."""
    runner = made.get_signature_runner()
    read = runner.get_output_details()
    order = sorted(read, key=lambda n: (int(n.split("_")[-1]) if re.fullmatch(r"output_\d+", n) else 0, n))
    return runner.get_input_details(), [read[name] for name in order]


def run_tflite(content: bytes, inputs: Arrays, kernels: OpResolverType) -> list[np.ndarray]:
    """Outputs, one sample at a time; files that miss a reference kernel run on the plain ones."""
    try:
        made = Interpreter(model_content=content, experimental_op_resolver_type=kernels, num_threads=1)
        made.allocate_tensors()
    except (RuntimeError, ValueError) as error:
        if kernels != REFERENCE or "Didn't find op" not in str(error):
            raise
        return run_tflite(content, inputs, PLAIN)
    fed, read = signature(made)
    source = {name: name if name in inputs else next(iter(inputs)) for name in fed}
    rows = []
    for i in range(len(next(iter(inputs.values())))):
        for name, detail in fed.items():
            made.set_tensor(detail["index"], inputs[source[name]][i : i + 1].astype(detail["dtype"]))
        made.invoke()
        rows.append([made.get_tensor(detail["index"]) for detail in read])
    return [np.concatenate(column).astype(np.float32) for column in zip(*rows)]


def numbered(source: str, outputs: list[np.ndarray]) -> Arrays:
    return {source if i == 0 else f"{source}_{i}": y for i, y in enumerate(outputs)}


def mean_squared_error(expected: list[np.ndarray], got: list[np.ndarray]) -> float:
    return float(np.mean(np.concatenate([(a - b).ravel() for a, b in zip(expected, got)]) ** 2))


def write_evaluation(folder: Path, record: dict, inputs: Arrays, expected: list[np.ndarray]) -> None:
    """eval.npz with what every tf_*.tflite of the folder computes, and case.json with what they lose."""
    arrays = {f"in_{k}": v for k, v in inputs.items()} | numbered("keras", expected)
    record["tflite"] = {}
    for file in sorted(folder.glob("tf_*.tflite")):
        content = file.read_bytes()
        record["tflite"][file.stem] = about = {"bytes": len(content)}
        for name, kernels in ((file.stem, REFERENCE), (f"{file.stem}_optimized", PLAIN)):
            try:
                outputs = run_tflite(content, inputs, kernels)
            except RuntimeError as error:
                record["failures"][name] = f"interpreter: {str(error)[:300]}"
                continue
            arrays |= numbered(name, outputs)
            about["mse" if kernels == REFERENCE else "mse_optimized"] = mean_squared_error(expected, outputs)
    np.savez_compressed(folder / "eval.npz", **arrays)
    (folder / "case.json").write_text(json.dumps(record, indent=1) + "\n")


def losses(record: dict) -> str:
    return ", ".join(f"{k} {v.get('mse', np.nan):.3g}" for k, v in record["tflite"].items())


# Trained models -----------------------------------------------------------------------------------


def convert(model: keras.Model, variant: str, calibration: Arrays) -> bytes:
    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    if variant != "tf_float":
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
    if variant.startswith("tf_ptq"):
        # By name: TensorFlow takes a list in an order of its own.
        rows = [{k: v[i : i + 1] for k, v in calibration.items()} for i in range(CALIBRATION)]
        converter.representative_dataset = lambda: iter(rows)
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    if variant == "tf_ptq_per_tensor":
        converter._experimental_disable_per_channel = True
    with contextlib.redirect_stdout(io.StringIO()):
        return converter.convert()


def fit(model: keras.Model, task: pack_models.Task, inputs: Arrays, targets: np.ndarray) -> None:
    rate = keras.optimizers.schedules.CosineDecay(task.rate, task.epochs * (len(targets) // BATCH + 1))
    model.compile(keras.optimizers.Adam(rate), pack_models.loss(task.kind))
    model.fit(inputs, targets, batch_size=BATCH, epochs=task.epochs, verbose=0)


def write_trained(name: str, folder: Path, seed: int) -> None:
    """One pack; the evaluation samples are drawn after, and apart from, those of training and calibration."""
    keras.utils.set_random_seed(seed)
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    task, random = pack_models.TASKS[name], np.random.default_rng([seed, *name.encode()])
    width = int(random.choice([8, 12, 16]))
    model = task.build(width)
    inputs, targets = task.draw(random, TRAINING)
    fit(model, task, inputs, targets)
    calibration = {k: v[:CALIBRATION] for k, v in inputs.items()}
    judged, right = task.draw(random, EVALUATION)
    expected = np.asarray(model.predict(judged, batch_size=1, verbose=0), np.float32)
    quality = pack_models.quality(task.kind, right, expected)
    folder.mkdir(parents=True)
    model.save(folder / "model.keras")
    np.savez_compressed(folder / "calibration.npz", **calibration)
    size = model.count_params()
    record = {"name": name, "suite": "trained", "about": task.build.__doc__, "model": "model.keras",
              "seed": seed, "width": width, "parameters": size, "quality": quality, "failures": {}}
    for variant in VARIANTS:
        try:
            (folder / f"{variant}.tflite").write_bytes(convert(model, variant, calibration))
        except Exception as error:  # noqa: BLE001 - what TensorFlow raises is of many kinds
            record["failures"][variant] = f"converter: {str(error)[:300]}"
            print(f"{name}: TensorFlow makes no {variant}: {str(error)[:100]}")
    write_evaluation(folder, record, judged, [expected])
    print(f"{name}: {size} parameters, {quality}; mean squared errors: {losses(record)}", flush=True)


def trained(options: argparse.Namespace) -> None:
    """Each pack in a process of its own: TensorFlow's converter may abort on one."""
    spawn = multiprocessing.get_context("spawn")
    for name in fnmatch.filter(pack_models.TASKS, options.only):
        folder = options.out / name
        if (folder / "case.json").exists():
            continue
        shutil.rmtree(folder, ignore_errors=True)
        process = spawn.Process(target=write_trained, args=(name, folder, options.seed))
        process.start()
        process.join()
        if process.exitcode:
            print(f"{name}: skipped, exit code {process.exitcode}", flush=True)
            shutil.rmtree(folder, ignore_errors=True)


# Windows of recordings ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Window:
    file: Path
    start: float
    seconds: float

    def overlaps(self, clip: dict) -> bool:
        start, end = (f / clip["rate"] for f in (clip["start_frame"], clip["start_frame"] + clip["frames"]))
        apart = start >= self.start + self.seconds or end <= self.start
        return Path(clip["file"]).name == self.file.name and not apart

    def samples(self) -> tuple[np.ndarray, int]:
        rate = soundfile.info(self.file).samplerate
        frames = round(self.seconds * rate)
        return soundfile.read(self.file, frames, round(self.start * rate), dtype="float32")[0], rate


def candidates(audio: Path, seconds: float, used: list[dict], random: np.random.Generator) -> list[Window]:
    """Windows apart from the calibration clips, recordings in turn; overlapping ones come last."""
    ranked = []
    for file in sorted(f for f in audio.rglob("*") if f.suffix.lower() in (".wav", ".mp3", ".flac", ".ogg")):
        info = soundfile.info(file)
        fits = int((info.frames / info.samplerate - seconds) / seconds * 4 + 1)
        for shift in (0, 2, 1, 3):
            windows = [Window(file, i / 4 * seconds, seconds) for i in range(shift, fits, 4)]
            free = [w for w in windows if not any(w.overlaps(clip) for clip in used)]
            order = enumerate(random.permutation(len(free)))
            ranked += [(shift % 2, shift, rank, str(file), free[i]) for rank, i in order]
    return [window for *_, window in sorted(ranked, key=lambda r: r[:-1])]


def write_windows(windows: list[Window], count: int, folder: Path) -> list[Window]:
    """The first so many that are not silent, as .wav files that sort as they come."""
    written = []
    for window in windows:
        if len(written) == count:
            break
        samples, rate = window.samples()
        if np.ptp(samples) > 1e-3:
            soundfile.write(folder / f"{len(written):05}.wav", samples, rate, "FLOAT")
            written.append(window)
    return written


def kinglet(program: str, *arguments: object) -> None:
    subprocess.run([program, *map(str, arguments), "--quiet"], check=True)


def features_of(options: argparse.Namespace, record: dict, config: Path) -> tuple[np.ndarray, list[Window]]:
    seconds = json.loads(config.read_text())["chunk_duration"]
    random = np.random.default_rng([options.seed, *record["name"].encode()])
    windows = candidates(options.audio, seconds, record.get("calibration_clips", []), random)
    with tempfile.TemporaryDirectory() as work:
        audio, out = Path(work) / "audio", Path(work) / "features.npz"
        audio.mkdir()
        windows = write_windows(windows, options.count, audio)
        kinglet(options.kinglet, "features", audio, "--config", config, "--snr-threshold=0", "--output", out)
        samples = np.load(out)["features"]
    if len(samples) != len(windows):
        raise RuntimeError(f"{record['name']}: {len(samples)} rows of {len(windows)} windows")
    return samples, windows


def run_kinglet(program: str, model: Path, inputs: Arrays) -> list[np.ndarray]:
    """What Keras computes, within 2e-5, without the model's own layer classes."""
    with tempfile.TemporaryDirectory() as work:
        source, out = Path(work) / "in.npz", Path(work) / "out.npz"
        np.savez(source, **inputs)
        kinglet(program, "run", model, "--input", source, "--output", out)
        data = np.load(out)
        return [data[k] for k in data.files]


def windows(options: argparse.Namespace) -> None:
    for about in sorted(options.packs.rglob("case.json")):
        record, source = json.loads(about.read_text()), about.parent
        model = source / record.get("model", "model.keras")
        beside = (source / "model_config.json", model.with_name(f"{model.stem}_model_config.json"))
        config = next((c for c in beside if c.exists()), None)
        names = np.load(source / "calibration.npz").files if config else []
        folder = options.out / record["name"]
        done = (folder / "case.json").exists()
        if len(names) != 1 or done or not fnmatch.fnmatch(record["name"], options.only):
            continue
        shutil.rmtree(folder, ignore_errors=True)
        samples, used = features_of(options, record, config)
        inputs = {names[0]: samples}
        folder.mkdir(parents=True)
        shutil.copyfile(model, folder / "model.keras")
        shutil.copyfile(config, folder / "model_config.json")
        for file in (source / "calibration.npz", *source.glob("tf_*.tflite")):
            shutil.copyfile(file, folder / file.name)
        clips = [{"file": w.file.name, "start": w.start, "seconds": w.seconds} for w in used]
        kept = {k: record[k] for k in ("name", "suite", "about", "calibration_clips") if k in record}
        kept |= {"model": "model.keras", "failures": {}, "eval_clips": clips}
        write_evaluation(folder, kept, inputs, run_kinglet(options.kinglet, model, inputs))
        print(f"{record['name']}: {len(used)} windows; mean squared errors: {losses(kept)}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    of_trained = commands.add_parser("trained")
    of_windows = commands.add_parser("windows")
    of_windows.add_argument("packs", type=Path)
    of_windows.add_argument("audio", type=Path)
    for command in (of_trained, of_windows):
        command.add_argument("out", type=Path)
        command.add_argument("--seed", type=int, default=1)
        command.add_argument("--only", default="*", help="glob over names")
    of_windows.add_argument("--kinglet", required=True)
    of_windows.add_argument("--count", type=int, default=125, help="windows a pack at most")
    options = parser.parse_args()
    {"trained": trained, "windows": windows}[options.command](options)


if __name__ == "__main__":
    main()
