"""Flags about what is written: stems, parts, loops, a SoundFont."""

from __future__ import annotations

import re
import wave
from dataclasses import replace
from pathlib import Path

import pytest

from composer.cli import main
from composer.corpus.readers import read_piece
from composer.music.bars import bars_of, seconds_at
from composer.rendering.files import write_piece
from tests.rendering.pieces import part_of, piece_of

VERBS = (
    "compose", "render {}", "continue {}", "infill {} --bars 1", "harmonize {}", "vary {}",
    "arrange {}",
)  # fmt: skip


@pytest.fixture
def song(tmp_path: Path) -> Path:
    """A file of two parts that ring over its last bar line."""
    flute = part_of("flute", [(beat, 1, 72 + beat % 3) for beat in range(8)])
    piece = piece_of(flute, part_of("piano", [(0, 4, 48), (4, 4, 43)]))
    return write_piece(piece, tmp_path, "song", ["mid"], mechanical=True)[0]


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("name", ["none.sf2", "song.mid"])
def test_a_soundfont_that_cannot_be_used_is_refused_at_once(
    verb: str, name: str, song: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """In one line, by every command that can write sound, before anything is made."""
    arguments = [word.format(song) for word in verb.split()]
    font = str(tmp_path / name)
    assert main([*arguments, "--soundfont", font, "--out", str(tmp_path / "out")]) == 2
    out, error = capsys.readouterr()
    assert out == ""
    assert error.count("\n") == 1
    assert "SoundFont" in error
    assert font in error
    assert not (tmp_path / "out").exists()


def test_render_writes_stems_and_parts(
    song: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """And prints their paths with the others."""
    out = tmp_path / "out"
    command = ["render", str(song), "--stems", "--parts", "--format", "mid,musicxml"]
    assert main([*command, "--out", str(out)]) == 0
    printed = capsys.readouterr().out.split()
    assert sorted(printed) == sorted(str(path) for path in out.rglob("*") if path.is_file())
    names = {str(path.relative_to(out)) for path in out.rglob("*") if path.is_file()}
    assert names == {
        "song.mid", "song.musicxml", "song-stems/flute.mid", "song-stems/piano.mid",
        "song-parts/flute.musicxml", "song-parts/piano.musicxml",
    }  # fmt: skip
    whole = read_piece(out / "song.mid")
    for stem in (out / "song-stems").iterdir():
        assert len(read_piece(stem).parts) == 1
        assert bars_of(read_piece(stem)) == bars_of(whole)
        assert read_piece(stem).tempi == whole.tempi


def test_a_loop_is_as_long_as_its_bars(song: Path, tmp_path: Path) -> None:
    """MIDI to the tick, sound to the sample; it keeps its tempo to the end."""
    assert main(["render", str(song), "--loop", "--format", "mid,wav", "--name", "loop",
                 "--out", str(tmp_path)]) == 0  # fmt: skip
    piece = read_piece(tmp_path / "loop.mid")
    assert len(piece.tempi) == 1
    assert len(bars_of(piece)) == 2
    with wave.open(str(tmp_path / "loop.wav")) as file:
        seconds = seconds_at(piece, piece.end_tick)
        assert file.getnframes() == round(seconds * file.getframerate())


def test_a_melody_and_its_chords_are_rendered_as_a_lead_sheet(tmp_path: Path) -> None:
    """Chord symbols of what the chords play, over one staff each."""
    melody = replace(part_of("piano", [(0, 2, 79), (2, 2, 83), (4, 4, 77)]), name="Melody")
    rows = [(bar, 4, root + up) for bar, root in ((0, 48), (4, 53)) for up in (0, 4, 7)]
    chords = replace(part_of("piano", rows), name="Chords")
    tune = piece_of(melody, chords)
    (source,) = write_piece(tune, tmp_path, "tune", ["mid"], mechanical=True)
    assert main(["render", str(source), "--format", "musicxml", "--out", str(tmp_path)]) == 0
    text = (tmp_path / "tune.musicxml").read_text(encoding="utf-8")
    assert re.findall(r"<root-step>(\w)</root-step>\s*</root>\s*<kind text=\"(\w*)\"", text) == [
        ("C", ""), ("F", ""),
    ]  # fmt: skip
    assert "<staves>" not in text
