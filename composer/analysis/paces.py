"""How fast styles go, and how fast people play: `paces.toml`, by benchmarks/paces.py."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from composer.analysis.mood import seconds_of
from composer.music.instruments import BY_NAME
from composer.music.piece import Part, Piece

WINDOW_SECONDS = 2.0
"""Over how long a speed must be kept up."""


def usual_tempi(style: str) -> tuple[float, float] | None:
    """Quarters a minute between which the middle 80 % of the pieces in a style go; None for a style
    of which hardly any piece says its tempo."""
    found = _table()["tempi"].get(style)
    return (found[0], found[2]) if found else None


def notes_per_second(piece: Piece, part: Part) -> float:
    """The most onsets a second that a part keeps up for two seconds; 0 without tempi."""
    onsets = np.unique([note.onset_tick for note in part.notes])
    if not piece.tempi or not len(onsets):
        return 0.0
    seconds = seconds_of(piece, onsets)
    last = np.searchsorted(seconds, seconds + WINDOW_SECONDS - 1e-6)
    return float((last - np.arange(len(onsets))).max()) / WINDOW_SECONDS


def people_play(instrument: str) -> float:
    """The most onsets a second of 97 in 100 parts that people wrote for an instrument; of one with
    few parts, for its section. Drums have no limit here."""
    speeds, section = _table()["speeds"], BY_NAME[instrument].section
    speed: float = speeds.get(instrument) or speeds.get(f"any {section}", np.inf)
    return speed


@cache
def _table() -> dict[str, Any]:
    path = Path(__file__).with_name("paces.toml")
    return tomllib.loads(path.read_text(encoding="utf-8"))
