"""How loud a sound is to people, and as loud as it should be without clipping.

Loudness is that of ITU-R BS.1770-5: the sound through two filters, for the head and for low
frequencies, in windows of 400 ms, without those that are silent. Peaks that would clip are turned
down for milliseconds, by a gain that looks ahead and changes smoothly.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

TARGET_LUFS = -16.0
"""What players of music on phones and computers are set to (AES TD1008: -16 for stereo)."""
CEILING_DECIBELS = -1.0
MOST_GAIN_DECIBELS = 24.0
_MOST_LIMITING_DECIBELS = 6.0
"""Peaks are turned down by no more; what needs more stays quieter as a whole."""
_STEP_SECONDS = 0.1
_STEPS = 4  # a window
_STEPS_AT_ONCE = 23
_RING_SECONDS = 0.3
_ABSOLUTE_GATE_LUFS, _RELATIVE_GATE_LU = -70.0, -10.0
_BLOCK_SECONDS = 0.001
_LOOK_AHEAD_BLOCKS = 5
_SHELF = (
    (1.53512485958697, -2.69169618940638, 1.19839281085285),
    (-1.69065929318241, 0.73248077421585),
)
_HIGH_PASS = ((1.0, -2.0, 1.0), (-1.99004745483398, 0.99007225036621))
"""Coefficients b and a of BS.1770 at 48 kHz."""
_STANDARD_RATE = 48_000

Samples = NDArray[np.floating[Any]]
"""Shape (frames, channels); 1.0 is full scale."""


def loudness_lufs(samples: Samples, frames_per_second: int) -> float:
    """The integrated loudness; -inf for silence and for what is shorter than a window."""
    powers = _window_powers(samples, frames_per_second)
    if not len(powers):
        return float("-inf")
    loud = powers[powers > _power(_ABSOLUTE_GATE_LUFS)]
    if not len(loud):
        return float("-inf")
    gate = loud.mean() * 10 ** (_RELATIVE_GATE_LU / 10)
    return _lufs(float(loud[loud > gate].mean()))


def gain_curve(
    samples: Samples, frames_per_second: int, target_lufs: float = TARGET_LUFS
) -> Samples:
    """By how much to multiply each frame, shape (frames, 1), for a sound of this loudness that
    stays under the ceiling.

    Peaks are turned down by at most 6 decibels: a sound that would need more stays quieter.
    """
    peaks = np.abs(samples.T).max(axis=0, initial=0.0)
    peak = float(peaks.max(initial=0.0))
    if peak == 0:
        return np.ones((len(samples), 1), dtype=np.float32)
    ceiling = 10 ** (CEILING_DECIBELS / 20)
    loudest = ceiling / peak * 10 ** (_MOST_LIMITING_DECIBELS / 20)
    wanted = 10 ** ((target_lufs - loudness_lufs(samples, frames_per_second)) / 20)
    gain = min(wanted, loudest, 10 ** (MOST_GAIN_DECIBELS / 20))
    if gain * peak <= ceiling:
        return np.full((len(samples), 1), gain, dtype=np.float32)
    block = max(1, round(frames_per_second * _BLOCK_SECONDS))
    factors = gain * _limited(peaks * gain, ceiling, block)
    return factors.astype(np.float32)[:, None]


def _limited(peaks: Samples, ceiling: float, block: int) -> NDArray[np.float64]:
    """The factor at each frame under which no peak exceeds the ceiling, both of shape (frames,).

    Of blocks of a millisecond the smallest factor of their neighbours, then the mean of those:
    nowhere more than its own. The end goes over into the beginning, as that of a loop does.
    """
    padded = np.pad(peaks, (0, -len(peaks) % block))
    needed = np.minimum(1.0, ceiling / np.maximum(padded.reshape(-1, block).max(axis=1), 1e-9))
    around = range(-_LOOK_AHEAD_BLOCKS - 1, _LOOK_AHEAD_BLOCKS + 2)
    least = np.min([np.roll(needed, shift) for shift in around], axis=0)
    near = range(-_LOOK_AHEAD_BLOCKS, _LOOK_AHEAD_BLOCKS + 1)
    smooth = np.mean([np.roll(least, shift) for shift in near], axis=0)
    middles = (np.arange(len(smooth)) + 0.5) * block
    return np.interp(np.arange(len(peaks)), middles, smooth)


def _window_powers(samples: Samples, frames_per_second: int) -> NDArray[np.float64]:
    """The power of each window of four steps, channels added."""
    step = round(frames_per_second * _STEP_SECONDS)
    steps = len(samples) // step
    powers = [
        np.square(weighted).reshape(len(weighted), -1, step).sum(axis=(0, 2)) / step
        for weighted in _weighted(samples[: steps * step], frames_per_second, step)
    ]
    sums = np.concatenate(([0.0], np.cumsum(np.concatenate([np.zeros(0), *powers]))))
    windows: NDArray[np.float64] = (sums[_STEPS:] - sums[:-_STEPS]) / _STEPS
    return windows


def _weighted(samples: Samples, frames_per_second: int, step: int) -> Iterator[Samples]:
    """The sound through the two filters, some seconds at a time, in whole steps; each of shape
    (channels, frames).

    The filters are applied to the spectrum of a stretch and of what came before it, for as long as
    they ring.
    """
    hop, ring = _STEPS_AT_ONCE * step, round(frames_per_second * _RING_SECONDS)
    size = 1 << (hop + ring - 1).bit_length()
    response = _response(size, frames_per_second)
    for start in range(0, len(samples), hop):
        before = min(ring, start)
        stretch = np.ascontiguousarray(samples[start - before : start + hop].T)
        spectrum = np.fft.rfft(stretch, size)
        spectrum *= response
        yield np.fft.irfft(spectrum, size)[:, before : stretch.shape[1]]


def _response(size: int, frames_per_second: int) -> NDArray[np.complex128]:
    """What the two filters do to each frequency of a spectrum."""
    radians = 2 * np.pi * np.arange(size // 2 + 1) * frames_per_second / size / _STANDARD_RATE
    delay = np.exp(-1j * radians)
    response = np.ones(len(delay), dtype=np.complex128)
    for above, below in (_SHELF, _HIGH_PASS):
        numerator = above[0] + above[1] * delay + above[2] * delay**2
        response *= numerator / (1 + below[0] * delay + below[1] * delay**2)
    return response


def _lufs(power: float) -> float:
    return float(-0.691 + 10 * np.log10(power))


def _power(lufs: float) -> float:
    return float(10 ** ((lufs + 0.691) / 10))
