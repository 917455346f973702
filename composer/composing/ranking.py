"""What the critic thinks of a candidate: would people write it, and is it what was asked for?"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from composer.composing.asking.request import Request
from composer.composing.report import achieved
from composer.composing.writing.sampling import Rows
from composer.model.listener import Listener, Logits, read_listener
from composer.music.piece import Piece
from composer.music.styles import Style, style_index
from composer.tokens.audible import HEARD_SIZES, windows

Floats = NDArray[np.float32]

CRITIC = Path(__file__).parents[1] / "critic.safetensors"
OBEYED = (
    "key", "parts", "chords", "form", "range", "lead", "accompaniment", "bass", "drums", "groove",
    "ending",
)  # fmt: skip
"""Fields of the report that a good candidate keeps."""
BROKEN = math.log(0.05)
"""What a field that is not kept adds to the score: as little as a chance of one in twenty."""
LABELS = 0.5
"""How much style and mood count: with less the style is not heard more often, with more pieces are
no nearer to real music (docs/experiments/critic.md)."""
NO_SIDE = 0.1
"""Nearer to the middle, valence or arousal have no side to be heard."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Chances (0..1) that people wrote a piece, and that style and mood are those asked for.

    `style` and `mood` are None where nothing was asked. `broken` are the fields that are not kept,
    `score` adds up the logarithms of the odds of `real` and, by half, of the other chances,
    and takes off for what is broken.
    """

    score: float
    real: float
    style: float | None
    mood: float | None
    broken: tuple[str, ...]

    def plain(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "score": round(self.score, 4),
            "real": round(self.real, 4),
            "style": None if self.style is None else round(self.style, 4),
            "mood": None if self.mood is None else round(self.mood, 4),
            "broken": list(self.broken),
        }


def broken_fields(piece: Piece, request: Request) -> tuple[str, ...]:
    """The fields of the request, of those that can be kept, that the piece does not keep."""
    fields = achieved(piece, request)
    return tuple(field.name for field in fields if field.name in OBEYED and field.kept is False)


def verdict(rows: Rows, broken: tuple[str, ...], request: Request) -> Verdict:
    """Judge a piece by its rows in the common key and by what it breaks of the request. Raises
    CheckpointError where the critic cannot be read."""
    heard = _hear(rows)
    if heard is None:
        return Verdict(-math.inf, 0.0, None, None, broken)
    real = 1.0 / (1.0 + math.exp(-float(heard.real.mean())))
    style, mood = _style(heard.style, request), _mood(heard.quadrant, request)
    labels = sum(math.log(max(chance, 1e-6)) for chance in (style, mood) if chance is not None)
    score = _log_odds(real) + LABELS * labels + BROKEN * len(broken)
    return Verdict(score, real, style, mood, broken)


def _log_odds(chance: float) -> float:
    inside = min(max(chance, 1e-6), 1 - 1e-6)
    return math.log(inside / (1 - inside))


def _hear(rows: Rows) -> Logits | None:
    """What is heard in each window; nothing without notes."""
    found = windows(rows)
    return the_critic().hear(found) if found else None


@cache
def the_critic() -> Listener:
    return read_listener(CRITIC, list(HEARD_SIZES.values()))


def _style(logits: Floats, request: Request) -> float | None:
    """The geometric mean over the windows; of a blend, its styles count by their shares."""
    if not request.styles:
        return None
    chances = _softmax(logits)
    of_styles = [share * chances[:, _index(style)] for style, share in request.styles]
    return _geometric_mean(np.sum(of_styles, axis=0))


def _index(style: Style) -> int:
    """A composer is heard as the style around him or her."""
    return style_index(style.parent) if style.kind == "composer" else style.index


def _mood(logits: Floats, request: Request) -> float | None:
    """The chance of the sides of valence and arousal that were asked for."""
    mood = request.mood
    if mood is None or request.mood_curve:
        return None
    happy, tense, sad, calm = _softmax(logits).T
    sides = []
    if abs(mood.valence) >= NO_SIDE:
        sides.append(happy + calm if mood.valence > 0 else tense + sad)
    if abs(mood.arousal) >= NO_SIDE:
        sides.append(happy + tense if mood.arousal > 0 else sad + calm)
    return math.prod(_geometric_mean(side) for side in sides) if sides else None


def _softmax(logits: Floats) -> Floats:
    """Chances over the last axis."""
    weights = np.exp(logits - logits.max(1, keepdims=True))
    chances: Floats = weights / weights.sum(1, keepdims=True)
    return chances


def _geometric_mean(chances: Floats) -> float:
    return math.exp(float(np.log(np.maximum(chances, 1e-6)).mean()))
