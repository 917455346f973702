"""Chord progressions as somebody would play them, for tests."""

from __future__ import annotations

from composer.music.bars import bars_of
from composer.music.chords import CHORD_INTERVALS, parse_progression, place_progression
from composer.music.piece import MeterChange, Note, Part, Piece


def played(text: str, meter: tuple[int, int] = (4, 4), arpeggio: bool = False) -> Piece:
    """The progression, a bar a bar, block chords over a bass note or broken in eighths."""
    progression = parse_progression(text)
    length = meter[0] * 96 // meter[1] * len(progression)
    piece = Piece((), (MeterChange(0, *meter),), length)
    chords = place_progression(progression, bars_of(piece), 24)
    notes = []
    for chord, end in zip(chords, [*(c.tick for c in chords[1:]), length], strict=True):
        pitches = [60 + (chord.root + i) % 12 for i in CHORD_INTERVALS[chord.quality]]
        notes.append(Note(chord.tick, end - chord.tick, 36 + chord.bass))
        if arpeggio:
            for index, tick in enumerate(range(chord.tick, end, 12)):
                notes.append(Note(tick, 12, pitches[index % len(pitches)]))
        else:
            notes += [Note(chord.tick, end - chord.tick, pitch) for pitch in pitches]
    part = Part("piano", 0, tuple(sorted(notes)))
    return Piece((part,), (MeterChange(0, *meter),), length)
