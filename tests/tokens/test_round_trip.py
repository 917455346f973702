"""A normalised piece survives being written as rows."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings

from composer.analysis.analyse import analyse
from composer.corpus.corpus import Work
from composer.errors import UnreadablePieceError
from composer.music.bars import bars_of
from composer.music.chords import PLAIN_QUALITIES
from composer.music.normalise import MOST_PARTS, normalise
from composer.music.piece import Piece
from composer.tokens.decode import chords_of, decode
from composer.tokens.encode import encode
from composer.tokens.fields import COLUMNS, FIELD_SIZES, ROW_FIELDS, Kind, Mark
from tests.pieces import pieces, real_works, without_words
from tests.shared import needs_corpora


@needs_corpora
def test_hundreds_of_real_files_of_every_corpus_come_back_note_for_note() -> None:
    """decode(encode(piece)) == piece for 20 files of each of the 16 corpora."""
    works = real_works(per_corpus=20)
    assert len(works) >= 300
    unreadable = [work.path for work in works if not _comes_back(work)]
    assert len(unreadable) <= 1, unreadable


def _comes_back(work: Work) -> bool:
    try:
        piece = normalise(work.read())
    except UnreadablePieceError:
        return False
    assert without_words(decode(encode(piece).rows)) == without_words(piece), work.path
    assert normalise(piece) == piece, work.path
    return True


@needs_corpora
def test_facts_change_nothing_of_the_music_and_chords_come_back() -> None:
    """Facts add plans and chord rows; the notes are those of the piece, the chords the facts',
    without rare colours."""
    for work in real_works(per_corpus=2):
        piece = normalise(work.read())
        facts = analyse(piece)
        rows = encode(piece, facts, "human").rows
        assert without_words(decode(rows)) == without_words(piece), work.path
        plain = [
            c._replace(quality=PLAIN_QUALITIES.get(c.quality, c.quality)) for c in facts.chords
        ]
        assert list(chords_of(rows)) == plain, work.path
        assert decode(rows).tags.style == piece.tags.style


@given(pieces())
@settings(max_examples=150, deadline=None)
def test_any_piece_normalises_once_and_for_all_and_comes_back(source: Piece) -> None:
    """normalise is idempotent, and what it gives survives encode and decode."""
    piece = normalise(source)
    assert normalise(piece) == piece
    assert without_words(decode(encode(piece).rows)) == without_words(piece)


@given(pieces())
@settings(max_examples=60, deadline=None)
def test_a_normalised_piece_is_on_the_grid(source: Piece) -> None:
    """At most 16 parts, bars that follow one another, every onset in a bar, no overlap."""
    piece = normalise(source)
    bars = bars_of(piece)
    assert len(piece.parts) <= MOST_PARTS
    assert bars[-1].end_tick == piece.end_tick
    for part in piece.parts:
        assert list(part.notes) == sorted(part.notes, key=lambda note: (note[0], note[2]))
        by_pitch: dict[int, int] = {}
        for note in part.notes:
            assert note.onset_tick >= by_pitch.get(note.pitch, 0)
            by_pitch[note.pitch] = note.end_tick


@given(pieces())
@settings(max_examples=60, deadline=None)
def test_every_row_stays_inside_the_field_tables(source: Piece) -> None:
    """No value reaches beyond its field, no column is used that the kind has not."""
    piece = normalise(source)
    rows = encode(piece, analyse(piece), "machine").rows
    assert rows.shape[1] == COLUMNS
    for row in rows.tolist():
        names = ROW_FIELDS[Kind(row[0])]
        for value, name in zip(row[1:], names, strict=False):
            assert 0 <= value < FIELD_SIZES[name], (row, name)
        assert not any(row[1 + len(names) :])


def test_rows_follow_the_order_of_the_format() -> None:
    """Header first, a plan behind every bar, the end mark last."""
    piece = _little_piece()
    encoded = encode(piece, analyse(piece))
    kinds = encoded.rows[:, 0]
    assert kinds[:3].tolist() == [Kind.STYLE, Kind.MOOD, Kind.FORM]
    assert encoded.rows[-1, :2].tolist() == [Kind.MARK, Mark.END]
    assert np.array_equal(encoded.bar_rows, np.flatnonzero(kinds == Kind.BAR))
    assert (kinds[encoded.bar_rows + 1] == Kind.PLAN).all()
    bars_left = encoded.rows[encoded.bar_rows, 1].tolist()
    assert bars_left == list(range(len(bars_left), 0, -1))


def _little_piece() -> Piece:
    from composer.music.piece import MeterChange, Note, Part

    melody = tuple(Note(24 * beat, 24, 60 + beat % 5, 64 + 16 * (beat % 2)) for beat in range(12))
    return normalise(Piece((Part("flute", 73, melody),), (MeterChange(0, 3, 4),), 12 * 24))
