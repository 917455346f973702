"""Strummed and rolled chords, whose notes begin one shortly after the other, written as chords.

Accompaniment programs, and a model that has learned from them, write a strum out in notes a
forty-eighth apart. No player wants to read that: the chord is written at its strongest onset, on
keyboards and harp with the arpeggio sign; how guitars play their chords needs no sign. Sound and
MIDI keep every onset.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import NamedTuple

from composer.music.instruments import BY_NAME
from composer.music.overlaps import without_overlaps
from composer.music.piece import GRID_TICKS_PER_QUARTER, Note, Part
from composer.rendering.score.notation import Place

UP, DOWN = "up", "down"
_LONGEST_TICKS = GRID_TICKS_PER_QUARTER // 6
_FEWEST_NOTES = 3
_ENDS_TOGETHER_TICKS = 4
_FEWEST_ONSETS = {"plucked": 2, "keyboard": 3}
"""By the section of the instrument: two hands that begin a little apart play triplets against
sixteenths. Others do not strum."""
_STRENGTHS = tuple(GRID_TICKS_PER_QUARTER // part for part in (1, 2, 4, 8))


class Gathered(NamedTuple):
    """A part whose strums are chords, and the direction of those that get a sign, by place."""

    part: Part
    rolled: dict[Place, str]


def gathered(part: Part) -> Gathered:
    """The part (on the grid, notes in order) with each strum at one onset; no end is moved.

    A strum is three notes or more within a sixth of a quarter, upwards or downwards, that go on
    sounding together and end together.
    """
    instrument = BY_NAME[part.instrument]
    fewest = _FEWEST_ONSETS.get(instrument.section)
    if fewest is None:
        return Gathered(part, {})
    notes: list[Note] = []
    rolled: dict[Place, str] = {}
    has_sign = instrument.section == "keyboard" or instrument.name == "harp"
    position = 0
    while position < len(part.notes):
        strum = _strum_at(part.notes, position, fewest)
        position += max(1, len(strum))
        if not strum:
            notes.append(part.notes[position - 1])
            continue
        onset = min((note.onset_tick for note in strum), key=_weakness)
        notes.extend(
            note._replace(onset_tick=onset, length_ticks=note.end_tick - onset) for note in strum
        )
        if has_sign:
            rolled |= {(onset, note.pitch): _direction(strum) for note in strum}
    if notes == list(part.notes):
        return Gathered(part, {})
    return Gathered(replace(part, notes=tuple(without_overlaps(notes))), rolled)


def _strum_at(notes: Sequence[Note], first: int, fewest_onsets: int) -> list[Note]:
    """The notes of the strum that begins with this note; none where none begins."""
    onset = notes[first].onset_tick
    last = first
    while last < len(notes) and notes[last].onset_tick <= onset + _LONGEST_TICKS:
        last += 1
    strum = list(notes[first:last])
    is_strum = (
        len(strum) >= _FEWEST_NOTES
        and len({note.onset_tick for note in strum}) >= fewest_onsets
        and bool(_direction(strum))
        and _sound_together(strum)
    )
    return strum if is_strum else []


def _direction(strum: Sequence[Note]) -> str:
    """Where the pitches go, onset by onset; "" where they go both ways or are struck again."""
    onsets = sorted({note.onset_tick for note in strum})
    pitches = [[note.pitch for note in strum if note.onset_tick == onset] for onset in onsets]
    if all(max(before) < min(after) for before, after in pairwise(pitches)):
        return UP
    if all(min(before) > max(after) for before, after in pairwise(pitches)):
        return DOWN
    return ""


def _sound_together(strum: Sequence[Note]) -> bool:
    ends = [note.end_tick for note in strum]
    return (
        max(ends) - min(ends) <= _ENDS_TOGETHER_TICKS
        and min(ends) - strum[-1].onset_tick > strum[-1].onset_tick - strum[0].onset_tick
    )


def _weakness(tick: int) -> int:
    return next((rank for rank, step in enumerate(_STRENGTHS) if tick % step == 0), len(_STRENGTHS))
