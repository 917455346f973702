"""`render` gives back what a file holds: every note, control, text and tempo, and its own score."""

from __future__ import annotations

import io
from pathlib import Path
from xml.etree import ElementTree

import mido
import pytest

from composer.cli import main
from tests.corpus.midi_files import midi, named, off, on, program, tempo, track
from tests.shared import CASES, needs_cases

TUNE = midi(
    track(named("Conductor"), tempo(500_003), (0, b"\xff\x06\x05Verse")),
    track(
        named("Flute"),
        program(73),
        (0, b"\xb0\x07\x5a"),
        on(60),
        (10, b"\xe0\x00\x50"),
        off(60, velocity=99),
        on(62),
        on(62, 240),
        off(62, 240, velocity=1),
        off(62, 0, velocity=2),
    ),
)
ABC = b"X:1\nT:Tune\nM:4/4\nL:1/4\nK:C\n|: CDEF :|\n"


def render(*arguments: str | Path) -> int:
    return main(["render", *map(str, arguments)])


def messages(data: bytes) -> list[tuple[int, int, str]]:
    """Track, tick and text of every message."""
    found = []
    for number, track_ in enumerate(mido.MidiFile(file=io.BytesIO(data)).tracks):
        now = 0
        for message in track_:
            now += message.time
            found.append((number, now, str(message.copy(time=0))))
    return sorted(found)


def measures(path: Path) -> list[ElementTree.Element]:
    root = ElementTree.parse(path).getroot()
    return list(root.iter("measure"))


def test_midi_comes_back_as_it_was(tmp_path: Path) -> None:
    """Notes, how fast their keys are let go, controls, bends, names, markers and the tempo to the
    microsecond, by default and with `--mechanical`."""
    source = tmp_path / "tune.mid"
    source.write_bytes(TUNE)
    for flags in ([], ["--mechanical"]):
        assert render(source, "--out", tmp_path / "out", "--format", "mid", "--force", *flags) == 0
        assert messages((tmp_path / "out" / "tune.mid").read_bytes()) == messages(TUNE)


@needs_cases
def test_controls_and_words_of_a_file_come_back(tmp_path: Path) -> None:
    """Pitch bends, pedal, volume, pan, marker and lyrics of the case."""
    assert render(CASES / "87-controls.mid", "--out", tmp_path, "--format", "mid,musicxml") == 0
    written = (tmp_path / "87-controls.mid").read_bytes()
    assert messages(written) == messages((CASES / "87-controls.mid").read_bytes())
    texts = [e.text for e in ElementTree.parse(tmp_path / "87-controls.musicxml").iter("text")]
    assert texts == ["la", "li", "lo", "lu"]


