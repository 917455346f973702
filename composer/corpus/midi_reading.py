"""Standard MIDI files (types 0 and 1) to pieces, fast: symusic parses, numpy orders the notes.

A file that is not music we can read is refused with one line. Nothing is guessed or repaired but
lengths of 0 ticks (read as 1), impossible key signatures and tempi (read as unknown), and notes
that never end (`with_ended_notes`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise
from typing import Any, NamedTuple, TypeVar

import numpy as np

from composer.corpus.midi_bytes import conductor_end_tick, sequence_title, unended_notes
from composer.corpus.midi_repair import with_ended_notes
from composer.errors import UnreadablePieceError
from composer.music.bars import meter_ticks
from composer.music.instruments import Instrument, instrument_for
from composer.music.names import on_one_line
from composer.music.piece import KeyChange, MeterChange, Part, Piece, TempoChange, notes_of

MOST_BYTES = 32_000_000
MOST_NOTES = 1_000_000
MOST_QUARTERS = 20_000
MOST_BAR_QUARTERS = 64
DENOMINATORS = (1, 2, 4, 8, 16, 32, 64)
MOST_QUARTERS_PER_MINUTE = 1000.0
MOST_SILENT_BARS = 2
"""At the end of a piece; where the end-of-track is farther off it says nothing about the music."""

_ROLE = re.compile(
    r"(melody|bridge|chords?|bass|drums?|arpeggio|harmony)\s*(\d+|[-:(].*)?", re.IGNORECASE
)
_ROLE_OF_WORD = {"bridge": "harmony", "chord": "chords", "drum": "drums"}
_POP_SONG = {"melody", "bridge", "piano"}

ChangeT = TypeVar("ChangeT", MeterChange, KeyChange, TempoChange)


def read_midi(data: bytes, name: str, expected_notes: int = 0) -> Piece:
    """The piece in the bytes of a MIDI file, at the file's own resolution.

    `name` (a file name) is for the title and for messages. One part a track, channel and program.
    A tempo that the file does not state stays unknown; a meter that it does not state is 4/4.
    Notes that never end are looked for unless the parser found as many notes as expected.
    Raises UnreadablePieceError with the reason.
    """
    try:
        return _read(data, name, expected_notes)
    except UnreadablePieceError as error:
        raise UnreadablePieceError(f"{name}: {error}") from None


def role_of(track_name: str) -> str:
    """The role that a track's name begins with, "" where it names none."""
    match = _ROLE.fullmatch(track_name.strip())
    word = match.group(1).lower() if match else ""
    return _ROLE_OF_WORD.get(word, word)


class _Track(NamedTuple):
    name: str
    program: int
    is_drums: bool
    rows: Any  # int64 array of shape (notes, 4): onset, length, pitch, velocity


def _read(data: bytes, name: str, expected_notes: int) -> Piece:
    score = _parsed(data)
    note_count = sum(track.note_num() for track in score.tracks)
    if note_count != expected_notes and unended_notes(data, note_count):
        data = with_ended_notes(data)
        score = _parsed(data)
    ticks_per_quarter = int(score.ticks_per_quarter)
    tracks = [_track(track) for track in score.tracks if track.note_num()]
    _refuse_bad_notes(tracks)
    last_tick = max(int((track.rows[:, 0] + track.rows[:, 1]).max()) for track in tracks)
    if last_tick > MOST_QUARTERS * ticks_per_quarter:
        raise UnreadablePieceError(f"longer than {MOST_QUARTERS} quarters")
    last_onset = max(int(track.rows[:, 0].max()) for track in tracks)
    stated = _meters(score)
    last_tick = without_ring(stated, last_onset, last_tick, ticks_per_quarter)
    meters, end_tick = with_silent_end(
        stated, last_tick, conductor_end_tick(data), ticks_per_quarter
    )
    title = sequence_title(data)
    if not title or any(title == track.name for track in tracks):
        title = title_of(name)
    return Piece(
        parts=_parts(tracks),
        meters=meters,
        end_tick=end_tick,
        keys=within(_keys(score), end_tick),
        tempi=within(_tempi(score), end_tick),
        ticks_per_quarter=ticks_per_quarter,
        title=title,
    )


