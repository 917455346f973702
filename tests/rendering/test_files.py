"""Files are complete or not there."""

from __future__ import annotations

from pathlib import Path

import pytest

from composer.cli.flags import parse_formats
from composer.errors import FileError, RequestError
from composer.music.facts import Chord
from composer.rendering import files
from composer.rendering.files import write_piece
from composer.rendering.formats import FORMATS, Format
from composer.rendering.part_files import file_labels
from tests.rendering.pieces import part_of, piece_of

PIECE = piece_of(part_of("piano", [(0, 1, 60), (1, 1, 64), (2, 2, 67)]))


def test_every_format_is_written_under_its_name(tmp_path: Path) -> None:
    """One call, a file a format, in the order asked for, nothing else in the folder."""
    guitar = piece_of(part_of("guitar", [(0, 1, 60), (1, 1, 64), (2, 2, 67)]))
    chords = [Chord(0, 0, "major", 0)]
    paths = write_piece(guitar, tmp_path / "new", "piece", [*FORMATS], chart_chords=chords)
    special = {"roll": "roll.png", "chart": "chart.pdf", "tab": "tab.pdf"}
    assert [path.name for path in paths] == [
        f"piece.{special.get(suffix, suffix)}" for suffix in FORMATS
    ]
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == sorted(
        path.name for path in paths
    )
    assert all(path.stat().st_size for path in paths)


def test_stems_and_parts_lie_in_folders_of_their_own(tmp_path: Path) -> None:
    """A file a part and format, named after the part."""
    violin = part_of("violin", [(0, 4, 72)])
    piece = piece_of(violin, part_of("drums", [(0, 1, 36)]), violin)
    paths = write_piece(piece, tmp_path, "trio", ["mid", "musicxml"], stems=True, parts=True)
    assert [str(path.relative_to(tmp_path)) for path in paths] == [
        "trio.mid",
        "trio.musicxml",
        "trio-stems/violin-1.mid",
        "trio-stems/drums.mid",
        "trio-stems/violin-2.mid",
        "trio-parts/violin-1.musicxml",
        "trio-parts/violin-2.musicxml",
        "trio-parts/drums.musicxml",
    ]
    part = (tmp_path / "trio-parts/violin-2.musicxml").read_text(encoding="utf-8")
    assert part.count("<score-part ") == 1
    assert "Violin 2" in part


def test_stems_are_midi_and_parts_pdf_where_no_such_format_is_asked_for(tmp_path: Path) -> None:
    """A flag always gives what it promises."""
    paths = write_piece(PIECE, tmp_path, "solo", ["roll"], stems=True, parts=True)
    names = [str(path.relative_to(tmp_path)) for path in paths]
    assert names == ["solo.roll.png", "solo-stems/piano.mid", "solo-parts/piano.pdf"]


@pytest.mark.parametrize(
    ("names", "labels"),
    [
        (["Violin", "Violin", "Viola"], ["violin-1", "violin-2", "viola"]),
        (["Violin 2", "Violin", "Violin"], ["violin-2", "violin-1", "violin-3"]),
        (["Clarinet in B♭", "???", "Flöte"], ["clarinet-in-b", "part", "flöte"]),
        (["../../etc", "a/b"], ["etc", "a-b"]),
    ],
)
def test_labels_are_file_names_and_distinct(names: list[str], labels: list[str]) -> None:
    """Whatever parts are called."""
    assert file_labels(names) == labels


def test_a_part_draws_its_long_rests_together(tmp_path: Path) -> None:
    """Bars of rest are one, with their number; the same bars in a score are not."""
    horn = part_of("horn", [(0, 4, 60), (20, 4, 60)])
    piece = piece_of(part_of("flute", [(beat, 1, 72) for beat in range(24)]), horn)
    write_piece(piece, tmp_path, "duo", ["musicxml"], parts=True)
    part = (tmp_path / "duo-parts/horn-in-f.musicxml").read_text(encoding="utf-8")
    assert "<multiple-rest>4</multiple-rest>" in part
    assert "multiple-rest" not in (tmp_path / "duo.musicxml").read_text(encoding="utf-8")


def test_a_part_that_begins_with_rests_shows_its_tempo(tmp_path: Path) -> None:
    """Its bar stands apart, for engravers leave out marks inside long rests, and so does the next,
    whose number would stand in the mark."""
    horn = part_of("horn", [(16, 4, 60)])
    piece = piece_of(part_of("flute", [(beat, 1, 72) for beat in range(20)]), horn)
    write_piece(piece, tmp_path, "duo", ["musicxml", "svg"], parts=True)
    text = (tmp_path / "duo-parts/horn-in-f.musicxml").read_text(encoding="utf-8")
    assert "<multiple-rest>2</multiple-rest>" in text
    assert "Andantino" in (tmp_path / "duo-parts/horn-in-f.svg").read_text(encoding="utf-8")


@pytest.mark.parametrize(("suffix", "words"), [("tab", "guitar"), ("chart", "no chords")])
def test_what_a_piece_has_not_is_not_written(tmp_path: Path, suffix: str, words: str) -> None:
    """One line says what is missing, and no other format is written either."""
    with pytest.raises(RequestError, match=words):
        write_piece(PIECE, tmp_path, "piece", ["mid", suffix])
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_format_names_the_allowed_ones(tmp_path: Path) -> None:
    """And nothing is written."""
    with pytest.raises(RequestError, match=r"'doc'.*mid, musicxml"):
        write_piece(PIECE, tmp_path, "piece", ["mid", "doc"])
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    """A file where a folder is needed."""
    (tmp_path / "file").write_text("")
    with pytest.raises(FileError, match="cannot write") as caught:
        write_piece(PIECE, tmp_path / "file", "piece", ["mid"])
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("error", [OSError("disk full"), KeyboardInterrupt()])
def test_nothing_half_written_is_left_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    """Neither after a failure nor after Ctrl-C."""

    def fail(path: Path, mode: int) -> None:
        raise error

    monkeypatch.setattr(files.os, "chmod", fail)
    with pytest.raises((FileError, KeyboardInterrupt)):
        write_piece(PIECE, tmp_path, "piece", ["mid"])
    assert list(tmp_path.iterdir()) == []


def test_a_format_is_added_in_one_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A line of the table, and the command line takes it, files get its ending, and it is listed
    where a format is unknown."""
    monkeypatch.setitem(
        FORMATS, "title", Format("A title", lambda maker: [b"a title"], ending="title.txt")
    )
    assert parse_formats("mid,title") == ["mid", "title"]
    (path,) = write_piece(PIECE, tmp_path, "piece", ["title"])
    assert path.name == "piece.title.txt"
    assert path.read_bytes() == b"a title"
    with pytest.raises(RequestError, match="title"):
        parse_formats("nothing")
