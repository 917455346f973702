"""Files are complete or not there."""

from __future__ import annotations

from pathlib import Path

import pytest

from composer.errors import FileError, RequestError
from composer.rendering import files
from composer.rendering.files import FORMATS, write_piece
from tests.rendering.pieces import part_of, piece_of

PIECE = piece_of(part_of("piano", [(0, 1, 60), (1, 1, 64), (2, 2, 67)]))


def test_every_format_is_written_under_its_name(tmp_path: Path) -> None:
    """One call, a file a format, in the order asked for, nothing else in the folder."""
    paths = write_piece(PIECE, tmp_path / "new", "piece", FORMATS)
    assert [path.name for path in paths] == [
        "piece.roll.png" if suffix == "roll" else f"piece.{suffix}" for suffix in FORMATS
    ]
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == sorted(
        path.name for path in paths
    )
    assert all(path.stat().st_size for path in paths)


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
