"""A trained critic where pieces are judged: rows in, logits out, in numpy.

The same network as `composer.model.critic`, which is the oracle of the tests. Windows are heard one
by one, so that nothing is padded.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from composer.errors import CheckpointError
from composer.model.weights_file import Weights, read_arrays

CRITIC_VERSION = 1
KERNEL = 5
_EPSILON = np.float32(1e-5)

Array = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class CriticShape:
    """`sizes` are the values of each column; `styles` and `quadrants` the outputs of two heads."""

    sizes: tuple[int, ...]
    styles: int
    quadrants: int = 4
    width: int = 80
    dilations: tuple[int, ...] = (1, 4)


class Logits(NamedTuple):
    """Of windows: whether people wrote it (windows,), styles and quadrants (windows, ...)."""

    real: Array
    style: Array
    quadrant: Array


@dataclass(frozen=True, slots=True)
class Listener:
    weights: Weights
    shape: CriticShape

    def hear(self, windows: Sequence[NDArray[np.integer]]) -> Logits:
        """Logits of windows, each of shape (rows, columns); at least one."""
        heard = np.stack([self._hear(window) for window in windows])
        edges = [1, 1 + self.shape.styles]
        real, style, quadrant = np.split(heard, edges, axis=1)
        return Logits(real[:, 0], style, quadrant)

    def _hear(self, window: NDArray[np.integer]) -> Array:
        offsets = np.cumsum((0, *self.shape.sizes[:-1]))
        state = self.weights["embedding.weight"][window + offsets].sum(1)  # (rows, width)
        for block, gap in enumerate(self.shape.dilations):
            normal = self._norm(state, f"blocks.{block}.norm")
            wide = self._convolved(normal, f"blocks.{block}.wide", gap)
            state = state + self._linear(gelu(wide), f"blocks.{block}.mix")
        return self._linear(np.concatenate([state.mean(0), state.max(0)]), "output")

    def _norm(self, state: Array, name: str) -> Array:
        centred = state - state.mean(1, keepdims=True)
        spread = np.sqrt(np.square(centred).mean(1, keepdims=True) + _EPSILON)
        normal: Array = centred / spread
        return normal * self.weights[f"{name}.weight"] + self.weights[f"{name}.bias"]

    def _convolved(self, state: Array, name: str, gap: int) -> Array:
        """A sum over the taps of the kernel, each a matrix times the rows so far away."""
        # (out, in, taps) -> (taps, in, out): products of strided matrices are many times slower
        kernel = np.ascontiguousarray(self.weights[f"{name}.weight"].transpose(2, 1, 0))
        reach, rows = gap * (KERNEL // 2), len(state)
        padded = np.pad(state, ((reach, reach), (0, 0)))
        taps = [padded[tap * gap : tap * gap + rows] @ kernel[tap] for tap in range(KERNEL)]
        heard: Array = sum(taps[1:], taps[0]) + self.weights[f"{name}.bias"]
        return heard

    def _linear(self, state: Array, name: str) -> Array:
        made: Array = state @ self.weights[f"{name}.weight"].T + self.weights[f"{name}.bias"]
        return made


def gelu(numbers: Array) -> Array:
    """Numbers times the chance that a normal one is smaller (Hendrycks and Gimpel 2016), by the
    error function of Abramowitz and Stegun (1964), 7.1.26, right to six digits."""
    size = np.abs(numbers) * np.float32(0.5**0.5)
    term = 1.0 / (1.0 + np.float32(0.3275911) * size)
    series = np.polyval(
        np.array([1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592, 0], "f4"), term
    )
    error = np.copysign(1.0 - series * np.exp(-size * size), numbers)
    made: Array = 0.5 * numbers * (1.0 + error)
    return made


def read_listener(path: Path, sizes: Sequence[int]) -> Listener:
    """Read a critic of columns of these sizes. Raises CheckpointError if that is impossible."""
    school = "`python -m benchmarks.critic_lessons`"
    if not path.is_file():
        raise CheckpointError(f"no critic at {path}; {school} fits one")
    weights, metadata, _ = read_arrays(path)
    shape = json.loads(metadata.get("shape", "{}"))
    if metadata.get("critic_version") != str(CRITIC_VERSION) or shape["sizes"] != list(sizes):
        raise CheckpointError(f"{path} is a critic of other rows; make one with {school}")
    tuples = {"sizes": tuple(sizes), "dilations": tuple(shape["dilations"])}
    return Listener(weights, CriticShape(**shape | tuples))
