"""A MIDI file to a piece with all that the file says beside its notes (`Piece.source`).

This is how a user's file is read; `composer.corpus.midi_reading` reads the same notes of a sound
file faster, without the rest. A part is a track and a channel; its first program is the part's,
later ones stay messages. Notes end as `composer.corpus.midi_repair` says.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from composer.corpus.karaoke import lyrics_of
from composer.corpus.midi_events import RawFile, RawTrack, read_messages
from composer.corpus.midi_reading import (
    MOST_BYTES,
    MOST_NOTES,
    MOST_QUARTERS,
    MOST_QUARTERS_PER_MINUTE,
    is_pop_song,
    refuse_bad_meter,
    role_in_band,
    title_of,
    with_silent_end,
    within,
    without_ring,
)
from composer.corpus.texts import charset_of, decoded
from composer.errors import UnreadablePieceError
from composer.music.instrument_words import instrument_of_track
from composer.music.names import on_one_line
from composer.music.piece import KeyChange, MeterChange, Note, Part, Piece, TempoChange
from composer.music.source import (
    INSTRUMENT_NAME,
    KEY,
    METER,
    PROGRAM_CHANGE,
    TEMPO,
    TRACK_NAME,
    Message,
    Source,
    Track,
)

DRUM_CHANNEL = 9
_NOTE_ON, _NOTE_OFF = 0x90, 0x80
_LONGEST_UNENDED_QUARTERS = 4
_FARTHEST_QUARTERS = MOST_QUARTERS
MICROSECONDS_A_MINUTE = 60_000_000


def read_whole_midi(data: bytes, name: str) -> Piece:
    """The piece in the bytes of a MIDI file, with its source.

    Raises UnreadablePieceError with the file's name and the reason.
    """
    try:
        return _piece(data, name)
    except UnreadablePieceError as error:
        raise UnreadablePieceError(f"{name}: {error}") from None


@dataclass
class _Line:
    """The notes of one channel of a track, and the program that it begins with."""

    track: int
    channel: int
    notes: list[Note] = field(default_factory=list)
    program: int | None = None


def _piece(data: bytes, name: str) -> Piece:
    if not data:
        raise UnreadablePieceError("the file is empty")
    if len(data) > MOST_BYTES:
        raise UnreadablePieceError(f"larger than {MOST_BYTES // 1_000_000} megabytes")
    raw = read_messages(data)
    if raw.file_type == 2 and len(raw.tracks) > 1:
        raise UnreadablePieceError("a MIDI file of type 2; only types 0 and 1 are one piece")
    _mend_time(raw)
    lines = _lines(raw)
    if not lines:
        raise UnreadablePieceError("no notes in it")
    last_onset, last_tick = _last_ticks(lines)
    quarter = raw.ticks_per_quarter
    if last_tick > MOST_QUARTERS * quarter:
        raise UnreadablePieceError(f"longer than {MOST_QUARTERS} quarters")
    charset = charset_of(
        message.data[2:]
        for track in raw.tracks
        for message in track.messages
        if 0x01 <= message.meta_type <= 0x09
    )
    stated = _meters(raw)
    meters, end_tick = with_silent_end(
        stated,
        without_ring(stated, last_onset, last_tick, quarter),
        _conductor_end(raw),
        quarter,
    )
    parts = _parts(lines, raw, charset)
    keys = within(_keys(raw), end_tick)
    tempi = within(_tempi(raw), end_tick)
    wrongs = list(raw.wrongs)
    if wrongs:
        wrongs.append(f"{sum(len(part.notes) for part in parts)} notes came out")
    source = Source(
        quarter, parts, meters, keys, tempi, end_tick,
        tracks=_tracks(raw),
        lyrics=lyrics_of(raw.tracks, parts, charset),
        charset=charset,
        wrongs=tuple(wrongs),
    )  # fmt: skip
    title = _sequence_name(raw, charset)
    if not title or any(title == part.name for part in parts):
        title = title_of(name)
    return Piece(parts, meters, end_tick, keys, tempi, quarter, title, source=source)


def _mend_time(raw: RawFile) -> None:
    """A pause that no music has is damage: what follows it moves up."""
    farthest = _FARTHEST_QUARTERS * raw.ticks_per_quarter
    for track in raw.tracks:
        ticks = [0, *(message.tick for message in track.messages), track.end_tick]
        if ticks[-1] <= farthest:
            continue
        notes = [message.tick for message in track.messages if message.kind == _NOTE_ON]
        if not notes or notes[-1] <= farthest:
            continue
        late = 0
        for index, (message, before) in enumerate(zip(list(track.messages), ticks, strict=False)):
            if message.tick - before > farthest // 4:
                late += message.tick - before
            track.messages[index] = message._replace(tick=message.tick - late)
        track.end_tick = max(track.end_tick - late, track.messages[-1].tick)
        if late:
            raw.wrongs.append("a pause that no music has")


def _lines(raw: RawFile) -> list[_Line]:
    """The lines with notes, by track and channel, with notes in order of onset and pitch."""
    lines: list[_Line] = []
    longest = _LONGEST_UNENDED_QUARTERS * raw.ticks_per_quarter
    total = 0
    for number, track in enumerate(raw.tracks):
        by_channel = _notes_of(track, longest)
        for channel in sorted(by_channel):
            notes = sorted(by_channel[channel], key=lambda n: (n[0], n[2], n[1], n[3]))
            total += len(notes)
            if notes:
                lines.append(_Line(number, channel, notes))
    if total > MOST_NOTES:
        raise UnreadablePieceError(f"{total} notes; at most {MOST_NOTES} are read")
    _find_programs(lines, raw)
    return lines


def _notes_of(track: RawTrack, longest: int) -> dict[int, list[Note]]:
    """The notes of each channel; an end belongs to the earliest note of its pitch that sounds.

    Of a pitch with more beginnings than ends, each beginning ends the note before; without any end
    a note lasts to the end of the track, at most `longest`, or a quarter of that where the track
    ends with its beginning.
    """
    unbalanced = _unbalanced(track)
    sounding: dict[int, deque[tuple[int, int]]] = defaultdict(deque)
    notes: dict[int, list[Note]] = defaultdict(list)

    def end(key: int, tick: int) -> None:
        onset, velocity = sounding[key].popleft()
        notes[key >> 7].append(Note(onset, max(1, tick - onset), key & 0x7F, velocity))

    for tick, data in track.messages:
        kind = data[0] & 0xF0
        if kind not in (_NOTE_ON, _NOTE_OFF) or data[0] >= 0xF0:
            continue
        key = (data[0] & 15) << 7 | data[1]
        if kind == _NOTE_ON and data[2]:
            if key in unbalanced and sounding[key]:
                end(key, min(tick, sounding[key][0][0] + longest))
            sounding[key].append((tick, data[2]))
        elif sounding[key]:
            end(key, tick)
    for key, waiting in sounding.items():
        while waiting:
            onset = waiting[0][0]
            until = track.end_tick if track.end_tick > onset else onset + longest // 4
            end(key, min(until, onset + longest))
    return notes


def _unbalanced(track: RawTrack) -> set[int]:
    """The pitches (and channels) that begin more often than they end."""
    open_notes: dict[int, int] = defaultdict(int)
    for _, data in track.messages:
        kind = data[0] & 0xF0
        if data[0] >= 0xF0 or kind not in (_NOTE_ON, _NOTE_OFF):
            continue
        key = (data[0] & 15) << 7 | data[1]
        if kind == _NOTE_ON and data[2]:
            open_notes[key] += 1
        elif open_notes[key]:
            open_notes[key] -= 1
    return {key for key, count in open_notes.items() if count}


def _find_programs(lines: Sequence[_Line], raw: RawFile) -> None:
    """The program of each line: the last before its first note in its own track, else in any
    track of its channel; else the first that comes later in its own."""
    everywhere: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
    for number, track in enumerate(raw.tracks):
        for message in track.messages:
            if message.kind == PROGRAM_CHANGE:
                place = (message.tick, number, message.data[1])
                everywhere[message.channel].append(place)
    for line in lines:
        first = line.notes[0].onset_tick
        changes = sorted(everywhere[line.channel])
        before = [change for change in changes if change[0] <= first]
        own = [change for change in before if change[1] == line.track]
        if found := own or before:
            line.program = found[-1][2]


def _parts(lines: Sequence[_Line], raw: RawFile, charset: str) -> tuple[Part, ...]:
    names = [_track_name(raw.tracks[line.track], charset) for line in lines]
    pop_song = is_pop_song(names)
    parts = []
    for line, name in zip(lines, names, strict=True):
        is_drums = line.channel == DRUM_CHANNEL
        instrument = instrument_of_track(name, line.program, is_drums)
        program = line.program
        if program is None:
            program = 0 if is_drums else instrument.program
        role = role_in_band(name, instrument, pop_song)
        parts.append(
            Part(instrument.name, program, tuple(line.notes), name, role, line.track, line.channel)
        )
    return tuple(parts)


def _track_name(track: RawTrack, charset: str) -> str:
    """The name of a track, or else of the one instrument that it states."""
    names = [m.data[2:] for m in track.messages if m.meta_type == TRACK_NAME]
    instruments = {m.data[2:] for m in track.messages if m.meta_type == INSTRUMENT_NAME}
    if not any(names) and len(instruments) == 1:
        names = [*instruments]
    return on_one_line(decoded(next(iter(names), b""), charset))


def _sequence_name(raw: RawFile, charset: str) -> str:
    """The name of the first track, as far as it stands before everything that sounds."""
    for message in raw.tracks[0].messages:
        if message.tick or message.meta_type < 0:
            break
        if message.meta_type == TRACK_NAME:
            return on_one_line(decoded(message.data[2:], charset))
    return ""


def _last_ticks(lines: Iterable[_Line]) -> tuple[int, int]:
    notes = [note for line in lines for note in line.notes]
    return max(note.onset_tick for note in notes), max(note.end_tick for note in notes)


def _conductor_end(raw: RawFile) -> int:
    """The end of the first track, if that holds nothing but meta events; else 0."""
    first = raw.tracks[0]
    is_conductor = all(message.data[0] >= 0xF0 for message in first.messages)
    return first.end_tick if is_conductor else 0


def _metas(raw: RawFile, meta_type: int, length: int) -> list[Message]:
    """The meta messages of a type with at least so many bytes, in order of time."""
    found = [
        message
        for track in raw.tracks
        for message in track.messages
        if message.meta_type == meta_type and len(message.data) >= 2 + length
    ]
    return sorted(found, key=lambda message: message.tick)


def _meters(raw: RawFile) -> list[MeterChange]:
    meters = []
    for tick, data in _metas(raw, METER, 2):
        meter = MeterChange(tick, data[2], 1 << min(data[3], 30))
        try:
            refuse_bad_meter(meter, raw.ticks_per_quarter)
        except UnreadablePieceError as error:
            raw.wrongs.append(str(error))
        else:
            meters.append(meter)
    return meters


def _keys(raw: RawFile) -> list[KeyChange]:
    stated = ((tick, (data[2] + 128) % 256 - 128, data[3]) for tick, data in _metas(raw, KEY, 2))
    return [
        KeyChange(tick, fifths, "minor" if mode else "major")
        for tick, fifths, mode in stated
        if -7 <= fifths <= 7
    ]


def _tempi(raw: RawFile) -> list[TempoChange]:
    """The tempi as exactly as the file has them; those of frames are one."""
    if raw.seconds_per_tick is not None:
        return [TempoChange(0, 60 / (raw.seconds_per_tick * raw.ticks_per_quarter))]
    stated = ((tick, int.from_bytes(data[2:5], "big")) for tick, data in _metas(raw, TEMPO, 3))
    return [
        TempoChange(tick, MICROSECONDS_A_MINUTE / microseconds)
        for tick, microseconds in stated
        if microseconds * MOST_QUARTERS_PER_MINUTE >= MICROSECONDS_A_MINUTE
    ]


def _tracks(raw: RawFile) -> tuple[Track, ...]:
    """What each track holds besides notes, and how they are let go; without tempi where time is
    counted in frames."""
    is_frames = raw.seconds_per_tick is not None
    return tuple(
        Track(
            tuple(
                message
                for message in track.messages
                if message.kind not in (_NOTE_ON, _NOTE_OFF)
                and not (is_frames and message.meta_type == TEMPO)
            ),
            track.end_tick,
            tuple(m for m in track.messages if m.kind == _NOTE_OFF and m.data[2]),
        )
        for track in raw.tracks
    )
