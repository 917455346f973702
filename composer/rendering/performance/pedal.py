"""The sustaining pedal of a piano, changed with the harmony."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from composer.music.bars import Bar
from composer.music.piece import Note, Part, Piece
from composer.music.styles import follows

_LOW_PITCH = 60
_MOST_LOW_CLASSES = 3
_FEWEST_LOW_ONSETS = 2


class Pedal(NamedTuple):
    tick: int
    is_down: bool


def pedals_of(part: Part, bars: Sequence[Bar], piece: Piece) -> tuple[Pedal, ...]:
    """Where the pedal goes down and up: under broken chords of one harmony, half a bar at a time.

    It goes down just after the first notes (syncopated pedalling) and up as the next harmony
    begins. No pedal in styles of instruments that have none.
    """
    if part.instrument != "piano" or follows(piece.tags.style, "no-pedal"):
        return ()
    delay = max(1, piece.ticks_per_quarter // 8)
    pedals: list[Pedal] = []
    position = 0
    for start, end in _windows(bars):
        notes: list[Note] = []
        while position < len(part.notes) and part.notes[position].onset_tick < end:
            notes.append(part.notes[position])
            position += 1
        if _is_broken_chord(notes) and end - start > 2 * delay:
            pedals += [Pedal(start + delay, True), Pedal(end, False)]
    return tuple(pedals)


def _windows(bars: Sequence[Bar]) -> list[tuple[int, int]]:
    """Half bars where the meter has two halves, else whole bars."""
    windows = []
    for bar in bars:
        if bar.meter.numerator % 2 == 0 and bar.length_ticks % 2 == 0:
            half = bar.start_tick + bar.length_ticks // 2
            windows += [(bar.start_tick, half), (half, bar.end_tick)]
        else:
            windows.append((bar.start_tick, bar.end_tick))
    return windows


def _is_broken_chord(notes: Sequence[Note]) -> bool:
    low = [note for note in notes if note.pitch < _LOW_PITCH]
    classes = {note.pitch % 12 for note in low}
    onsets = {note.onset_tick for note in low}
    return len(onsets) >= _FEWEST_LOW_ONSETS and len(classes) <= _MOST_LOW_CLASSES
