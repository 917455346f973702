"""`composer session`: each call opens the file, does one thing and saves."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from composer.cli import main
from composer.composing.session.session import Session
from composer.music.piece import MeterChange, Note, Part, Piece
from composer.rendering.files import write_piece


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder, with a tune of three bars and a session of it."""
    notes = tuple(Note(24 * n, 24, 60 + (0, 2, 4, 7)[n % 4], 70) for n in range(12))
    piece = Piece((Part("flute", 73, notes, "Flute"),), (MeterChange(0, 4, 4),), 288)
    write_piece(piece, tmp_path, "tune", ["mid"], mechanical=True)
    monkeypatch.chdir(tmp_path)
    assert session("new", "tune.mid") == 0
    return tmp_path


def session(action: str, *rest: str) -> int:
    return main(["session", action, "a.session", *rest])


def test_a_step_is_kept_written_and_undone(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Locked bars stay; files and a report lie beside each other, named after the version."""
    assert session("lock", "--bars", "1-2") == 0
    flags = ["--strength", "1", "--seed", "3", "--format", "mid", "--out", "pieces"]
    assert session("vary", *flags) == 0
    assert {path.name for path in (folder / "pieces").iterdir()} == {"a-1.mid", "a-1.json"}
    assert session("label", "bold") == 0
    assert session("undo") == 0
    assert session("redo") == 0
    assert session("go", "0") == 0
    assert session("go", "bold") == 0
    assert session("replay") == 0
    capsys.readouterr()
    assert session("show", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["locks"] == ["bars 1-2"]
    assert [version["parent"] for version in told["versions"]] == [None, 0]
    assert told["versions"][1]["arguments"] == {"strength": "1.0"}
    assert session("show") == 0
    shown = capsys.readouterr().out
    assert "* 1  0   bold   vary strength=1.0, seed 3" in shown
    assert "locked: --bars 1-2\n" in shown
    before, after = (version.piece for version in Session.open(folder / "a.session").versions)
    scale = after.ticks_per_quarter // before.ticks_per_quarter
    assert [note.onset_tick // scale for note in after.parts[0].notes[:8]] == [
        note.onset_tick for note in before.parts[0].notes[:8]
    ]
    assert [n.pitch for n in after.parts[0].notes[:8]] == [
        n.pitch for n in before.parts[0].notes[:8]
    ]
    assert session("unlock") == 0


def test_alternatives_are_branches_and_dreams_a_chain(folder: Path) -> None:
    """Of the version one was at, or each of the one before."""
    how = ["--seed", "3", "--format", "mid"]
    assert session("infill", "--bars", "2", "--alternatives", "2", *how) == 0
    assert session("vary", "--bars", "3", "--dream", "2", *how) == 0
    found = Session.open(folder / "a.session")
    assert [version.parent for version in found.versions] == [None, 0, 0, 2, 3]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["new", "tune.mid"], "a.session is there already"),
        (["undo"], "nothing to undo"),
        (["redo"], "nothing to redo"),
        (["go", "9"], "there is no version 9; there are 0 to 0"),
        (["lock"], "nothing to lock; give bars, parts or both"),
        (["lock", "--parts", "Tuba"], "there is no part 'Tuba'; the piece has Flute"),
        (["infill", "--bars", "7-9"], "bars 7-9 are not in the piece, which has bars 1-3"),
    ],
)
def test_a_mistake_is_one_line_and_the_file_stays(
    folder: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    """Status 2, and the same bytes as before."""
    before = (folder / "a.session").read_bytes()
    capsys.readouterr()
    assert session(*arguments) == 2
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1
    assert (folder / "a.session").read_bytes() == before
