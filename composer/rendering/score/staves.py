"""From the notes of one part to its written measures: staves, clefs, voices, values, marks."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from composer.music.bars import Bar, meter_ticks
from composer.music.hands import assign_staves
from composer.music.instruments import BY_NAME, Instrument
from composer.music.keys import EVENLY_FAR
from composer.music.piece import GRID_TICKS_PER_QUARTER, KeyChange, MeterChange, Note, Part
from composer.rendering.score.accidentals import with_accidentals
from composer.rendering.score.beams import with_beams
from composer.rendering.score.clefs import choose_clefs, clefs_allowed, singers_clef
from composer.rendering.score.division import Division
from composer.rendering.score.dynamics import written_dynamics
from composer.rendering.score.notation import (
    ClefChange,
    Head,
    Measure,
    Place,
    StaffPart,
    Symbol,
    VoiceLine,
    place_of,
)
from composer.rendering.score.octave_lines import with_octave_lines
from composer.rendering.score.rhythm import Stretch, Value, Written, write_bar
from composer.rendering.score.spelling import Spelling, along_fifths
from composer.rendering.score.transposing import transposition_of
from composer.rendering.score.voices import LOWER, Chord, limbs_apart, separate_voices

_SHARED_STAFF, _ACCOMPANIED = 0.25, 0.1
_LOWEST_IN_TREBLE = 50
_TOO_FEW_FOR_A_STAFF = 0.1


@dataclass(frozen=True, slots=True)
class Frame:
    """What all parts share in one measure; key (sounding) and meter only where they change.

    A measure is a joint where it also follows on another one, over a repeat sign.
    """

    bar: Bar
    division: Division
    key: KeyChange | None
    meter: MeterChange | None
    is_joint: bool = False


def write_part(
    part: Part,
    name: str,
    spellings: Sequence[Spelling],
    frames: Sequence[Frame],
    count: int,
    staves: Sequence[int],
    *,
    staccato: Collection[Place] = (),
    rolled: Mapping[Place, str] | None = None,
) -> StaffPart:
    """The written part on `count` staves; `spellings` are the sounding ones of its notes, in order,
    `staves` where they stand (see `staves_of`). Notes at `staccato` get dots, chords at `rolled`
    arpeggio signs.
    """
    instrument = _as_written(part)
    bars = [frame.bar for frame in frames]
    keys = [_written_key(frame.key, instrument) for frame in frames]
    joints = [number for number, frame in enumerate(frames) if frame.is_joint]
    dynamics, accented = written_dynamics(part.notes, bars, joints)
    heads = _heads(part, spellings, frames, instrument)
    writer = _StaffWriter(part.notes, heads, accented, staccato, rolled or {}, instrument.is_drums)
    lines: list[list[VoiceLine]] = [[] for _ in frames]
    for staff in range(1, count + 1):
        indices = [index for index, own in enumerate(staves) if own == staff]
        for measure, found in enumerate(writer.write(staff, indices, frames)):
            lines[measure].extend(found)
    clefs = [
        choose_clefs(positions, _clefs_for(instrument, staff, positions, part))
        for staff in range(1, count + 1)
        for positions in [_positions(lines, staff)]
    ]
    measures = [
        Measure(bar, tuple(voices), key, frame.meter, _clef_changes(clefs, number), marks)
        for number, (bar, voices, key, frame, marks) in enumerate(
            zip(bars, lines, keys, frames, dynamics, strict=True)
        )
    ]
    if not instrument.is_drums:
        measures = with_octave_lines(with_accidentals(measures), clefs)
    first_clefs = tuple(found[0] if found else instrument.clef for found in clefs)
    return StaffPart(name, instrument, part.program, first_clefs, tuple(measures))


def staves_of(part: Part, *, is_single_line: bool, is_alone: bool) -> tuple[int, list[int]]:
    """How many staves the part has, and which of them (1 or 2) each note stands on.

    `is_single_line` keeps a keyboard's part on one staff; so does a hand that hardly plays, unless
    the part is alone.
    """
    one = 1, [1] * len(part.notes)
    if is_single_line or _as_written(part).staves == 1:
        return one
    staves = assign_staves(part.notes)
    fewest = min(staves.count(1), staves.count(2))
    return (2, staves) if is_alone or fewest > _TOO_FEW_FOR_A_STAFF * len(staves) else one


def _clefs_for(
    instrument: Instrument, staff: int, positions: Sequence[Sequence[int]], part: Part
) -> Sequence[str]:
    if instrument.section != "voice" or instrument.staves > 1:
        return clefs_allowed(instrument, staff)
    heads = [position for measure in positions for position in measure]
    return (singers_clef(instrument, heads, is_shared=_chord_share(part.notes) > _SHARED_STAFF),)


def _as_written(part: Part) -> Instrument:
    """The instrument as this part is written: in its key, and where a melody stands over an
    accompaniment in one part, as tunes from the web have it, on two staves."""
    instrument = replace(BY_NAME[part.instrument], transposition=transposition_of(part))
    lowest = min((note.pitch for note in part.notes), default=_LOWEST_IN_TREBLE)
    is_treble = instrument.is_monophonic and instrument.clef == "treble"
    if is_treble and lowest < _LOWEST_IN_TREBLE and _chord_share(part.notes) > _ACCOMPANIED:
        return replace(instrument, staves=2)
    return instrument


def _chord_share(notes: Sequence[Note]) -> float:
    """The share of notes that begin together with one before them."""
    together = sum(later.onset_tick == earlier.onset_tick for earlier, later in pairwise(notes))
    return together / max(1, len(notes))


def _written_key(key: KeyChange | None, instrument: Instrument) -> KeyChange | None:
    """The signature that a player of the instrument reads; where it is another than the sounding
    one, that of fewer accidentals."""
    shift = _fifths_shift(instrument)
    if key is None or not shift:
        return key
    fifths = key.fifths + shift
    return key._replace(fifths=fifths if abs(fifths) <= EVENLY_FAR else (fifths + 5) % 12 - 5)


def _fifths_shift(instrument: Instrument) -> int:
    return (7 * instrument.transposition + 5) % 12 - 5


def _heads(
    part: Part, spellings: Sequence[Spelling], frames: Sequence[Frame], instrument: Instrument
) -> list[Head]:
    """A head for each note, written as the instrument reads it."""
    semitones = instrument.transposition
    if not semitones:
        pairs = zip(part.notes, spellings, strict=True)
        return [Head(i, note.pitch, own) for i, (note, own) in enumerate(pairs)]
    starts: list[int] = []
    shifts: list[int] = []
    for frame in frames:
        written = _written_key(frame.key, instrument)
        if frame.key is not None and written is not None:
            starts.append(frame.bar.start_tick)
            shifts.append(written.fifths - frame.key.fifths)
    heads = []
    for index, (note, spelling) in enumerate(zip(part.notes, spellings, strict=True)):
        shift = shifts[max(0, bisect_right(starts, note.onset_tick) - 1)]
        written_pitch = along_fifths(spelling, shift, note.pitch + semitones)
        heads.append(Head(index, note.pitch, written_pitch))
    return heads


def _positions(lines: Sequence[Sequence[VoiceLine]], staff: int) -> list[list[int]]:
    """The diatonic positions of the heads of a staff, measure by measure."""
    return [
        [
            head.spelling.position
            for line in measure
            if line.staff == staff
            for symbol in line.symbols
            for head in symbol.heads
        ]
        for measure in lines
    ]


def _clef_changes(clefs: Sequence[Sequence[str]], number: int) -> tuple[ClefChange, ...]:
    if number == 0:
        return ()
    return tuple(
        ClefChange(staff, found[number])
        for staff, found in enumerate(clefs, 1)
        if found[number] != found[number - 1]
    )


@dataclass(frozen=True, slots=True)
class _StaffWriter:
    """Writes the staves of one part; `heads` and `accented` go by the index of the note,
    `staccato` and `rolled` by its onset and pitch."""

    notes: Sequence[Note]
    heads: Sequence[Head]
    accented: frozenset[int]
    staccato: Collection[Place]
    rolled: Mapping[Place, str]
    is_drums: bool

    def write(
        self, staff: int, indices: Sequence[int], frames: Sequence[Frame]
    ) -> list[list[VoiceLine]]:
        """The voices of one staff in each measure; `indices` are its notes."""
        starts = [frame.bar.start_tick for frame in frames]
        own = [self.notes[index] for index in indices]
        found = limbs_apart(own) if self.is_drums else separate_voices(own, starts)
        voices = [
            [chord._replace(notes=tuple(indices[i] for i in chord.notes)) for chord in voice]
            for voice in found
        ]
        return [self._write_measure(staff, voices, frame) for frame in frames]

    def _write_measure(
        self, staff: int, voices: Sequence[Sequence[Chord]], frame: Frame
    ) -> list[VoiceLine]:
        """The voices that sound in a measure; one that sounds alone is the upper one."""
        sounding = [chords for voice in voices if (chords := _inside(voice, frame.bar))]
        if not sounding and _is_full(frame):
            bar = frame.bar
            rest = Symbol(bar.start_tick, bar.length_ticks, Value("whole"), fills_measure=True)
            return [VoiceLine(staff, 0, (rest,))]
        if not sounding:
            return [VoiceLine(staff, 0, self._write_voice((), frame, 0))]
        voices_written = [
            self._write_voice(chords, frame, number) for number, chords in enumerate(sounding)
        ]
        return [
            VoiceLine(staff, number, symbols)
            for number, symbols in enumerate(_without_stacked_rests(voices_written))
        ]

    def _write_voice(self, chords: Sequence[Chord], frame: Frame, voice: int) -> tuple[Symbol, ...]:
        stretches, owners = _stretches(chords, frame.bar)
        symbols = [
            self._symbol(written, owners[written.stretch], frame.bar)
            for written in write_bar(stretches, frame.division)
        ]
        if voice == LOWER:
            symbols = _hide_rests(symbols) if self.is_drums else _hide_outer_rests(symbols)
        return with_beams(symbols, frame.division, frame.bar)

    def _symbol(self, written: Written, chord: Chord | None, bar: Bar) -> Symbol:
        start, end = bar.start_tick + written.start, bar.start_tick + written.end
        if chord is None:
            return Symbol(start, end - start, written.value, (), written.tuplet)
        heads = tuple(
            replace(
                self.heads[index],
                is_tied_from=self.notes[index].end_tick > end,
                is_tied_to=self.notes[index].onset_tick < start,
            )
            for index in sorted(chord.notes, key=lambda i: self.heads[i].spelling.pitch)
        )
        accent = any(not head.is_tied_to and head.note in self.accented for head in heads)
        return Symbol(
            start,
            end - start,
            written.value,
            heads,
            written.tuplet,
            is_accented=accent,
            is_staccato=self._is_staccato(heads),
            rolled=self._rolled(heads),
        )

    def _rolled(self, heads: Sequence[Head]) -> str:
        """The direction in which a chord is rolled; "" for a part of one or what is tied to."""
        places = [self._place(head) for head in heads if not head.is_tied_to]
        ways = {self.rolled.get(place, "") for place in places}
        return ways.pop() if len(places) == len(heads) > 1 and len(ways) == 1 else ""

    def _place(self, head: Head) -> Place:
        return place_of(self.notes[head.note])

    def _is_staccato(self, heads: Sequence[Head]) -> bool:
        if not self.staccato or any(head.is_tied_to or head.is_tied_from for head in heads):
            return False
        return all(self._place(head) in self.staccato for head in heads)


def _is_full(frame: Frame) -> bool:
    """Whether the bar is as long as its meter says; readers take a measure rest to be so."""
    meter = frame.meter or frame.bar.meter
    return frame.bar.length_ticks == meter_ticks(
        meter.numerator, meter.denominator, GRID_TICKS_PER_QUARTER
    )


def _inside(chords: Sequence[Chord], bar: Bar) -> list[Chord]:
    first = max(0, bisect_right(chords, bar.start_tick, key=lambda chord: chord.start) - 1)
    found = []
    for chord in chords[first:]:
        if chord.start >= bar.end_tick:
            break
        if chord.end > bar.start_tick:
            found.append(chord)
    return found


def _stretches(chords: Sequence[Chord], bar: Bar) -> tuple[list[Stretch], list[Chord | None]]:
    """A voice's sounds and rests from bar line to bar line, and the chord of each."""
    stretches: list[Stretch] = []
    owners: list[Chord | None] = []
    position = 0
    for chord in chords:
        start = max(0, chord.start - bar.start_tick)
        end = min(bar.length_ticks, chord.end - bar.start_tick)
        if start > position:
            stretches.append(Stretch(position, start, True))
            owners.append(None)
        stretches.append(Stretch(start, end, False))
        owners.append(chord)
        position = end
    if position < bar.length_ticks:
        stretches.append(Stretch(position, bar.length_ticks, True))
        owners.append(None)
    return stretches, owners


