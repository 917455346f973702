"""MusicXML, kern and ABC to pieces, parsed by music21.

Tied notes become one, transposing instruments sound, the two staves of a keyboard are one part.
Repeats are played out, and grace notes, which have no time of their own, left out. Of a
file with several tunes the first is read.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise
from math import lcm
from typing import Any, NamedTuple

from composer.corpus.midi_reading import (
    MOST_NOTES,
    MOST_QUARTERS,
    refuse_bad_meter,
    role_of,
    title_of,
)
from composer.corpus.score_files import UNTITLED, blamed_on_the_file, parse_score
from composer.errors import UnreadablePieceError
from composer.music.instruments import INSTRUMENTS, Instrument, instrument_for
from composer.music.piece import (
    GRID_TICKS_PER_QUARTER,
    KeyChange,
    MeterChange,
    Note,
    Part,
    Piece,
    TempoChange,
)

FINEST_TICKS_PER_QUARTER = 10080
"""Divides all tuplets up to tens; a finer offset is rounded to it."""

_VELOCITIES = {
    "pppp": 8, "ppp": 16, "pp": 32, "p": 48, "mp": 64, "mf": 80, "f": 96, "ff": 112, "fff": 120,
    "ffff": 127, "sf": 104, "sfz": 104, "fz": 104, "fp": 96,
}  # fmt: skip


def read_score(data: bytes, name: str) -> Piece:
    """The piece in the bytes of a MusicXML, kern or ABC file called `name`.

    Raises UnreadablePieceError with the reason.
    """
    try:
        return _piece(parse_score(data, name), name)
    except UnreadablePieceError as error:
        raise UnreadablePieceError(f"{name}: {error}") from None


class _Sound(NamedTuple):
    """A note before ties are joined, in quarters."""

    onset: Fraction
    length: Fraction
    pitch: int
    velocity: int
    goes_on: bool
    continues: bool


def _piece(score: Any, name: str) -> Piece:
    with blamed_on_the_file():
        score = _played_out(score)
        score.toSoundingPitch(inPlace=True)
        staves = list(score.parts) or [score]
        bars, pickup_rest = _bars(staves)
        groups = [(group, _sounds(group, pickup_rest)) for group in _players(staves)]
        tempi = _tempi(score, pickup_rest)
    groups = [(group, sounds) for group, sounds in groups if sounds]
    if not groups:
        raise UnreadablePieceError("no notes in it")
    if sum(len(sounds) for _, sounds in groups) > MOST_NOTES:
        raise UnreadablePieceError(f"more than {MOST_NOTES} notes")
    last = max(sound.onset + sound.length for _, sounds in groups for sound in sounds)
    if last > MOST_QUARTERS:
        raise UnreadablePieceError(f"longer than {MOST_QUARTERS} quarters")
    while bars[-1].end < last:
        bars.append(_Bar(bars[-1].end, bars[-1].length, bars[-1].denominator))
    ticks = _Ticks.for_quarters(
        [bar.start for bar in bars]
        + [quarters for _, sounds in groups for s in sounds for quarters in (s.onset, s.length)]
    )
    return Piece(
        parts=tuple(_part(group, sounds, ticks) for group, sounds in groups),
        meters=_meters(bars, ticks),
        end_tick=ticks.at(bars[-1].end),
        keys=_keys(staves, groups, ticks, pickup_rest),
        tempi=tuple(TempoChange(ticks.at(at), mark) for at, mark in tempi if at < bars[-1].end),
        ticks_per_quarter=ticks.per_quarter,
        title=_title(score) or title_of(name),
    )


def _played_out(score: Any) -> Any:
    """The score with its repeats played; as it is printed, where its signs do not add up."""
    from music21 import repeat

    has_signs = any(score.recurse().getElementsByClass((repeat.RepeatMark, "Repeat")))
    try:
        return score.expandRepeats() if has_signs else score
    except repeat.ExpanderException:
        return score


class _Ticks(NamedTuple):
    per_quarter: int

    @classmethod
    def for_quarters(cls, quarters: list[Fraction]) -> _Ticks:
        """The coarsest resolution, from the grid's on, that holds every time exactly."""
        finest = lcm(GRID_TICKS_PER_QUARTER, *{time.denominator for time in quarters})
        return cls(min(finest, FINEST_TICKS_PER_QUARTER))

    def at(self, quarters: Fraction) -> int:
        return round(quarters * self.per_quarter)


class _Bar(NamedTuple):
    start: Fraction
    length: Fraction
    denominator: int

    @property
    def end(self) -> Fraction:
        return self.start + self.length