def _parsed(data: bytes) -> Any:
    import symusic

    if not data:
        raise UnreadablePieceError("the file is empty")
    if len(data) > MOST_BYTES:
        raise UnreadablePieceError(f"larger than {MOST_BYTES // 1_000_000} megabytes")
    if data[:4] != b"MThd" or len(data) < 14:
        raise UnreadablePieceError("not a MIDI file (it does not begin with a MIDI header)")
    file_type, division = int.from_bytes(data[8:10], "big"), int.from_bytes(data[12:14], "big")
    if file_type > 1:
        raise UnreadablePieceError(
            f"a MIDI file of type {file_type}; only types 0 and 1 are one piece"
        )
    if division == 0 or division & 0x8000:
        raise UnreadablePieceError("timed in SMPTE frames, not in ticks per quarter note")
    try:
        return symusic.Score.from_midi(data)
    except (RuntimeError, ValueError) as error:
        reason = str(error).removeprefix("MiniMidi: ").removesuffix(": iostream error")
        raise UnreadablePieceError(f"broken MIDI ({reason})") from None


def _track(track: Any) -> _Track:
    columns = track.notes.numpy()
    rows = np.stack(
        [columns[key].astype(np.int64) for key in ("time", "duration", "pitch", "velocity")], axis=1
    )
    np.maximum(rows[:, 1], 1, out=rows[:, 1])
    order = np.lexsort((rows[:, 3], rows[:, 1], rows[:, 2], rows[:, 0]))
    return _Track(
        on_one_line(str(track.name)), int(track.program), bool(track.is_drum), rows[order]
    )


def _refuse_bad_notes(tracks: list[_Track]) -> None:
    note_count = sum(len(track.rows) for track in tracks)
    if note_count > MOST_NOTES:
        raise UnreadablePieceError(f"{note_count} notes; at most {MOST_NOTES} are read")
    if not tracks:
        raise UnreadablePieceError("no notes in it")
    if any(int(track.rows.min()) < 0 for track in tracks):
        raise UnreadablePieceError("notes outside the range of time, pitch or velocity")


def _parts(tracks: list[_Track]) -> tuple[Part, ...]:
    pop_song = is_pop_song(track.name for track in tracks)
    return tuple(_part(track, pop_song) for track in tracks)


def _part(track: _Track, pop_song: bool) -> Part:
    instrument = instrument_for(track.program, track.name, track.is_drums)
    role = role_in_band(track.name, instrument, pop_song)
    notes = notes_of(track.rows.tolist())
    return Part(instrument.name, track.program, notes, track.name, role)


def is_pop_song(names: Iterable[str]) -> bool:
    """Whether the tracks are a melody, a bridge and a piano."""
    return {name.lower() for name in names} == _POP_SONG


def role_in_band(name: str, instrument: Instrument, pop_song: bool) -> str:
    """What a track does, by its name and instrument; "" where they do not say."""
    role = role_of(name)
    if instrument.is_drums:
        return "drums"
    if instrument.section == "voice" and role == "bass":
        return ""  # the voice, not the bass line of a band
    return "chords" if pop_song and name.lower() == "piano" else role


def _meters(score: Any) -> list[MeterChange]:
    meters = []
    for meter in score.time_signatures:
        change = MeterChange(int(meter.time), int(meter.numerator), int(meter.denominator))
        refuse_bad_meter(change, int(score.ticks_per_quarter))
        meters.append(change)
    return meters


def refuse_bad_meter(meter: MeterChange, ticks_per_quarter: int) -> None:
    """Raises UnreadablePieceError for a meter that no bar can have."""
    if meter.numerator < 1 or meter.denominator not in DENOMINATORS:
        raise UnreadablePieceError(
            f"an impossible meter: numerator {meter.numerator}, and a denominator must be one of "
            + ", ".join(map(str, DENOMINATORS))
        )
    if meter.numerator > MOST_BAR_QUARTERS * meter.denominator / 4:
        raise UnreadablePieceError(f"a bar of {meter}, longer than {MOST_BAR_QUARTERS} quarters")
    if meter_ticks(meter.numerator, meter.denominator, ticks_per_quarter) < 1:
        raise UnreadablePieceError(f"a bar of {meter}, too short for {ticks_per_quarter} ticks")


