"""A piece as sound, from wheels alone.

midirenderer plays the MIDI with a SoundFont: the small one that comes inside pretty_midi, or a
better one by path.
"""

from __future__ import annotations

from pathlib import Path

from composer.errors import FileError, RequestError


def wav_bytes(midi: bytes, *, soundfont: Path | None = None) -> bytes:
    """The sound of a MIDI file as a stereo WAV at 44.1 kHz.

    Raises `FileError` where the SoundFont cannot be read, `RequestError` where it is not one.
    """
    from midirenderer import render_wave_from

    path = soundfont or _own_soundfont()
    try:
        font = path.read_bytes()
    except OSError as error:
        raise FileError(f"cannot read the SoundFont {path}: {error.strerror}") from None
    if font[:4] != b"RIFF" or font[8:12] != b"sfbk":
        raise RequestError(f"{path} is not a SoundFont; give a file in .sf2 format")
    sound: bytes = render_wave_from(font, midi)
    return sound


def _own_soundfont() -> Path:
    import pretty_midi

    return Path(pretty_midi.__file__).parent / "TimGM6mb.sf2"
