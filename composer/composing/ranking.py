"""What the critic thinks of a candidate: would people write it, and is it what was asked for?"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from composer.composing.asking.request import Request
from composer.composing.report import achieved
from composer.composing.writing.batch import one_thread
from composer.composing.writing.sampling import Rows
from composer.model.critic import Critic, Heard, load_critic, padded
from composer.music.piece import Piece
from composer.music.styles import Style, style_index
from composer.tokens.audible import HEARD_SIZES, windows

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
    real = float(heard.real.mean().sigmoid())
    style, mood = _style(heard.style, request), _mood(heard.quadrant, request)
    labels = sum(math.log(max(chance, 1e-6)) for chance in (style, mood) if chance is not None)
    score = _log_odds(real) + LABELS * labels + BROKEN * len(broken)
    return Verdict(score, real, style, mood, broken)


def _log_odds(chance: float) -> float:
    inside = min(max(chance, 1e-6), 1 - 1e-6)
    return math.log(inside / (1 - inside))


@torch.inference_mode()
def _hear(rows: Rows) -> Heard | None:
    """What is heard in each window; nothing without notes."""
    found = windows(rows)
    if not found:
        return None
    with one_thread():
        heard: Heard = the_critic()(padded([torch.from_numpy(window) for window in found]))
    return heard


@cache
def the_critic() -> Critic:
    return load_critic(CRITIC, list(HEARD_SIZES.values()))


def _style(logits: Tensor, request: Request) -> float | None:
    """The geometric mean over the windows; of a blend, its styles count by their shares."""
    if not request.styles:
        return None
    chances = F.softmax(logits, dim=1)
    of_styles = [share * chances[:, _index(style)] for style, share in request.styles]
    return _geometric_mean(torch.stack(of_styles).sum(0))


def _index(style: Style) -> int:
    """A composer is heard as the style around him or her."""
    return style_index(style.parent) if style.kind == "composer" else style.index


def _mood(logits: Tensor, request: Request) -> float | None:
    """The chance of the sides of valence and arousal that were asked for."""
    mood = request.mood
    if mood is None or request.mood_curve:
        return None
    happy, tense, sad, calm = F.softmax(logits, dim=1).unbind(1)
    sides = []
    if abs(mood.valence) >= NO_SIDE:
        sides.append(happy + calm if mood.valence > 0 else tense + sad)
    if abs(mood.arousal) >= NO_SIDE:
        sides.append(happy + tense if mood.arousal > 0 else sad + calm)
    return math.prod(_geometric_mean(side) for side in sides) if sides else None


def _geometric_mean(chances: Tensor) -> float:
    return float(chances.clamp(min=1e-6).log().mean().exp())
