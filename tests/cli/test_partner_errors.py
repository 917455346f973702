"""What cannot be done to a file is one line that says what is there, and leaves nothing."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from composer.cli import main
from composer.music.piece import Note, Part, Piece
from composer.rendering.files import write_piece
from tests.composing.tunes import BAR, QUARTER, piece, tune


def _file(folder: Path, source: Piece) -> Path:
    (path,) = write_piece(source, folder, "mine", ["mid"], mechanical=True)
    return path


def _refused(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> str:
    assert main([str(argument) for argument in arguments]) == 2
    out, error = capsys.readouterr()
    assert out == ""
    assert error.startswith("composer: ")
    assert error.count("\n") == 1
    return error


@pytest.mark.parametrize(
    ("command", "says"),
    [
        ("infill {} --bars 3-4", ["bars 3-4", "1-2"]),
        ("infill {} --bars 0-1", ["bars 0-1", "1-2"]),
        ("infill {} --bars 2-1", ["bars 2-1", "1-2"]),
        ("infill {} --bars -", ["'-'", "9-12"]),
        ("infill {} --bars 1 --parts Oboe", ["'Oboe'", "Tune"]),
        ("infill {} --bars 1 --parts ,", ["--parts", "no part"]),
        ("vary {} --keep Oboe", ["'Oboe'", "Tune", "melody, chords, rhythm"]),
        ("vary {} --keep melody", ["everything is kept"]),
        ("vary {} --strength 2", ["strength 2", "0..1"]),
        ("continue {} --bars 0", ["0 bars", "1 to"]),
        ("continue {} --style barok", ["'barok'", "baroque"]),
        ("continue {} --mood qqqq", ["'qqqq'"]),
        ("harmonize {} --ensemble organ", ["'organ'", "choir"]),
        ("harmonize {} --chords H7", ["'H7'", "Dm7"]),
        ("arrange {}", ["no players", "ensemble"]),
        ("arrange {} --ensemble quintett", ["'quintett'", "string-quartet"]),
        ("arrange {} --instruments violin,kazoo", ["'kazoo'", "violin"]),
    ],
)
def test_a_selection_that_is_not_there_is_named(
    command: str, says: list[str], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Bars, parts, players, words: the line says what could be given instead."""
    file = _file(tmp_path, tune(2))
    out = tmp_path / "out"
    line = _refused(capsys, *command.format(file).split(), "--out", out)
    for words in says:
        assert words in line
    assert list(tmp_path.iterdir()) == [file]


def _crowd() -> Piece:
    part = tune(2).parts[0]
    return piece(*(replace(part, name=f"Flute {n}") for n in range(40)), bars=2)


def _free_playing() -> Piece:
    """Onsets as a player without a click places them."""
    chance = random.Random(1)
    tick, notes = 0.0, []
    while tick < 16 * BAR:
        notes.append(Note(round(tick * 20), 200, chance.randrange(48, 84), 70))
        tick += chance.uniform(0.3, 1.7) * QUARTER / 2
    free = piece(Part("piano", 0, tuple(notes), "Piano"), bars=16)
    return replace(free, ticks_per_quarter=480, end_tick=16 * BAR * 20)


CROWD, FREE = (_crowd(), "40 parts"), (_free_playing(), "without beats")


@pytest.mark.parametrize(
    ("command", "source", "says"),
    [
        ("continue", *CROWD),
        ("infill --bars 1", *CROWD),
        ("vary", *CROWD),
        ("continue", *FREE),
        ("infill --bars 1", *FREE),
        ("harmonize", *FREE),
        ("arrange --ensemble choir", *FREE),
        ("vary", *FREE),
    ],
)
def test_a_file_that_cannot_be_written_in_says_why(
    command: str, source: Piece, says: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Forty tracks, and a performance without beats."""
    file = _file(tmp_path, source)
    verb, *flags = command.split()
    assert says in _refused(capsys, verb, file, *flags, "--out", tmp_path / "out")
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize("verb", ["continue", "harmonize", "vary", "arrange"])
@pytest.mark.parametrize("data", [b"", b"MThd\x00\x00\x00\x06\x00\x01\x00\x00\x01\xe0"])
def test_a_file_without_music_is_named(
    verb: str, data: bytes, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """An empty file, and one without tracks."""
    file = tmp_path / "empty.mid"
    file.write_bytes(data)
    more = ["--ensemble", "choir"] if verb == "arrange" else []
    assert "empty.mid" in _refused(capsys, verb, file, *more, "--out", tmp_path / "out")
    assert list(tmp_path.iterdir()) == [file]


def test_forty_parts_can_be_arranged(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Fewer players take them over; the file stays as it was."""
    file = _file(tmp_path, _crowd())
    before = file.read_bytes()
    command = ["arrange", str(file), "--ensemble", "solo-piano", "--seed", "1"]
    assert main([*command, "--out", str(tmp_path), "--format", "mid"]) == 0
    assert (tmp_path / "mine-arranged-1.mid").is_file()
    assert file.read_bytes() == before
    assert capsys.readouterr().err == ""


def test_a_stop_leaves_no_files(tmp_path: Path) -> None:
    """Ctrl-C while writing on: one line, status 130, and only the file that was there."""
    file = _file(tmp_path, tune(8))
    out = tmp_path / "out"
    command = [sys.executable, "-m", "composer", "continue", str(file), "--bars", "400"]
    running = subprocess.Popen(
        [*command, "--out", str(out)],
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    time.sleep(2.5)
    running.send_signal(signal.SIGINT)
    _, error = running.communicate(timeout=60)
    assert error == "composer: stopped\n"
    assert running.returncode in (130, -signal.SIGINT)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [file]
