"""What is heard."""

from __future__ import annotations

import io
import wave
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from composer.errors import FileError, RequestError
from composer.rendering.performance.audio import Sound, read_soundfont, sound_of, wav_bytes
from composer.rendering.performance.midi import midi_bytes, stem_bytes
from tests.rendering.pieces import part_of, piece_of

PIECE = piece_of(
    part_of("piano", [(0, 1, 60), (1, 1, 64), (2, 2, 67)]), part_of("cello", [(0, 4, 48)])
)
SECONDS = 4 * 60 / 96


def opened(wav: bytes) -> tuple[float, np.ndarray]:
    with wave.open(io.BytesIO(wav)) as file:
        samples = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2")
        return file.getnframes() / file.getframerate(), samples


def test_a_wav_rings_out_and_is_loud() -> None:
    """The last note is not cut off, and the whole is at -16 LUFS without clipping."""
    wav = wav_bytes(midi_bytes(PIECE, mechanical=True))
    seconds, samples = opened(wav)
    assert SECONDS + 0.1 < seconds < SECONDS + 5
    assert np.abs(samples).max() <= 29_205  # a decibel below full scale
    assert Sound.of(wav).loudness_lufs() == pytest.approx(-16, abs=0.5)
    assert np.abs(samples[-200:]).max() < 300


def test_what_is_too_loud_for_the_renderer_is_not_clipped_by_it() -> None:
    """Forty trumpets at once: it is rendered quietly, and no two frames in a row are at the rim."""
    brass = part_of("trumpet", [(0, 4, pitch) for pitch in range(60, 84)])
    loud = replace(brass, notes=tuple(note._replace(velocity=127) for note in brass.notes))
    sound = sound_of(midi_bytes(piece_of(loud, loud, loud, loud), mechanical=True))
    assert np.abs(sound.samples).max() > 40_000
    _, samples = opened(sound.as_wav(sound.gains()))
    assert np.abs(samples).max() <= 29_205


def test_a_loop_is_exactly_its_bars_and_begins_with_what_rings_over() -> None:
    """Two turns in a row are what the renderer plays when the music comes twice."""
    loop = sound_of(midi_bytes(PIECE, mechanical=True, loop=True), loop=True)
    assert len(loop.samples) == round(SECONDS * loop.frames_per_second)
    plain = sound_of(midi_bytes(PIECE, mechanical=True))
    tail = plain.samples[len(loop.samples) :]
    assert len(tail) > 0
    wanted = plain.samples[: len(tail)] + tail
    assert np.array_equal(loop.samples[: len(tail)], wanted)
    seam = np.abs(loop.samples[0] - loop.samples[-1]).max()
    assert seam <= np.abs(np.diff(loop.samples, axis=0)).max()


def test_stems_sound_together_like_the_whole() -> None:
    """Added up they are the mix, to within rounding and the dithering of a renderer."""
    whole = sound_of(midi_bytes(PIECE, mechanical=True, loop=True), loop=True).samples
    stems = [
        sound_of(midi, loop=True).samples for midi in stem_bytes(PIECE, mechanical=True, loop=True)
    ]
    difference = np.abs(sum(stems) - whole).max()
    assert difference <= 0.02 * np.abs(whole).max()


def test_silence_is_a_short_file() -> None:
    """Nothing to make louder, nothing to cut."""
    silence = Sound(np.zeros((48_000, 2), dtype=np.int32), 48_000)
    assert (silence.gains() == 1).all()
    assert opened(silence.without_silence().as_wav(1.0))[0] < 0.2


def test_a_soundfont_that_cannot_be_used_is_one_line(tmp_path: Path) -> None:
    """Not there, a folder, and not a SoundFont."""
    wrong = tmp_path / "wrong.sf2"
    wrong.write_bytes(b"not a font")
    with pytest.raises(RequestError, match="not a SoundFont"):
        read_soundfont(wrong)
    for path in (tmp_path / "none.sf2", tmp_path):
        with pytest.raises(FileError, match="cannot read the SoundFont") as caught:
            read_soundfont(path)
        assert "\n" not in str(caught.value)


def test_a_swung_loop_is_as_long_as_a_straight_one() -> None:
    """Swing stays inside the beat."""
    jazz = replace(PIECE, tags=replace(PIECE.tags, style="jazz"))
    assert len(sound_of(midi_bytes(jazz, loop=True), loop=True).samples) == round(SECONDS * 48_000)
