"""Obedience: how often each given field is met by what is written.

Bars, meter, tempo and instruments are read off the piece, and whether one player can play each part
("range": neither too high or low nor more at once than breath, bows and hands can do); the key is
estimated from the notes, never read from the signature; chords and form are judged note by note
(`composer.analysis.following`).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from composer.analysis.following import ChordsFollowed, chords_followed, form_followed
from composer.analysis.key_finding import agreement, estimate_key
from composer.composing.asking.line_ups import line_ups_of
from composer.composing.asking.request import Request
from composer.composing.compose import Composition
from composer.errors import RequestError
from composer.measures.requests import Made
from composer.music.bars import bars_of
from composer.music.chords import place_progression
from composer.music.keys import parse_key
from composer.music.meters import grid_bar_ticks
from composer.music.piece import Piece
from composer.music.playable import is_playable


@dataclass(frozen=True, slots=True)
class Outcome:
    """For each field that a request gave, whether the piece meets it."""

    request: dict[str, Any]
    met: dict[str, bool]
    chords: ChordsFollowed | None = None


def validate(made: Sequence[Made]) -> None:
    """Raises RequestError where there is nothing to judge."""
    if not made:
        raise RequestError("no composition to judge; give at least one")


def evaluate(made: Sequence[Made]) -> list[Outcome]:
    """Judge each composition by its request."""
    validate(made)
    return [judge(one.request, one.composition) for one in made]


def judge(request: dict[str, Any], made: Composition) -> Outcome:
    """Which of the given fields the piece meets."""
    piece = made.piece
    met = _bars_met(request, piece)
    met["range"] = all(is_playable(part) for part in piece.parts)
    if "meter" in request:
        met["meter"] = {str(change) for change in piece.meters} == {request["meter"]}
    if "tempo" in request:
        met["tempo"] = [tempo[1] for tempo in piece.tempi] == [request["tempo"]]
    if "ensemble" in request:
        met["instruments"] = _instruments_met(made.request, piece)
    # A key beside chords is no wish about the notes: the chords decide.
    if "key" in request and "chords" not in request:
        found = estimate_key(piece)
        relation = agreement(found, parse_key(request["key"])) if found else ""
        met["key"] = relation == "exact"
        met["key, or its relative"] = relation in ("exact", "relative")
    if "form" in request:
        met["form"] = form_followed(piece, request["form"]).is_met
    chords = None
    if made.request.chords:
        bars = bars_of(piece)
        placed = place_progression(made.request.chords, bars, piece.ticks_per_quarter)
        chords = chords_followed(piece, placed)
        met["chords"] = chords.are_met
    return Outcome(request, met, chords)


def _bars_met(request: dict[str, Any], piece: Piece) -> dict[str, bool]:
    bars = bars_of(piece)
    last = bars[-1]
    return {
        "bars": len(bars) == request["bars"],
        "ends on a bar line": last.length_ticks == grid_bar_ticks(*last.meter[1:]),
    }


def _instruments_met(request: Request, piece: Piece) -> bool:
    """The seats of the ensemble, or, where it has none of its own in the style, a usual line-up."""
    seats = request.ensemble.parts if request.ensemble else ()
    wanted = [sorted(s.instrument for s in line_up) for line_up in line_ups_of(request) or [seats]]
    return sorted(part.instrument for part in piece.parts) in wanted


def shares(outcomes: Sequence[Outcome]) -> dict[str, tuple[int, int]]:
    """(met, given) of each field."""
    table: dict[str, tuple[int, int]] = {}
    for outcome in outcomes:
        for name, met in outcome.met.items():
            done, given = table.get(name, (0, 0))
            table[name] = done + met, given + 1
    return table


def chord_shares(outcomes: Sequence[Outcome]) -> ChordsFollowed | None:
    """Over all notes on strong beats of all pieces with given chords; None without any."""
    found = [o.chords for o in outcomes if o.chords is not None and o.chords.notes]
    spans = [chords.chords for chords in found]
    if not found:
        return None
    notes = [chords.notes for chords in found]
    means = np.average(
        [[c.chord_tones, c.explained, c.chance] for c in found], axis=0, weights=notes
    )
    heard = float(np.average([c.heard for c in found], weights=spans)) if sum(spans) else math.nan
    return ChordsFollowed(sum(notes), means[0], means[1], means[2], sum(spans), heard)
