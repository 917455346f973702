"""Small pieces made by hand for the partner verbs."""

from __future__ import annotations

from composer.music.piece import KeyChange, MeterChange, Note, Part, Piece, TempoChange

QUARTER = 24
BAR = 4 * QUARTER

_TUNE = (
    67, 64, 65, 67, 72, 71, 69, 67, 69, 71, 72, 69, 67, 64, 62, 64,
    65, 64, 62, 60, 62, 64, 65, 67, 69, 67, 65, 64, 62, 65, 62, 60,
)  # fmt: skip


def piece(*parts: Part, bars: int) -> Piece:
    return Piece(
        parts,
        (MeterChange(0, 4, 4),),
        BAR * bars,
        (KeyChange(0, 0, "major"),),
        (TempoChange(0, 96.0),),
        title="Tune",
    )


def tune(bars: int = 8) -> Piece:
    """A melody in C, a quarter a beat."""
    pitches = [_TUNE[beat % len(_TUNE)] for beat in range(4 * bars)]
    notes = [Note(i * QUARTER, QUARTER, pitch, 80) for i, pitch in enumerate(pitches)]
    return piece(Part("flute", 73, tuple(notes), "Tune"), bars=bars)


def piano_piece(bars: int = 8) -> Piece:
    """The same melody over triads on the first beat and a moving bass."""
    notes = list(tune(bars).parts[0].notes)
    for bar in range(bars):
        root = (48, 53, 55, 48)[bar % 4]
        notes += [Note(bar * BAR, BAR, root + step, 64) for step in (4, 7)]
        notes += [
            Note(bar * BAR + beat * 2 * QUARTER, 2 * QUARTER, root - 12 + 7 * beat, 64)
            for beat in range(2)
        ]
    notes.sort(key=lambda note: (note.onset_tick, note.pitch))
    return piece(Part("piano", 0, tuple(notes), "Piano"), bars=bars)
