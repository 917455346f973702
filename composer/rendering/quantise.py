"""Played onsets to positions that can be read, beat by beat.

For music recorded against a click or with its beats in the tempo map. Every beat takes the
division, among halves, quarters, thirds and finer, that costs least: how far it moves the onsets
of all parts in that beat, and how hard it is to read; to leave the division of the beat before
costs a little too. A score's own onsets are recognised and left alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from composer.music.piece import Note, Part, Piece

_DIVISIONS = {1: 0.0, 2: 0.015, 4: 0.045, 3: 0.06, 6: 0.14, 8: 0.14}
"""Parts of a beat, and what each costs, in beats of displacement."""

_CHANGE_COST = 0.02
_EARLY = 0.125
"""How far before a beat a note still belongs to it, in beats."""

_SCORE_SHARE = 0.9
_SCORE_TOLERANCE = 0.01


def quantise(piece: Piece) -> Piece:
    """The piece with played onsets moved to the division of their beat; lengths stay.

    Beats are quarters of the piece's own resolution. A piece whose onsets lie on eighths of a
    beat or on sixths already, nine in ten, comes back unchanged.
    """
    quarter = piece.ticks_per_quarter
    onsets = sorted({note.onset_tick for part in piece.parts for note in part.notes})
    if not onsets or _is_score(onsets, quarter):
        return piece
    moved = _moved_onsets(onsets, quarter)
    parts = tuple(_with_onsets(part, moved) for part in piece.parts)
    end = max(n.end_tick for part in parts for n in part.notes)
    return replace(piece, parts=parts, end_tick=max(piece.end_tick, end))


def _is_score(onsets: Sequence[int], quarter: int) -> bool:
    on_grid = 0
    for onset in onsets:
        place = onset / quarter
        error = min(abs(place * parts - round(place * parts)) / parts for parts in (8, 6))
        on_grid += error <= _SCORE_TOLERANCE
    return on_grid >= _SCORE_SHARE * len(onsets)


def _moved_onsets(onsets: Sequence[int], quarter: int) -> dict[int, int]:
    """For each onset, where it goes: the cheapest path of divisions through the beats."""
    beats: dict[int, list[float]] = {}
    for onset in onsets:
        beat = int((onset / quarter + _EARLY) // 1)
        beats.setdefault(beat, []).append(onset / quarter - beat)
    costs = dict(_DIVISIONS)
    back: list[dict[int, int]] = []
    for places in beats.values():
        cheapest = min(costs, key=costs.__getitem__)
        change = costs[cheapest] + _CHANGE_COST
        came_from = {parts: parts if costs[parts] <= change else cheapest for parts in costs}
        costs = {
            parts: min(costs[parts], change) + reading + _displacement(places, parts)
            for parts, reading in _DIVISIONS.items()
        }
        back.append(came_from)
    parts = min(costs, key=costs.__getitem__)
    chosen = []
    for came_from in reversed(back):
        chosen.append(parts)
        parts = came_from[parts]
    divisions = dict(zip(beats, reversed(chosen), strict=True))
    moved = {}
    for onset in onsets:
        beat = int((onset / quarter + _EARLY) // 1)
        parts = divisions[beat]
        place = round((onset / quarter - beat) * parts) / parts
        moved[onset] = max(0, round((beat + place) * quarter))
    return moved


def _displacement(places: Sequence[float], parts: int) -> float:
    return sum(abs(place - round(place * parts) / parts) for place in places)


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
