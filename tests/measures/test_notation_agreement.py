"""The measure of written scores: what it counts, and what it does not mind."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from composer.corpus.readers import read_piece
from composer.errors import UnreadablePieceError
from composer.measures.notation_agreement import (
    WrittenNote,
    WrittenPart,
    bar_line_agreement,
    evaluate,
    read_musicxml,
    signature_agreement,
    written_parts,
)
from composer.rendering.musicxml.musicxml import musicxml_text
from tests.shared import EVALUATION, needs_evaluation


def note(onset: float, pitch: int, **changes: object) -> WrittenNote:
    plain = WrittenNote(Fraction(onset), pitch, "C", 0, 1, "1", 0, Fraction(1))
    return plain._replace(**changes)  # type: ignore[arg-type]


PART = WrittenPart(
    (note(0, 60), note(0, 64, step="E", voice="2"), note(1, 48, staff=2), note(2, 50, staff=2)),
    2,
    (Fraction(0), Fraction(4)),
    ((Fraction(0), 0),),
)


def test_a_score_against_itself_is_perfect() -> None:
    """Every measure is 1."""
    assert evaluate([PART], [PART])[:7] == (1.0,) * 7


def test_each_measure_counts_its_own_kind_of_mistake() -> None:
    """A wrong letter, staff, voice or length costs a quarter of four notes, and nothing else."""
    first, *others = PART.notes
    for change, name in (
        ({"step": "B", "alter": 1}, "spelling"),
        ({"length": Fraction(2)}, "written_length"),
    ):
        wrong = replace(PART, notes=(first._replace(**change), *others))
        scores = evaluate([PART], [wrong])
        assert getattr(scores, name) == 0.75
        assert sum(scores[:7]) == 6.75
    wrong = replace(PART, notes=(*PART.notes[:3], PART.notes[3]._replace(staff=1)))
    assert evaluate([PART], [wrong]).staff == 0.75
    wrong = replace(PART, notes=(first._replace(voice="2"), *others))
    assert evaluate([PART], [wrong]).voice_grouping == 0.75


def test_lost_notes_cost_onsets_alone() -> None:
    """The other measures are over the notes that were found."""
    scores = evaluate([PART], [replace(PART, notes=PART.notes[:3])])
    assert scores.onsets == 0.75
    assert scores.spelling == 1.0


def test_names_of_voices_and_silence_at_the_beginning_do_not_matter() -> None:
    """Voices 1 and 2 may be 5 and 6; a bar of rest before the first note is no difference."""
    moved = WrittenPart(
        tuple(n._replace(onset=n.onset + 4, voice=n.voice + "x") for n in PART.notes),
        2,
        tuple(start + 4 for start in PART.bar_lines),
        ((Fraction(4), 0),),
    )
    assert evaluate([PART], [moved])[:7] == (1.0,) * 7


def test_bar_lines_and_signatures() -> None:
    """An F-measure of positions; a share of measures."""
    assert bar_line_agreement([Fraction(0), Fraction(4)], [Fraction(0), Fraction(3)]) == 0.5
    changed = replace(PART, signatures=((Fraction(0), 0), (Fraction(4), 1)))
    assert signature_agreement(PART, changed) == 0.5


def test_ties_and_transposition_are_read() -> None:
    """A note tied over a bar line is one note; a clarinet's part is read at sounding pitch."""
    from tests.rendering.pieces import part_of, piece_of

    piece = piece_of(part_of("clarinet", [(3, 2, 70), (5, 1, 72)]), fifths=-2)
    (part,) = written_parts(musicxml_text(piece))
    assert [(n.onset, n.pitch, n.step, n.alter, n.length) for n in part.notes] == [
        (0, 70, "B", -1, 2),
        (2, 72, "C", 0, 1),
    ]
    assert part.signatures[0][1] == -2


def test_what_is_not_musicxml_is_refused(tmp_path: Path) -> None:
    """One line, no traceback."""
    with pytest.raises(UnreadablePieceError, match="not MusicXML"):
        written_parts("MThd")
    with pytest.raises(UnreadablePieceError, match="not <score-partwise>"):
        written_parts("<html/>")
    with pytest.raises(UnreadablePieceError, match="is not MusicXML"):
        read_musicxml(tmp_path / "missing.mxl")


@needs_evaluation
def test_our_scores_come_near_the_engravers(tmp_path: Path) -> None:
    """Three short songs of the evaluation set, well below what `benchmarks/notation.py` finds."""
    with zipfile.ZipFile(EVALUATION / "engraved.zip") as archive:
        names = {n.rsplit("/", 1)[-1]: n for n in archive.namelist()}
        for start in ("satie-erik", "greger-luise", "butterworth-george"):
            name = next(n for n in names if n.startswith(start) and n.endswith(".mid"))
            midi = Path(archive.extract(names[name], tmp_path))
            mxl = Path(archive.extract(names[name[:-3] + "mxl"], tmp_path))
            scores = evaluate(
                written_parts(read_musicxml(mxl)), written_parts(musicxml_text(read_piece(midi)))
            )
            assert min(scores.spelling, scores.written_length, scores.bar_lines) > 0.9, name
            assert scores.staff > 0.85, name
            assert scores.voice_grouping > 0.8, name
