"""What the commands print and write."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from composer.cli import INTERRUPTED, main
from composer.corpus.readers import read_piece
from composer.music.presets import presets
from composer.music.styles import composers, styles
from composer.rendering.files import write_piece
from composer.training.train import Run
from tests.composing.tunes import piano_piece

CHECKOUT = Path(__file__).resolve().parents[2]
COMPOSE = "compose --style baroque --mood melancholy --ensemble solo-piano --bars 2 --seed 7 --out"


@pytest.fixture(scope="module")
def pieces(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one composed piece."""
    folder = tmp_path_factory.mktemp("pieces")
    assert main([*COMPOSE.replace("--mood", "--emotion").split(), str(folder)]) == 0
    return folder


def stem_of(folder: Path) -> str:
    """What the one piece in a folder is called."""
    (path,) = folder.glob("*.mid")
    return path.stem


def test_compose_writes_music_and_a_report(pieces: Path) -> None:
    """MIDI, MusicXML and PDF by default, named after style, mood and seed; and the report."""
    names = {path.name for path in pieces.iterdir()}
    stem = stem_of(pieces)
    assert stem.startswith("baroque-melancholic-7-")  # and the bars, in four letters
    assert names == {f"{stem}.{suffix}" for suffix in ("mid", "musicxml", "pdf", "json")}
    report = json.loads((pieces / f"{stem}.json").read_text(encoding="utf-8"))
    assert report["seed"] == 7
    assert report["request"]["mood"] == "melancholic"
    assert report["achieved"]["bars"] == {"asked": 2, "achieved": 2, "kept": True}


