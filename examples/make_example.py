#!/usr/bin/env python3
"""Makes everything in this folder that is not source: a trained model and recordings.

    pip install -r examples/requirements.txt && python examples/make_example.py

Writes beside itself, in some minutes on two cores:

    model.keras, model_config.json  a network trained on synthetic sounds, and its front end
    recordings/<class>/             for calibration; one file is silent, one was cut short
    heldout/<class>/                sounds that neither training nor calibration has seen
    expected.npz                    features of the held-out files in the order of their sorted
                                    paths, and what Keras computes from them

Seeds are fixed. The weights still depend on the machine's arithmetic in their last digits.
"""

import json
import os
import shutil
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")

import features
import keras
import network
import numpy as np
import soundfile
import synthesis

FOLDER = Path(__file__).resolve().parent
CLASSES = sorted(synthesis.KINDS)
TRAINING_CLIPS = 200  # a class
TEST_CLIPS = 50  # a class
EPOCHS = 14
BATCH_SIZE = 32
SILENCE_THRESHOLD = 0.01  # smallest mean of a spectrogram that calibration uses

# Class, file name, rate in Hz, seconds, channels.
RECORDINGS = [
    ("chirp", "morning_1.wav", 16000, 2.0, 1),
    ("chirp", "morning_2.wav", 22050, 2.0, 1),
    ("chirp", "pond.flac", 16000, 3.0, 1),
    ("rain", "drops_1.wav", 16000, 2.0, 1),
    ("rain", "drops_2.wav", 11025, 2.5, 1),
    ("rain", "roof.wav", 22050, 1.5, 1),
    ("silence", "switched_off.wav", 8000, 2.0, 1),
    ("sweep", "dusk_1.wav", 16000, 2.0, 1),
    ("sweep", "dusk_2.flac", 44100, 2.0, 1),
    ("sweep", "hedge.wav", 11025, 2.0, 2),
    ("trill", "cut_short.flac", 16000, 2.0, 1),
    ("trill", "meadow.wav", 24000, 2.0, 1),
    ("trill", "reed_1.wav", 16000, 2.0, 1),
    ("trill", "reed_2.flac", 16000, 3.0, 1),
    ("whistle", "edge.wav", 11025, 3.0, 1),
    ("whistle", "forest_1.wav", 16000, 2.0, 1),
    ("whistle", "forest_2.flac", 32000, 2.0, 1),
    ("wind", "field.wav", 8000, 4.0, 1),
    ("wind", "gust_1.wav", 16000, 2.0, 1),
    ("wind", "gust_2.flac", 24000, 2.5, 1),
]
HELDOUT = [(kind, f"heldout_{i}.wav") for i, kind in enumerate(CLASSES + CLASSES[:2], 1)]


