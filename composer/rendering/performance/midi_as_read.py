"""A piece that came from a MIDI file, back into that file: its tracks with all they hold.

Every message stands where it stood, at the file's own resolution; notes are those of the piece now.
Tempi, meters and keys are the file's own messages as long as the piece has them unchanged. Parts
that the file does not know get tracks and channels of their own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import lcm
from typing import NamedTuple

from composer.music.piece import KeyChange, MeterChange, Part, Piece, TempoChange
from composer.music.source import (
    KEY,
    LYRIC,
    META,
    METER,
    PROGRAM_CHANGE,
    SYSEX,
    TEMPO,
    TRACK_NAME,
    Message,
    Source,
)

MOST_TICKS_PER_QUARTER = 0x7FFF
DRUM_CHANNEL = 9
MICROSECONDS_A_MINUTE = 60_000_000
_SLOWEST_MICROSECONDS, _FASTEST_MICROSECONDS = 0xFFFFFF, 30_000
_PLAIN = str.maketrans(
    {"♭": "b", "♯": "#", "♮": "", "–": "-", "—": "-", "‘": "'", "’": "'", "“": '"', "”": '"',
     "…": "...", "\u00a0": " ", "‐": "-"}
)  # fmt: skip
_ENDS, _MESSAGES, _BEGINS = 0, 1, 2


class Event(NamedTuple):
    """A message at a tick of the file; at one tick notes end, then all else stands, then notes
    begin."""

    tick: int
    order: int
    data: bytes


@dataclass
class _Track:
    events: list[Event] = field(default_factory=list)
    end_tick: int = 0


class Scale(NamedTuple):
    """From ticks of a piece and of its source to those of the file."""

    per_quarter: int
    piece: int
    source: int

    @classmethod
    def of(cls, piece: Piece, source: Source) -> Scale:
        finest = lcm(piece.ticks_per_quarter, source.ticks_per_quarter)
        if finest > MOST_TICKS_PER_QUARTER:
            finest = source.ticks_per_quarter
        return cls(finest, piece.ticks_per_quarter, source.ticks_per_quarter)

    def of_piece(self, tick: int) -> int:
        return round(tick * self.per_quarter / self.piece)

    def of_source(self, tick: int) -> int:
        return round(tick * self.per_quarter / self.source)


def plain_text(text: str) -> str:
    """A text as every sequencer reads it: signs that have a plain letter as that letter."""
    return text.translate(_PLAIN)


def file_as_read(
    played: Piece,
    *,
    markers: Sequence[tuple[int, str]] = (),
    pedals: Sequence[Sequence[tuple[int, bool]]] = (),
    only: int | None = None,
    is_cut_at_end: bool = False,
) -> bytes:
    """The bytes of a type 1 file of `played`, whose source has tracks.

    `markers` are ticks of the piece and names; `pedals` of each part are put where its channel has
    none of its own; `only` leaves one part; with `is_cut_at_end` nothing stands behind the piece's
    end.
    """
    source = played.source
    assert source is not None
    scale = Scale.of(played, source)
    chosen = [p for number, p in enumerate(played.parts) if only is None or number == only]
    downs = [p for number, p in enumerate(pedals) if only is None or number == only]
    tracks = [_Track(end_tick=scale.of_source(track.end_tick)) for track in source.tracks]
    _keep_messages(tracks, played, source, chosen, scale)
    channels = _channels(chosen, source)
    for number, (part, channel) in enumerate(zip(chosen, channels, strict=True)):
        track = _track_of(part, tracks, source)
        track.events += _notes(part, channel, scale, _releases(part, source, scale))
        own = downs[number] if number < len(downs) else ()
        if own and not _has_pedal(source, part):
            track.events += [_pedal(tick, down, channel, scale) for tick, down in own]
        if _is_new_sound(part, source):
            track.events.append(
                Event(0, _MESSAGES, bytes((PROGRAM_CHANGE | channel, part.program)))
            )
    first = tracks[0]
    first.events += _changed_signs(played, source, scale)
    first.events += [_text(scale.of_piece(tick), 0x06, name) for tick, name in markers]
    end = scale.of_piece(played.end_tick)
    if played.end_tick * source.ticks_per_quarter > source.end_tick * played.ticks_per_quarter:
        first.end_tick = max(first.end_tick, end)
    if is_cut_at_end:
        for track in tracks:
            track.events = [event for event in track.events if event.tick <= end]
            track.end_tick = end
    held_notes = {part.track for part in source.parts}
    kept = [t for n, t in enumerate(tracks) if t.events or n == 0 or n not in held_notes]
    return smf_bytes([(t.events, t.end_tick) for t in kept], scale.per_quarter)


def _keep_messages(
    tracks: Sequence[_Track], played: Piece, source: Source, chosen: Sequence[Part], scale: Scale
) -> None:
    """Put the source's messages into the tracks, as far as they are still those of the piece."""
    here = {(part.track, part.channel): part for part in chosen}
    once = {(part.track, part.channel) for part in source.parts}
    channels = {part.channel for part in chosen}
    silent = set(range(len(tracks))) - {part.track for part in source.parts}
    sounding = {part.track for part in chosen}
    dropped = _changed_kinds(played, source)
    for number, (track, own) in enumerate(zip(source.tracks, tracks, strict=True)):
        is_there = number in sounding or number in silent or number == 0
        for message in track.messages:
            place = (number, message.channel)
            if message.channel >= 0:
                part = here.get(place)
                is_kept = part is not None or (place not in once and message.channel in channels)
                if part is not None and message.kind == PROGRAM_CHANGE:
                    is_kept = not _is_new_sound(part, source)
            elif message.meta_type in (TEMPO, METER, KEY):
                is_kept = message.meta_type not in dropped
            else:
                is_kept = is_there and not (
                    message.meta_type == LYRIC and number not in sounding | silent
                )
            if is_kept:
                data = _renamed(message, number, played, source)
                own.events.append(Event(scale.of_source(message.tick), _MESSAGES, data))


