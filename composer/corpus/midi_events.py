"""The bytes of a MIDI file to the messages of its tracks, reading on where the file is damaged.

Standard MIDI files (type 0 to 2), also inside RIFF ("RMID") or behind a few foreign bytes, with a
header longer than it should be, a wrong number of tracks, chunks that are longer or shorter than
they say, data bytes over 127, a cut end. Whatever had to be guessed is told in `wrongs`.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from composer.errors import UnreadablePieceError
from composer.music.source import META, SYSEX, Message

END_OF_TRACK = b"\xff\x2f"
_HEADER, _TRACK = b"MThd", b"MTrk"
_USUAL_NUMBERS = b"\0\1\0\1\1\xe0"  # type 1, 480 ticks a quarter
_FARTHEST_HEADER = 1024
_DATA_BYTES = {0x80: 2, 0x90: 2, 0xA0: 2, 0xB0: 2, 0xC0: 1, 0xD0: 1, 0xE0: 2}
_LONGEST_QUANTITY = 4
_SYSTEM_BYTES = {0xF1: 1, 0xF2: 2, 0xF3: 1}
_NTSC_FRAMES = 30_000 / 1_001
MOST_MESSAGES = 4_000_000


@dataclass
class RawTrack:
    """The messages of one track in order, and the tick of its end."""

    messages: list[Message] = field(default_factory=list)
    end_tick: int = 0


@dataclass
class RawFile:
    """A MIDI file. `seconds_per_tick` is known only where time is counted in SMPTE frames; then
    `ticks_per_quarter` makes a quarter half a second."""

    file_type: int
    ticks_per_quarter: int
    seconds_per_tick: float | None
    tracks: list[RawTrack]
    wrongs: list[str]


def read_messages(data: bytes) -> RawFile:
    """All messages of a MIDI file. Raises UnreadablePieceError where there is no MIDI header."""
    wrongs: list[str] = []
    data = _unwrapped(data)
    start = data.find(_HEADER, 0, _FARTHEST_HEADER)
    first = data.find(_TRACK, 0, _FARTHEST_HEADER)
    if start < 0 and first >= 0:
        wrongs.append("the header is broken")
        numbers = data[first - 6 : first] if first >= 14 else _USUAL_NUMBERS
        data, start = _HEADER + b"\0\0\0\6" + numbers + data[first:], 0
    if start < 0 or len(data) < start + 14:
        raise UnreadablePieceError("not a MIDI file (it does not begin with a MIDI header)")
    if start:
        wrongs.append(f"{start} foreign bytes before the header")
    file_type, division = _number(data, start + 8), _number(data, start + 12)
    if file_type > 2:
        wrongs.append(f"a type {file_type} that does not exist")
        file_type = 1
    ticks_per_quarter, seconds = _resolution(division, wrongs)
    header_end = start + 8 + int.from_bytes(data[start + 4 : start + 8], "big")
    tracks = _tracks(data, start + 14, header_end, wrongs)
    return RawFile(file_type, ticks_per_quarter, seconds, tracks, wrongs)


def _unwrapped(data: bytes) -> bytes:
    """The file inside a RIFF container; any other as it is."""
    if data[:4] != b"RIFF" or data[8:12] != b"RMID":
        return data
    position = data.find(b"data", 12)
    return data[position + 8 :] if position >= 0 else data


def _resolution(division: int, wrongs: list[str]) -> tuple[int, float | None]:
    if division & 0x8000:
        frames, ticks = 256 - (division >> 8), division & 0xFF
        if frames not in (24, 25, 29, 30) or not ticks:
            wrongs.append(f"{frames} frames a second of {ticks} ticks do not exist")
            frames, ticks = 25, 40
        rate = (_NTSC_FRAMES if frames == 29 else frames) * ticks
        return max(1, round(rate / 2)), 1 / rate
    if division == 0:
        wrongs.append("0 ticks a quarter note, read as 480")
        return 480, None
    return division, None


def _tracks(data: bytes, earliest: int, position: int, wrongs: list[str]) -> list[RawTrack]:
    """The tracks from a position on, or from where the first one is found."""
    tracks: list[RawTrack] = []
    budget = MOST_MESSAGES
    if data[position : position + 4] != _TRACK and not _leads_to_track(data, position):
        found = data.find(_TRACK, earliest)
        if found < 0:
            return tracks
        if found != position:
            wrongs.append("a header of a wrong length")
        position = found
    while 0 <= position <= len(data) - 8 and budget > 0:
        length = int.from_bytes(data[position + 4 : position + 8], "big")
        kind, start, end = data[position : position + 4], position + 8, position + 8 + length
        is_right = end == len(data) or data[end : end + 4] == _TRACK or _is_chunk(data, end)
        if kind != _TRACK:
            position = end if is_right else data.find(_TRACK, start)
            continue
        following = data.find(_TRACK, start)
        limit = end if is_right else following if following >= 0 else len(data)
        track, is_ended = _track(data, start, limit, wrongs, budget)
        budget -= len(track.messages)
        tracks.append(track)
        if is_right:
            position = end
        else:
            cut = end > len(data) and following < 0 and not is_ended
            _note(wrongs, "the end is cut off" if cut else "a track of a wrong length")
            position = following if following >= 0 else len(data)
    return tracks


def _leads_to_track(data: bytes, position: int) -> bool:
    """Whether a chunk of another kind stands here, with a track behind it."""
    end = position + 8 + int.from_bytes(data[position + 4 : position + 8], "big")
    return data[position : position + 4].isalnum() and data[end : end + 4] == _TRACK


def _is_chunk(data: bytes, position: int) -> bool:
    """Whether a chunk of a kind we do not know may begin here, as the format allows."""
    name = data[position : position + 4]
    return len(name) == 4 and name.isalnum() and data.find(_TRACK, position) < 0


def _note(wrongs: list[str], wrong: str) -> None:
    if wrong not in wrongs:
        wrongs.append(wrong)


def _track(
    data: bytes, position: int, limit: int, wrongs: list[str], budget: int
) -> tuple[RawTrack, bool]:
    """One track, and whether it came to an end-of-track message."""
    limit = min(limit, len(data))
    messages: list[Message] = []
    append = messages.append
    tick, running = 0, 0
    while position < limit and budget > 0:
        delta = data[position]
        position += 1
        if delta & 0x80:
            delta &= 0x7F
            for _ in range(_LONGEST_QUANTITY - 1):
                if position >= limit:
                    break
                byte = data[position]
                position += 1
                delta = delta << 7 | byte & 0x7F
                if byte < 0x80:
                    break
        if position >= limit:
            break
        tick += delta
        status = data[position]
        if status < 0x80:
            if not running:
                _note(wrongs, "bytes that belong to no message")
                position += 1
                continue
            status = running
        else:
            position += 1
        if status < SYSEX:
            running = status
            size = _DATA_BYTES[status & 0xF0]
            values = data[position : position + size]
            position += size
            if len(values) < size or position > limit:
                _note(wrongs, "the end is cut off")
                break
            if max(values) > 0x7F:
                values = _within_seven_bits(status, values)
                _note(wrongs, "values over 127")
            append(Message(tick, bytes((status, *values))))
            budget -= 1
        elif status in (META, SYSEX, 0xF7):
            start = position + (status == META)
            payload, after = _payload(data, start, limit)
            if payload is None:
                _note(wrongs, "a message that is longer than its track")
                continue
            if status == META:
                if data[position] == END_OF_TRACK[1]:
                    return RawTrack(messages, tick), True
                append(Message(tick, bytes((META, data[position])) + payload))
            else:
                append(Message(tick, bytes((status,)) + payload))
            position = after
            budget -= 1
        else:
            position += _SYSTEM_BYTES.get(status, 0)
            _note(wrongs, "messages that files cannot hold")
    return RawTrack(messages, tick), False


def _within_seven_bits(status: int, values: bytes) -> bytes:
    """A velocity over 127 is loud; of any other value the bit that is too much goes."""
    if status & 0xF0 == 0x90 and values[0] <= 0x7F:
        return bytes((values[0], 127))
    return bytes(value & 0x7F for value in values)


def _payload(data: bytes, position: int, limit: int) -> tuple[bytes | None, int]:
    """The payload whose length stands at a position, and where it ends; none if it cannot end."""
    length = 0
    for _ in range(_LONGEST_QUANTITY):
        if position >= limit:
            return None, position
        byte = data[position]
        position += 1
        length = length << 7 | byte & 0x7F
        if byte < 0x80:
            break
    if position + length > limit:
        return None, position
    return data[position : position + length], position + length


def _number(data: bytes, position: int) -> int:
    return int.from_bytes(data[position : position + 2], "big")
