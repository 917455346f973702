"""As loud as it should be, measured as broadcasters do, and never clipped."""

from __future__ import annotations

import numpy as np
import pyloudnorm
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from composer.rendering.performance.mastering import (
    CEILING_DECIBELS,
    TARGET_LUFS,
    gain_curve,
    loudness_lufs,
)

RATE = 48_000
CEILING = 10 ** (CEILING_DECIBELS / 20)


def sound(seed: int, seconds: float, *, clicks: int = 0, level: float = 0.1) -> np.ndarray:
    """Tones that swell, with clicks as of drums; shape (frames, 2)."""
    draw = np.random.default_rng(seed)
    times = np.arange(round(seconds * RATE)) / RATE
    waves = [
        np.sin(2 * np.pi * draw.uniform(40, 6000) * times)
        * np.sin(np.pi * draw.uniform(0.1, 1) * times) ** 2
        for _ in range(6)
    ]
    left, right = sum(waves[:4]), sum(waves[2:])
    samples = level * np.stack([left, right], axis=1)
    for at in draw.integers(0, len(times), clicks):
        samples[at : at + 40] += level * 12
    return samples


@given(seed=st.integers(0, 99), clicks=st.integers(0, 20), level=st.floats(0.001, 0.2))
@settings(max_examples=12, deadline=None)
def test_loudness_is_that_of_another_meter(seed: int, clicks: int, level: float) -> None:
    """Within a twentieth of a unit of pyloudnorm, quiet passages and all."""
    samples = sound(seed, 3.0, clicks=clicks, level=level)
    samples[RATE : 2 * RATE] *= 0.001
    expected = pyloudnorm.Meter(RATE).integrated_loudness(samples)
    assert loudness_lufs(samples, RATE) == pytest.approx(expected, abs=0.05)


def test_a_tone_has_the_loudness_of_the_standard() -> None:
    """A sine of 997 Hz at full scale in one channel is -3.01 LUFS (BS.1770)."""
    times = np.arange(5 * RATE) / RATE
    tone = np.stack([np.sin(2 * np.pi * 997 * times), np.zeros_like(times)], axis=1)
    assert loudness_lufs(tone, RATE) == pytest.approx(-3.01, abs=0.02)


@given(seed=st.integers(0, 99), clicks=st.integers(0, 20), level=st.floats(0.001, 0.3))
@settings(max_examples=12, deadline=None)
def test_nothing_is_louder_than_the_ceiling(seed: int, clicks: int, level: float) -> None:
    """And what has few peaks reaches the target."""
    samples = sound(seed, 2.0, clicks=clicks, level=level)
    mastered = samples * gain_curve(samples, RATE)
    assert np.abs(mastered).max() <= CEILING + 1e-6
    if not clicks and level > 0.01:
        assert loudness_lufs(mastered, RATE) == pytest.approx(TARGET_LUFS, abs=0.5)


def test_a_peak_is_turned_down_smoothly() -> None:
    """The gain changes by no more than a fifth in a millisecond, and far from the peak not at
    all."""
    samples = sound(1, 3.0, level=0.05)
    samples[RATE : RATE + 20] = 0.9
    gain = gain_curve(samples, RATE)[:, 0]
    assert np.abs(np.diff(gain)).max() < gain.max() / 5 / 48
    assert gain[: RATE - 1000] == pytest.approx(gain.max())
    assert gain[RATE] < gain.max() / 1.1


@pytest.mark.parametrize("frames", [0, 1, 100, RATE])
def test_silence_stays_silent(frames: int) -> None:
    """However short it is."""
    samples = np.zeros((frames, 2))
    assert loudness_lufs(samples, RATE) == float("-inf")
    assert not (samples * gain_curve(samples, RATE)).any()