def test_compose_prints_asked_and_achieved_the_seed_and_the_paths(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A short table; the seed also when none was given."""
    assert main(["compose", "--bars", "1", "--tempo", "66", "--format", "mid",
                 "--out", str(tmp_path)]) == 0  # fmt: skip
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["asked", "achieved", "kept"]
    rows = {line.split()[0]: line.split()[1:] for line in lines if line}
    assert rows["bars"] == ["1", "1", "yes"]
    assert rows["tempo"] == ["66", "66", "yes"]
    assert {"key", "meter", "parts", "notes"} <= set(rows)
    assert rows["seed"][0].isdigit()
    written = [line for line in lines if line.startswith(str(tmp_path))]
    assert sorted(written) == sorted(str(path) for path in tmp_path.iterdir())


def test_the_seed_gives_the_same_files_again(pieces: Path, tmp_path: Path) -> None:
    """Byte for byte, in another process, through the doorbell of the checkout."""
    command = [sys.executable, str(CHECKOUT / "cli.py"), *COMPOSE.split(), str(tmp_path)]
    subprocess.run(command, check=True, capture_output=True, cwd=tmp_path)
    for path in pieces.iterdir():
        assert path.read_bytes() == (tmp_path / path.name).read_bytes()


def test_json_is_all_that_compose_prints_with_json(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The report, and the files."""
    assert main(["compose", "--bars", "1", "--seed", "2", "--format", "mid", "--json",
                 "--out", str(tmp_path)]) == 0  # fmt: skip
    report = json.loads(capsys.readouterr().out)
    assert report["seed"] == 2
    assert all(Path(path).is_file() for path in report["files"])


def test_a_title_may_hold_anything(tmp_path: Path) -> None:
    """Signs of XML and typst, other scripts, control characters: printed, or left out."""
    title = "A <b>\"&' #let $x$ ]]> \x01 Łódź 春\nend"
    assert main(["compose", "--bars", "1", "--seed", "1", "--title", title, "--format",
                 "mid,musicxml,pdf,roll", "--out", str(tmp_path)]) == 0  # fmt: skip
    assert (
        read_piece(tmp_path / f"{stem_of(tmp_path)}.mid").title
        == "A <b>\"&' #let $x$ ]]> Łódź 春 end"
    )


def test_numbers_are_moods_even_when_they_begin_with_a_sign(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`--mood -0.6,0.4` is no flag."""
    assert main(["compose", "--bars", "1", "--mood", "-0.6,0.4", "--format", "mid",
                 "--out", str(tmp_path)]) == 0  # fmt: skip
    assert "mood" in capsys.readouterr().out


def test_styles_lists_every_name_and_says_what_is_machine_made(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """All styles, composers and presets; the support tier beside a style."""
    assert main(["styles"]) == 0
    text = capsys.readouterr().out
    first_words = {line.split()[0] for line in text.splitlines() if line}
    assert {style.name for style in (*styles(), *composers())} <= first_words
    assert {preset.name for preset in presets()} <= first_words
    bossa = next(line for line in text.splitlines() if line.startswith("latin "))
    assert "machine-made accompaniment, human drums" in bossa
    assert "--ensemble orchestra" in text


def test_styles_as_json_has_a_list_a_kind(capsys: pytest.CaptureFixture[str]) -> None:
    """And only the one asked for, where one is."""
    assert main(["styles", "--json"]) == 0
    lists = json.loads(capsys.readouterr().out)
    assert list(lists) == ["styles", "composers", "moods", "ensembles", "instruments", "presets"]
    assert main(["styles", "moods", "--json"]) == 0
    assert list(json.loads(capsys.readouterr().out)) == ["moods"]


def test_render_turns_what_was_composed_into_pages(
    pieces: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """MIDI and MusicXML in, the formats asked for out, their paths printed."""
    for suffix in ("mid", "musicxml"):
        source = pieces / f"{stem_of(pieces)}.{suffix}"
        arguments = ["render", str(source), "--format", "svg, MusicXML", "--paper", "Letter"]
        assert main([*arguments, "--out", str(tmp_path), "--name", suffix]) == 0
        printed = capsys.readouterr().out.splitlines()
        assert str(tmp_path / f"{suffix}.svg") in printed
        assert all(Path(path).is_file() for path in printed)


def test_describe_says_what_a_file_is(pieces: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A line a fact, or all facts as JSON."""
    source = str(pieces / f"{stem_of(pieces)}.mid")
    report = json.loads((pieces / f"{stem_of(pieces)}.json").read_text(encoding="utf-8"))
    notes = report["achieved"]["notes"]["achieved"]
    assert main(["describe", source]) == 0
    words = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert ["notes", str(notes)] in words
    assert main(["describe", source, "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts["notes"] == notes
    assert {"key", "meter", "quarters_per_minute", "notes", "ensemble", "style", "mood", "form",
            "chords"} <= set(facts)  # fmt: skip


def test_corpora_of_ones_own_are_listed_counted_and_built(
    pieces: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A folder with a manifest; a file that cannot be read is named with the reason."""
    own = tmp_path / "own"
    own.mkdir()
    (own / "corpus.toml").write_text('licence = "own work"\n[tags]\nstyle = "baroque"\n')
    (own / "a.mid").write_bytes((pieces / f"{stem_of(pieces)}.mid").read_bytes())
    (own / "broken.mid").write_bytes(b"no music")
    assert main(["corpora", "list", str(tmp_path), "--json"]) == 0
    listed = {row["name"]: row["files"] for row in json.loads(capsys.readouterr().out)}
    assert listed["own"] == 2
    assert main(["corpora", "stats", str(tmp_path), "--by", "style"]) == 0
    assert "baroque" in capsys.readouterr().out
    out = tmp_path / "shards"
    assert main(["corpora", "build", str(tmp_path), "--out", str(out), "--processes", "1"]) == 0
    printed = capsys.readouterr().out
    assert "dropped own: broken.mid" in printed
    assert (out / "own" / "build.json").is_file()


def test_train_learns_from_a_corpus_of_ones_own_and_goes_on(
    pieces: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Weights appear, compose takes them, and the same command with more steps resumes."""
    own = tmp_path / "own"
    own.mkdir()
    (own / "corpus.toml").write_text('licence = "own work"\n')
    (own / "a.mid").write_bytes((pieces / f"{stem_of(pieces)}.mid").read_bytes())
    weights = tmp_path / "out" / "w.safetensors"
    arguments = ["train", "--recipe", "tiny", "--corpora", str(own), "--out", str(weights)]
    assert main([*arguments, "--steps", "1", "--processes", "1"]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith("1 steps")
    assert "no work is held out" in printed
    assert main([*arguments, "--steps", "2"]) == 0
    assert capsys.readouterr().out.startswith("2 steps")
    composed = ["compose", "--bars", "1", "--weights", str(weights), "--format", "mid"]
    assert main([*composed, "--out", str(tmp_path)]) == 0


def test_nothing_is_said_when_the_reader_of_a_list_has_seen_enough() -> None:
    """`composer styles | head -1`."""
    command = f"{sys.executable} -m composer styles --json | head -1"
    done = subprocess.run(command, shell=True, capture_output=True, text=True, check=True)
    assert done.stdout == "{\n"
    assert done.stderr == ""


def test_near_duplicates_are_held_out_by_a_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of a corpus of one's own: how many files are compared is told, and a list is written."""
    folder = tmp_path / "bell"
    folder.mkdir()
    (folder / "corpus.toml").write_text('licence = "own work"\n', encoding="utf-8")
    for name in ("one", "two"):
        write_piece(piano_piece(8), folder, name, ["mid"])
    assert main(["corpora", "duplicates", str(tmp_path)]) == 0
    assert capsys.readouterr().out.startswith("2 files, 1 pairs of near-duplicates, ")


def test_a_run_that_is_killed_ends_like_one_that_ctrl_c_stops(
    pieces: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """As a scheduler ends it: weights and state are written, and one line is said."""
    own = tmp_path / "own"
    own.mkdir()
    (own / "corpus.toml").write_text('licence = "own work"\n')
    (own / "a.mid").write_bytes((pieces / f"{stem_of(pieces)}.mid").read_bytes())
    weights = tmp_path / "w.safetensors"
    learned = Run.step

    def step(run: Run) -> None:
        learned(run)
        os.kill(os.getpid(), signal.SIGTERM)

    monkeypatch.setattr(Run, "step", step)
    command = ["train", "--recipe", "tiny", "--corpora", str(own), "--out", str(weights)]
    assert main([*command, "--steps", "1000", "--processes", "1"]) == INTERRUPTED
    assert capsys.readouterr().err.strip().endswith("composer: stopped")
    assert weights.is_file()
    assert weights.with_suffix(".state").is_file()