def _renamed(message: Message, track: int, played: Piece, source: Source) -> bytes:
    """A track's name as its part is called now."""
    if message.meta_type != TRACK_NAME:
        return message.data
    before = [part.name for part in source.parts if part.track == track]
    now = [part.name for part in played.parts if part.track == track]
    if len(before) == 1 == len(now) and before != now:
        return bytes((META, TRACK_NAME)) + plain_text(now[0]).encode()
    return message.data


def _changed_kinds(played: Piece, source: Source) -> set[int]:
    """Which of tempo, meter and key are not the file's any more."""
    own, read = played.ticks_per_quarter, source.ticks_per_quarter

    def same(
        now: Sequence[MeterChange | KeyChange | TempoChange],
        before: Sequence[MeterChange | KeyChange | TempoChange],
    ) -> bool:
        return [(c[0] * read, *c[1:]) for c in now] == [(c[0] * own, *c[1:]) for c in before]

    changed = set()
    if not same(played.tempi, source.tempi):
        changed.add(TEMPO)
    if not same(played.meters, source.meters):
        changed.add(METER)
    if not same(played.keys, source.keys):
        changed.add(KEY)
    return changed


def _changed_signs(played: Piece, source: Source, scale: Scale) -> list[Event]:
    """Tempi, meters and keys that the file does not have as they are now."""
    changed = _changed_kinds(played, source)
    events = []
    if TEMPO in changed:
        events += [tempo_event(scale.of_piece(t.tick), t.quarters_per_minute) for t in played.tempi]
    if METER in changed:
        events += [meter_event(scale.of_piece(m.tick), m) for m in played.meters]
    if KEY in changed:
        events += [key_event(scale.of_piece(k.tick), k) for k in played.keys]
    is_frames = TEMPO not in changed and not any(
        message.meta_type == TEMPO for track in source.tracks for message in track.messages
    )
    if is_frames:  # what counts in frames has a tempo that no message says
        events += [
            tempo_event(scale.of_source(t.tick), t.quarters_per_minute) for t in source.tempi
        ]
    return events


def tempo_event(tick: int, quarters_per_minute: float) -> Event:
    """A tempo as near as MIDI can say it."""
    microseconds = round(MICROSECONDS_A_MINUTE / max(quarters_per_minute, 1e-3))
    within = min(_SLOWEST_MICROSECONDS, max(_FASTEST_MICROSECONDS, microseconds))
    return Event(tick, _MESSAGES, bytes((META, TEMPO)) + within.to_bytes(3, "big"))


def meter_event(tick: int, meter: MeterChange) -> Event:
    """A meter, its metronome ticking quarters."""
    power = meter.denominator.bit_length() - 1
    return Event(tick, _MESSAGES, bytes((META, METER, min(meter.numerator, 255), power, 24, 8)))


