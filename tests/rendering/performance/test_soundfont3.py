"""An .sf3 sounds as the .sf2 that it was made of."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
import soundfile

from composer.errors import RequestError
from composer.rendering.performance import audio, soundfont3
from composer.rendering.performance.midi import midi_bytes
from composer.rendering.performance.soundfont3 import as_sf2, is_compressed
from tests.rendering.pieces import part_of, piece_of

PIECE = piece_of(part_of("piano", [(0, 1, 60), (1, 1, 64), (2, 2, 67)]))
PLAYED = {(0, 0), (128, 0)}


@pytest.fixture(scope="module")
def font() -> bytes:
    """The small SoundFont."""
    return audio.read_soundfont(None)


@pytest.fixture(scope="module")
def small_font(font: bytes) -> bytes:
    """The same in .sf3, written as sf3convert writes it; without the samples of other presets."""
    tables = soundfont3._tables(font)
    wanted = soundfont3._samples_of(tables, PLAYED)
    header = soundfont3._SAMPLE_HEADER
    chunk, rows = b"", []
    for number, row in enumerate(header.iter_unpack(tables[b"shdr"])):
        name, start, end, loop, loop_end, rate, *rest, kind = row
        data = b""
        if number in wanted and end > start:
            frames = np.frombuffer(tables[b"smpl"][2 * start : 2 * end], dtype="<i2")
            file = io.BytesIO()
            soundfile.write(file, frames, rate, format="OGG", subtype="VORBIS")
            data = file.getvalue()
        place = len(chunk), len(chunk) + len(data), loop - start, loop_end - start
        rows.append(
            header.pack(name, *place, rate, *rest, kind | 16)
            if name[:3] != b"EOS"
            else header.pack(*row)
        )
        chunk += data
    parts = []
    for own in soundfont3._chunks(font[12:]):
        if own.data[:4] == b"sdta":
            own = own._replace(data=b"sdta" + soundfont3._bytes(soundfont3._Chunk(b"smpl", chunk)))
        elif own.data[:4] == b"pdta":
            own = soundfont3._with(own, {b"shdr": b"".join(rows)})
        parts.append(soundfont3._bytes(own))
    return soundfont3._bytes(soundfont3._Chunk(b"RIFF", b"sfbk" + b"".join(parts)))


def test_it_is_known_and_smaller(font: bytes, small_font: bytes) -> None:
    """By its samples, not by its name."""
    assert is_compressed(small_font)
    assert not is_compressed(font)
    assert not is_compressed(as_sf2(small_font, PLAYED))


def test_it_sounds_like_the_font_it_was_made_of(
    font: bytes, small_font: bytes, tmp_path: Path
) -> None:
    """To within what Vorbis loses: loops, pitch and loudness are where they were."""
    path = tmp_path / "small.sf3"
    path.write_bytes(small_font)
    midi = midi_bytes(PIECE, mechanical=True)
    plain = audio.sound_of(midi).samples.astype(float)
    small = audio.sound_of(midi, soundfont=path).samples.astype(float)
    frames = min(len(plain), len(small))
    assert abs(len(plain) - len(small)) < 24_000
    plain, small = plain[:frames, 0], small[:frames, 0]
    likeness = (plain @ small) / np.sqrt((plain @ plain) * (small @ small))
    assert likeness > 0.97
    assert 0.9 < np.sqrt((small @ small) / (plain @ plain)) < 1.1


def test_a_broken_sample_is_one_line(small_font: bytes) -> None:
    """Said, and not played as noise."""
    broken = small_font.replace(b"OggS", b"Oops")
    with pytest.raises(RequestError, match="cannot be decoded"):
        as_sf2(broken, PLAYED)