def write_recording(path, rng, kind, rate_hz, seconds, channels):
    """16-bit PCM or FLAC by the name's ending; a second channel is the first, quieter."""
    if kind == "silence":
        signal = np.zeros(int(rate_hz * seconds))
    else:
        signal = synthesis.recording(rng, kind, rate_hz, seconds)
    path.parent.mkdir(parents=True, exist_ok=True)
    levels = np.linspace(1, 0.6, channels)
    soundfile.write(path, np.outer(signal, levels), rate_hz, subtype="PCM_16")
    if path.stem == "cut_short":
        content = path.read_bytes()
        path.write_bytes(content[: len(content) // 2])


def write_recordings():
    rng = np.random.default_rng(7)
    for folder in ("recordings", "heldout"):
        shutil.rmtree(FOLDER / folder, ignore_errors=True)
    for kind, name, rate_hz, seconds, channels in RECORDINGS:
        path = FOLDER / "recordings" / kind / name
        write_recording(path, rng, kind, rate_hz, seconds, channels)
    for kind, name in HELDOUT:
        path = FOLDER / "heldout" / kind / name
        write_recording(path, rng, kind, features.SAMPLE_RATE_HZ, features.CHUNK_SECONDS, 1)


def report_silence_rule():
    """Prints which recordings calibration will use."""
    for path in sorted((FOLDER / "recordings").rglob("*.*")):
        try:
            mean = features.features_of(path).mean()
            verdict = "used" if mean >= SILENCE_THRESHOLD else "skipped"
            print(f"{path.relative_to(FOLDER)}: mean {mean:.4f}, {verdict}")
        except soundfile.LibsndfileError as error:
            print(f"{path.relative_to(FOLDER)}: unreadable ({error})")


def make_clips(seed, per_class):
    """Spectrograms [n, bins, frames, 1] and one-hot classes [n, classes] of fresh synthetic clips."""
    rng = np.random.default_rng(seed)
    rate_hz, seconds = features.SAMPLE_RATE_HZ, features.CHUNK_SECONDS
    images, labels = [], []
    for label, kind in enumerate(CLASSES):
        for _ in range(per_class):
            clip = synthesis.recording(rng, kind, rate_hz, seconds).astype(np.float32)
            images.append(features.spectrogram(clip / np.abs(clip).max()))
            labels.append(label)
    return np.stack(images)[..., np.newaxis], keras.utils.to_categorical(labels)


def train():
    """A trained network without optimizer state."""
    keras.utils.set_random_seed(1)
    images, labels = make_clips(11, TRAINING_CLIPS)
    trained = network.build_network(len(CLASSES))
    steps = EPOCHS * -(-len(images) // BATCH_SIZE)
    rate = keras.optimizers.schedules.CosineDecay(4e-3, steps)
    loss = keras.losses.CategoricalCrossentropy(label_smoothing=0.1)
    trained.compile(keras.optimizers.Adam(rate), loss, metrics=["accuracy"])
    trained.fit(images, labels, batch_size=BATCH_SIZE, epochs=EPOCHS, verbose=2)
    images, labels = make_clips(12, TEST_CLIPS)
    _, accuracy = trained.evaluate(images, labels, batch_size=BATCH_SIZE, verbose=0)
    print(f"accuracy on {len(labels)} unseen clips: {accuracy:.3f}")
    if accuracy < 0.9:
        raise SystemExit("training failed: accuracy below 0.9")
    clean = network.build_network(len(CLASSES))
    clean.set_weights(trained.get_weights())
    return clean


def write_config():
    config = {
        "sample_rate": features.SAMPLE_RATE_HZ,
        "num_mels": features.MEL_BINS,
        "spec_width": features.SPEC_WIDTH,
        "fft_length": features.FFT_LENGTH,
        "chunk_duration": features.CHUNK_SECONDS,
        "hop_length": int(features.SAMPLE_RATE_HZ * features.CHUNK_SECONDS) // features.SPEC_WIDTH,
        "audio_frontend": "hybrid",
        "mag_scale": "pwl",
        "num_classes": len(CLASSES),
        "class_names": CLASSES,
    }
    (FOLDER / "model_config.json").write_text(json.dumps(config, indent=2) + "\n")


def write_expected():
    """What Keras computes from the file that was written."""
    model = keras.models.load_model(
        FOLDER / "model.keras",
        custom_objects={"AudioFrontendLayer": network.AudioFrontendLayer},
    )
    paths = sorted((FOLDER / "heldout").rglob("*.wav"))
    inputs = np.stack([features.features_of(path) for path in paths])
    outputs = model.predict(inputs, verbose=0)
    np.savez_compressed(
        FOLDER / "expected.npz", linear_spectrogram_input=inputs, output_0=outputs
    )
    for path, row in zip(paths, outputs):
        print(f"{path.relative_to(FOLDER)}: {CLASSES[row.argmax()]} ({row.max():.3f})")


def main():
    write_recordings()
    report_silence_rule()
    train().save(FOLDER / "model.keras")
    write_config()
    write_expected()


if __name__ == "__main__":
    main()
