"""Whatever a user can do wrong is one clear line, status 2, and nothing left behind."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from composer.cli import main
from composer.composing.writing.weights import WEIGHTS

COMPOSE = ["compose", "--style", "baroque", "--bars", "1", "--seed", "1"]


def refused(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> str:
    """The one line that a command is refused with."""
    assert main([str(argument) for argument in arguments]) == 2
    out, error = capsys.readouterr()
    assert out == ""
    assert error.startswith("composer: ")
    assert error.endswith("\n")
    assert error.count("\n") == 1
    assert "Traceback" not in error
    return error


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ("sing", ["'sing'", "compose", "styles", "train"]),
        ("compose --foo", ["--foo"]),
        ("compose --bars", ["--bars", "expected one argument"]),
        ("compose --bars many", ["--bars", "'many'"]),
        ("compose --bars 0", ["0 bars", "1 to"]),
        ("compose --bars -3", ["-3 bars", "1 to"]),
        ("compose --bars 100000", ["100000 bars", "1 to"]),
        ("compose --tempo -90", ["-90", "quarters a minute"]),
        ("compose --tempo nan", ["nan", "quarters a minute"]),
        ("compose --style barok", ["'barok'", "baroque", "composer styles"]),
        ("compose --style qqqq", ["'qqqq'", "composer styles"]),
        ("compose --mood qqqq", ["'qqqq'", "happy"]),
        ("compose --emotion qqqq", ["mood 'qqqq'", "happy"]),
        ("compose --mood 3,0", ["'3,0'", "-1..1"]),
        ("compose --mood -3,0", ["'-3,0'", "-1..1"]),
        ("compose --key H", ["'H'", "D minor"]),
        ("compose --meter 4/5", ["'4/5'", "3/4"]),
        ("compose --ensemble qqqq", ["'qqqq'", "string-quartet"]),
        ("compose --instruments kazoo", ["'kazoo'", "violin"]),
        ("compose --preset qqqq", ["'qqqq'", "film-epic"]),
        ("compose --format doc", ["'doc'", "musicxml", "pdf"]),
        ("compose --format ,", ["no format", "musicxml"]),
        ("compose --paper a9", ["a9", "a4", "letter"]),
        ("compose --seed -1", ["-1", "0 to"]),
        ("compose --temperature -1", ["-1", "temperature"]),
        ("compose --temperature inf", ["inf", "temperature"]),
        ("compose --guidance nan", ["nan", "guidance"]),
        ("compose --style baroque:x", ["'baroque:x'", "bach:0.6"]),
        ("compose --form A1 --bars 4", ["'A1'", "AABA"]),
        ("compose --chords H7", ["'H7'", "Dm7"]),
        ("continue nowhere.mid", ["nowhere.mid", "No such file"]),
        ("infill nowhere.mid", ["--bars"]),
        ("infill nowhere.mid --bars x", ["'x'", "9-12"]),
        ("vary nowhere.mid --dream 0", ["--dream", "1 to"]),
        ("compose --top-p 2", ["2", "top-p"]),
        ("compose --count 0", ["0 pieces", "1 to"]),
        ("compose --count 2 --processes 0", ["0 processes", "at least 1"]),
        ("compose --count 2 --sketch-only", ["--count", "--sketch-only"]),
        ("compose --count 2 --seed 4294967295", ["seed 4294967296", "0 to"]),
        ("compose --count 2 --best-of 99", ["99", "1 to"]),
        ("compose --count 2 --key H", ["'H'", "D minor"]),
        ("compose --count 2 --weights nowhere.safetensors", ["nowhere.safetensors"]),
        ("compose --min-p 2", ["2", "min-p"]),
        ("compose --weights nowhere.safetensors", ["nowhere.safetensors", "composer train"]),
        ("styles colours", ["colours", "moods", "presets"]),
        ("train --recipe tiny", ["--out"]),
        ("train --recipe qqqq --out w", ["'qqqq'", "tiny"]),
        ("train --recipe first --out w", ["--corpora"]),
        ("train --recipe tiny --out w --weights x", ["'tiny'", "--weights", "further"]),
        ("train --recipe further --out w --weights nowhere", ["nowhere"]),
        ("train --recipe tiny --minutes 0 --out w", ["--minutes", "more than 0"]),
        ("train --recipe tiny --steps 0 --out w", ["--steps", "at least 1"]),
        ("train --recipe tiny --processes 0 --out w", ["--processes", "at least 1"]),
        ("train --corpora nowhere --out w", ["nowhere", "folder"]),
        ("corpora stats nowhere", ["nowhere", "folder"]),
        ("corpora build nowhere", ["nowhere", "folder"]),
        ("corpora stats --by colour", ["'colour'", "style"]),
        ("render nowhere.mid", ["nowhere.mid", "No such file"]),
        ("render notes.txt", ["notes.txt", ".mid"]),
        ("render x.mid --name ../up", ["../up", "--out"]),
        ("describe nowhere.mid", ["nowhere.mid", "No such file"]),
    ],
)
def test_a_mistake_is_one_line_that_says_what_is_allowed(
    arguments: str,
    says: list[str],
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It names what was given and what is allowed, and no file or folder appears."""
    monkeypatch.chdir(tmp_path)
    line = refused(capsys, *arguments.split())
    for words in says:
        assert words in line
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", ["render", "describe"])
@pytest.mark.parametrize(
    "data", [b"", b"not music", b"MThd\x00\x00\x00\x06\x00\x01\x00\x01\x01\xe0MTrk\x00\x00\xff\xff"]
)
def test_a_broken_file_is_named(
    command: str, data: bytes, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """An empty file, text called .mid, a truncated one: the line names the file."""
    file = tmp_path / "broken.mid"
    file.write_bytes(data)
    out = ["--out", tmp_path / "out"] if command == "render" else []
    assert "broken.mid" in refused(capsys, command, file, *out)
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize("command", [COMPOSE, ["render", "x.mid"]])
def test_a_folder_that_cannot_be_written_is_refused_before_any_work(
    command: list[str], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """A file where the folder should be."""
    (tmp_path / "file").write_text("mine")
    line = refused(capsys, *command, "--out", tmp_path / "file" / "pieces")
    assert "not a folder" in line
    assert (tmp_path / "file").read_text() == "mine"


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write all")
def test_a_folder_without_permission_is_refused(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """The line says so; nothing is there afterwards."""
    tmp_path.chmod(0o500)
    assert "permission" in refused(capsys, *COMPOSE, "--out", tmp_path / "pieces")
    tmp_path.chmod(0o700)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("data", [b"", b"no weights at all"])
def test_weights_that_are_none_are_refused(
    data: bytes, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """The line names the file; no piece appears."""
    weights = tmp_path / "w.safetensors"
    weights.write_bytes(data)
    out = tmp_path / "pieces"
    assert str(weights) in refused(capsys, *COMPOSE, "--weights", weights, "--out", out)
    assert not out.exists()


def test_the_file_to_render_is_never_overwritten(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Not even where it would get its own name back, and what is no music makes no files."""
    file = tmp_path / "mine.mid"
    file.write_bytes(b"mine")
    line = refused(capsys, "render", file, "--out", tmp_path, "--format", "pdf,mid", "--force")
    assert "not a MIDI file" in line
    assert file.read_bytes() == b"mine"
    assert list(tmp_path.iterdir()) == [file]


def test_a_stop_leaves_nothing_half_written(tmp_path: Path) -> None:
    """Ctrl-C while composing: status 130, one line, no files."""
    out = tmp_path / "pieces"
    command = [sys.executable, "-m", "composer", "compose", "--bars", "500", "--out", str(out)]
    running = subprocess.Popen(
        command,
        stderr=subprocess.PIPE,
        text=True,
        # a suite run in the background hands down an ignored Ctrl-C
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    time.sleep(3)
    running.send_signal(signal.SIGINT)
    _, error = running.communicate(timeout=60)
    assert error == "composer: stopped\n"
    # A stop inside exec(), as while libraries load, makes Python die of the signal itself; a shell
    # calls both 130.
    assert running.returncode in (130, -signal.SIGINT)
    assert not out.exists()


def test_a_batch_that_is_stopped_goes_on(tmp_path: Path) -> None:
    """Ctrl-C: status 130, one line, whole pieces alone; the same command writes the others."""
    out = tmp_path / "pieces"
    command = [sys.executable, "-m", "composer", "compose", "--bars", "1", "--best-of", "1"]
    command += ["--count", "4", "--processes", "1", "--format", "mid", "--out", str(out)]
    running = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        start_new_session=True,
    )
    while not list(out.glob("*.json")) and running.poll() is None:
        time.sleep(0.01)
    os.killpg(running.pid, signal.SIGINT)  # as a terminal does: to all processes of the command
    _, error = running.communicate(timeout=60)
    assert (error, running.returncode) == ("composer: stopped\n", 130)
    written = {path.stem for path in out.glob("*.json")}
    assert 1 <= len(written) < 4
    assert {path.stem for path in out.glob("*.mid")} >= written
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.count("was there") == len(
        {path.stem for path in out.glob("*.json")} & written
    )
    seeds = sorted(int(path.stem.split("-")[1]) for path in out.glob("*.json"))
    assert seeds == list(range(seeds[0], seeds[0] + 4))
    assert {path.suffix for path in out.iterdir()} == {".mid", ".json"}


def test_ctrl_c_is_awaited_before_anything_is_loaded() -> None:
    """`import composer.cli` brings in next to nothing; the rest loads where a stop is caught."""
    command = "import sys, composer.cli; print('argparse' in sys.modules)"
    shown = subprocess.run([sys.executable, "-c", command], capture_output=True, text=True)
    assert shown.stdout == "False\n"


def test_the_shipped_weights_are_there() -> None:
    """Without them no user could compose."""
    assert WEIGHTS.is_file()