def _keys(score: Any) -> list[KeyChange]:
    return [
        KeyChange(int(key.time), int(key.key), "minor" if key.tonality else "major")
        for key in score.key_signatures
        if -7 <= key.key <= 7
    ]


def _tempi(score: Any) -> list[TempoChange]:
    # A hundredth is finer than MIDI's microseconds can tell apart at any usual tempo.
    return [
        TempoChange(int(tempo.time), round(float(tempo.qpm), 2))
        for tempo in score.tempos
        if 0 < tempo.qpm <= MOST_QUARTERS_PER_MINUTE
    ]


def with_end(
    meters: list[MeterChange], last_tick: int, ticks_per_quarter: int
) -> tuple[tuple[MeterChange, ...], int]:
    """The meters from tick 0 on that hold before the end, and the end of the last bar.

    The last bar is the one in which the last note ends.
    """
    changes = changes_of(meters)
    if not changes or changes[0].tick > 0:
        changes.insert(0, MeterChange(0, 4, 4))
        changes = changes_of(changes)
    changes = [change for change in changes if change.tick < last_tick]
    following = min((m.tick for m in meters if m.tick >= last_tick), default=None)
    start, numerator, denominator = changes[-1]
    bar = meter_ticks(numerator, denominator, ticks_per_quarter)
    end_tick = start - (start - last_tick) // bar * bar
    return tuple(changes), end_tick if following is None else min(end_tick, following)


def with_silent_end(
    meters: list[MeterChange], last_tick: int, closing_tick: int, ticks_per_quarter: int
) -> tuple[tuple[MeterChange, ...], int]:
    """As `with_end`, or up to `closing_tick` where that is one or two whole bars later.

    That is the end of the conductor track. Other tracks end anywhere: with their last note, a few
    ticks behind it, at the end of a tape.
    """
    changes, end_tick = with_end(meters, last_tick, ticks_per_quarter)
    _, numerator, denominator = changes[-1]
    bar = meter_ticks(numerator, denominator, ticks_per_quarter)
    silent_bars, rest = divmod(closing_tick - end_tick, bar)
    if rest == 0 and 1 <= silent_bars <= MOST_SILENT_BARS:
        return with_end(meters, closing_tick, ticks_per_quarter)
    return changes, end_tick


def without_ring(
    meters: list[MeterChange], last_onset: int, last_tick: int, ticks_per_quarter: int
) -> int:
    """The end of the last note; where it only rings over a bar line, by less than a sixteenth, and
    nothing begins behind that, the bar line: a player holds keys longer than a page says."""
    changes, end_tick = with_end(meters, last_tick, ticks_per_quarter)
    start, numerator, denominator = changes[-1]
    bar = meter_ticks(numerator, denominator, ticks_per_quarter)
    bar_line = max(start, start + (end_tick - 1 - start) // bar * bar)
    is_ring = last_onset < bar_line < last_tick
    return bar_line if is_ring and 4 * (last_tick - bar_line) < ticks_per_quarter else last_tick


def changes_of(stated: list[ChangeT]) -> list[ChangeT]:
    """In order of time; the last statement of a tick counts, repetitions of a value do not."""
    by_tick = {change.tick: change for change in sorted(stated, key=lambda change: change.tick)}
    ordered = list(by_tick.values())
    return ordered[:1] + [new for old, new in pairwise(ordered) if new[1:] != old[1:]]


def within(stated: list[ChangeT], end_tick: int) -> tuple[ChangeT, ...]:
    return tuple(change for change in changes_of(stated) if 0 <= change.tick < end_tick)


def title_of(name: str) -> str:
    """A title made of a file's name."""
    stem = re.split(r"[/\\]", name)[-1].rsplit(".", 1)[0]
    return " ".join(re.sub(r"[_\s]+", " ", stem).split())
