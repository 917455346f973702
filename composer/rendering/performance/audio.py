"""A piece as sound, from wheels alone.

midirenderer plays the MIDI with a SoundFont: the small one that comes inside pretty_midi, or a
better one by path, .sf2 or .sf3. How loud the whole becomes is a matter of `mastering`.
"""

from __future__ import annotations

import io
import wave
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from composer.errors import FileError, RequestError
from composer.rendering.performance.soundfont3 import (
    as_sf2,
    check_decoder,
    is_compressed,
    presets_of,
)

if TYPE_CHECKING:
    import mido

_TAIL_SECONDS = 4.0
_FULL_SCALE, _CLIPPED_AMPLITUDE = 32_768, 32_767
_VOLUME, _USUAL_VOLUME = 7, 100  # a controller, and its value where a file says none
_SILENT_AMPLITUDE = 8
_LONGEST_SILENCE_SECONDS = 0.1


def wav_bytes(midi: bytes, *, soundfont: Path | None = None, loop: bool = False) -> bytes:
    """The sound of a MIDI file as a stereo WAV at 48 kHz, at -16 LUFS where its peaks allow that.

    It lasts until the last notes have died away. With `loop` it is exactly as long as the file, to
    the nearest sample, and what rings over the end sounds at the beginning: played again and again
    it has no seam. Errors as for `read_soundfont`.
    """
    sound = sound_of(midi, soundfont=soundfont, loop=loop)
    return sound.as_wav(sound.gains())


def sound_of(midi: bytes, *, soundfont: Path | None = None, loop: bool = False) -> Sound:
    """The sound of a MIDI file as it comes out of the SoundFont; see `wav_bytes`."""
    file = _parsed(midi)
    font = read_soundfont(soundfont)
    if is_compressed(font):
        font = as_sf2(font, presets_of(file))
    sound = _rendered(font, file)
    if loop:
        return sound.folded(round(file.length * sound.frames_per_second))
    return sound.without_silence()


def _rendered(font: bytes, file: mido.MidiFile) -> Sound:
    """The sound of a file and what rings on after it. The renderer clips what is too loud for it;
    such a file is rendered again at a quarter of the volume."""
    sound = _played(font, file)
    if np.abs(sound.samples).max(initial=0) < _CLIPPED_AMPLITUDE:
        return sound
    sound = _played(font, _at_quarter_volume(file))
    return sound._replace(samples=sound.samples * 4)


def _played(font: bytes, file: mido.MidiFile) -> Sound:
    """The sound of a file; a font that the renderer stumbles over is refused."""
    from midirenderer import render_wave_from

    try:
        return Sound.of(render_wave_from(font, _with_tail(file)))
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # a panic of Rust is no Exception
        reason = " ".join(str(error).split())[:100]
        raise RequestError(f"the SoundFont cannot be played ({reason}); give another") from None


def _at_quarter_volume(file: mido.MidiFile) -> mido.MidiFile:
    """The file with all channels at half their volume controller, which is squared."""
    import mido

    quiet = mido.MidiFile(type=1, ticks_per_beat=file.ticks_per_beat, charset="latin-1")
    first = mido.MidiTrack(
        mido.Message("control_change", channel=channel, control=_VOLUME, value=_USUAL_VOLUME // 2)
        for channel in range(16)
    )
    first.append(mido.MetaMessage("end_of_track"))
    quiet.tracks = [first, *([_halved(message) for message in track] for track in file.tracks)]
    return quiet


def _halved(message: mido.Message) -> mido.Message:
    is_volume = message.type == "control_change" and message.control == _VOLUME
    return message.copy(value=message.value // 2) if is_volume else message


def read_soundfont(path: Path | None) -> bytes:
    """The bytes of a SoundFont, by default the small one.

    Raises `FileError` where it cannot be read, `RequestError` where it is none, or is compressed
    and what decodes it is not installed.
    """
    path = path or _own_soundfont()
    try:
        font = path.read_bytes()
    except OSError as error:
        raise FileError(f"cannot read the SoundFont {path}: {error.strerror}") from None
    if font[:4] != b"RIFF" or font[8:12] != b"sfbk":
        raise RequestError(f"{path} is not a SoundFont; give a file in .sf2 or .sf3 format")
    if is_compressed(font):
        check_decoder()
    return font


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

    def gains(self) -> NDArray[np.floating[Any]]:
        """By how much each frame becomes louder, shape (frames, 1); see `mastering`."""
        from composer.rendering.performance.mastering import gain_curve

        return gain_curve(self._full_scale(), self.frames_per_second)

    def loudness_lufs(self) -> float:
        """How loud the whole is to people."""
        from composer.rendering.performance.mastering import loudness_lufs

        return loudness_lufs(self._full_scale(), self.frames_per_second)

    def _full_scale(self) -> NDArray[np.float32]:
        return (self.samples / _FULL_SCALE).astype(np.float32)

    def small(self) -> Sound:
        """One channel at half the rate, for where a quarter of the bytes must do."""
        mono = self.samples[: len(self.samples) // 2 * 2].mean(axis=1).reshape(-1, 2)
        return Sound(mono.mean(axis=1, keepdims=True).astype(np.int32), self.frames_per_second // 2)

    def as_wav(self, gain: float | NDArray[np.floating[Any]], frames: int = 0) -> bytes:
        """The bytes of a WAV file, `gain` (of each frame, or all) times as loud, silent up to
        `frames` where shorter."""
        buffer = io.BytesIO()
        if not isinstance(gain, float):  # that of the whole, of which this may be a part
            missing = max(0, len(self.samples) - len(gain))
            gain = np.pad(gain, ((0, missing), (0, 0)), mode="edge")[: len(self.samples)]
        scaled = self.samples.astype(np.float32)
        scaled *= gain
        np.rint(scaled, out=scaled)
        loud = np.clip(scaled, -32768, 32767, out=scaled).astype("<i2")
        silence = np.zeros((max(0, frames - len(loud)), loud.shape[1]), dtype="<i2")
        with wave.open(buffer, "wb") as file:
            file.setnchannels(loud.shape[1])
            file.setsampwidth(2)
            file.setframerate(self.frames_per_second)
            file.writeframes(loud.tobytes() + silence.tobytes())
        return buffer.getvalue()


def _parsed(midi: bytes) -> mido.MidiFile:
    """The file; texts in any encoding come out as they went in."""
    import mido

    try:
        return mido.MidiFile(file=io.BytesIO(midi), charset="latin-1", clip=True)
    except Exception as error:  # mido raises whatever it stumbles over
        raise RequestError(f"this music cannot be played ({error})") from None


def _with_tail(file: mido.MidiFile) -> bytes:
    """The file, ending some seconds later: the renderer stops where the file does."""
    import mido

    longer = mido.MidiFile(type=1, ticks_per_beat=file.ticks_per_beat, charset="latin-1")
    longer.tracks = [track.copy() for track in file.tracks]
    tempi = [
        message.tempo for track in file.tracks for message in track if message.type == "set_tempo"
    ]
    ticks = mido.second2tick(_TAIL_SECONDS, file.ticks_per_beat, tempi[-1] if tempi else 500_000)
    for track in longer.tracks:
        track[-1] = track[-1].copy(time=track[-1].time + ticks)
    buffer = io.BytesIO()
    longer.save(file=buffer)
    return buffer.getvalue()


def _own_soundfont() -> Path:
    import pretty_midi

    return Path(pretty_midi.__file__).parent / "TimGM6mb.sf2"
