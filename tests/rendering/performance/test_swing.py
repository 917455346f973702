"""Swing that was played is read as the straight eighths that a musician writes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from composer.music.normalise import normalise
from composer.music.piece import Note, Piece, Tags, TempoChange
from composer.played.quantise import quantise
from composer.rendering.musicxml.musicxml import musicxml_text
from composer.rendering.performance.performance import perform
from composer.rendering.performance.swing import straightened, swung_like
from tests.rendering.pieces import part_of, piece_of

LINE: list[tuple[float, float, int]] = [(i / 2, 0.5, 60 + i % 5) for i in range(32)]


def line(tempo: float = 120.0) -> Piece:
    return replace(piece_of(part_of("alto-sax", LINE)), tempi=(TempoChange(0, tempo),))


def played(piece: Piece) -> Piece:
    """The piece in swing, as a file of it says: nobody knows the style any more."""
    swung = perform(replace(piece, tags=Tags(style="jazz"))).piece
    return replace(swung, tags=Tags())


@pytest.mark.parametrize("tempo", [100, 180, 240])
def test_swing_of_ours_is_read_back_as_it_was_written(tempo: float) -> None:
    """Straight eighths again, and the word over the first bar, at any tempo that swings."""
    read = normalise(quantise(straightened(played(line(tempo)))))
    assert [note[:3] for note in read.parts[0].notes] == [
        note[:3] for note in line().parts[0].notes
    ]
    text = musicxml_text(read)
    assert "swing" in text
    assert "time-modification" not in text


def test_triplets_within_swing_stay_triplets() -> None:
    """Only beats of an off-beat alone are straightened."""
    triplets = [(16 + i / 3, 1 / 3, 67) for i in range(6)]
    piece = piece_of(part_of("alto-sax", [*LINE, *triplets, (18, 2, 60)]))
    read = normalise(quantise(straightened(played(piece))))
    assert [note.onset_tick for note in read.parts[0].notes] == [
        note.onset_tick for note in piece.parts[0].notes
    ]


@pytest.mark.parametrize(
    "onsets",
    [
        [0, 1 / 3, 2 / 3],  # triplets
        [0, 0.5],  # eighths
        [0, 2 / 3, 1, 4 / 3, 5 / 3],  # every other beat a whole triplet, as in 12/8
        [0, 2 / 3, 1, 1.5],  # every other beat straight
        [0, 0.75],  # dotted
    ],
)
def test_what_does_not_swing_is_left_alone(onsets: list[float]) -> None:
    """Neither real triplets, nor even or dotted eighths, nor a mixture are called swing."""
    beats = 1 + int(max(onsets))
    notes = [(beats * i + onset, 0.25, 60) for i in range(24) for onset in onsets]
    piece = piece_of(part_of("piano", notes))
    assert straightened(piece) is piece


def test_the_style_that_somebody_said_stays() -> None:
    swung = replace(played(line()), tags=Tags(style="blues"))
    assert straightened(swung).tags.style == "blues"


def test_what_is_written_into_swung_music_swings_as_it_does() -> None:
    """Notes of the file keep their ticks; new off-beats are as late as its own."""
    source = played(line(240))
    straight = straightened(source)
    (part,) = straight.parts
    eighth = straight.ticks_per_quarter // 2
    new = [Note(straight.end_tick + i * eighth, eighth, 60 + i % 5) for i in range(16)]
    longer = replace(
        straight,
        parts=(replace(part, notes=(*part.notes, *new)),),
        end_tick=straight.end_tick + 16 * eighth,
    )
    swung = swung_like(longer, straight, source).parts[0].notes
    assert swung[: len(part.notes)] == source.parts[0].notes
    late = source.parts[0].notes[1].onset_tick
    assert late > eighth
    assert [note.onset_tick - straight.end_tick for note in swung[-16:][:4]] == [
        0, late, 2 * eighth, 2 * eighth + late,
    ]  # fmt: skip
