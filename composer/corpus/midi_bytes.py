"""What a fast MIDI parser does not tell: title and end of the sequence, notes that never end."""

from __future__ import annotations

import re
from collections.abc import Iterator

from composer.music.names import on_one_line

_DELTA = rb"[\x80-\xff]{0,3}[\x00-\x7f]"
# Every event is its first message and those in running status after it. Of note-ons the velocity
# of the first and the bytes of the others are kept. No atomic groups: Python 3.11.2 errs in them.
_EVENT = (
    rb"%(delta)s(?:"
    rb"[\x90-\x9f][\x00-\x7f]([\x00-\x7f])((?:%(delta)s[\x00-\x7f]{2})*)"
    rb"|[\x80-\x8f\xa0-\xbf\xe0-\xef][\x00-\x7f]{2}(?:%(delta)s[\x00-\x7f]{2})*"
    rb"|[\xc0-\xdf][\x00-\x7f](?:%(delta)s[\x00-\x7f])*)"
) % {b"delta": _DELTA}
_EVENTS = re.compile(_EVENT)
_RUN = re.compile(rb"(?:%s){1,1000}" % _EVENT)  # the more at once, the more memory
_RUNNING_NOTES = re.compile(_DELTA + rb"[\x00-\x7f]([\x00-\x7f])")
_META = re.compile(_DELTA + rb"(\xff[\x00-\x7f]|[\xf0\xf7])([\x80-\xff]{0,3}[\x00-\x7f])")
_SILENT = (b"", b"\x00")
_END_OF_TRACK = b"\xff\x2f"


def unended_notes(data: bytes, ended: int) -> int:
    """How many notes start in a MIDI file beyond the `ended` ones that a parser found.

    0 where the bytes cannot be followed: then nobody knows.
    """
    starts = 0
    for track in _tracks(data):
        found = _starts(track)
        if found is None:
            return 0
        starts += found
    return max(0, starts - ended)


def sequence_title(data: bytes) -> str:
    """The name of the first track, which is that of the whole sequence if it holds no notes."""
    track = next(_tracks(data), b"")
    position = 0
    while meta := _META.match(track, position):
        text = track[meta.end() : meta.end() + _number(meta.group(2))]
        if meta.group(1) == b"\xff\x03":
            return _decoded(text)
        position = meta.end() + len(text)
    return ""


def conductor_end_tick(data: bytes) -> int:
    """The tick of the end-of-track of the first track, if that holds nothing but meta events; else
    0."""
    track = next(_tracks(data), b"")
    tick = position = 0
    while meta := _META.match(track, position):
        tick += _number(track[position : meta.start(1)])
        if meta.group(1) == _END_OF_TRACK:
            return tick
        position = meta.end() + _number(meta.group(2))
    return 0


def _tracks(data: bytes) -> Iterator[bytes]:
    position = 14
    while position + 8 <= len(data):
        length = int.from_bytes(data[position + 4 : position + 8], "big")
        if data[position : position + 4] == b"MTrk":
            yield data[position + 8 : position + 8 + length]
        position += 8 + length


def _starts(track: bytes) -> int | None:
    starts = position = 0
    while position < len(track):
        end = position
        while run := _RUN.match(track, end):
            end = run.end()
        for velocity, running in _EVENTS.findall(track, position, end):
            starts += velocity not in _SILENT
            if running:
                starts += sum(v != b"\x00" for v in _RUNNING_NOTES.findall(running))
        meta = _META.match(track, end)
        if meta is None:
            return starts if end == len(track) else None
        position = meta.end() + _number(meta.group(2))
    return starts


def _number(quantity: bytes) -> int:
    value = 0
    for byte in quantity:
        value = value << 7 | byte & 0x7F
    return value


def _decoded(text: bytes) -> str:
    try:
        decoded = text.decode("utf-8")
    except UnicodeDecodeError:
        decoded = text.decode("latin-1")
    return on_one_line(decoded)
