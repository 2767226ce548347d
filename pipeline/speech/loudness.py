"""Integrated loudness after ITU-R BS.1770-4, and bringing speech to a target without overloading.

Mono: a block's loudness is −0.691 + 10 log10 of its K-weighted mean square; blocks of 400 ms overlap by three
quarters; those below −70 LUFS and then those 10 LU below the rest are left out.
"""

import math

import numpy as np
from numpy.typing import NDArray

from pipeline.speech.audio import Samples

TARGET_LUFS = -16.0
CEILING_DBTP = -1.5
BLOCK_SECONDS, STEP_SECONDS = 0.4, 0.1
OFFSET = -0.691
OVERSAMPLING, TAPS = 4, 24
ATTACK_SECONDS = 0.005
Signal = NDArray[np.float64]


def loudness(samples: Samples, rate: int) -> float:
    """The integrated loudness in LUFS; −inf for silence or less than a block of sound."""
    squares = _k_weighted(samples, rate) ** 2
    size, step = round(BLOCK_SECONDS * rate), round(STEP_SECONDS * rate)
    sums = np.concatenate([[0.0], np.cumsum(squares)])
    starts = np.arange(0, len(squares) - size + 1, step)
    power = (sums[starts + size] - sums[starts]) / size
    power = power[power > _power(-70.0)]
    if not len(power):
        return -math.inf
    power = power[power > power.mean() / 10]
    return OFFSET + 10 * math.log10(power.mean())


def true_peak(samples: Samples) -> float:
    """The highest level, between the samples too, in dBTP."""
    return 20 * math.log10(max(float(_peaks(samples).max(initial=0.0)), 1e-9))


def normalise_loudness(samples: Samples, rate: int) -> Samples:
    """The sound at −16 LUFS. Peaks that would pass −1.5 dBTP are bent down smoothly; silence stays silence."""
    measured = loudness(samples, rate)
    if math.isinf(measured):
        return samples
    wanted = TARGET_LUFS - measured
    limited = samples
    for _ in range(5):  # the limiter takes a little loudness: ask for that much more, and limit again
        limited = _limited(samples * _factor(wanted), rate)
        missing = TARGET_LUFS - loudness(limited, rate)
        if abs(missing) < 0.05:
            break
        wanted += missing
    return limited


def _k_weighted(samples: Samples, rate: int) -> Signal:
    """The K-weighted signal. Both filters work on the spectrum; a second of zeros keeps the end off the start."""
    length = 1 << math.ceil(math.log2(len(samples) + rate + 1))
    z = np.exp(-2j * np.pi * np.arange(length // 2 + 1) / length)
    response = _shelf(z, rate) * _high_pass(z, rate)
    return np.fft.irfft(np.fft.rfft(samples, length) * response, length)[: len(samples)]


def _shelf(z: NDArray[np.complex128], rate: int) -> NDArray[np.complex128]:
    """The high shelf of the standard (+4 dB from 1.7 kHz), its 48 kHz coefficients carried over to any rate."""
    k, q = math.tan(math.pi * 1681.974450955533 / rate), 0.7071752369554196
    high = 10 ** (3.999843853973347 / 20)
    middle = high**0.4996667741545416
    above = (high + middle * k / q + k * k) + 2 * (k * k - high) * z + (high - middle * k / q + k * k) * z**2
    return np.asarray(above / ((1 + k / q + k * k) + 2 * (k * k - 1) * z + (1 - k / q + k * k) * z**2))


def _high_pass(z: NDArray[np.complex128], rate: int) -> NDArray[np.complex128]:
    """The high-pass of the standard (38 Hz)."""
    k, q = math.tan(math.pi * 38.13547087602444 / rate), 0.5003270373238773
    below = 1 + 2 * (k * k - 1) / (1 + k / q + k * k) * z + (1 - k / q + k * k) / (1 + k / q + k * k) * z**2
    return np.asarray((1 - z) ** 2 / below)


def _limited(samples: Samples, rate: int) -> Samples:
    """The samples with every true peak at or under the ceiling, by a gain that moves within some milliseconds."""
    ceiling = _factor(CEILING_DBTP)
    gain = np.minimum(1.0, ceiling / np.maximum(_peaks(samples), 1e-9))
    if gain.min(initial=1.0) < 1.0:
        reach = round(ATTACK_SECONDS * rate)
        ramp = np.hanning(2 * reach + 3)[1:-1]
        smooth = np.convolve(np.pad(_lowest(gain, reach), reach, mode="edge"), ramp / ramp.sum(), mode="valid")
        samples = (samples * smooth).astype(np.float32)
    # The moving gain itself can lift a point between two samples by some hundredths of a decibel.
    over = float(_peaks(samples).max(initial=0.0)) / ceiling
    return samples / np.float32(over) if over > 1 else samples


def _lowest(gain: Signal, reach: int) -> Signal:
    """The lowest gain within `reach` samples on both sides, by windows that double."""
    padded, width, span = np.pad(gain, reach, constant_values=1.0), 1, 2 * reach + 1
    while width < span:
        step = min(width, span - width)
        padded = np.minimum(padded[:-step], padded[step:])
        width += step
    return padded


def _peaks(samples: Samples) -> Signal:
    """The level around each sample, seen at four times the rate through a windowed sinc."""
    places = np.arange(-TAPS // 2, TAPS // 2 + 1)
    levels = np.abs(samples).astype(np.float64)
    for phase in range(1, OVERSAMPLING):
        at = places - phase / OVERSAMPLING
        kernel = np.sinc(at) * np.cos(np.pi * at / (TAPS + 2)) ** 2
        levels = np.maximum(levels, np.abs(np.convolve(samples, kernel, mode="same")[: len(samples)]))
    return levels


def _factor(decibels: float) -> np.float32:
    return np.float32(10 ** (decibels / 20))


def _power(lufs: float) -> float:
    return float(10 ** ((lufs - OFFSET) / 10))
