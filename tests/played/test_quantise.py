"""Played music is brought to positions that can be read; scores are left alone."""

from __future__ import annotations

import random
from dataclasses import replace

from composer.music.piece import Note, Part, Piece
from composer.played.quantise import quantise
from tests.rendering.pieces import part_of, piece_of

TICKS = 480


def at_480(piece: Piece) -> Piece:
    parts = tuple(
        replace(
            part,
            notes=tuple(
                n._replace(onset_tick=20 * n[0], length_ticks=20 * n[1]) for n in part.notes
            ),
        )
        for part in piece.parts
    )
    meters = tuple(meter._replace(tick=20 * meter.tick) for meter in piece.meters)
    return replace(
        piece, parts=parts, meters=meters, end_tick=20 * piece.end_tick, ticks_per_quarter=TICKS
    )


def score() -> Piece:
    """Eight bars: eighths, sixteenths, triplets, quarters over a bass of halves."""
    figures = (
        [0, 0.5], [0, 0.25, 0.5, 0.75], [0, 1 / 3, 2 / 3], [0], [0, 0.5], [0.5], [0, 0.75], [0],
    )  # fmt: skip
    melody = [
        (beat + place, 0.25, 60 + (beat * 5) % 17)
        for beat in range(32)
        for place in figures[beat % len(figures)]
    ]
    bass = [(beat, 2, 40 + beat % 7) for beat in range(0, 32, 2)]
    return at_480(piece_of(part_of("violin", melody), part_of("cello", bass)))


def played(piece: Piece, spread: float) -> Piece:
    chance = random.Random(4)

    def move(note: Note) -> Note:
        return note._replace(onset_tick=max(0, note[0] + round(chance.gauss(0, spread) * TICKS)))

    parts = tuple(
        Part(part.instrument, part.program, tuple(sorted(map(move, part.notes))))
        for part in piece.parts
    )
    return replace(piece, parts=parts)


def test_a_score_comes_back_unchanged() -> None:
    """Nothing moves where nothing was played."""
    assert quantise(score()) == score()


def test_what_is_known_to_be_played_is_read_anew() -> None:
    """Sixteenths of which a program put some late ones on triplets: sixteenths again, if asked."""
    late = dict.fromkeys(range(5, 128, 8), 1 / 12)  # of a beat
    drums = [(place / 4 + late.get(place, 0), 0.25, 38) for place in range(128)]
    piece = at_480(piece_of(part_of("drums", drums)))
    assert quantise(piece) == piece
    (part,) = quantise(piece, is_played=True).parts
    assert [note.onset_tick for note in part.notes] == [120 * place for place in range(128)]


def test_human_timing_is_read_as_what_was_meant() -> None:
    """With errors of 2 % of a beat (10 ms at 120), nearly all onsets are found again."""
    meant, heard = score(), quantise(played(score(), 0.02))
    for right, found in zip(meant.parts, heard.parts, strict=True):
        wanted = {(n.onset_tick, n.pitch) for n in right.notes}
        got = {(n.onset_tick, n.pitch) for n in found.notes}
        assert len(wanted & got) >= 0.95 * len(wanted)
