"""Synthetic field recordings: six kinds of sound over a noise floor.

Every kind is a function of (generator, sample rate in Hz, seconds) and returns a mono float64
signal; `recording` adds the background. All calls lie below 4.5 kHz, so that they survive a
recorder of 11025 Hz.
"""

import numpy as np


def _note(rng, rate, seconds, start_hz, end_hz, harmonic=0.0):
    """One tone that glides from start_hz to end_hz under a raised-cosine envelope."""
    count = int(rate * seconds)
    position = np.arange(count) / count
    frequency = start_hz * (end_hz / start_hz) ** position
    phase = 2 * np.pi * (np.cumsum(frequency) / rate + rng.uniform())
    tone = np.sin(phase) + harmonic * np.sin(2 * phase)
    return tone * np.sin(np.pi * position) ** 0.5


def _sequence(rng, rate, seconds, make_note, gap):
    """Notes one after another, `gap()` seconds apart, from a random place on."""
    signal = np.zeros(int(rate * seconds))
    start = int(rate * rng.uniform(0, gap()))
    while start < len(signal):
        note = make_note()[: len(signal) - start]
        signal[start : start + len(note)] += note
        start += len(note) + int(rate * gap())
    return signal


def chirp(rng, rate, seconds):
    """Short notes that rise by half their frequency, two or three in a second."""
    low = rng.uniform(1500, 2800)
    length = rng.uniform(0.08, 0.15)
    return _sequence(
        rng, rate, seconds,
        lambda: _note(rng, rate, length, low, 1.5 * low, 0.2),
        lambda: rng.uniform(0.15, 0.3),
    )  # fmt: skip


def trill(rng, rate, seconds):
    """The same short note some twenty times in a second."""
    pitch = rng.uniform(1800, 4200)
    length = rng.uniform(0.025, 0.035)
    pause = rng.uniform(0.015, 0.03)
    return _sequence(
        rng, rate, seconds,
        lambda: _note(rng, rate, length, pitch, 0.95 * pitch),
        lambda: pause,
    )  # fmt: skip


def whistle(rng, rate, seconds):
    """Long notes of one pitch with an octave above."""
    pitch = rng.uniform(1000, 2200)
    return _sequence(
        rng, rate, seconds,
        lambda: _note(rng, rate, rng.uniform(0.4, 0.8), pitch, pitch * 1.01, 0.3),
        lambda: rng.uniform(0.1, 0.3),
    )  # fmt: skip


def sweep(rng, rate, seconds):
    """Long notes that fall from high to low."""
    high = rng.uniform(3400, 4400)
    low = rng.uniform(900, 1500)
    return _sequence(
        rng, rate, seconds,
        lambda: _note(rng, rate, rng.uniform(0.45, 0.9), high, low),
        lambda: rng.uniform(0.1, 0.25),
    )  # fmt: skip


def rain(rng, rate, seconds):
    """Drops: clicks of a few milliseconds at random times over a steady hiss."""
    count = int(rate * seconds)
    signal = 0.1 * rng.standard_normal(count)
    for start in rng.integers(0, count, int(rng.uniform(60, 140) * seconds)):
        length = int(rate * rng.uniform(0.003, 0.008))
        drop = rng.standard_normal(length) * np.exp(-5 * np.arange(length) / length)
        drop = drop[: count - start]
        signal[start : start + len(drop)] += rng.uniform(0.2, 1) * drop
    return signal


def wind(rng, rate, seconds):
    """Low rumble that swells and sinks."""
    count = int(rate * seconds)
    spectrum = np.fft.rfft(rng.standard_normal(count))
    hz = np.fft.rfftfreq(count, 1 / rate)
    spectrum *= 1 / (1 + (hz / rng.uniform(250, 500)) ** 2)
    time = np.arange(count) / rate
    swell = 1 + 0.6 * np.sin(2 * np.pi * (rng.uniform(0.3, 0.9) * time + rng.uniform()))
    return np.fft.irfft(spectrum, count) * swell


KINDS = {f.__name__: f for f in (chirp, rain, sweep, trill, whistle, wind)}


def recording(rng, kind, rate, seconds):
    """A mono float64 recording of one kind, peak 0.2 to 0.9, 12 to 24 dB over white noise."""
    signal = KINDS[kind](rng, rate, seconds)
    signal /= np.abs(signal).max()
    signal += 10 ** rng.uniform(-24 / 20, -12 / 20) * rng.standard_normal(len(signal))
    return signal * (rng.uniform(0.2, 0.9) / np.abs(signal).max())
