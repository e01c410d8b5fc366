"""The synthetic tasks and the small models of `make_packs.py trained`."""

from collections.abc import Callable
from dataclasses import dataclass

import keras
import numpy as np
from keras import layers

Inputs = dict[str, np.ndarray]
RATE, AUDIO, BANDS, FRAMES, CALLS = 8000, 4288, 32, 64, 6
SIDE, SHAPES = 32, 4
STEPS, AHEAD, CHANNELS, WAVES = 32, 4, 3, 5


# Tasks --------------------------------------------------------------------------------------------


def calls(random: np.random.Generator, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Bird-like sound [count, AUDIO]: a chirp up or down, a trill, a tone, a warble, or only noise."""
    labels = random.integers(0, CALLS, (count, 1))
    start, length = random.uniform(0, 0.15, (count, 1)), random.uniform(0.12, 0.35, (count, 1))
    seconds = np.arange(AUDIO) / RATE
    place = np.clip((seconds - start) / length, 0, 1)
    pitch, speed = random.uniform(700, 2300, (count, 1)), random.uniform(12, 35, (count, 1))
    beat = np.sin(2 * np.pi * speed * seconds)
    bend = np.select([labels == 0, labels == 1, labels == 4], [0.4 * place, -0.4 * place, 0.12 * beat], 0.0)
    phase = 2 * np.pi * np.cumsum(pitch * (1 + bend), axis=1) / RATE
    gate = np.where(labels == 2, beat > 0, labels != 5)
    harmonic = random.uniform(0, 0.5, (count, 1))
    loudness = 10 ** random.uniform(-1.6, 0, (count, 1))
    call = loudness * gate * np.sin(np.pi * place) * (np.sin(phase) + harmonic * np.sin(2 * phase))
    tilt = np.arange(1, AUDIO // 2 + 2) ** -random.uniform(0, 0.8, (count, 1))
    noise = np.fft.irfft(np.fft.rfft(random.normal(size=(count, AUDIO))) * tilt, AUDIO)
    noise *= 10 ** random.uniform(-1.8, -0.8, (count, 1)) / noise.std(axis=1, keepdims=True)
    return np.clip(call + noise, -1, 1).astype(np.float32), labels[:, 0]


def bands(audio: np.ndarray) -> np.ndarray:
    """Mean magnitude in bands that widen with frequency: [count, BANDS, FRAMES]."""
    windows = np.lib.stride_tricks.sliding_window_view(audio, 256, axis=1)[:, ::64]
    magnitude = np.abs(np.fft.rfft(windows * np.hanning(256).astype(np.float32)))
    centres = np.geomspace(4, 136, BANDS + 2) - 4
    bins = np.arange(129)[:, None]
    rise, fall = np.diff(centres)[:-1], np.diff(centres)[1:]
    weights = np.clip(np.minimum((bins - centres[:-2]) / rise, (centres[2:] - bins) / fall), 0, 1)
    return (magnitude @ (weights / np.maximum(weights.sum(axis=0), 1e-3))).transpose(0, 2, 1)


def sounds(random: np.random.Generator, count: int) -> tuple[Inputs, np.ndarray]:
    audio, labels = calls(random, count)
    return {"audio": audio[..., None]}, labels


def roots(random: np.random.Generator, count: int) -> tuple[Inputs, np.ndarray]:
    """Spectrograms of square roots, the largest of each 1."""
    audio, labels = calls(random, count)
    energy = np.sqrt(bands(audio))[..., None]
    return {"spectrogram": (energy / energy.max(axis=(1, 2), keepdims=True)).astype(np.float32)}, labels


def decibels(random: np.random.Generator, count: int) -> tuple[Inputs, np.ndarray]:
    """Spectrograms of logarithms, about -3 to 2."""
    audio, labels = calls(random, count)
    return {"spectrogram": np.log10(bands(audio) + 1e-3)[..., None].astype(np.float32)}, labels


def mixtures(random: np.random.Generator, count: int) -> tuple[Inputs, np.ndarray]:
    """Two calls at once, to be told by one yes or no a kind."""
    (one, first), (other, second) = calls(random, count), calls(random, count)
    present = np.eye(CALLS, dtype=np.float32)
    spectrogram = np.log10(bands((one + other) / 2) + 1e-3)[..., None].astype(np.float32)
    return {"spectrogram": spectrogram}, np.maximum(present[first], present[second])


def copies(random: np.random.Generator, count: int) -> tuple[Inputs, np.ndarray]:
    """The spectrogram itself, to be coded and decoded."""
    inputs, _ = roots(random, count)
    return inputs, inputs["spectrogram"]


def picture(random: np.random.Generator, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Discs, squares, triangles and rings, turned and coloured, on uneven ground; and where they are."""
    size = (len(labels), 1, 1)
    y, x = np.mgrid[-1 : 1 : SIDE * 1j, -1 : 1 : SIDE * 1j]
    x, y = x - random.uniform(-0.4, 0.4, size), y - random.uniform(-0.4, 0.4, size)
    angle, radius = random.uniform(0, 2 * np.pi, size), random.uniform(0.35, 0.65, size)
    u, v = (np.cos(angle) * x - np.sin(angle) * y) / radius, (np.sin(angle) * x + np.cos(angle) * y) / radius
    kind, distance = labels.reshape(size), np.hypot(u, v)
    triangle = np.maximum(-v - 0.5, np.abs(u) * 0.866 + v * 0.5 - 0.5)
    square, ring = np.maximum(np.abs(u), np.abs(v)) - 0.85, np.abs(distance - 0.8) - 0.2
    inside = np.choose(kind, [distance - 1, square, triangle, ring]) < 0
    ground = random.uniform(0, 1, (len(labels), 1, 1, 3))
    colour = (ground + random.uniform(0.3, 0.7, ground.shape)) % 1
    slope = 0.3 * (x * random.normal(size=size) + y * random.normal(size=size))[..., None]
    image = np.where(inside[..., None], colour, ground + slope)
    image += random.normal(0, 0.08, image.shape)
    return np.clip(image, 0, 1).astype(np.float32), inside[..., None].astype(np.float32)


def pictures(random: np.random.Generator, count: int) -> tuple[Inputs, np.ndarray]:
    labels = random.integers(0, SHAPES, count)
    return {"image": picture(random, labels)[0]}, labels


def masks(random: np.random.Generator, count: int) -> tuple[Inputs, np.ndarray]:
    image, inside = picture(random, random.integers(0, SHAPES, count))
    return {"image": image}, inside


def pairs(random: np.random.Generator, count: int) -> tuple[Inputs, np.ndarray]:
    """Two spectrograms each: whether their calls are of one kind, and the kind of either."""
    (left, first), (right, second) = decibels(random, count), decibels(random, count)
    same = np.flatnonzero(random.random(count) < 0.4)
    twins = np.array([random.choice(np.flatnonzero(second == kind)) for kind in first[same]])
    right["spectrogram"][same], second[same] = right["spectrogram"][twins], second[twins]
    kinds = np.eye(CALLS, dtype=np.float32)
    answers = [(first == second).astype(np.float32)[:, None], kinds[first], kinds[second]]
    return {"left": left["spectrogram"], "right": right["spectrogram"]}, np.concatenate(answers, axis=1)


def motion(random: np.random.Generator, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Waves [count, STEPS + AHEAD, CHANNELS] that lead, lag, agree or burst over channels, or are square."""
    labels = random.integers(0, WAVES, (count, 1, 1))
    time, channel = np.arange(STEPS + AHEAD)[:, None], np.arange(CHANNELS)
    lag = np.select([labels == 0, labels == 1], [1.0, -1.0], 0.0) * random.uniform(0.5, 1.6, (count, 1, 1))
    speed = random.uniform(0.25, 1.2, (count, 1, 1))
    wave = np.sin(speed * time + random.uniform(0, 2 * np.pi, (count, 1, 1)) + lag * channel)
    middle = random.uniform(8, 26, (count, 1, 1))
    burst = wave * np.exp(-(((time - middle) / 5) ** 2))
    wave = np.select([labels == 3, labels == 4], [burst, np.sign(wave)], wave)
    drift = random.normal(0, 0.02, (count, 1, CHANNELS)) * time
    noise = random.normal(0, 0.5, (count, STEPS + AHEAD, CHANNELS))
    loudness = random.lognormal(0, 0.4, (count, 1, 1))
    return (loudness * wave + drift + noise).astype(np.float32), labels[:, 0, 0]


def motions(random: np.random.Generator, count: int) -> tuple[Inputs, np.ndarray]:
    series, labels = motion(random, count)
    return {"series": series[:, :STEPS]}, labels


def forecasts(random: np.random.Generator, count: int) -> tuple[Inputs, np.ndarray]:
    """What comes next in the first channel."""
    series, _ = motion(random, count)
    return {"series": series[:, :STEPS]}, series[:, STEPS:, 0]


# Parts of models ----------------------------------------------------------------------------------


def spectrogram() -> keras.KerasTensor:
    return layers.Input((BANDS, FRAMES, 1), name="spectrogram")


def image() -> keras.KerasTensor:
    return layers.Input((SIDE, SIDE, 3), name="image")


def series() -> keras.KerasTensor:
    return layers.Input((STEPS, CHANNELS), name="series")


def normal(x, activation: str | None = "relu"):
    x = layers.BatchNormalization(momentum=0.95)(x)
    return layers.Activation(activation)(x) if activation else x


def relu6(x):
    return layers.ReLU(6.0)(layers.BatchNormalization(momentum=0.95)(x))


def conv(x, channels: int, kernel=3, strides=1, activation: str | None = "relu"):
    return normal(layers.Conv2D(channels, kernel, strides, "same", use_bias=False)(x), activation)


def separable(x, channels: int, strides=1, activation="relu"):
    x = normal(layers.DepthwiseConv2D(3, strides, "same", use_bias=False)(x), activation)
    return conv(x, channels, 1, 1, activation)


def excite(x, squeezed: int, gate="sigmoid"):
    scale = layers.GlobalAveragePooling2D(keepdims=True)(x)
    scale = layers.Conv2D(squeezed, 1, activation="relu")(scale)
    return layers.Multiply()([x, layers.Conv2D(x.shape[-1], 1, activation=gate)(scale)])


def head(x, classes: int, activation: str | None):
    return layers.Dense(classes, activation=activation)(layers.Dropout(0.1)(x))


# Models -------------------------------------------------------------------------------------------


def ds_cnn(width: int) -> keras.Model:
    """Depthwise separable blocks as in keyword spotting."""
    source = spectrogram()
    x = conv(source, 2 * width, (8, 4), 2)
    for _ in range(4):
        x = separable(x, 2 * width)
    return keras.Model(source, head(layers.GlobalAveragePooling2D()(x), CALLS, "softmax"))


def residual_cnn(width: int) -> keras.Model:
    """Three residual stages, logits."""
    source = image()
    x = conv(source, width)
    for channels, strides in ((width, 1), (2 * width, 2), (4 * width, 2)):
        short = x if strides == 1 else layers.Conv2D(channels, 1, strides, "same")(x)
        y = conv(conv(x, channels, 3, strides), channels, activation=None)
        x = layers.ReLU()(layers.Add()([y, short]))
    return keras.Model(source, head(layers.GlobalAveragePooling2D()(x), SHAPES, None))


def mobilenet_v2(width: int) -> keras.Model:
    """Inverted residuals with ReLU6 and linear bottlenecks."""
    source = image()
    x = relu6(layers.Conv2D(width, 3, 2, "same", use_bias=False)(source))
    for channels, strides in ((width, 1), (width, 1), (2 * width, 2), (2 * width, 1), (2 * width, 1)):
        y = relu6(layers.Conv2D(4 * x.shape[-1], 1, use_bias=False)(x))
        y = relu6(layers.DepthwiseConv2D(3, strides, "same", use_bias=False)(y))
        y = conv(y, channels, 1, activation=None)
        x = layers.Add()([x, y]) if x.shape == y.shape else y
    x = relu6(layers.Conv2D(6 * width, 1, use_bias=False)(x))
    return keras.Model(source, head(layers.GlobalAveragePooling2D()(x), SHAPES, "softmax"))


def squeeze_excite(width: int) -> keras.Model:
    """Separable blocks with squeeze and excitation, one sigmoid a class."""
    source = spectrogram()
    x = conv(source, width, 3, 2)
    for channels, strides in ((2 * width, 1), (2 * width, 2), (3 * width, 1), (3 * width, 1)):
        y = excite(separable(x, channels, strides), width // 2)
        x = layers.Add()([x, y]) if x.shape == y.shape else y
    return keras.Model(source, head(layers.GlobalAveragePooling2D()(x), CALLS, "sigmoid"))


def tcn(width: int) -> keras.Model:
    """Dilated causal convolutions over time."""
    source = series()
    x = layers.Conv1D(2 * width, 1)(source)
    for dilation in (1, 2, 4, 8):
        y = normal(layers.Conv1D(2 * width, 3, padding="causal", dilation_rate=dilation)(x))
        x = layers.ReLU()(layers.Add()([x, layers.Conv1D(2 * width, 1)(y)]))
    return keras.Model(source, head(x[:, -1], WAVES, "softmax"))


def gru(width: int) -> keras.Model:
    """Two gated recurrent layers, unrolled."""
    source = series()
    x = layers.GRU(2 * width, return_sequences=True, unroll=True)(source)
    x = layers.GRU(2 * width, unroll=True)(x)
    return keras.Model(source, head(x, WAVES, "softmax"))


def lstm(width: int) -> keras.Model:
    """A long short-term memory that forecasts, unrolled."""
    source = series()
    x = layers.LSTM(2 * width, unroll=True)(source)
    return keras.Model(source, layers.Dense(AHEAD)(layers.Dense(2 * width, activation="relu")(x)))


def conformer(width: int) -> keras.Model:
    """Attention, a convolution over time and a swish network, each residual, over frames."""
    source, size = spectrogram(), 3 * width
    x = layers.Reshape((FRAMES, BANDS))(layers.Permute((2, 1, 3))(source))
    x = layers.Conv1D(size, 3, 2, "same")(x)
    for _ in range(2):
        y = layers.LayerNormalization()(x)
        x = layers.Add()([x, layers.MultiHeadAttention(2, size // 2)(y, y)])
        y = layers.Conv1D(2 * size, 1, activation="swish")(layers.LayerNormalization()(x))
        y = normal(layers.DepthwiseConv1D(7, padding="same")(y), "swish")
        x = layers.Add()([x, layers.Conv1D(size, 1)(y)])
        y = layers.Dense(2 * size, activation="swish")(layers.LayerNormalization()(x))
        x = layers.Add()([x, layers.Dense(size)(y)])
    x = layers.GlobalAveragePooling1D()(layers.LayerNormalization()(x))
    return keras.Model(source, head(x, CALLS, None))


def autoencoder(width: int) -> keras.Model:
    """Convolutions down to a code and transposed ones back."""
    source = spectrogram()
    x = conv(conv(source, width, 3, 2), 2 * width, 3, 2)
    x = conv(conv(x, 2 * width, 3, 2), width // 2, 1)
    for channels in (2 * width, 2 * width, width):
        x = normal(layers.Conv2DTranspose(channels, 3, 2, "same", use_bias=False)(x))
    return keras.Model(source, layers.Conv2D(1, 3, padding="same", activation="sigmoid")(x))


def mlp(width: int) -> keras.Model:
    """Dense layers with batch normalization, logits."""
    source = series()
    x = layers.Flatten()(source)
    for units in (16 * width, 8 * width, 4 * width):
        x = normal(layers.Dense(units)(x))
    return keras.Model(source, head(x, WAVES, None))


def raw_audio(width: int) -> keras.Model:
    """Strided convolutions over the samples themselves."""
    source = layers.Input((AUDIO, 1), name="audio")
    x = source
    for times, kernel, strides in ((1, 64, 8), (2, 16, 4), (2, 8, 2), (4, 4, 2)):
        x = normal(layers.Conv1D(times * width, kernel, strides, "same", use_bias=False)(x))
    x = layers.Conv1D(4 * width, 3, padding="same", activation="relu")(layers.MaxPooling1D(2)(x))
    return keras.Model(source, head(layers.GlobalAveragePooling1D()(x), CALLS, "softmax"))


def hard_swish(width: int) -> keras.Model:
    """Blocks as in MobileNetV3: hard swish, and excitation by a hard sigmoid."""
    source = spectrogram()
    x = conv(source, width, 3, 2, "hard_swish")
    for channels, strides in ((width, 1), (2 * width, 2), (2 * width, 1)):
        y = conv(x, 3 * width, 1, activation="hard_swish")
        y = normal(layers.DepthwiseConv2D(5, strides, "same", use_bias=False)(y), "hard_swish")
        y = conv(excite(y, width, "hard_sigmoid"), channels, 1, activation=None)
        x = layers.Add()([x, y]) if x.shape == y.shape else y
    x = conv(x, 4 * width, 1, activation="hard_swish")
    return keras.Model(source, head(layers.GlobalAveragePooling2D()(x), CALLS, "softmax"))


def elu_gelu(width: int) -> keras.Model:
    """Plain convolutions, ELU and then GELU, with biases and no normalization."""
    source = image()
    x = source
    for times, activation in ((1, "elu"), (2, "elu"), (3, "gelu"), (4, "gelu")):
        x = layers.Conv2D(times * width, 3, 1, "same", activation=activation)(x)
        x = layers.AveragePooling2D(2)(x)
    x = layers.Dense(4 * width, activation="gelu")(layers.Flatten()(x))
    return keras.Model(source, head(x, SHAPES, None))


def convnext(width: int) -> keras.Model:
    """Depthwise 7x7, layer normalization, a GELU network and a scale of each channel, residual."""
    source = spectrogram()
    x = layers.LayerNormalization(epsilon=1e-6)(layers.Conv2D(2 * width, 4, 4)(source))
    for _ in range(3):
        y = layers.DepthwiseConv2D(7, padding="same")(x)
        y = layers.Dense(6 * width, activation="gelu")(layers.LayerNormalization(epsilon=1e-6)(y))
        x = layers.Add()([x, layers.Dense(2 * width)(y)])
    x = layers.LayerNormalization(epsilon=1e-6)(layers.GlobalAveragePooling2D()(x))
    return keras.Model(source, head(x, CALLS, "softmax"))


def unet(width: int) -> keras.Model:
    """Down and up again with skips: where the shape is."""
    source = image()
    top = conv(conv(source, width), width)
    middle = conv(layers.MaxPooling2D()(top), 2 * width)
    x = conv(layers.MaxPooling2D()(middle), 4 * width)
    x = layers.Concatenate()([layers.Conv2DTranspose(2 * width, 2, 2)(x), middle])
    x = layers.UpSampling2D(interpolation="bilinear")(conv(x, 2 * width))
    x = conv(layers.Concatenate()([x, top]), width)
    return keras.Model(source, layers.Conv2D(1, 1, activation="sigmoid")(x))


def siamese(width: int) -> keras.Model:
    """One encoder for two inputs, compared by squared differences."""
    one = spectrogram()
    x = one
    for channels in (width, 2 * width, 3 * width):
        x = conv(x, channels, 3, 2)
    encoder = keras.Model(one, layers.Dense(2 * width)(layers.GlobalAveragePooling2D()(x)), name="encoder")
    left, right = (layers.Input((BANDS, FRAMES, 1), name=name) for name in ("left", "right"))
    codes, kind = (encoder(left), encoder(right)), layers.Dense(CALLS)
    apart = layers.Subtract()(codes)
    same = layers.Dense(2 * width, activation="relu")(layers.Multiply()([apart, apart]))
    x = layers.Concatenate()([layers.Dense(1)(same), kind(codes[0]), kind(codes[1])])
    return keras.Model([left, right], layers.Activation("sigmoid")(x))


def inception(width: int) -> keras.Model:
    """Branches of several kernels and a pool, concatenated."""
    source = spectrogram()
    x = conv(source, 2 * width, 3, 2)
    for _ in range(2):
        pool = conv(layers.MaxPooling2D(3, 1, "same")(x), width // 2, 1)
        three, five = conv(conv(x, width, 1), width), conv(conv(x, width // 2, 1), width, 5)
        x = layers.MaxPooling2D()(layers.Concatenate()([conv(x, width, 1), three, five, pool]))
    return keras.Model(source, head(layers.GlobalAveragePooling2D()(x), CALLS, "softmax"))


# Pairs of both ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Task:
    build: Callable[[int], keras.Model]
    draw: Callable[[np.random.Generator, int], tuple[Inputs, np.ndarray]]
    kind: str  # of the output: softmax, logits, sigmoid or values
    epochs: int = 10
    rate: float = 3e-3


TASKS = {task.build.__name__: task for task in (
    Task(ds_cnn, roots, "softmax"),
    Task(residual_cnn, pictures, "logits"),
    Task(mobilenet_v2, pictures, "softmax", 15),
    Task(squeeze_excite, mixtures, "sigmoid", 15),
    Task(tcn, motions, "softmax"),
    Task(gru, motions, "softmax"),
    Task(lstm, forecasts, "values", 15),
    Task(conformer, decibels, "logits", 12, 1e-3),
    Task(autoencoder, copies, "values"),
    Task(mlp, motions, "logits"),
    Task(raw_audio, sounds, "softmax", 15),
    Task(hard_swish, decibels, "softmax"),
    Task(elu_gelu, pictures, "logits", 15, 1e-3),
    Task(convnext, decibels, "softmax", 20, 2e-3),
    Task(unet, masks, "sigmoid", 6),
    Task(siamese, pairs, "sigmoid", 15),
    Task(inception, roots, "softmax"),
)}  # fmt: skip


def loss(kind: str) -> keras.losses.Loss:
    if kind in ("softmax", "logits"):
        return keras.losses.SparseCategoricalCrossentropy(from_logits=kind == "logits")
    return keras.losses.BinaryCrossentropy() if kind == "sigmoid" else keras.losses.MeanSquaredError()


def quality(kind: str, right: np.ndarray, output: np.ndarray) -> dict[str, float]:
    """The share that is right, or of the variance that is told."""
    if kind == "values":
        return {"told": round(float(1 - np.mean((output - right) ** 2) / np.var(right)), 4)}
    guess = output > 0.5 if kind == "sigmoid" else output.argmax(axis=-1)
    return {"accuracy": round(float(np.mean(guess == right)), 4)}
