"""The example's network: the hybrid audio front end as a Keras layer, and a small DS-CNN.

A saved file names the two layer classes and their sub-layers; kinglet reads the weights under
those names, so the attribute names here are part of the file format.
"""

import features
import keras
import numpy as np
from keras import layers, ops

PWL_SLOPES = (0.40, 0.25, 0.15, 0.08)
PWL_SHIFTS = (-0.10, -0.35, -0.65)


def _per_channel(name, value, bias=None):
    """x * w[c] (+ b[c]) as a 1x1 depthwise convolution."""
    return layers.DepthwiseConv2D(
        1,
        use_bias=bias is not None,
        depthwise_initializer=keras.initializers.Constant(value),
        bias_initializer=keras.initializers.Constant(bias or 0.0),
        name=name,
    )


class MagnitudeScalingLayer(layers.Layer):
    """y = k0 x + sum of k_i relu(s_i x + b_i), all factors per channel and trained."""

    __module__ = "birdnet_stm32.models.frontend"

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        name = f"{self.name}_pwl"
        self._pwl_k0_dw = _per_channel(f"{name}_k0_dw", PWL_SLOPES[0])
        self._pwl_shift_dws = [
            _per_channel(f"{name}_shift{i}_dw", 1.0, shift)
            for i, shift in enumerate(PWL_SHIFTS, 1)
        ]
        self._pwl_k_dws = [
            _per_channel(f"{name}_k{i}_dw", slope)
            for i, slope in enumerate(PWL_SLOPES[1:], 1)
        ]

    def build(self, input_shape):
        for layer in [self._pwl_k0_dw, *self._pwl_shift_dws, *self._pwl_k_dws]:
            layer.build(input_shape)
        self.built = True

    def call(self, inputs):
        total = self._pwl_k0_dw(inputs)
        for shift, slope in zip(self._pwl_shift_dws, self._pwl_k_dws):
            total = total + slope(ops.relu(shift(inputs)))
        return total


class AudioFrontendLayer(layers.Layer):
    """Mode hybrid: spectrogram [b, bins, frames, 1] -> mel [b, mel_bins, frames, 1].

    The bins become channels, padded with zeros to a multiple of eight; a 1x1 convolution mixes
    them to mel bands, which are divided by the sample's largest and scaled.
    """

    __module__ = "birdnet_stm32.models.frontend"

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.mel_mixer = layers.Conv2D(
            features.MEL_BINS, 1, use_bias=False, name=f"{self.name}_mel_mixer"
        )
        self.mag_layer = MagnitudeScalingLayer(name=f"{self.name}_mag")

    def get_config(self):
        return super().get_config() | {
            "mode": "hybrid",
            "mel_bins": features.MEL_BINS,
            "spec_width": features.SPEC_WIDTH,
            "sample_rate": features.SAMPLE_RATE_HZ,
            "chunk_duration": features.CHUNK_SECONDS,
            "fft_length": features.FFT_LENGTH,
            "pcen_K": 8,
            "init_mel": True,
            "mel_fmin": features.MEL_FMIN_HZ,
            "mel_fmax": None,
            "mel_norm": "slaney",
            "mag_scale": "pwl",
            "is_trainable": False,
        }

    @classmethod
    def from_config(cls, config):
        return cls(name=config["name"])

    def build(self, input_shape):
        bins = input_shape[1]
        self._padding = -bins % 8
        self.mel_mixer.build((None, 1, features.SPEC_WIDTH, bins + self._padding))
        kernel = np.pad(features.mel_filterbank(), ((0, self._padding), (0, 0)))
        self.mel_mixer.set_weights([kernel[np.newaxis, np.newaxis]])
        self.mel_mixer.trainable = False
        self.mag_layer.build((None, 1, features.SPEC_WIDTH, features.MEL_BINS))
        self.built = True

    def call(self, inputs):
        x = ops.transpose(inputs, (0, 3, 2, 1))[:, :, : features.SPEC_WIDTH, :]
        x = ops.pad(x, ((0, 0), (0, 0), (0, 0), (0, self._padding)))
        x = ops.relu(self.mel_mixer(x))
        x = x / (ops.max(x, axis=(1, 2, 3), keepdims=True) + 1e-6)
        return ops.transpose(self.mag_layer(x), (0, 3, 2, 1))

    def compute_output_shape(self, input_shape):
        return (input_shape[0], features.MEL_BINS, features.SPEC_WIDTH, 1)


def _normalized(x, convolution, name):
    x = convolution(x)
    return layers.BatchNormalization(momentum=0.9, name=f"{name}_bn")(x)


def _relu6(x, name):
    return layers.ReLU(max_value=6, name=f"{name}_relu")(x)


def _separable_block(x, filters, strides, name):
    """Depthwise 3x3, pointwise 1x1; the input is added where the shapes agree."""
    depthwise = layers.DepthwiseConv2D(
        3, strides, padding="same", use_bias=False, name=f"{name}_dw"
    )
    pointwise = layers.Conv2D(filters, 1, use_bias=False, name=f"{name}_pw")
    y = _relu6(_normalized(x, depthwise, f"{name}_dw"), f"{name}_dw")
    y = _normalized(y, pointwise, f"{name}_pw")
    if y.shape == x.shape:
        y = layers.Add(name=f"{name}_add")([x, y])
    return _relu6(y, f"{name}_pw")


def build_network(class_count):
    """Four stages of two blocks, the first block of each halves height and width."""
    shape = (features.FFT_LENGTH // 2 + 1, features.SPEC_WIDTH, 1)
    inputs = keras.Input(shape, name="linear_spectrogram_input")
    x = AudioFrontendLayer(name="audio_frontend")(inputs)
    stem = layers.Conv2D(8, 3, (1, 2), padding="same", use_bias=False, name="stem_conv")
    x = _relu6(_normalized(x, stem, "stem"), "stem")
    for stage, filters in enumerate((16, 24, 32, 48), 1):
        x = _separable_block(x, filters, (2, 2), f"stage{stage}_ds1")
        x = _separable_block(x, filters, (1, 1), f"stage{stage}_ds2")
    x = layers.GlobalAveragePooling2D(name="gap")(x)
    x = layers.Dropout(0.2, name="dropout")(x)
    outputs = layers.Dense(class_count, activation="softmax", name="pred")(x)
    return keras.Model(inputs, outputs, name="dscnn_audio")