def _bars(staves: list[Any]) -> tuple[list[_Bar], Fraction]:
    """The bars, and the rest before a pickup: a short first bar is filled up from its left.

    So is a short last bar from its right. Other bars are as long as they really are.
    """
    by_staff = [list(staff.getElementsByClass("Measure")) for staff in staves]
    measures = max(by_staff, key=len)
    if not measures:
        return [_unmeasured_bar(staves[0])], Fraction(0)
    starts = [_exact(measure.offset) for measure in measures]
    bars: list[_Bar] = []
    meter, rest = (4, 4), Fraction(0)
    for measure, start, following in zip(measures, starts, [*starts[1:], None], strict=True):
        if measure.timeSignature is not None:
            meter = (measure.timeSignature.numerator, measure.timeSignature.denominator)
        refuse_bad_meter(MeterChange(0, *meter), GRID_TICKS_PER_QUARTER)
        full = Fraction(4 * meter[0], meter[1])
        length = full if following is None else following - start
        if not bars and 0 < length < full:
            rest, length = full - length, full
            start -= rest
        if length > 0:
            bars.append(_Bar(start + rest, length, meter[1]))
    return bars or [_Bar(Fraction(0), Fraction(4), 4)], rest


def _unmeasured_bar(staff: Any) -> _Bar:
    """The first bar of a staff without bar lines, by its meter; the others follow from it."""
    stated = next(iter(staff.flatten().getElementsByClass("TimeSignature")), None)
    meter = (stated.numerator, stated.denominator) if stated is not None else (4, 4)
    refuse_bad_meter(MeterChange(0, *meter), GRID_TICKS_PER_QUARTER)
    return _Bar(Fraction(0), Fraction(4 * meter[0], meter[1]), meter[1])


def _meters(bars: list[_Bar], ticks: _Ticks) -> tuple[MeterChange, ...]:
    changes: list[MeterChange] = []
    for bar in bars:
        meter = _meter_of(bar)
        refuse_bad_meter(MeterChange(0, *meter), ticks.per_quarter)
        if not changes or changes[-1][1:] != meter:
            changes.append(MeterChange(ticks.at(bar.start), *meter))
    return tuple(changes)


def _meter_of(bar: _Bar) -> tuple[int, int]:
    denominator = bar.denominator
    while (bar.length * denominator / 4).denominator > 1 and denominator < 64:
        denominator *= 2
    return max(1, round(bar.length * denominator / 4)), denominator


def _players(staves: list[Any]) -> Iterator[list[Any]]:
    """Staves by player: those of one keyboard together."""
    group: list[Any] = []
    for staff in staves:
        if group and not _same_player(group[-1], staff):
            yield group
            group = []
        group.append(staff)
    if group:
        yield group


def _same_player(upper: Any, lower: Any) -> bool:
    from music21 import stream

    if isinstance(upper, stream.PartStaff) and isinstance(lower, stream.PartStaff):
        return str(upper.id).split("-Staff")[0] == str(lower.id).split("-Staff")[0]
    first, second = _instrument(upper), _instrument(lower)
    same_name = _part_name(upper) == _part_name(lower)
    return first == second and first[0].section == "keyboard" and same_name


def _sounds(staves: list[Any], rest: Fraction) -> list[_Sound]:
    flat = [staff.flatten() for staff in staves]
    dynamics = sorted(
        (_exact(mark.offset), _VELOCITIES[mark.value])
        for stream in flat
        for mark in stream.getElementsByClass("Dynamic")
        if mark.value in _VELOCITIES
    )
    sounds = sorted(sound for stream in flat for sound in _stated(stream, dynamics))
    return [sound._replace(onset=sound.onset + rest) for sound in _without_ties(sounds)]


def _stated(flat: Any, dynamics: list[tuple[Fraction, int]]) -> Iterator[_Sound]:
    position, velocity = 0, 0
    for element in flat.notes:
        if "Harmony" in element.classSet or element.duration.isGrace:
            continue
        onset, length = _exact(element.offset), _exact(element.duration.quarterLength)
        while position < len(dynamics) and dynamics[position][0] <= onset:
            velocity = dynamics[position][1]
            position += 1
        if length <= 0:
            continue
        for note in getattr(element, "notes", (element,)):
            tie = note.tie.type if note.tie is not None else ""
            pitch = _pitch(note)
            if pitch is not None:
                goes_on, continues = tie in ("start", "continue"), tie in ("stop", "continue")
                yield _Sound(onset, length, pitch, velocity, goes_on, continues)


def _pitch(note: Any) -> int | None:
    if hasattr(note, "pitch"):
        return int(note.pitch.midi) if 0 <= note.pitch.midi <= 127 else None
    stored = getattr(note, "storedInstrument", None)
    percussion = getattr(stored, "percMapPitch", None)
    return int(percussion) if percussion is not None else None


