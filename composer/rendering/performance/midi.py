"""A piece as a Standard MIDI file that a DAW imports cleanly.

Type 1, 480 ticks a quarter. The first track carries title, tempo, meter, key and markers; then
follows one named track a part, with its own program and channel, drums on channel 10. Every note
has an explicit note-off, no two notes of a part overlap on one pitch, and each track ends where
the last bar ends. Onsets stay on the notated grid, but for swing: time is bent by tempo events
alone, so that the bars of a DAW line up with those of the score.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from composer.music.overlaps import without_overlaps
from composer.music.piece import Part, Piece
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
    performance = perform(piece, seed=seed, mechanical=mechanical, loop=loop, punctual=punctual)
    return _file_bytes(_tracks(performance, piece, sections))


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
    performance = perform(piece, seed=seed, mechanical=mechanical, loop=loop, punctual=punctual)
    conductor, *parts = _tracks(performance, piece, sections)
    return [_file_bytes([conductor, part]) for part in parts]


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


def _file_bytes(tracks: Sequence[mido.MidiTrack]) -> bytes:
    import mido

    file = mido.MidiFile(type=1, ticks_per_beat=TICKS_PER_QUARTER, charset="utf-8")
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

    events: list[tuple[int, Any]] = [(0, mido.MetaMessage("track_name", name=piece.title))]
    for meter in piece.meters:
        events.append(
            (
                meter.tick,
                mido.MetaMessage(
                    "time_signature", numerator=meter.numerator, denominator=meter.denominator
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
        events.append((tick, mido.MetaMessage("marker", text=name)))
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
        (0, mido.MetaMessage("track_name", name=name)),
        (0, mido.Message("program_change", channel=channel, program=part.program)),
    ]
    for tick, is_down in pedals:
        value = 127 if is_down else 0
        message = mido.Message(
            "control_change", channel=channel, control=_SUSTAIN_CONTROL, value=value
        )
        events.append((tick, message))
    for note in without_overlaps(part.notes):
        sound = {"channel": channel, "note": note.pitch}
        on = mido.Message("note_on", velocity=note.velocity, **sound)
        off = mido.Message("note_off", velocity=0, **sound)
        events.append((note.onset_tick, on))
        events.append((max(note.end_tick, note.onset_tick + 1), off))
    return _track(events, piece)


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
    return round(tick * TICKS_PER_QUARTER / piece.ticks_per_quarter)
