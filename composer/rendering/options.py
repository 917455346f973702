"""How a piece is to sound and how it is to be printed, as two values."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

from composer.music.facts import Chord


@dataclass(frozen=True, slots=True)
class Playing:
    """The options of `composer.rendering.performance.performance.perform`."""

    seed: int = 0
    mechanical: bool = False
    loop: bool = False
    punctual: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Print:
    """The options of `composer.rendering.musicxml.musicxml.musicxml_text`."""

    subtitle: str = ""
    credit: str = ""
    chords: tuple[Chord, ...] = ()
    repeats: bool = True
    paper: str = "a4"


USUAL_PLAYING, USUAL_PRINT = Playing(), Print()


def named(options: Playing | Print, *names: str) -> dict[str, Any]:
    """Options as keyword arguments: all of them, or these."""
    wanted = names or [one.name for one in fields(options)]
    return {name: getattr(options, name) for name in wanted}