def key_event(tick: int, key: KeyChange) -> Event:
    """A key signature."""
    return Event(tick, _MESSAGES, bytes((META, KEY, key.fifths & 0xFF, key.mode == "minor")))


def _text(tick: int, meta_type: int, text: str) -> Event:
    return Event(tick, _MESSAGES, bytes((META, meta_type)) + plain_text(text).encode())


def _channels(parts: Sequence[Part], source: Source) -> list[int]:
    """The channel of each part: the file's, or for a new part one that nobody has."""
    taken = {part.channel for part in parts if part.channel >= 0}
    free = [c for c in range(16) if c not in taken and c != DRUM_CHANNEL] or [0]
    found = []
    for part in parts:
        if part.channel >= 0:
            found.append(part.channel)
        elif part.is_drums:
            found.append(DRUM_CHANNEL)
        else:
            found.append(free.pop(0) if len(free) > 1 else free[0])
    return found


def _track_of(part: Part, tracks: list[_Track], source: Source) -> _Track:
    """The track of a part; a new one for a part that the file does not know."""
    if 0 <= part.track < len(source.tracks) and part.channel >= 0:
        return tracks[part.track]
    track = _Track([_text(0, TRACK_NAME, part.name or part.instrument)])
    tracks.append(track)
    return track


def _is_new_sound(part: Part, source: Source) -> bool:
    """Whether a part has another program than the file gives it."""
    if part.channel < 0:
        return True
    return any(
        (part.track, part.channel) == (other.track, other.channel) and part.program != other.program
        for other in source.parts
    )


def _has_pedal(source: Source, part: Part) -> bool:
    return any(
        message.channel == part.channel and message.kind == 0xB0 and message.data[1] == 64
        for track in source.tracks
        for message in track.messages
    )


def _releases(part: Part, source: Source, scale: Scale) -> dict[tuple[int, int], list[int]]:
    """The velocities with which keys are let go, by tick of the file and pitch."""
    found: dict[tuple[int, int], list[int]] = defaultdict(list)
    if 0 <= part.track < len(source.tracks):
        for release in source.tracks[part.track].releases:
            if release.channel == part.channel:
                _, pitch, velocity = release.data
                found[scale.of_source(release.tick), pitch].append(velocity)
    return found


def _notes(
    part: Part, channel: int, scale: Scale, releases: dict[tuple[int, int], list[int]]
) -> Iterable[Event]:
    for note in part.notes:
        start = scale.of_piece(note.onset_tick)
        end = max(start + 1, scale.of_piece(note.end_tick))
        let_go = releases.get((end, note.pitch))
        release = let_go.pop(0) if let_go else 0
        yield Event(start, _BEGINS, bytes((0x90 | channel, note.pitch, note.velocity or 80)))
        yield Event(end, _ENDS, bytes((0x80 | channel, note.pitch, release)))


def _pedal(tick: int, is_down: bool, channel: int, scale: Scale) -> Event:
    data = bytes((0xB0 | channel, 64, 127 if is_down else 0))
    return Event(scale.of_piece(tick), _MESSAGES, data)


def smf_bytes(tracks: Sequence[tuple[Sequence[Event], int]], ticks_per_quarter: int) -> bytes:
    """A type 1 file of these tracks, each with the tick of its end."""
    header = b"MThd" + (6).to_bytes(4, "big")
    for number in (1, len(tracks), ticks_per_quarter):
        header += number.to_bytes(2, "big")
    return header + b"".join(_chunk(events, end_tick) for events, end_tick in tracks)


def _chunk(events: Sequence[Event], end_tick: int) -> bytes:
    out = bytearray()
    now = 0
    for tick, _, data in sorted(events, key=lambda event: (event.tick, event.order)):
        out += _quantity(tick - now)
        now = tick
        if data[0] == META:
            out += data[:2] + _quantity(len(data) - 2) + data[2:]
        elif data[0] >= SYSEX:
            out += data[:1] + _quantity(len(data) - 1) + data[1:]
        else:
            out += data
    out += _quantity(max(0, end_tick - now)) + b"\xff\x2f\x00"
    return b"MTrk" + len(out).to_bytes(4, "big") + bytes(out)


def _quantity(value: int) -> bytes:
    out = [value & 0x7F]
    while value := value >> 7:
        out.insert(0, value & 0x7F | 0x80)
    return bytes(out)
