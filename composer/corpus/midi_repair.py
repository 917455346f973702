"""Notes that a MIDI file begins and never ends, ended as sequencers end them."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from composer.errors import UnreadablePieceError

if TYPE_CHECKING:
    import mido

Key = tuple[int, int]
"""Channel and pitch."""


def with_ended_notes(data: bytes) -> bytes:
    """The file with an end for every note: where its pitch begins anew or its track ends.

    That is what sequencers do; but no such note becomes longer than a whole note, for most were
    meant to be short. Only pitches of a track and channel with more beginnings than ends are
    touched. Raises UnreadablePieceError where mido cannot follow the bytes.
    """
    import mido

    try:
        file = mido.MidiFile(file=io.BytesIO(data), clip=True)
    except Exception as error:  # mido raises whatever its parser stumbles over
        raise UnreadablePieceError(f"notes that never end, in a broken file ({error})") from None
    file.tracks = [_ended(track, 4 * file.ticks_per_beat) for track in file.tracks]
    buffer = io.BytesIO()
    file.save(file=buffer)
    return buffer.getvalue()


def _ended(track: mido.MidiTrack, longest_ticks: int) -> mido.MidiTrack:
    import mido

    events = _timed(track)
    unbalanced = _unbalanced(events)
    if not unbalanced:
        return track
    ended = mido.MidiTrack()
    now = 0
    for tick, event in sorted(
        _with_ends(events, unbalanced, longest_ticks), key=lambda row: row[0]
    ):
        ended.append(event.copy(time=tick - now))
        now = tick
    return ended


def _timed(track: mido.MidiTrack) -> list[tuple[int, Any]]:
    events, now = [], 0
    for message in track:
        now += message.time
        events.append((now, message))
    return events


def _unbalanced(events: list[tuple[int, Any]]) -> set[Key]:
    open_notes: dict[Key, int] = {}
    for _, event in events:
        if _is_on(event):
            open_notes[_key(event)] = open_notes.get(_key(event), 0) + 1
        elif _is_off(event):
            open_notes[_key(event)] = max(0, open_notes.get(_key(event), 0) - 1)
    return {key for key, number in open_notes.items() if number}


def _with_ends(
    events: list[tuple[int, Any]], unbalanced: set[Key], longest_ticks: int
) -> Iterator[tuple[int, Any]]:
    """The events with the ends that are missing; an end of what has ended already is left out."""
    import mido

    sounding: dict[Key, int] = {}

    def end(key: Key, by_tick: int) -> tuple[int, Any]:
        tick = min(by_tick, sounding[key] + longest_ticks)
        return tick, mido.Message("note_off", channel=key[0], note=key[1], velocity=0)

    for tick, event in events:
        if event.type == "end_of_track":
            yield from [end(key, tick) for key in sounding]
        elif _is_on(event) and _key(event) in unbalanced:
            if _key(event) in sounding:
                yield end(_key(event), tick)
            sounding[_key(event)] = tick
        elif _is_off(event) and _key(event) in unbalanced:
            if _key(event) not in sounding:
                continue
            del sounding[_key(event)]
        yield tick, event


def _is_on(event: Any) -> bool:
    return bool(event.type == "note_on" and event.velocity > 0)


def _is_off(event: Any) -> bool:
    return bool(event.type == "note_off" or (event.type == "note_on" and event.velocity == 0))


def _key(event: Any) -> Key:
    return event.channel, event.note
