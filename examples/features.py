"""Sound to network input, as the hybrid front end defines it (docs/numerics.md).

The whole recording is mixed to mono, resampled and divided by its peak; its centre chunk
becomes a linear magnitude spectrogram, scaled to 0..1.
"""

import math

import numpy as np
import soundfile
from scipy.signal import resample_poly

SAMPLE_RATE_HZ = 16000
CHUNK_SECONDS = 2.0
FFT_LENGTH = 512
MEL_BINS = 64
SPEC_WIDTH = 128
MEL_FMIN_HZ = 150.0
MAX_SECONDS = 30.0  # of a recording are read


def centre_chunk(signal, rate_hz):
    """float32 [samples, channels] -> float32 [SAMPLE_RATE_HZ * CHUNK_SECONDS]."""
    mono = signal.mean(axis=1, dtype=np.float32)
    common = math.gcd(SAMPLE_RATE_HZ, rate_hz)
    if rate_hz != SAMPLE_RATE_HZ:
        mono = resample_poly(mono, SAMPLE_RATE_HZ // common, rate_hz // common)
    peak = np.abs(mono).max()
    if peak > 0:
        mono = mono / peak
    size = int(SAMPLE_RATE_HZ * CHUNK_SECONDS)
    if len(mono) <= size:
        return np.pad(mono, (0, size - len(mono)))
    starts = list(range(0, len(mono) - size + 1, size))
    if starts[-1] + size != len(mono):
        starts.append(len(mono) - size)
    start = starts[len(starts) // 2]
    return mono[start : start + size]


def spectrogram(chunk):
    """float32 [samples] -> float32 [FFT_LENGTH / 2 + 1, SPEC_WIDTH], values 0..1."""
    hop = len(chunk) // SPEC_WIDTH
    padded = np.pad(chunk.astype(np.float64), FFT_LENGTH // 2)
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(FFT_LENGTH) / FFT_LENGTH)
    frames = np.stack([padded[t * hop : t * hop + FFT_LENGTH] for t in range(SPEC_WIDTH)])
    spectrum = np.fft.rfft(frames * window).astype(np.complex64).astype(np.complex128)
    magnitude = np.abs(spectrum).astype(np.float32).T
    low, high = magnitude.min(), magnitude.max()
    spread = np.float32(np.float64(high - low) + 1e-10)
    return (magnitude - low) / spread


def features_of(path):
    """A sound file -> float32 [FFT_LENGTH / 2 + 1, SPEC_WIDTH, 1]."""
    info = soundfile.info(path)
    seconds = min(MAX_SECONDS, info.frames / info.samplerate)
    frames = int(min(info.frames, seconds * info.samplerate))  # rounding may drop the last
    signal, rate_hz = soundfile.read(path, frames, dtype="float32", always_2d=True)
    return spectrogram(centre_chunk(signal, rate_hz))[..., np.newaxis]


def _mel_of_hz(hz):
    return 3 * hz / 200 if hz < 1000 else 15 + 27 * math.log(hz / 1000) / math.log(6.4)


def _hz_of_mel(mel):
    return 200 * mel / 3 if mel < 15 else 1000 * math.exp((mel - 15) * math.log(6.4) / 27)


def mel_filterbank():
    """Slaney's triangles of equal area: float32 [FFT_LENGTH / 2 + 1, MEL_BINS]."""
    low, high = _mel_of_hz(MEL_FMIN_HZ), _mel_of_hz(SAMPLE_RATE_HZ // 2)
    edges = [_hz_of_mel(low + i * (high - low) / (MEL_BINS + 1)) for i in range(MEL_BINS + 2)]
    bins = np.arange(FFT_LENGTH // 2 + 1) * (SAMPLE_RATE_HZ / FFT_LENGTH)
    columns = []
    for left, centre, right in zip(edges, edges[1:], edges[2:]):
        rise = (bins - left) / (centre - left)
        fall = (right - bins) / (right - centre)
        triangle = np.maximum(0, np.minimum(rise, fall)).astype(np.float32)
        columns.append((triangle * np.float64(2 / (right - left))).astype(np.float32))
    return np.stack(columns, axis=1)
