"""Obedience: over random requests, how often each given field is met by what is written.

A request gives some fields at random over all styles and moods. Bars, meter, tempo and instruments
are read off the piece; the key is estimated from the notes, never read from the signature.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from composer.analysis.keys import agreement, estimate_key
from composer.composing.compose import Composition, compose
from composer.errors import RequestError
from composer.music.bars import bars_of
from composer.music.ensembles import ensembles
from composer.music.instruments import BY_NAME
from composer.music.keys import key_name, key_of, parse_key
from composer.music.meters import grid_bar_ticks
from composer.music.moods import moods
from composer.music.styles import composers, styles

METERS = ("4/4", "3/4", "2/4", "6/8", "2/2", "5/4")
GIVEN_SHARE = 0.5
"""How often a free field is given."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One request, and for each field that it gave whether the piece meets it."""

    request: dict[str, Any]
    met: dict[str, bool]
    notes: int


def validate(count: int) -> None:
    """Raises RequestError for a number of requests below one."""
    if count < 1:
        raise RequestError(f"{count} requests are not possible; give at least 1")


def random_requests(count: int, seed: int = 0) -> Iterator[dict[str, Any]]:
    """Arguments of `compose`, over all styles, composers and moods in turn."""
    random = np.random.default_rng(seed)
    every_style = [style.name for style in (*styles(), *composers())]
    every_mood = [mood.name for mood in moods()]
    every_ensemble = [e.name for e in ensembles() if e.name not in ("drums", "other")]
    for number in range(count):
        request: dict[str, Any] = {
            "style": every_style[number % len(every_style)],
            "mood": every_mood[number % len(every_mood)],
            "bars": int(random.integers(1, 25)),
            "seed": int(random.integers(10**6)),
        }
        if random.random() < GIVEN_SHARE:
            mode = str(random.choice(["major", "minor"]))
            request["key"] = key_name(key_of(int(random.integers(12)), mode))
        if random.random() < GIVEN_SHARE:
            request["meter"] = str(random.choice(METERS))
        if random.random() < GIVEN_SHARE:
            request["tempo"] = float(random.integers(40, 200))
        if random.random() < GIVEN_SHARE:
            request["ensemble"] = str(random.choice(every_ensemble))
        yield request


def evaluate(
    count: int,
    *,
    seed: int = 0,
    weights: Path | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> list[Outcome]:
    """Compose `count` random requests and judge each. Raises what `compose` raises."""
    validate(count)
    outcomes = []
    for number, request in enumerate(random_requests(count, seed), 1):
        made = compose(**request, weights=weights)
        outcomes.append(Outcome(request, judge(request, made), made.piece.note_count))
        progress(number, count)
    return outcomes


def judge(request: dict[str, Any], made: Composition) -> dict[str, bool]:
    """Which of the given fields the piece meets."""
    piece = made.piece
    bars = bars_of(piece)
    last = bars[-1]
    met = {
        "bars": len(bars) == request["bars"],
        "ends on a bar line": last.length_ticks == grid_bar_ticks(*last.meter[1:]),
    }
    met["range"] = all(
        BY_NAME[part.instrument].low <= note.pitch <= BY_NAME[part.instrument].high
        for part in piece.parts
        for note in part.notes
    )
    if "meter" in request:
        met["meter"] = {str(change) for change in piece.meters} == {request["meter"]}
    if "tempo" in request:
        met["tempo"] = [tempo[1] for tempo in piece.tempi] == [request["tempo"]]
    if "ensemble" in request:
        seats = next(e.parts for e in ensembles() if e.name == request["ensemble"])
        wanted = sorted(seat.instrument for seat in seats)
        met["instruments"] = sorted(part.instrument for part in piece.parts) == wanted
    if "key" in request:
        wanted_key, found = parse_key(request["key"]), estimate_key(piece)
        relation = agreement(found, wanted_key) if found else ""
        met["key"] = relation == "exact"
        met["key, or its relative"] = relation in ("exact", "relative")
    return met


def shares(outcomes: list[Outcome]) -> dict[str, tuple[int, int]]:
    """(met, given) of each field."""
    table: dict[str, tuple[int, int]] = {}
    for outcome in outcomes:
        for name, met in outcome.met.items():
            done, given = table.get(name, (0, 0))
            table[name] = done + met, given + 1
    return table
