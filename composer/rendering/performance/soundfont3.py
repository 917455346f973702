"""SoundFonts in .sf3 format, as .sf2: the same but for samples that are compressed with Vorbis.

Only the samples of the presets that are played are decoded, for a large font has a thousand.
Chunks and records are those of the SoundFont 2.04 specification (Creative, 2006); what .sf3 changes
is what MuseScore's sf3convert writes: sample type 16 marks a compressed sample, whose start and end
are bytes in the chunk of samples and whose loop counts from its own beginning.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Collection, Iterator
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from composer.errors import RequestError

if TYPE_CHECKING:
    import mido

Preset = tuple[int, int]
"""Bank and program; drum kits are in bank 128."""

_COMPRESSED = 16
_INSTRUMENT, _SAMPLE = 41, 53  # generators that lead from presets to instruments to samples
_SILENCE_FRAMES = 46  # that the specification wants between samples
_SAMPLE_HEADER = struct.Struct("<20sIIIIIBbHH")
_PRESET_HEADER = struct.Struct("<20sHHHIII")
_INSTRUMENT_HEADER = struct.Struct("<20sH")
_BAG, _GENERATOR = struct.Struct("<HH"), struct.Struct("<HH")
_NEEDED = {b"smpl", b"phdr", b"pbag", b"pgen", b"inst", b"ibag", b"igen", b"shdr"}
_VERSION = struct.pack("<HH", 2, 4)


class _Chunk(NamedTuple):
    """A chunk of a RIFF file: its name, and the bytes after its length."""

    name: bytes
    data: bytes


def is_compressed(font: bytes) -> bool:
    """Whether the bytes of a SoundFont are those of an .sf3 file."""
    tables = _tables(font)
    headers = _SAMPLE_HEADER.iter_unpack(tables.get(b"shdr", b""))
    return any(header[9] & _COMPRESSED for header in headers)


def as_sf2(font: bytes, presets: Collection[Preset]) -> bytes:
    """The font with the samples of these presets as .sf2; those of others are silent.

    Raises `RequestError` where a table is missing or a sample cannot be decoded.
    """
    tables = _tables(font)
    if not _NEEDED.issubset(tables):
        raise RequestError("this .sf3 SoundFont is broken: tables are missing")
    wanted = _samples_of(tables, presets)
    samples, headers = _decoded(tables, wanted)
    chunks = []
    for chunk in _chunks(font[12:]):
        own = chunk
        if chunk.name == b"LIST" and chunk.data[:4] == b"INFO":
            own = _with(chunk, {b"ifil": _VERSION})
        elif chunk.name == b"LIST" and chunk.data[:4] == b"sdta":
            own = _Chunk(b"LIST", b"sdta" + _bytes(_Chunk(b"smpl", samples)))
        elif chunk.name == b"LIST" and chunk.data[:4] == b"pdta":
            own = _with(chunk, {b"shdr": headers})
        chunks.append(_bytes(own))
    return _bytes(_Chunk(b"RIFF", b"sfbk" + b"".join(chunks)))


def check_decoder() -> None:
    """Raises `RequestError` where the extra that decodes samples is not installed."""
    try:
        import soundfile  # noqa: F401 (only whether it is there)
    except ImportError:
        raise RequestError(
            "an .sf3 SoundFont needs the extra `sf3`: pip install 'symbolic-composer[sf3]'"
        ) from None


def presets_of(file: mido.MidiFile) -> set[Preset]:
    """The presets that a MIDI file plays; a channel without a program plays the first."""
    programs: dict[int, set[int]] = {}
    played = set()
    for message in (message for track in file.tracks for message in track):
        if message.type == "program_change":
            programs.setdefault(message.channel, set()).add(message.program)
        elif message.type == "note_on":
            played.add(message.channel)
    return {
        (128 if channel == 9 else 0, program)
        for channel in played
        for program in programs.get(channel, {0})
    } | {(0, 0), (128, 0)}  # what a player falls back on


def _chunks(data: bytes) -> Iterator[_Chunk]:
    position = 0
    while position + 8 <= len(data):
        size = int.from_bytes(data[position + 4 : position + 8], "little")
        yield _Chunk(data[position : position + 4], data[position + 8 : position + 8 + size])
        position += 8 + size
        if size % 2 and data[position : position + 1] == b"\0":  # some writers leave it out
            position += 1


def _bytes(chunk: _Chunk) -> bytes:
    padding = b"\0" * (len(chunk.data) % 2)
    return chunk.name + len(chunk.data).to_bytes(4, "little") + chunk.data + padding


def _with(chunk: _Chunk, changed: dict[bytes, bytes]) -> _Chunk:
    """A list with some of its chunks changed."""
    inside = (_Chunk(own.name, changed.get(own.name, own.data)) for own in _chunks(chunk.data[4:]))
    return _Chunk(chunk.name, chunk.data[:4] + b"".join(map(_bytes, inside)))


def _tables(font: bytes) -> dict[bytes, bytes]:
    """The chunks inside the lists of samples and presets, by name."""
    lists = (chunk for chunk in _chunks(font[12:]) if chunk.name == b"LIST")
    return {
        own.name: own.data
        for chunk in lists
        if chunk.data[:4] in (b"sdta", b"pdta")
        for own in _chunks(chunk.data[4:])
    }


def _samples_of(tables: dict[bytes, bytes], presets: Collection[Preset]) -> set[int]:
    """The samples, by index, that presets lead to."""
    headers = list(_PRESET_HEADER.iter_unpack(tables[b"phdr"]))
    there = {(header[2], header[1]) for header in headers[:-1]}
    # where a kit or a sound is missing, players take another one of the bank
    missing = [preset for preset in presets if preset not in there]
    wanted = set(presets) | {(bank, 0) for bank, _ in missing} | ({(0, 0)} if missing else set())
    instruments = {
        amount
        for header, later in pairwise(headers)
        if (header[2], header[1]) in wanted
        for amount in _amounts(tables, b"pbag", b"pgen", (header[3], later[3]), _INSTRUMENT)
    }
    rows = list(_INSTRUMENT_HEADER.iter_unpack(tables[b"inst"]))
    return {
        amount
        for instrument in instruments
        for amount in _amounts(
            tables, b"ibag", b"igen", (rows[instrument][1], rows[instrument + 1][1]), _SAMPLE
        )
    }


def _amounts(
    tables: dict[bytes, bytes], bags: bytes, generators: bytes, zones: tuple[int, int], kind: int
) -> Iterator[int]:
    """What the generators of a kind say in zones, which are indices of bags."""
    first, last = (
        _BAG.unpack_from(tables[bags], zone * _BAG.size)[0] for zone in (zones[0], zones[1])
    )
    for place in range(first, last):
        own, amount = _GENERATOR.unpack_from(tables[generators], place * _GENERATOR.size)
        if own == kind:
            yield amount


def _decoded(tables: dict[bytes, bytes], wanted: Collection[int]) -> tuple[bytes, bytes]:
    """The chunk of samples, and the headers that say where in it each is."""
    data = tables[b"smpl"]
    silence = b"\0\0" * _SILENCE_FRAMES
    chunk = io.BytesIO()
    headers = []
    rows = list(_SAMPLE_HEADER.iter_unpack(tables[b"shdr"]))
    for number, (name, start, end, loop, loop_end, *rest, kind) in enumerate(rows[:-1]):
        is_small = bool(kind & _COMPRESSED)
        base = 0 if is_small else start
        sound = b""
        if number in wanted:
            sound = _frames(data[start:end]) if is_small else data[2 * start : 2 * end]
        sound = sound or silence
        begin, count = chunk.tell() // 2, len(sound) // 2
        loops = (begin + min(count, place - base) for place in (loop, loop_end))
        headers.append(
            _SAMPLE_HEADER.pack(name, begin, begin + count, *loops, *rest, kind & ~_COMPRESSED)
        )
        chunk.write(sound + silence)
    headers.append(_SAMPLE_HEADER.pack(*rows[-1]))
    return chunk.getvalue(), b"".join(headers)


def _frames(vorbis: bytes) -> bytes:
    """The 16-bit frames of a compressed sample."""
    import soundfile

    try:
        frames, _ = soundfile.read(io.BytesIO(vorbis), dtype="int16", always_2d=True)
    except soundfile.SoundFileError:
        raise RequestError("a sample of this .sf3 SoundFont cannot be decoded") from None
    return np.ascontiguousarray(frames[:, 0], dtype="<i2").tobytes()
