"""Who plays in real music, what parts of an instrument and a role do there, and how much returns:
`part_statistics.toml`, by benchmarks/parts.py."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from composer.music.instruments import INSTRUMENTS
from composer.music.styles import Style
from composer.tokens.values import part_of

Seats = tuple[tuple[str, str], ...]
"""Instrument and role ("" for none) of each part."""
ANY_STYLE = ""


class Register(NamedTuple):
    """Mean and standard deviation of the MIDI pitches of a part, in semitones."""

    mean: float
    spread: float


def usual_register(part_field: int, role: str) -> Register | None:
    """Where such a part lies, and how far that varies from piece to piece; None for drums and what
    the corpora do not know."""
    registers, name = _table()["registers"], _instrument(part_field)
    found = registers.get(f"{name}/{role}") or registers.get(name)
    return None if found is None else Register(found[0], found[1])


def usual_ensembles(style: Style) -> dict[str, float]:
    """Ensembles and their shares of the pieces in a style; of a composer with few pieces those of
    his or her style. Empty where the corpora have little."""
    found = _table()["ensembles"]
    shares: dict[str, float] = found.get(style.name) or found.get(style.parent) or {}
    return shares


def usual_line_ups(style: Style, ensemble: str) -> dict[Seats, int]:
    """Line-ups that an ensemble has in a style, and in how many pieces; empty where its own seats
    are what is usual."""
    found = _table()["line-ups"].get(f"{style.parent or style.name}/{ensemble}", [])
    return {tuple((name, role) for name, role in seats): count for count, *seats in found}


def return_share(style: str) -> float:
    """The share of bars (0..1) in pieces of a style that recall an earlier one; of a style in which
    people wrote little that of all styles together."""
    shares = _table()["returns"]
    share: float = shares.get(style, shares[ANY_STYLE])
    return share


def _instrument(part_field: int) -> str:
    return INSTRUMENTS[part_of(part_field)[0]].name


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(
        Path(__file__).with_name("part_statistics.toml").read_text(encoding="utf-8")
    )
