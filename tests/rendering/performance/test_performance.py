"""How a piece is played."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from composer.music.bars import seconds_at
from composer.music.piece import MeterChange, Note, Part, Piece, Tags, TempoChange
from composer.rendering.performance.performance import perform
from composer.rendering.performance.swing import off_beat_place
from tests.rendering.pieces import grid_pieces, part_of, piece_of


def eighths(style: str, tempo: float = 120.0) -> Piece:
    piece = piece_of(part_of("alto-sax", [(i / 2, 0.5, 60 + i % 5) for i in range(32)]))
    return replace(piece, tags=Tags(style=style), tempi=(TempoChange(0, tempo),))


def places(piece: Piece) -> list[float]:
    """Where in its beat each note of the first part begins."""
    quarter = piece.ticks_per_quarter
    return [note.onset_tick % quarter / quarter for note in piece.parts[0].notes]


def test_off_beat_eighths_come_late_where_the_style_swings() -> None:
    """Two to one at 120; each note still ends where the next begins."""
    played = perform(eighths("jazz")).piece
    assert places(played)[:4] == pytest.approx([0, 2 / 3, 0, 2 / 3])
    notes = played.parts[0].notes
    assert all(a.end_tick == b.onset_tick for a, b in itertools.pairwise(notes))
    assert played.end_tick == 20 * eighths("jazz").end_tick


@pytest.mark.parametrize(("style", "mechanical"), [("baroque", False), ("", False), ("jazz", True)])
def test_elsewhere_and_mechanically_eighths_are_even(style: str, mechanical: bool) -> None:
    """Swing belongs to a style, and is off with the rest."""
    assert places(perform(eighths(style), mechanical=mechanical).piece)[:4] == [0, 0.5, 0, 0.5]


def test_swing_evens_out_as_the_tempo_rises() -> None:
    """The short eighth never gets much shorter than a tenth of a second."""
    found = [off_beat_place(tempo, 1.0) for tempo in (100, 180, 240, 300, 400)]
    assert found == pytest.approx([2 / 3, 2 / 3, 0.6, 0.5, 0.5])
    assert off_beat_place(120, 0.5) == pytest.approx((0.5 + 2 / 3) / 2)


def test_sixteenths_and_triplets_are_played_as_written() -> None:
    """Only a beat of two eighths, or of a triplet's first and last, is swung."""
    written = [(0, 0.25, 60), (0.25, 0.25, 62), (0.5, 0.5, 64), (1, 1 / 3, 60), (4 / 3, 1 / 3, 62)]
    piece = piece_of(part_of("piano", [*written, (2, 0.5, 60), (2.5, 0.5, 62)]))
    played = perform(replace(piece, tags=Tags(style="jazz"))).piece
    assert places(played) == pytest.approx([0, 0.25, 0.5, 0, 1 / 3, 0, 2 / 3])


def test_a_band_swings_together() -> None:
    """A line written straight meets cymbals written in triplets."""
    cymbals = part_of("drums", [(i + 2 / 3, 1 / 3, 51) for i in range(16)])
    fast = replace(eighths("jazz", tempo=240), parts=(*eighths("jazz").parts, cymbals))
    played = perform(fast).piece
    off_beats = {note.onset_tick for note in played.parts[0].notes if note.onset_tick % 480}
    assert off_beats == {note.onset_tick for note in played.parts[1].notes}


@given(piece=grid_pieces(), style=st.sampled_from(["jazz", "blues", "stride"]))
@settings(max_examples=30, deadline=None)
def test_swing_keeps_every_note_its_order_and_its_bar(piece: Piece, style: str) -> None:
    """Nothing is lost, nothing overtakes, bars stay where they are."""
    played = perform(replace(piece, tags=Tags(style=style))).piece
    finer = played.ticks_per_quarter // piece.ticks_per_quarter
    bar = finer * 4 * 24 * piece.meters[0].numerator // piece.meters[0].denominator
    for before, after in zip(piece.parts, played.parts, strict=True):
        assert [n.pitch for n in before.notes] == [n.pitch for n in after.notes]
        for old, new in zip(before.notes, after.notes, strict=True):
            assert old.onset_tick * finer // bar == new.onset_tick // bar
            assert new.length_ticks > 0
        onsets = [note.onset_tick for note in after.notes]
        assert onsets == sorted(onsets)
    assert played.end_tick == finer * piece.end_tick


def test_a_step_of_a_level_is_played_as_a_slope() -> None:
    """A crescendo from p to mf: no note jumps, and bars keep their order."""
    levels = [48, 48, 64, 64, 80, 80]
    notes = tuple(Note(24 * i, 24, 72, levels[i // 4]) for i in range(24))
    piece = Piece((Part("flute", 73, notes),), (MeterChange(0, 4, 4),), 576)
    loud = [note.velocity for note in perform(piece, seed=1).piece.parts[0].notes]
    means = [sum(loud[start : start + 4]) / 4 for start in range(0, 24, 4)]
    assert means[1] < means[2] < means[4]
    assert max(abs(a - b) for a, b in itertools.pairwise(loud)) < 16


def test_velocities_that_somebody_played_are_kept() -> None:
    """Finer than levels and accents: a person's hand."""
    notes = tuple(Note(24 * i, 24, 72, 61 + 5 * i) for i in range(8))
    piece = Piece((Part("piano", 0, notes),), (MeterChange(0, 4, 4),), 192)
    assert perform(piece, seed=1).piece.parts[0].notes == notes


def test_the_first_beat_is_louder_than_the_middle_and_that_than_the_rest() -> None:
    """Accents follow the meter: four in a bar, and two groups of three."""
    for meter, step, strong in (((4, 4), 1, [0, 2, 1]), ((12, 8), 0.5, [0, 6, 3])):
        notes = [(step * i, step, 72) for i in range(48)]
        piece = piece_of(part_of("flute", notes), meter=meter)
        loud = [note.velocity for note in perform(piece, seed=2).piece.parts[0].notes]
        a_bar = meter[0]
        means = [sum(loud[place::a_bar]) / len(loud[place::a_bar]) for place in strong]
        assert means == sorted(means, reverse=True)


def test_phrases_breathe_and_the_end_slows_down() -> None:
    """Before the fifth bar and into the last, not beyond it; a dance band does neither, nor does a
    loop."""
    piece = piece_of(part_of("piano", [(beat, 1, 60 + beat % 5) for beat in range(32)]))
    tempi = {t.tick: t.quarters_per_minute for t in perform(piece, seed=1).piece.tempi}
    assert tempi[4 * 96 - 12] < tempi[4 * 96 - 24] < tempi[4 * 96] == 96.0
    assert tempi[sorted(tempi)[-2]] < 0.7 * 96
    assert max(tempi) == piece.end_tick
    assert tempi[piece.end_tick] == 96
    assert perform(replace(piece, tags=Tags(style="rock"))).piece.tempi == piece.tempi
    assert perform(piece, loop=True).piece.tempi == piece.tempi


def test_a_loop_rings_over_nothing() -> None:
    """Notes are cut at the end, those behind it are left out; it lasts exactly its bars."""
    part = part_of("piano", [(0, 8, 40), (3, 6, 60), (8, 1, 62)])
    piece = replace(piece_of(part), end_tick=2 * 96)
    played = perform(piece, loop=True).piece
    assert [note.end_tick for note in played.parts[0].notes] == [192, 192]
    assert seconds_at(played, played.end_tick) == pytest.approx(8 * 60 / 96)
