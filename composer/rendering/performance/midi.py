"""A piece as a Standard MIDI file that a DAW imports cleanly.

Type 1, 480 ticks a quarter or as many as the piece needs. The first track carries title, tempo,
meter, key and markers; then follows one named track a part, with its own program and channel, drums
on channel 10. Every note has an explicit note-off, no two notes of a part overlap on one pitch, and
each track ends where the last bar ends. Onsets stay on the notated grid, but for swing: time is
bent by tempo events alone, so that the bars of a DAW line up with those of the score. Texts are
plain: "Bb", not a flat sign. A piece that came from a MIDI file goes back into that file
(`midi_as_read`).
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace
from math import lcm
from typing import TYPE_CHECKING, Any

from composer.music.overlaps import without_overlaps
from composer.music.piece import Part, Piece
from composer.music.source import lyrics_at
from composer.rendering.performance.graces import with_graces
from composer.rendering.performance.midi_as_read import (
    MOST_TICKS_PER_QUARTER,
    file_as_read,
    plain_text,
)
from composer.rendering.performance.pedal import Pedal
from composer.rendering.performance.performance import Performance, perform
from composer.rendering.score.part_names import track_names
from composer.rendering.score.signatures import signatures_of

if TYPE_CHECKING:
    import mido

TICKS_PER_QUARTER = 480
DRUM_CHANNEL = 9
PITCHED_CHANNELS = tuple(channel for channel in range(16) if channel != DRUM_CHANNEL)

_SLOWEST_QUARTERS_PER_MINUTE = 4.0  # a tempo event has 24 bits for microseconds a quarter
_FASTEST_QUARTERS_PER_MINUTE = 2000.0
_SUSTAIN_CONTROL = 64
_MAJOR_NAMES = ("Cb", "Gb", "Db", "Ab", "Eb", "Bb", "F", "C", "G", "D", "A", "E", "B", "F#", "C#")
_MINOR_NAMES = (
    "Abm", "Ebm", "Bbm", "Fm", "Cm", "Gm", "Dm", "Am",
    "Em", "Bm", "F#m", "C#m", "G#m", "D#m", "A#m",
)  # fmt: skip


def midi_bytes(
    piece: Piece,
    *,
    seed: int = 0,
    mechanical: bool = False,
    loop: bool = False,
    punctual: Sequence[int] = (),
    sections: Sequence[tuple[int, str]] = (),
) -> bytes:
    """The piece as the bytes of a type 1 MIDI file, played as `perform` plays it.

    Where no tempo is known, 120 is written. `sections` are ticks of the piece and names that
    become markers.
    """
    performance = _played(
        perform(piece, seed=seed, mechanical=mechanical, loop=loop, punctual=punctual)
    )
    if _has_file(piece):
        return _as_read(performance, piece, sections, is_loop=loop)
    return _file_bytes(_tracks(performance, piece, sections), performance.piece)


def stem_bytes(
    piece: Piece,
    *,
    seed: int = 0,
    mechanical: bool = False,
    loop: bool = False,
    punctual: Sequence[int] = (),
    sections: Sequence[tuple[int, str]] = (),
) -> list[bytes]:
    """For each part a MIDI file with that part alone, otherwise as in `midi_bytes`.

    Tempi, meters, markers, length, channel and every note are those of the file of all parts.
    """
    performance = _played(
        perform(piece, seed=seed, mechanical=mechanical, loop=loop, punctual=punctual)
    )
    if _has_file(piece):
        return [
            _as_read(performance, piece, sections, is_loop=loop, only=number)
            for number in range(len(piece.parts))
        ]
    conductor, *parts = _tracks(performance, piece, sections)
    return [_file_bytes([conductor, part], performance.piece) for part in parts]


def _played(performance: Performance) -> Performance:
    """The performance with the grace notes, which have no notes of their own in a piece."""
    return replace(performance, piece=with_graces(performance.piece))


def _has_file(piece: Piece) -> bool:
    return piece.source is not None and bool(piece.source.tracks)


def _as_read(
    performance: Performance,
    piece: Piece,
    sections: Sequence[tuple[int, str]],
    *,
    is_loop: bool,
    only: int | None = None,
) -> bytes:
    """The file that the piece came from, with the notes and tempi of the performance."""
    played = performance.piece
    finer = played.ticks_per_quarter // piece.ticks_per_quarter
    return file_as_read(
        played,
        markers=[(tick * finer, name) for tick, name in sections],
        pedals=performance.pedals,
        only=only,
        is_cut_at_end=is_loop,
    )


def _tracks(
    performance: Performance, piece: Piece, sections: Sequence[tuple[int, str]]
) -> list[mido.MidiTrack]:
    played = performance.piece
    finer = played.ticks_per_quarter // piece.ticks_per_quarter
    markers = [(tick * finer, name) for tick, name in sections]
    channels = assign_channels(played.parts)
    rows = zip(track_names(piece), played.parts, channels, performance.pedals, strict=True)
    return [
        _conductor_track(played, markers),
        *(_part_track(name, part, channel, pedals, played) for name, part, channel, pedals in rows),
    ]


def _file_bytes(tracks: Sequence[mido.MidiTrack], piece: Piece) -> bytes:
    import mido

    file = mido.MidiFile(type=1, ticks_per_beat=_resolution(piece), charset="utf-8")
    file.tracks.extend(tracks)
    buffer = io.BytesIO()
    file.save(file=buffer)
    return buffer.getvalue()


def assign_channels(parts: Sequence[Part]) -> list[int]:
    """A channel 0..15 for each part: drums on 9, the others each on one of their own.

    Beyond fifteen pitched parts the last ones share: first those whose program an earlier part
    has too, then, with that part's sound, those nearest in program to an earlier part.
    """
    pitched = [index for index, part in enumerate(parts) if not part.is_drums]
    partners = _sharers(parts, pitched)
    free = iter(PITCHED_CHANNELS)
    channels: dict[int, int] = {}
    for index in pitched:
        if index not in partners:
            channels[index] = next(free)
    for index, partner in partners.items():
        channels[index] = channels[partner]
    return [channels.get(index, DRUM_CHANNEL) for index in range(len(parts))]


def _sharers(parts: Sequence[Part], pitched: Sequence[int]) -> dict[int, int]:
    """Which parts share a channel, and with which part that keeps its own."""
    excess = len(pitched) - len(PITCHED_CHANNELS)
    if excess <= 0:
        return {}
    first_with: dict[int, int] = {}
    for index in pitched:
        first_with.setdefault(parts[index].program, index)
    doubled = [i for i in reversed(pitched) if first_with[parts[i].program] != i]
    single = [i for i in reversed(pitched) if first_with[parts[i].program] == i]
    sharers = (doubled + single)[:excess]
    owners = [index for index in pitched if index not in sharers]
    return {
        index: min(owners, key=lambda owner: abs(parts[owner].program - parts[index].program))
        for index in sharers
    }


def _conductor_track(piece: Piece, sections: Sequence[tuple[int, str]]) -> mido.MidiTrack:
    import mido

    events: list[tuple[int, Any]] = [
        (0, mido.MetaMessage("track_name", name=plain_text(piece.title)))
    ]
    for meter in piece.meters:
        events.append(
            (
                meter.tick,
                mido.MetaMessage(
                    "time_signature",
                    numerator=min(meter.numerator, 255),
                    denominator=meter.denominator,
                ),
            )
        )
    for key in signatures_of(piece):
        names = _MINOR_NAMES if key.mode == "minor" else _MAJOR_NAMES
        events.append((key.tick, mido.MetaMessage("key_signature", key=names[key.fifths + 7])))
    for tick, quarters_per_minute in _tempi(piece):
        tempo = mido.bpm2tempo(quarters_per_minute)
        events.append((tick, mido.MetaMessage("set_tempo", tempo=tempo)))
    for tick, name in sections:
        events.append((tick, mido.MetaMessage("marker", text=plain_text(name))))
    return _track(events, piece)


def _tempi(piece: Piece) -> list[tuple[int, float]]:
    changes = [(change.tick, change.quarters_per_minute) for change in piece.tempi]
    if not changes:
        changes = [(0, 120.0)]
    elif changes[0][0] > 0:
        changes[0] = (0, changes[0][1])
    return [
        (tick, min(_FASTEST_QUARTERS_PER_MINUTE, max(_SLOWEST_QUARTERS_PER_MINUTE, tempo)))
        for tick, tempo in changes
    ]


def _part_track(
    name: str, part: Part, channel: int, pedals: Sequence[Pedal], piece: Piece
) -> mido.MidiTrack:
    import mido

    events: list[tuple[int, Any]] = [
        (0, mido.MetaMessage("track_name", name=plain_text(name))),
        (0, mido.Message("program_change", channel=channel, program=part.program)),
    ]
    for tick, is_down in pedals:
        value = 127 if is_down else 0
        message = mido.Message(
            "control_change", channel=channel, control=_SUSTAIN_CONTROL, value=value
        )
        events.append((tick, message))
    events += _words(part, piece)
    for note in without_overlaps(part.notes):
        sound = {"channel": channel, "note": note.pitch}
        on = mido.Message("note_on", velocity=note.velocity, **sound)
        off = mido.Message("note_off", velocity=0, **sound)
        events.append((note.onset_tick, on))
        events.append((max(note.end_tick, note.onset_tick + 1), off))
    return _track(events, piece)


def _words(part: Part, piece: Piece) -> list[tuple[int, Any]]:
    """The words of a score as lyric events: a blank behind the last syllable of each word (as the
    MIDI Association's RP-026 has it)."""
    import mido

    source = piece.source
    if source is None:
        return []
    scale = piece.ticks_per_quarter / source.ticks_per_quarter
    words = []
    for lyric in lyrics_at(source, part):
        if lyric.verse == 1:
            end = " " if lyric.syllabic in ("single", "end") else ""
            text = plain_text(lyric.text) + end
            words.append((round(lyric.tick * scale), mido.MetaMessage("lyrics", text=text)))
    return words


def _track(events: list[tuple[int, Any]], piece: Piece) -> mido.MidiTrack:
    """Events at ticks of the piece as a track of delta times; at one tick notes end first."""
    import mido

    order = {"note_on": 2, "note_off": 0}
    timed = sorted(
        ((_scaled(tick, piece), order.get(event.type, 1), event) for tick, event in events),
        key=lambda row: (row[0], row[1] if row[0] else 0),
    )
    track = mido.MidiTrack()
    now = 0
    for tick, _, event in timed:
        track.append(event.copy(time=tick - now))
        now = tick
    end = max(now, _scaled(piece.end_tick, piece))
    track.append(mido.MetaMessage("end_of_track", time=end - now))
    return track


def _scaled(tick: int, piece: Piece) -> int:
    return round(tick * _resolution(piece) / piece.ticks_per_quarter)


def _resolution(piece: Piece) -> int:
    """Ticks a quarter of the file: ours where they hold every tick of the piece, else as many more
    as that takes."""
    exact = lcm(TICKS_PER_QUARTER, piece.ticks_per_quarter)
    if exact <= MOST_TICKS_PER_QUARTER:
        return (
            TICKS_PER_QUARTER
            if piece.ticks_per_quarter < TICKS_PER_QUARTER
            and (TICKS_PER_QUARTER % piece.ticks_per_quarter == 0)
            else exact
        )
    return min(piece.ticks_per_quarter, MOST_TICKS_PER_QUARTER)
