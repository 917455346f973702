"""The written score says what the piece says."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from composer.corpus.readers import read_bytes
from composer.music.normalise import normalise
from composer.music.piece import KeyChange, MeterChange, Note, Part, Piece
from composer.rendering.musicxml.musicxml import musicxml_text
from composer.rendering.score.score import build_score
from tests.rendering.pieces import grid_pieces, part_of, piece_of
from tests.rendering.reading import (
    measure_problems,
    piece_from_midi,
    rows_as_signs,
    rows_of_musicxml,
)
from tests.shared import CORPORA, needs_corpora


@given(piece=grid_pieces())
@settings(max_examples=60, deadline=None)
def test_music21_reads_back_exactly_the_notes_of_the_piece(piece: Piece) -> None:
    """Every onset, length and pitch, drums and transposing instruments too."""
    text = musicxml_text(piece)
    read = rows_of_musicxml(text)
    assert read == [rows_as_signs(part) for part in build_score(piece).piece.parts]


@given(piece=grid_pieces())
@settings(max_examples=60, deadline=None)
def test_every_voice_fills_every_measure(piece: Piece) -> None:
    """Bars add up."""
    assert measure_problems(musicxml_text(piece)) == []


STROKES = st.lists(
    st.tuples(st.integers(0, 8 * 24 - 1), st.sampled_from((35, 36, 38, 40, 42, 44, 46, 49, 57))),
    min_size=1,
    max_size=40,
    unique=True,
)


@given(strokes=STROKES)
@settings(max_examples=20, deadline=None)
def test_our_own_reader_reads_back_hands_and_feet(strokes: list[tuple[int, int]]) -> None:
    """Every stroke at its tick, sound for sound, however the limbs fall."""
    notes = tuple(Note(tick, 1, pitch) for tick, pitch in sorted(strokes))
    flute = part_of("flute", [(0, 4, 72), (4, 4, 74)])
    piece = piece_of(flute, Part("drums", 0, notes))
    read = read_bytes(musicxml_text(piece).encode(), "piece.musicxml")
    drums = next(part for part in read.parts if part.is_drums)
    ticks = read.ticks_per_quarter // 24
    assert [(n.onset_tick, n.pitch) for n in drums.notes] == [
        (tick * ticks, pitch) for tick, pitch in sorted(strokes)
    ]


def test_a_piano_has_two_staves_a_key_a_meter_a_tempo_and_a_final_bar_line() -> None:
    """What the first measure and the last bar line of a piano piece must hold."""
    piece = piece_of(part_of("piano", [(0, 4, 48), (0, 4, 76)]), meter=(3, 4), fifths=-3)
    text = musicxml_text(piece, subtitle="a subtitle", credit="composed by a test")
    for expected in (
        "<staves>2</staves>",
        "<fifths>-3</fifths>",
        "<beats>3</beats>",
        "<per-minute>96</per-minute>",
        "<bar-style>light-heavy</bar-style>",
        "<part-name>Piano</part-name>",
        "a subtitle",
        "composed by a test",
    ):
        assert expected in text


def test_transposing_instruments_are_written_transposed() -> None:
    """A clarinet in B flat sounding B flat reads C, in a signature two fifths sharper."""
    text = musicxml_text(piece_of(part_of("clarinet", [(0, 4, 70)]), fifths=-2))
    assert "<fifths>0</fifths>" in text
    assert "<chromatic>-2</chromatic>" in text
    assert re.search(r"<step>C</step>\s*<octave>5</octave>", text)


def test_a_pickup_is_an_implicit_measure_in_the_meter_that_follows() -> None:
    """The quarter before the first full bar of 3/4 is measure 0, not a bar of 1/4."""
    piece = Piece(
        (part_of("violin", [(0, 1, 67), (1, 3, 72)]),),
        (MeterChange(0, 1, 4), MeterChange(24, 3, 4)),
        96,
        keys=(KeyChange(0, 0, "major"),),
    )
    text = musicxml_text(piece)
    assert '<measure number="0" implicit="yes">' in text
    assert text.count("<beats>") == 1
    assert "<beats>3</beats>" in text


SHORT_FILES = (
    (
        "openscore_lieder",
        "brahms-johannes/9-lieder-und-gesange-op-32__3-ich-schleich-umher-betrubt__lc5069066.mid",
    ),
    ("polish_scores", "anonymous/pl-wnifc-6439-n-010-anonim-mazur-no-10.mid"),
    ("mutopia", "bachjs/bwv807/bach-english-suite-2-bourree-2/bach-english-suite-2-bourree-2.mid"),
    ("open_hymnal", "awake-my-heart-with-gladness-auf-auf-mein-herz-mit-freuden.mid"),
    ("madrigal_project", "newberry/03-donna-leggiadr-et-bella.mid"),
    ("groove_gmd", "drummer3_session2_40_hiphop_110_beat_4_4.mid"),
    ("mma_band", "ambient_lullaby_lullaby.mid"),
)


@needs_corpora
def test_real_files_of_every_kind_come_back_from_music21() -> None:
    """One short file of several corpora each: the score re-read is the normalised piece."""
    for path in SHORT_FILES:
        piece = normalise(read_from_corpora(path))
        text = musicxml_text(piece)
        assert measure_problems(text) == [], path
        expected = [rows_as_signs(part) for part in build_score(piece).piece.parts]
        assert rows_of_musicxml(text) == expected, path


def read_from_corpora(path: tuple[str, str]) -> Piece:
    corpus, name = path
    with zipfile.ZipFile(CORPORA / f"{corpus}.zip") as archive, TemporaryDirectory() as folder:
        return piece_from_midi(Path(archive.extract(name, folder)))
