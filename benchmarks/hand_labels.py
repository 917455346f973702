"""Keyboard notes whose staff is known, from files that do not say it.

Our corpora hold a keyboard's two staves as one track, its notes in an order that says nothing.
But a dynamic mark stands at one staff, and sets the velocities of that staff's notes alone: where
two velocities sound together, the lower notes with one and the upper with the other, each is a
staff's. What follows and precedes within a few quarters belongs to the staff with its velocity,
and so does all that lies between two such places with the same velocities.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, pairwise
from typing import NamedTuple

import numpy as np

from composer.corpus.corpus import Corpus, Work
from composer.errors import ComposerError
from composer.music.instruments import BY_NAME
from composer.music.piece import GRID_TICKS_PER_QUARTER, Note, Part

ENGRAVED = ("chopin_first_editions", "mutopia", "openscore_lieder", "polish_scores")
"""The corpora made from engraved scores with their dynamics."""

UNKNOWN, UPPER, LOWER = 0, 1, 2

_FEWEST_NOTES = 60
_FEWEST_READINGS = 12
_NEAR_QUARTERS = 4
_NEIGHBOURS = 6
_WIDEST_HAND = 14  # semitones; beyond, one velocity stands for two hands
_MOST_CONTRADICTED = 0.1  # of the readings
_MOST_TANGLED = 0.25
_LEAST_KNOWN = 0.1  # of the notes
_LEAST_BY_REGISTER = 0.75
_REGISTER_QUARTERS = 16
_MIDDLE = 60.5


class Labelled(NamedTuple):
    """Notes on the grid, in order of onset and pitch, and for each UPPER, LOWER or UNKNOWN."""

    path: str
    notes: list[Note]
    staves: list[int]


class _Reading(NamedTuple):
    """Two velocities that sounded together: the lower notes' and the upper notes'."""

    chord: int
    low: int
    high: int


def labelled_works(corpora: Iterable[Corpus], split: str) -> Iterator[Labelled]:
    """Every keyboard part of a split of the engraved corpora whose velocities tell its staves."""
    for corpus in corpora:
        if corpus.name in ENGRAVED:
            for work in corpus.works():
                if work.split == split:
                    yield from _labelled_parts(work)


def _labelled_parts(work: Work) -> Iterator[Labelled]:
    try:
        piece = work.read()
    except ComposerError:
        return
    for part in piece.parts:
        if BY_NAME[part.instrument].staves == 2 and len(part.notes) >= _FEWEST_NOTES:
            staves = staves_of(part, piece.ticks_per_quarter)
            if staves:
                notes = [_on_grid(note, piece.ticks_per_quarter) for note in part.notes]
                pairs = zip(notes, staves, strict=True)
                ordered = sorted(pairs, key=lambda pair: (pair[0].onset_tick, pair[0].pitch))
                own = [note for note, _ in ordered], [staff for _, staff in ordered]
                yield Labelled(f"{work.corpus}/{work.path}", *own)


def _on_grid(note: Note, ticks_per_quarter: int) -> Note:
    onset = round(note.onset_tick * GRID_TICKS_PER_QUARTER / ticks_per_quarter)
    length = round(note.length_ticks * GRID_TICKS_PER_QUARTER / ticks_per_quarter)
    return Note(onset, max(1, length), note.pitch)


def staves_of(part: Part, ticks_per_quarter: int) -> list[int]:
    """UPPER, LOWER or UNKNOWN for each note; empty where the velocities do not tell.

    So it is where few chords have two velocities, where these lie tangled or change sides (an
    inner voice was marked, not a staff), or where the staves are hardly those of low and high.
    """
    chords = [list(group) for _, group in groupby(part.notes, key=lambda note: note.onset_tick)]
    pairs = [(place, chord) for place, chord in enumerate(chords) if len(_velocities(chord)) == 2]
    found = [reading for place, chord in pairs if (reading := _read(place, chord))]
    kept = [reading for i, reading in enumerate(found) if not _is_contradicted(found, i)]
    if len(kept) < _FEWEST_READINGS:
        return []
    if len(found) - len(kept) > _MOST_CONTRADICTED * len(kept):
        return []
    if len(pairs) - len(found) > _MOST_TANGLED * len(kept):
        return []
    near = _NEAR_QUARTERS * ticks_per_quarter
    by_chord = [_staves_of_chord(place, chords, kept, near) for place in range(len(chords))]
    _forget_doubtful(by_chord, chords, kept, near)
    staves = [staff for chord in by_chord for staff in chord]
    known = sum(staff != UNKNOWN for staff in staves)
    if known < _LEAST_KNOWN * len(staves):
        return []
    reach = _REGISTER_QUARTERS * ticks_per_quarter
    return staves if _by_register(part.notes, staves, reach) >= _LEAST_BY_REGISTER else []


def _velocities(chord: Iterable[Note]) -> set[int]:
    return {note.velocity for note in chord}


def _read(place: int, chord: Sequence[Note]) -> _Reading | None:
    changes = sum(one.velocity != other.velocity for one, other in pairwise(chord))
    return _Reading(place, chord[0].velocity, chord[-1].velocity) if changes == 1 else None


def _is_contradicted(readings: Sequence[_Reading], place: int) -> bool:
    """Whether the readings around have these velocities the other way about."""
    _, low, high = readings[place]
    around = readings[max(0, place - _NEIGHBOURS) : place + _NEIGHBOURS + 1]
    against = sum(other.low == high or other.high == low for other in around)
    return against >= sum(other.low == low or other.high == high for other in around)


def _staves_of_chord(
    place: int, chords: Sequence[Sequence[Note]], readings: Sequence[_Reading], near: int
) -> list[int]:
    chord, onset = chords[place], chords[place][0].onset_tick
    after = bisect_left(readings, place, key=lambda reading: reading.chord)
    around = readings[max(0, after - 1) : after + 1]
    if after < len(readings) and readings[after].chord == place:
        around = [readings[after]]
    if not _agree(around):
        around = [r for r in around if abs(chords[r.chord][0].onset_tick - onset) <= near]
    if not around:
        return [UNKNOWN] * len(chord)
    lows, highs = [r.low for r in around], [r.high for r in around]
    staves = []
    for note in chord:
        is_low = min(lows) <= note.velocity <= max(lows)
        is_high = min(highs) <= note.velocity <= max(highs)
        staves.append(UNKNOWN if is_low == is_high else LOWER if is_low else UPPER)
    return staves


def _agree(readings: Sequence[_Reading]) -> bool:
    """Whether the one before and the one after have the same velocities: then one hand may rest
    for long between them."""
    return len(readings) == 2 and readings[0][1:] == readings[1][1:]


def _forget_doubtful(
    by_chord: list[list[int]],
    chords: Sequence[Sequence[Note]],
    readings: Sequence[_Reading],
    near: int,
) -> None:
    """Forget what lies between two readings where one velocity must have been that of both."""
    bounds = [-1, *(reading.chord for reading in readings), len(chords)]
    for place, (before, after) in enumerate(pairwise(bounds)):
        between = range(before + 1, after)
        if not between:
            continue
        widest = max(chords[one][-1].pitch - chords[one][0].pitch for one in between)
        is_long = chords[after - 1][0].onset_tick - chords[before + 1][0].onset_tick > near
        velocities = {note.velocity for one in between for note in chords[one]}
        is_sure = place > 0 and _agree(readings[place - 1 : place + 1])
        if widest > _WIDEST_HAND or (is_long and len(velocities) == 1 and not is_sure):
            for one in between:
                by_chord[one] = [UNKNOWN] * len(chords[one])


def _by_register(notes: Sequence[Note], staves: Sequence[int], reach: int) -> float:
    """The share of the known notes that lie on their side of the middle of the music around."""
    onsets = np.array([note.onset_tick for note in notes])
    pitches = np.array([note.pitch for note in notes], np.float64)
    totals = np.concatenate([[0.0], np.cumsum(pitches)])
    first = np.searchsorted(onsets, onsets - reach)
    last = np.searchsorted(onsets, onsets + reach, "right")
    around = (totals[last] - totals[first]) / (last - first)
    is_low = pitches < (_MIDDLE + around) / 2
    labels = np.array(staves)
    known = labels != UNKNOWN
    return float((is_low == (labels == LOWER))[known].mean())
