"""What a file says beside its notes: kept as it is read, and put back beside what is written.

A `Piece` holds what the project computes with; its `source` holds the rest of the file it came
from, at the file's own ticks. Nothing here is rounded, merged or translated. A part finds its own
lines again by `Part.track` and `Part.channel`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple, TypeVar

from composer.music.facts import Chord
from composer.music.piece import KeyChange, MeterChange, Part, Piece, TempoChange

META, SYSEX = 0xFF, 0xF0
PITCH_BEND, PROGRAM_CHANGE, CONTROL_CHANGE = 0xE0, 0xC0, 0xB0
TEXT, TRACK_NAME, INSTRUMENT_NAME, LYRIC, MARKER = 0x01, 0x03, 0x04, 0x05, 0x06
TEMPO, METER, KEY = 0x51, 0x58, 0x59


class Message(NamedTuple):
    """A message of a MIDI file: the status byte and what follows it, of a meta message its type and
    payload, without lengths."""

    tick: int
    data: bytes

    @property
    def meta_type(self) -> int:
        """The type of a meta message; -1 of any other."""
        return self.data[1] if self.data[0] == META else -1

    @property
    def channel(self) -> int:
        """The channel 0..15 of a channel message; -1 of any other."""
        return self.data[0] & 15 if self.data[0] < SYSEX else -1

    @property
    def kind(self) -> int:
        """The status byte without the channel."""
        return self.data[0] & 0xF0 if self.data[0] < SYSEX else self.data[0]


class Track(NamedTuple):
    """What a track of a MIDI file holds besides notes, in its order; `releases` are the ends of
    notes that say how fast the key was let go: they belong to whichever note ends there."""

    messages: tuple[Message, ...]
    end_tick: int
    releases: tuple[Message, ...] = ()


class Lyric(NamedTuple):
    """A syllable under a note. `syllabic` is "single", "begin", "middle" or "end" of a word;
    `extends` where a line goes on under notes that follow."""

    tick: int
    text: str
    syllabic: str = "single"
    verse: int = 1
    extends: bool = False


class Grace(NamedTuple):
    """Grace notes before the notes of pitches `main` that begin at a tick; behind the note that
    ends there where `main` is empty. `chords` are their pitches, one after another; `leans` says
    that they take time of the note itself (a single one without a slash)."""

    tick: int
    chords: tuple[tuple[int, ...], ...]
    main: tuple[int, ...]
    leans: bool


class Symbol(NamedTuple):
    """A chord symbol that a score states: the nearest chord we know, and its MusicXML."""

    tick: int
    root: int
    quality: str
    bass: int
    musicxml: str = ""


StandsT = TypeVar("StandsT", Lyric, Grace)


@dataclass(frozen=True, slots=True)
class Source:
    """The file that a piece was read from, besides its notes; ticks are the file's own.

    `tracks` are those of a MIDI file; `lyrics[n]` and `graces[n]` are those of the part whose
    `track` is n;
    `musicxml` is the score itself, as partwise MusicXML, of which `played_measures` (from 0) are
    played in this order, each from its tick of `measure_ticks` on. `parts`, `meters`, `keys` and
    `tempi` are those of the piece as it was read: what has changed since is not the file's any
    more. `is_score` says that its rhythm is written, not played. `wrongs` say in words what could
    not be read as it stands.
    """

    ticks_per_quarter: int
    parts: tuple[Part, ...] = ()
    meters: tuple[MeterChange, ...] = ()
    keys: tuple[KeyChange, ...] = ()
    tempi: tuple[TempoChange, ...] = ()
    end_tick: int = 0
    tracks: tuple[Track, ...] = ()
    lyrics: tuple[tuple[Lyric, ...], ...] = ()
    graces: tuple[tuple[Grace, ...], ...] = ()
    symbols: tuple[Symbol, ...] = ()
    musicxml: str = ""
    played_measures: tuple[int, ...] = ()
    measure_ticks: tuple[int, ...] = ()
    is_score: bool = False
    charset: str = "utf-8"
    wrongs: tuple[str, ...] = ()


def is_as_read(piece: Piece) -> bool:
    """Whether a piece has the notes, meters, keys and tempi of the file it was read from."""
    source = piece.source
    return (
        source is not None
        and piece.ticks_per_quarter == source.ticks_per_quarter
        and piece.parts == source.parts
        and (piece.meters, piece.keys, piece.tempi) == (source.meters, source.keys, source.tempi)
        and piece.end_tick == source.end_tick
    )


def without_controls(
    source: Source, places: Iterable[tuple[int, int]], start_tick: int, end_tick: int
) -> Source:
    """The source without what bent, pedalled, worded and graced the notes that stood at ticks
    start..end of these (track, channel), for others will stand there.

    A bend or pedal that is in force at the start is released there and comes back at the end.
    """
    wanted = set(places)
    tracks = list(source.tracks)
    for number in {track for track, _ in wanted if 0 <= track < len(tracks)}:
        channels = {channel for track, channel in wanted if track == number}
        tracks[number] = _released(tracks[number], channels, start_tick, end_tick)
    numbers = {track for track, _ in wanted}

    def outside(of_parts: tuple[tuple[StandsT, ...], ...]) -> tuple[tuple[StandsT, ...], ...]:
        return tuple(
            tuple(one for one in of_part if not start_tick <= one.tick < end_tick)
            if number in numbers
            else of_part
            for number, of_part in enumerate(of_parts)
        )

    return replace(
        source,
        tracks=tuple(tracks),
        lyrics=outside(source.lyrics),
        graces=outside(source.graces),
    )


_MODULATION, _SUSTAIN, _SOSTENUTO, _SOFT = 1, 64, 66, 67


def _released(track: Track, channels: set[int], start_tick: int, end_tick: int) -> Track:
    kept: list[Message] = []
    before: dict[bytes, Message] = {}
    inside: dict[bytes, Message] = {}
    for message in track.messages:
        where = _bending(message)
        is_word = message.meta_type == LYRIC
        if (where is None or message.channel not in channels) and not is_word:
            kept.append(message)
        elif start_tick <= message.tick < end_tick:
            if where is not None:
                inside[where] = message
        else:
            kept.append(message)
            if where is not None and message.tick < start_tick:
                before[where] = message
    for where, message in before.items():
        if message.data != where + _neutral(where):
            kept.append(Message(start_tick, where + _neutral(where)))
    for where, message in {**before, **inside}.items():
        if message.data != where + _neutral(where):
            kept.append(Message(end_tick, message.data))
    return track._replace(messages=tuple(sorted(kept, key=lambda message: message.tick)))


def _bending(message: Message) -> bytes | None:
    """The control that a message sets, where it is one that belongs to the notes it was played
    with: bend, pressure, modulation, pedals."""
    if message.kind in (PITCH_BEND, 0xD0):
        return message.data[:1]
    if message.kind == 0xA0:
        return message.data[:2]
    if message.kind == CONTROL_CHANGE and message.data[1] in (
        _MODULATION, _SUSTAIN, _SOSTENUTO, _SOFT,
    ):  # fmt: skip
        return message.data[:2]
    return None


def _neutral(where: bytes) -> bytes:
    return b"\x00\x40" if where[0] & 0xF0 == PITCH_BEND else b"\x00"


def with_words_moved(
    source: Source, tick_at: Callable[[int], int], ticks_per_quarter: int
) -> Source:
    """What a page needs of a source, its words and chord symbols, at other ticks."""
    return Source(
        ticks_per_quarter,
        lyrics=tuple(
            tuple(lyric._replace(tick=tick_at(lyric.tick)) for lyric in of_part)
            for of_part in source.lyrics
        ),
        symbols=tuple(symbol._replace(tick=tick_at(symbol.tick)) for symbol in source.symbols),
        is_score=source.is_score,
    )


def chords_stated(piece: Piece) -> tuple[Chord, ...]:
    """The chord symbols that a piece's file states, at ticks of the piece."""
    if piece.source is None:
        return ()
    scale = piece.ticks_per_quarter / piece.source.ticks_per_quarter
    return tuple(Chord(round(s.tick * scale), *s[1:4]) for s in piece.source.symbols)


def lyrics_at(source: Source, part: Part) -> Sequence[Lyric]:
    """The words under a part, at ticks of the source."""
    return source.lyrics[part.track] if 0 <= part.track < len(source.lyrics) else ()