def _hide_rests(symbols: list[Symbol]) -> list[Symbol]:
    """A drummer's feet show no rests: where they play is read from the hands above."""
    return [replace(symbol, is_hidden=True) if symbol.is_rest else symbol for symbol in symbols]


def _hide_outer_rests(symbols: list[Symbol]) -> list[Symbol]:
    """A second voice shows rests only between its notes (and inside its tuplets)."""
    sounding = [position for position, symbol in enumerate(symbols) if not symbol.is_rest]
    first, last = sounding[0], sounding[-1]
    return [
        replace(symbol, is_hidden=True)
        if symbol.is_rest and not first < position < last and symbol.value.actual == 1
        else symbol
        for position, symbol in enumerate(symbols)
    ]


def _without_stacked_rests(voices: Sequence[tuple[Symbol, ...]]) -> list[tuple[Symbol, ...]]:
    """The voices of a staff; where both rest for the same span, one of them shows it."""
    if len(voices) < 2:
        return [*voices]
    upper, lower = voices
    lower = _without_rests_beside(lower, upper)
    return [_without_rests_beside(upper, lower), lower]


def _without_rests_beside(
    symbols: Sequence[Symbol], others: Sequence[Symbol]
) -> tuple[Symbol, ...]:
    """A voice without those of its rests for which rests of another voice stand, whole."""
    rests = [other for other in others if other.is_rest and not other.is_hidden]

    def is_shown_beside(rest: Symbol) -> bool:
        end = rest.start_tick + rest.length_ticks
        within = [r for r in rests if rest.start_tick <= r.start_tick < end]
        last = max((r.start_tick + r.length_ticks for r in within), default=0)
        return last == end and sum(r.length_ticks for r in within) == rest.length_ticks

    return tuple(
        replace(symbol, is_hidden=True) if symbol.is_rest and is_shown_beside(symbol) else symbol
        for symbol in symbols
    )
