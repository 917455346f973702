"""A piece as sound, from wheels alone.

midirenderer plays the MIDI with a SoundFont: the small one that comes inside pretty_midi, or a
better one by path.
"""

from __future__ import annotations

import io
import wave
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from composer.errors import FileError, RequestError

_TAIL_SECONDS = 4.0
_TEMPO, _END_OF_TRACK = b"\xff\x51\x03", b"\xff\x2f\x00"
_COMPRESSED, _LONGEST_HEAD = b"\x03\x00", 4096
_FULL_AMPLITUDE = 29_000  # of 32,768: a decibel of room
_SILENT_AMPLITUDE = 8
_LONGEST_SILENCE_SECONDS = 0.1


def wav_bytes(midi: bytes, *, soundfont: Path | None = None, loop: bool = False) -> bytes:
    """The sound of a MIDI file as a stereo WAV at 48 kHz, nearly as loud as can be.

    It lasts until the last notes have died away. With `loop` it is exactly as long as the file, to
    the nearest sample, and what rings over the end sounds at the beginning: played again and again
    it has no seam. Errors as for `read_soundfont`.
    """
    sound = sound_of(midi, soundfont=soundfont, loop=loop)
    return sound.as_wav(sound.gain_to_full())


def sound_of(midi: bytes, *, soundfont: Path | None = None, loop: bool = False) -> Sound:
    """The sound of a MIDI file as it comes out of the SoundFont; see `wav_bytes`."""
    sound = Sound.of(_rendered(read_soundfont(soundfont), _with_tail(midi), soundfont))
    if loop:
        return sound.folded(round(_seconds(midi) * sound.frames_per_second))
    return sound.without_silence()


def read_soundfont(path: Path | None) -> bytes:
    """The bytes of a SoundFont, by default the small one.

    Raises `FileError` where it cannot be read, `RequestError` where it is none.
    """
    path = path or _own_soundfont()
    try:
        font = path.read_bytes()
    except OSError as error:
        raise FileError(f"cannot read the SoundFont {path}: {error.strerror}") from None
    if font[:4] != b"RIFF" or font[8:12] != b"sfbk":
        raise RequestError(f"{path} is not a SoundFont; give a file in .sf2 format")
    version = font.find(b"ifil", 12, _LONGEST_HEAD)
    if version >= 0 and font[version + 8 : version + 10] == _COMPRESSED:
        raise RequestError(f"{path} has compressed samples (.sf3); give a file in .sf2 format")
    return font


def _rendered(font: bytes, midi: bytes, path: Path | None) -> bytes:
    """What the renderer makes of it; a font that it stumbles over is refused."""
    from midirenderer import render_wave_from

    try:
        return bytes(render_wave_from(font, midi))
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # a panic of Rust is no Exception
        reason = " ".join(str(error).split())[:100]
        name = path or "the SoundFont"
        raise RequestError(f"{name} cannot be played ({reason}); give another .sf2 file") from None


class Sound(NamedTuple):
    """Samples of 16 bits, not yet clipped to them; shape (frames, channels)."""

    samples: NDArray[np.int32]
    frames_per_second: int

    @classmethod
    def of(cls, wav: bytes) -> Sound:
        with wave.open(io.BytesIO(wav)) as file:
            flat = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2")
            return cls(flat.reshape(-1, file.getnchannels()).astype(np.int32), file.getframerate())

    def folded(self, frames: int) -> Sound:
        """The first `frames`, with those behind laid over them from the beginning."""
        loop = np.zeros((frames, self.samples.shape[1]), dtype=np.int32)
        for start in range(0, len(self.samples), max(1, frames)):
            lap = self.samples[start : start + frames]
            loop[: len(lap)] += lap
        return self._replace(samples=loop)

    def without_silence(self) -> Sound:
        """Cut a moment after the last sound."""
        heard = np.flatnonzero(np.abs(self.samples).max(axis=1) > _SILENT_AMPLITUDE)
        last = int(heard[-1]) if len(heard) else 0
        end = last + round(_LONGEST_SILENCE_SECONDS * self.frames_per_second)
        return self._replace(samples=self.samples[:end])

    def gain_to_full(self) -> float:
        """By how much the loudest moment may become louder."""
        loudest = int(np.abs(self.samples).max(initial=0))
        return _FULL_AMPLITUDE / loudest if loudest else 1.0

    def small(self) -> Sound:
        """One channel at half the rate, for where a quarter of the bytes must do."""
        mono = self.samples[: len(self.samples) // 2 * 2].mean(axis=1).reshape(-1, 2)
        return Sound(mono.mean(axis=1, keepdims=True).astype(np.int32), self.frames_per_second // 2)

    def as_wav(self, gain: float, frames: int = 0) -> bytes:
        """The bytes of a WAV file, `gain` times as loud, silent up to `frames` where shorter."""
        buffer = io.BytesIO()
        loud = np.clip(self.samples * gain, -32768, 32767).astype("<i2")
        silence = np.zeros((max(0, frames - len(loud)), loud.shape[1]), dtype="<i2")
        with wave.open(buffer, "wb") as file:
            file.setnchannels(loud.shape[1])
            file.setsampwidth(2)
            file.setframerate(self.frames_per_second)
            file.writeframes(loud.tobytes() + silence.tobytes())
        return buffer.getvalue()


def _seconds(midi: bytes) -> float:
    """How long a MIDI file lasts. Raises RequestError where its messages cannot be followed."""
    import mido

    try:
        return float(mido.MidiFile(file=io.BytesIO(midi), charset="latin-1", clip=True).length)
    except (OSError, ValueError, EOFError, KeyError) as error:
        raise RequestError(f"the length of this music cannot be told ({error})") from None


def _with_tail(midi: bytes) -> bytes:
    """The file, ending some seconds later: the renderer stops where the file does.

    Each track of the files that we write ends with an end-of-track message; silence goes before it.
    """
    ticks_per_quarter = int.from_bytes(midi[12:14], "big")
    tempo = midi.rfind(_TEMPO)
    microseconds = int.from_bytes(midi[tempo + 3 : tempo + 6], "big") if tempo >= 0 else 500_000
    ticks = round(_TAIL_SECONDS * 1e6 / max(1, microseconds) * ticks_per_quarter)
    silence = b"\xff\x01\x00" + _quantity(min(ticks, 0xFFFFFFF)) + _END_OF_TRACK
    out, position = [midi[:14]], 14
    while position + 8 <= len(midi):
        length = int.from_bytes(midi[position + 4 : position + 8], "big")
        body = midi[position + 8 : position + 8 + length].removesuffix(_END_OF_TRACK) + silence
        out += [b"MTrk", len(body).to_bytes(4, "big"), body]
        position += 8 + length
    return b"".join(out)


def _quantity(value: int) -> bytes:
    out = [value & 0x7F]
    while value := value >> 7:
        out.insert(0, value & 0x7F | 0x80)
    return bytes(out)


def _own_soundfont() -> Path:
    import pretty_midi

    return Path(pretty_midi.__file__).parent / "TimGM6mb.sf2"
