"""Scores for other programs say what the piece says."""

from __future__ import annotations

import base64
import io
import re
from collections import Counter

import pytest
from hypothesis import given, settings

from composer.errors import RequestError
from composer.music.facts import CHORD_QUALITIES, Chord
from composer.music.piece import Piece
from composer.rendering.musicxml.musicxml import musicxml_text
from composer.rendering.pages.engraving import new_toolkit
from composer.rendering.score.notation import BarSigns
from composer.rendering.score.score import build_score
from composer.rendering.texts.abc_notation import abc_text
from composer.rendering.texts.lilypond import lilypond_text
from composer.rendering.texts.mei import mei_text
from composer.rendering.texts.repeat_signs import Section, sections_of
from tests.rendering.pieces import grid_pieces, part_of, piece_of
from tests.rendering.reading import rows_of_midi
from tests.rendering.reading_texts import Rows, rows_of_abc, rows_of_lilypond


def rows_of(piece: Piece) -> Rows:
    """What the score of a piece has."""
    parts = build_score(piece).piece.parts
    return Counter((n.onset_tick, n.length_ticks, n.pitch) for part in parts for n in part.notes)


@given(piece=grid_pieces())
@settings(max_examples=50, deadline=None)
def test_lilypond_has_exactly_the_notes_of_the_piece(piece: Piece) -> None:
    """Every onset, length and pitch, ties, tuplets, drums and transposing instruments too."""
    assert rows_of_lilypond(lilypond_text(build_score(piece))) == rows_of(piece)


@given(piece=grid_pieces())
@settings(max_examples=50, deadline=None)
def test_abc_has_exactly_the_notes_of_the_piece(piece: Piece) -> None:
    """Every onset, length and pitch, at concert pitch."""
    assert rows_of_abc(abc_text(build_score(piece))) == rows_of(piece)


@given(piece=grid_pieces(most_parts=2))
@settings(max_examples=15, deadline=None)
def test_mei_read_again_by_verovio_has_the_notes_of_the_piece(piece: Piece) -> None:
    """Onsets and pitches of what it plays."""
    expected = Counter(pitch for _, _, pitch in rows_of(piece).elements())
    toolkit = new_toolkit()
    assert toolkit.loadData(mei_text(musicxml_text(piece)))
    midi = base64.b64decode(toolkit.renderToMIDI())
    heard = Counter(pitch for rows in rows_of_midi(midi, "symusic") for _, _, pitch in rows)
    drums = {note.pitch for part in piece.parts if part.is_drums for note in part.notes}
    assert {p: n for p, n in heard.items() if p not in drums} == {
        p: n for p, n in expected.items() if p not in drums
    }


def test_what_is_no_score_is_no_mei() -> None:
    """One line says so."""
    with pytest.raises(RequestError, match="MEI"):
        mei_text("<html/>")


SIGNS = (
    BarSigns(),
    BarSigns(begins_repeat=True),
    BarSigns(),
    BarSigns(ends_repeat=True, ending=1, begins_ending=True, ends_ending=True),
    BarSigns(ending=2, begins_ending=True, ends_ending=True),
    BarSigns(begins_repeat=True, ends_repeat=True),
    BarSigns(),
)


def test_signs_are_passages() -> None:
    """Plain bars, a repeat with two endings, one without, and the rest."""
    assert sections_of(SIGNS) == [
        Section((0,)),
        Section((1, 2), True, ((3,), (4,))),
        Section((5,), True),
        Section((6,)),
    ]


def test_what_comes_twice_is_written_once() -> None:
    """With a volta in LilyPond and signs in ABC."""
    tune = [(4 * bar + beat, 1, 60 + beat + bar % 4) for bar in range(8) for beat in range(4)]
    score = build_score(piece_of(part_of("flute", tune)), repeats=True)
    assert "\\repeat volta 2" in lilypond_text(score)
    assert "|:" in abc_text(score)
    assert ":|" in abc_text(score)


def test_chords_stand_where_they_change() -> None:
    """In ABC a held note is tied over the change; LilyPond has a line of names."""
    score = build_score(piece_of(part_of("flute", [(0, 4, 60)])))
    chords = [Chord(0, 0, "major", 0), Chord(48, 5, "minor7", 8)]
    assert '"C"C4- "Fm7/Ab"C4 |]' in abc_text(score, chords=chords)
    assert "c1*1/2 f1*1/2:m7/+aes" in lilypond_text(score, chords=chords)


def test_every_chord_has_a_name_in_both() -> None:
    """Whatever the model may write."""
    piece = piece_of(part_of("flute", [(beat, 1, 60) for beat in range(len(CHORD_QUALITIES))]))
    chords = [Chord(24 * place, 2, quality, 2) for place, quality in enumerate(CHORD_QUALITIES)]
    text = lilypond_text(build_score(piece), chords=chords)
    assert len(re.findall(r" [dr]1\*1/[24]", text.split("symbols = ")[1].split("}")[0])) == len(
        chords
    )
    assert abc_text(build_score(piece), chords=chords).count('"D') == len(chords) - 1


def test_words_cannot_break_out_of_their_quotes() -> None:
    """A title may hold whatever a title holds."""
    piece = piece_of(part_of("flute", [(0, 4, 60)]))
    title = 'The "End" \\score { }\nK:D'
    text = lilypond_text(build_score(piece), subtitle=title)
    assert 'subtitle = "The \\"End\\" \\\\score { } K:D"' in text
    assert 'T:The "End" \\score { } K:D\n' in abc_text(build_score(piece), subtitle=title)
    assert io.StringIO(abc_text(build_score(piece), subtitle=title)).read().count("\nK:") == 1
