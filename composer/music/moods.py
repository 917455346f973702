"""Words for moods: names of points of valence and arousal, quadrants, and numbers.

The table is `moods.toml`, which says where each point comes from.
"""

from __future__ import annotations

import math
import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from composer.errors import RequestError
from composer.music.names import compact, look_up

QUADRANTS = {"q1": "happy", "q2": "tense", "q3": "sad", "q4": "calm"}
"""The quadrants of the plane, by the words in their middles."""

_NUMBERS = re.compile(r"\s*([+-]?\d*\.?\d+)\s*[,;/ ]\s*([+-]?\d*\.?\d+)\s*")


@dataclass(frozen=True, slots=True)
class Mood:
    """A point: `valence` from dark (-1) to bright (1), `arousal` from still (-1) to driven (1).

    `source` says who placed it: "russell", "emopia", "placed" (see `moods.toml`) or "given".
    """

    name: str
    valence: float
    arousal: float
    aliases: tuple[str, ...] = ()
    source: str = "given"


@cache
def moods() -> tuple[Mood, ...]:
    """All named moods, in the order of the table."""
    table = Path(__file__).with_name("moods.toml").read_text(encoding="utf-8")
    rows: list[dict[str, Any]] = tomllib.loads(table)["mood"]
    return tuple(
        Mood(row["name"], row["valence"], row["arousal"], tuple(row["aliases"]), row["source"])
        for row in rows
    )


def arousal_of(name: str) -> float:
    """The arousal of a mood by its name in the table, 0 for a word that is not there."""
    return next((mood.arousal for mood in moods() if mood.name == name), 0.0)


def find_mood(text: str) -> Mood:
    """The mood that a person means: a word ("melancholy"), a quadrant ("q3") or "0.6,-0.4".

    A point in numbers is named by the nearest word. Raises `RequestError`, with suggestions, for
    anything else and for numbers beyond -1..1.
    """
    numbers = _NUMBERS.fullmatch(text)
    if numbers:
        return _point(text, float(numbers[1]), float(numbers[2]))
    names = [mood.name for mood in moods()]
    allowed = (
        f"the moods are {', '.join(names)}, the quadrants q1 to q4, "
        "or valence and arousal in -1..1, such as 0.6,-0.4"
    )
    return look_up(text, _by_key(), "mood", names, allowed)


def nearest_mood(valence: float, arousal: float) -> Mood:
    """The named mood nearest to a point, by plain distance."""
    return min(
        moods(), key=lambda mood: math.dist((mood.valence, mood.arousal), (valence, arousal))
    )


def _point(text: str, valence: float, arousal: float) -> Mood:
    if max(abs(valence), abs(arousal)) > 1:
        raise RequestError(
            f"mood {text!r} is out of range: valence and arousal lie in -1..1, such as 0.6,-0.4"
        )
    return Mood(nearest_mood(valence, arousal).name, valence, arousal)


@cache
def _by_key() -> dict[str, Mood]:
    by_key = {compact(alias): mood for mood in moods() for alias in mood.aliases}
    by_key |= {compact(mood.name): mood for mood in moods()}
    return by_key | {quadrant: by_key[name] for quadrant, name in QUADRANTS.items()}