def test_files_of_others_are_never_overwritten(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """They stay, ours get a number, and a line says so; what an earlier run wrote is replaced;
    `--force` replaces all but the file that is read."""
    (tmp_path / "tune.abc").write_bytes(ABC)
    (tmp_path / "tune.mid").write_bytes(b"precious")
    arguments = (tmp_path / "tune.abc", "--out", tmp_path, "--format", "mid,musicxml")
    assert render(*arguments) == 0
    assert "tune-2" in capsys.readouterr().err
    assert (tmp_path / "tune.mid").read_bytes() == b"precious"
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["tune-2.mid", "tune-2.musicxml", "tune.abc", "tune.mid"]
    assert render(*arguments) == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == names
    assert render(*arguments, "--force") == 0
    assert (tmp_path / "tune.mid").read_bytes() != b"precious"


def test_what_we_wrote_and_somebody_changed_is_theirs(tmp_path: Path) -> None:
    (tmp_path / "tune.abc").write_bytes(ABC)
    render(tmp_path / "tune.abc", "--out", tmp_path, "--format", "mid")
    (tmp_path / "tune.mid").write_bytes(b"edited")
    assert render(tmp_path / "tune.abc", "--out", tmp_path, "--format", "mid") == 0
    assert (tmp_path / "tune.mid").read_bytes() == b"edited"
    assert (tmp_path / "tune-2.mid").exists()


def test_a_midi_file_is_rendered_in_its_own_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without flags, even with `--force`; the file itself stays."""
    (tmp_path / "tune.mid").write_bytes(TUNE)
    monkeypatch.chdir(tmp_path)
    assert render("tune.mid", "--format", "mid,musicxml") == 0
    assert render("tune.mid", "--format", "mid", "--force") == 0
    assert (tmp_path / "tune.mid").read_bytes() == TUNE
    assert (tmp_path / "tune-2.mid").exists()


def test_a_score_is_printed_as_it_is(tmp_path: Path) -> None:
    """Its repeat signs stay signs, unless they are to be written out; in MIDI they are played."""
    (tmp_path / "tune.abc").write_bytes(ABC)
    render(tmp_path / "tune.abc", "--out", tmp_path, "--format", "mid,musicxml")
    assert len(measures(tmp_path / "tune.musicxml")) == 1
    notes = [m for m in messages((tmp_path / "tune.mid").read_bytes()) if "note_on" in m[2]]
    assert len(notes) == 8
    flags = ("--out", tmp_path, "--format", "musicxml", "--no-repeats", "--name", "long")
    render(tmp_path / "tune.abc", *flags)
    assert len(measures(tmp_path / "long.musicxml")) == 2


def test_a_damaged_file_is_read_with_a_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What was wrong, and how many notes came out."""
    (tmp_path / "cut.mid").write_bytes(TUNE[:-6])
    assert render(tmp_path / "cut.mid", "--out", tmp_path / "out", "--format", "mid") == 0
    assert "the end is cut off; 3 notes came out" in capsys.readouterr().err


def test_texts_in_midi_are_plain(tmp_path: Path) -> None:
    """ "Bb", not a flat sign: some sequencers garble all names for one such sign."""
    score = tmp_path / "a.abc"
    score.write_text('X:1\nT:Song in B♭\nM:4/4\nL:1/4\nK:Bb\nV:1 name="Clarinet in B♭"\nBcde|\n')
    render(score, "--out", tmp_path, "--format", "mid")
    texts = [
        m.name
        for t in mido.MidiFile(tmp_path / "a.mid").tracks
        for m in t
        if m.type == "track_name"
    ]
    assert texts == ["Song in Bb", "Clarinet in Bb"]


@needs_cases
@pytest.mark.parametrize("name", ["83-ring-1.mid", "69-ring-over.mid"])
def test_a_loop_ends_at_its_bar_line(name: str, tmp_path: Path) -> None:
    render(CASES / name, "--out", tmp_path, "--format", "mid", "--loop")
    file = mido.MidiFile(tmp_path / name)
    assert max(sum(m.time for m in t) for t in file.tracks) == 16 * file.ticks_per_beat


@needs_cases
def test_tuplets_of_played_files_are_printed_as_such(tmp_path: Path) -> None:
    """5:4 and 7:4; three sixteenths of a triplet, then a plain eighth; one line on one staff."""
    for name in ("60-quintuplet", "15-sixteenth-triplets", "73-melody"):
        render(CASES / f"{name}.mid", "--out", tmp_path, "--format", "musicxml")
    root = ElementTree.parse(tmp_path / "60-quintuplet.musicxml").getroot()
    actual = {e.text for e in root.iter("actual-notes")}
    assert actual == {"5", "7"}
    assert {m.get("number") for m in root.iter("measure")} == {str(n) for n in range(1, 17)} or len(
        list(root.iter("measure"))
    ) <= 16
    first = measures(tmp_path / "15-sixteenth-triplets.musicxml")[0].findall("note")
    kinds = [(note.findtext("type"), note.find("time-modification") is not None) for note in first]
    assert kinds == [("16th", True)] * 3 + [("eighth", False)] + [("16th", True)] * 3 + [
        ("eighth", False)
    ] + [("16th", True)] * 3 + [("eighth", False)]
    melody = ElementTree.parse(tmp_path / "73-melody.musicxml").getroot()
    assert melody.find(".//staves") is None
    assert melody.find(".//rest") is None


@needs_cases
def test_swing_and_free_playing_are_heard(tmp_path: Path) -> None:
    """Even eighths though the off-beats come late; ten bars whose beat no file states, without
    ties."""
    for name in ("66b-swing", "17-wrong-tempo"):
        render(CASES / f"{name}.mid", "--out", tmp_path, "--format", "musicxml")
    swing = ElementTree.parse(tmp_path / "66b-swing.musicxml").getroot()
    assert swing.find(".//time-modification") is None
    assert any("swing" in (words.text or "") for words in swing.iter("words"))
    free = ElementTree.parse(tmp_path / "17-wrong-tempo.musicxml").getroot()
    assert free.find(".//tie") is None
    notes = [n for m in list(free.iter("measure"))[:8] for n in m.iter("note")]
    assert {note.findtext("type") for note in notes} <= {
        "eighth", "quarter", "half", "whole", None,
    }  # fmt: skip
