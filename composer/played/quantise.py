"""Played onsets to positions that can be read, beat by beat.

For music recorded against a click or with its beats in the tempo map. Every beat takes the
division, among halves, quarters, thirds and finer, under which its onsets are likeliest: players
miss a position by a normal error, whose size is learned from the piece, and some divisions are
rarer than others (the Bayesian view of Cemgil, Desain and Kappen, "Rhythm quantization for
transcription", Computer Music Journal 24, 2000). What a player is early or late by for a while is
taken off first. A score's own onsets are recognised and left alone.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from math import log
from statistics import median

from composer.music.piece import Note, Part, Piece
from composer.music.resolution import finer

_COMMON_DIVISIONS = {
    1: 0.24, 2: 0.36, 4: 0.34, 3: 0.04, 6: 0.01, 8: 0.01, 5: 0.002, 7: 0.0005, 9: 0.0001,
    11: 0.0001, 13: 0.00005,
}  # fmt: skip
"""Parts of a beat, and how often music divides it so (five and more by rounding up what the
corpora have)."""
_SCORE_DIVISIONS = (8, 6)
_LEAST_RESOLUTION = 480
_RARE_DIVISIONS, _FINE_RESOLUTION = (5, 7, 9, 11, 13), 240
_TOGETHER = 0.07
"""In beats: what a player strikes further apart is no chord."""
_TORN_COST = 15.0

_CHANGE_COST = 3.0
_EARLY = 0.125
"""How far before a beat a note still belongs to it, in beats."""

_FIRST_ERROR = 0.03
_SMALLEST_ERROR, _LARGEST_ERROR = 0.004, 0.07
"""Standard deviations, in beats."""
_ROUNDS = 3
_FARTHEST_ERRORS = 6.0
_DRIFT_BEATS = 16.0
_FEWEST_ONSETS_OF_A_DRIFT = 5

_SCORE_SHARE = 0.9
_SCORE_TOLERANCE_TICKS = 0.7


def quantise(piece: Piece, *, is_played: bool = False) -> Piece:
    """The piece with played onsets moved to the division of their beat; lengths stay.

    Beats are quarters of the piece's own resolution. A piece whose onsets lie on eighths of a beat
    or on sixths already, nine in ten, comes back unchanged, unless it is known to be played; any
    other with at least 480 ticks to a quarter.
    """
    quarter = piece.ticks_per_quarter
    onsets = [sorted({note.onset_tick for note in part.notes}) for part in piece.parts]
    everything = sorted({onset for of_part in onsets for onset in of_part})
    if not everything or (not is_played and _is_score(everything, quarter)):
        return piece
    factor = -(-_LEAST_RESOLUTION // quarter)  # a fifth of a beat of 96 ticks is none of them
    piece, quarter = finer(piece, factor), quarter * factor
    onsets = [[onset * factor for onset in of_part] for of_part in onsets]
    played = [[onset / quarter for onset in of_part] for of_part in onsets]
    straight = played
    error = _FIRST_ERROR
    for _ in range(_ROUNDS):
        divisions = _divisions(straight, error)
        meant = [[_nearest(beat, divisions) for beat in of_part] for of_part in straight]
        drifts = [_drift(*both) for both in zip(played, meant, strict=True)]
        straight = [
            [beat - late for beat, late in zip(*both, strict=True)]
            for both in zip(played, drifts, strict=True)
        ]
        error = _error(straight, meant)
    moved = [
        {onset: max(0, round(beat * quarter)) for onset, beat in zip(*both, strict=True)}
        for both in zip(onsets, meant, strict=True)
    ]
    parts = tuple(_with_onsets(*both) for both in zip(piece.parts, moved, strict=True))
    end = max(n.end_tick for part in parts for n in part.notes)
    rings = 4 * (end - piece.end_tick) < quarter  # a note moved on a little adds no bar
    return replace(piece, parts=parts, end_tick=piece.end_tick if rings else end)


def _is_score(onsets: Sequence[int], quarter: int) -> bool:
    on_grid = 0
    rare = _RARE_DIVISIONS if quarter >= _FINE_RESOLUTION else ()
    for onset in onsets:
        place = onset / quarter
        error = min(
            abs(place * parts - round(place * parts)) / parts
            for parts in (*_SCORE_DIVISIONS, *rare)
        )
        on_grid += error * quarter <= _SCORE_TOLERANCE_TICKS
    return on_grid >= _SCORE_SHARE * len(onsets)


def _beat_of(onset: float) -> int:
    return int((onset + _EARLY) // 1)


def _nearest(onset: float, divisions: dict[int, int]) -> float:
    beat = _beat_of(onset)
    parts = divisions.get(beat, 4)
    return beat + round((onset - beat) * parts) / parts


def _divisions(onsets: Sequence[Sequence[float]], error: float) -> dict[int, int]:
    """For each beat with onsets (of each part) its division: the likeliest path through all."""
    beats: dict[int, list[float]] = {}
    gaps: dict[int, list[tuple[float, float]]] = {}
    for onset in sorted(onset for of_part in onsets for onset in of_part):
        beats.setdefault(_beat_of(onset), []).append(onset - _beat_of(onset))
    for of_part in onsets:
        for earlier, later in pairwise(sorted(of_part)):
            beat = _beat_of(later)
            if later - earlier > _TOGETHER and earlier - beat >= -_EARLY:
                gaps.setdefault(beat, []).append((earlier - beat, later - beat))
    priors = {parts: -log(share) for parts, share in _COMMON_DIVISIONS.items()}
    costs = dict.fromkeys(priors, 0.0)
    back: list[dict[int, int]] = []
    for beat, places in beats.items():
        cheapest = min(costs, key=costs.__getitem__)
        change = costs[cheapest] + _CHANGE_COST
        came_from = {parts: parts if costs[parts] <= change else cheapest for parts in costs}
        costs = {
            parts: min(costs[parts], change)
            + prior
            + _surprise(places, parts, error)
            + _TORN_COST * _struck_together(gaps.get(beat, ()), parts)
            for parts, prior in priors.items()
        }
        back.append(came_from)
    parts = min(costs, key=costs.__getitem__)
    chosen = []
    for came_from in reversed(back):
        chosen.append(parts)
        parts = came_from[parts]
    return dict(zip(beats, reversed(chosen), strict=True))


def _struck_together(gaps: Sequence[tuple[float, float]], parts: int) -> int:
    """How many pairs of onsets, apart as they were played, a division would make one."""
    return sum(round(earlier * parts) == round(later * parts) for earlier, later in gaps)


def _surprise(places: Sequence[float], parts: int, error: float) -> float:
    """How unlikely the places are in a beat of so many parts, all equally frequent."""
    misses = (abs(place - round(place * parts) / parts) / error for place in places)
    return sum(log(parts) + min(miss, _FARTHEST_ERRORS) ** 2 / 2 for miss in misses)


def _drift(played: Sequence[float], meant: Sequence[float]) -> list[float]:
    """By how much each onset is late because its player is, for some beats before and behind."""
    late = [heard - right for heard, right in zip(played, meant, strict=True)]
    drifts = []
    for onset in played:
        first = bisect_left(played, onset - _DRIFT_BEATS)
        last = bisect_right(played, onset + _DRIFT_BEATS)
        is_enough = last - first >= _FEWEST_ONSETS_OF_A_DRIFT
        drifts.append(median(late[first:last]) if is_enough else 0.0)
    return drifts


def _error(straight: Sequence[Sequence[float]], meant: Sequence[Sequence[float]]) -> float:
    """The standard deviation of what is left, by its median."""
    misses = [
        abs(heard - right)
        for of_part in zip(straight, meant, strict=True)
        for heard, right in zip(*of_part, strict=True)
    ]
    return min(_LARGEST_ERROR, max(_SMALLEST_ERROR, 1.48 * median(misses)))


def _with_onsets(part: Part, moved: dict[int, int]) -> Part:
    """The part with its onsets moved; where two fall together on one pitch, the longer stays."""
    notes: dict[tuple[int, int], Note] = {}
    for note in part.notes:
        onset = moved[note.onset_tick]
        length = max(1, note.end_tick - onset)
        key = (onset, note.pitch)
        if key not in notes or notes[key].length_ticks < length:
            notes[key] = note._replace(onset_tick=onset, length_ticks=length)
    return replace(part, notes=tuple(notes[key] for key in sorted(notes)))