def _without_ties(sounds: list[_Sound]) -> list[_Sound]:
    joined: list[_Sound] = []
    waiting: dict[tuple[int, Fraction], int] = {}  # pitch and end of a tied note: its index
    for sound in sounds:
        before = waiting.pop((sound.pitch, sound.onset), None) if sound.continues else None
        if before is None:
            before = len(joined)
            joined.append(sound)
        else:
            whole = joined[before].length + sound.length
            joined[before] = joined[before]._replace(length=whole)
        if sound.goes_on:
            waiting[sound.pitch, sound.onset + sound.length] = before
    return joined


def _part(staves: list[Any], sounds: list[_Sound], ticks: _Ticks) -> Part:
    instrument, program = _instrument(staves[0])
    stated = (
        Note(ticks.at(s.onset), max(1, ticks.at(s.length)), s.pitch, s.velocity) for s in sounds
    )
    # Two voices of a part in unison are one sound, as long as the longer.
    longest = {(note.onset_tick, note.pitch): note for note in sorted(stated)}
    notes = sorted(longest.values(), key=lambda note: (note.onset_tick, note.pitch))
    name = _part_name(staves[0])
    role = "drums" if instrument.is_drums else role_of(name)
    if instrument.section == "voice" and role == "bass":
        role = ""
    return Part(instrument.name, program, tuple(notes), name, role)


def _part_name(staff: Any) -> str:
    return " ".join(str(getattr(staff, "partName", "") or "").split())


def _instrument(staff: Any) -> tuple[Instrument, int]:
    """The instrument of a staff and its General MIDI program."""
    stated = staff.getInstrument(returnDefault=False)
    name = _part_name(staff) or str(getattr(stated, "instrumentName", "") or "")
    is_drums = stated is not None and (
        "UnpitchedPercussion" in stated.classSet or stated.midiChannel == 9
    )
    program = getattr(stated, "midiProgram", None)
    by_program = instrument_for(int(program or 0), name, is_drums)
    named = _instrument_named(name)
    if named and not is_drums and (program is None or named.section == by_program.section):
        return named, named.program
    return by_program, int(program or 0)


def _instrument_named(name: str) -> Instrument | None:
    plain = name.casefold()
    by_length = sorted(INSTRUMENTS, key=lambda i: -len(i.name))
    return next((i for i in by_length if plain and i.name.replace("-", " ") in plain), None)


def _keys(
    staves: list[Any], groups: list[tuple[list[Any], list[_Sound]]], ticks: _Ticks, rest: Fraction
) -> tuple[KeyChange, ...]:
    signatures = [
        (at + rest if (at := _exact(key.offset)) else at, key)
        for key in staves[0].flatten().getElementsByClass("KeySignature")
    ]
    everything = [sound for _, sounds in groups for sound in sounds]
    final = min(everything, key=lambda s: (-(s.onset + s.length), s.pitch)).pitch % 12
    changes = [
        KeyChange(ticks.at(at), int(key.sharps), _mode(key, final))
        for at, key in signatures
        if -7 <= key.sharps <= 7
    ]
    return tuple(changes[:1] + [new for old, new in pairwise(changes) if new[1:] != old[1:]])


def _mode(key: Any, final_pitch_class: int) -> str:
    """The stated mode; where none is, minor if the last bass note is the minor tonic."""
    stated = getattr(key, "mode", None)
    if stated in ("minor", "aeolian", "dorian", "phrygian"):
        return "minor"
    if stated is not None:
        return "major"
    minor_tonic = (key.sharps * 7 + 9) % 12
    return "minor" if final_pitch_class == minor_tonic else "major"


def _tempi(score: Any, rest: Fraction) -> list[tuple[Fraction, float]]:
    marks: dict[Fraction, float] = {}
    for mark in score.flatten().getElementsByClass("MetronomeMark"):
        stated = mark.numberSounding or (None if mark.numberImplicit else mark.number)
        if stated:
            at = _exact(mark.offset)
            marks[at + rest if at else at] = round(float(mark.getQuarterBPM()), 2)
    ordered = sorted(marks.items())
    return ordered[:1] + [new for old, new in pairwise(ordered) if new[1] != old[1]]


def _title(score: Any) -> str:
    metadata = score.metadata
    stated = metadata and (metadata.title or metadata.movementName)
    title = " ".join(str(stated or "").split())
    return "" if title.startswith(UNTITLED) else title


def _exact(offset: Any) -> Fraction:
    """music21's offsets are floats or fractions; tuplets in floats are made fractions again."""
    return Fraction(offset).limit_denominator(FINEST_TICKS_PER_QUARTER)
