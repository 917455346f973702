"""From a piece to its written score: signatures, spelling, staves, voices, values, beams."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace

from composer.music.bars import Bar, bars_of
from composer.music.instruments import BY_NAME, SECTIONS, Instrument
from composer.music.normalise import normalise
from composer.music.piece import GRID_TICKS_PER_QUARTER, KeyChange, MeterChange, Note, Part, Piece
from composer.rendering.beams import with_beams
from composer.rendering.division import Division, divide
from composer.rendering.hands import assign_staves
from composer.rendering.midi import track_name, without_overlaps
from composer.rendering.notation import Head, Measure, Score, StaffPart, Symbol, VoiceLine
from composer.rendering.pickup import with_pickup
from composer.rendering.rhythm import Stretch, Value, Written, write_bar
from composer.rendering.signatures import signatures_of
from composer.rendering.spelling import Spelling, spell_pitches
from composer.rendering.voices import LOWER, Chord, separate_voices


def build_score(piece: Piece) -> Score:
    """The score of a piece; a piece off the grid is brought onto it first (`normalise`).

    A piece that begins with silence begins with a pickup (`with_pickup`).
    """
    if piece.ticks_per_quarter != GRID_TICKS_PER_QUARTER:
        piece = normalise(piece)
    piece = with_pickup(piece)
    parts = sorted(piece.parts, key=lambda part: _score_order(BY_NAME[part.instrument]))
    parts = [replace(part, notes=tuple(without_overlaps(part.notes))) for part in parts]
    piece = replace(piece, parts=tuple(parts), keys=signatures_of(piece))
    bars = bars_of(piece)
    frames = _frames(bars, piece)
    spellings = _spell(piece)
    names = _distinct_names(parts)
    written = tuple(
        _write_part(part, name, spelling, frames)
        for part, name, spelling in zip(parts, names, spellings, strict=True)
    )
    return Score(piece, written, _has_pickup(bars))


def _score_order(instrument: Instrument) -> int:
    """The place of an instrument's section in a score, woodwind at the top."""
    return SECTIONS.index(instrument.section)


def _distinct_names(parts: Sequence[Part]) -> list[str]:
    """Part names, numbered where several are called the same."""
    names = [track_name(part) for part in parts]
    counts: dict[str, int] = {}
    distinct = []
    for name in names:
        counts[name] = counts.get(name, 0) + 1
        distinct.append(f"{name} {counts[name]}" if names.count(name) > 1 else name)
    return distinct


def _spell(piece: Piece) -> list[list[Spelling]]:
    """Spellings of each part's notes; all pitched parts are heard together."""
    rows = sorted(
        (note.onset_tick, note.pitch, number, index)
        for number, part in enumerate(piece.parts)
        if not part.is_drums
        for index, note in enumerate(part.notes)
    )
    found = spell_pitches([row[0] for row in rows], [row[1] for row in rows], piece.keys)
    spellings = [[Spelling("C", 0, 4)] * len(part.notes) for part in piece.parts]
    for (_, _, number, index), spelling in zip(rows, found, strict=True):
        spellings[number][index] = spelling
    return spellings


class _Frame:
    """What all parts share in one measure: the bar, its division, and what changes there."""

    __slots__ = ("bar", "division", "key", "meter")

    def __init__(
        self, bar: Bar, division: Division, key: KeyChange | None, meter: MeterChange | None
    ) -> None:
        self.bar = bar
        self.division = division
        self.key = key
        self.meter = meter


def _has_pickup(bars: Sequence[Bar]) -> bool:
    return (
        len(bars) > 1
        and bars[0].length_ticks < bars[1].length_ticks
        and (bars[1].start_tick == bars[1].meter.tick)
    )


def _frames(bars: Sequence[Bar], piece: Piece) -> list[_Frame]:
    """The measures; a pickup is written in the meter that follows it."""
    has_pickup = _has_pickup(bars)
    frames: list[_Frame] = []
    shown_meter: tuple[int, int] | None = None
    shown_key: tuple[int, str] | None = None
    for position, bar in enumerate(bars):
        is_pickup = has_pickup and position == 0
        meter = bars[1].meter if is_pickup else bar.meter
        full = 4 * GRID_TICKS_PER_QUARTER * meter.numerator // meter.denominator
        offset = full - bar.length_ticks if is_pickup else 0
        division = divide(meter.numerator, meter.denominator, bar.length_ticks, offset)
        key = _key_in(piece.keys, bar)
        new_key = key if (key.fifths, key.mode) != shown_key else None
        new_meter = meter if (meter.numerator, meter.denominator) != shown_meter else None
        shown_key, shown_meter = (key.fifths, key.mode), (meter.numerator, meter.denominator)
        frames.append(_Frame(bar, division, new_key, new_meter))
    return frames


def _key_in(keys: Sequence[KeyChange], bar: Bar) -> KeyChange:
    """The key in force where the bar begins; one that comes inside it waits for the next bar."""
    return keys[max(0, bisect_right([key.tick for key in keys], bar.start_tick) - 1)]


def _write_part(
    part: Part, name: str, spellings: Sequence[Spelling], frames: Sequence[_Frame]
) -> StaffPart:
    instrument = BY_NAME[part.instrument]
    staves = assign_staves(part.notes) if instrument.staves == 2 else [1] * len(part.notes)
    starts = [frame.bar.start_tick for frame in frames]
    lines: list[list[VoiceLine]] = [[] for _ in frames]
    for staff in range(1, instrument.staves + 1):
        indices = [index for index, own in enumerate(staves) if own == staff]
        notes = [part.notes[index] for index in indices]
        voices = separate_voices(notes, starts)
        chords = [
            [chord._replace(notes=tuple(indices[i] for i in chord.notes)) for chord in voice]
            for voice in voices
        ]
        for measure, frame in enumerate(frames):
            lines[measure].extend(_write_staff(staff, chords, frame, part.notes, spellings))
    measures = tuple(
        Measure(frame.bar, tuple(voices), frame.key, frame.meter)
        for frame, voices in zip(frames, lines, strict=True)
    )
    clefs = _clefs(instrument, part.notes)
    return StaffPart(name, name, instrument, part.program, clefs, measures)


def _clefs(instrument: Instrument, notes: Sequence[Note]) -> tuple[str, ...]:
    if instrument.staves == 2:
        return ("treble", "bass")
    return (instrument.clef,)


def _write_staff(
    staff: int,
    voices: Sequence[Sequence[Chord]],
    frame: _Frame,
    notes: Sequence[Note],
    spellings: Sequence[Spelling],
) -> list[VoiceLine]:
    """The voices of a staff in one measure; a voice that sounds alone is the upper one."""
    sounding = [chords for voice in voices if (chords := _inside(voice, frame.bar))]
    if not sounding:
        return [VoiceLine(staff, 0, (_measure_rest(frame.bar),))]
    return [
        VoiceLine(staff, number, _write_voice(chords, frame, number, notes, spellings))
        for number, chords in enumerate(sounding)
    ]


def _inside(chords: Sequence[Chord], bar: Bar) -> list[Chord]:
    first = max(0, bisect_right(chords, bar.start_tick, key=lambda chord: chord.start) - 1)
    found = []
    for chord in chords[first:]:
        if chord.start >= bar.end_tick:
            break
        if chord.end > bar.start_tick:
            found.append(chord)
    return found


def _measure_rest(bar: Bar) -> Symbol:
    return Symbol(bar.start_tick, bar.length_ticks, Value("whole"), fills_measure=True)


def _write_voice(
    chords: Sequence[Chord],
    frame: _Frame,
    voice: int,
    notes: Sequence[Note],
    spellings: Sequence[Spelling],
) -> tuple[Symbol, ...]:
    bar = frame.bar
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
    written = write_bar(stretches, frame.division)
    symbols = []
    for value in written:
        symbols.append(_symbol(value, owners[value.stretch], bar, notes, spellings))
    if voice == LOWER:
        symbols = _hide_outer_rests(symbols)
    return with_beams(symbols, frame.division, bar)


def _symbol(
    written: Written,
    chord: Chord | None,
    bar: Bar,
    notes: Sequence[Note],
    spellings: Sequence[Spelling],
) -> Symbol:
    start, end = bar.start_tick + written.start, bar.start_tick + written.end
    heads: tuple[Head, ...] = ()
    if chord is not None:
        heads = tuple(
            Head(
                index,
                notes[index].pitch,
                spellings[index],
                is_tied_from=notes[index].end_tick > end,
                is_tied_to=notes[index].onset_tick < start,
            )
            for index in sorted(chord.notes, key=lambda i: notes[i].pitch)
        )
    return Symbol(start, end - start, written.value, heads, written.tuplet)


def _hide_outer_rests(symbols: list[Symbol]) -> list[Symbol]:
    """A second voice shows rests only between its notes."""
    sounding = [position for position, symbol in enumerate(symbols) if not symbol.is_rest]
    first, last = sounding[0], sounding[-1]
    return [
        replace(symbol, is_hidden=True)
        if symbol.is_rest
        and not first < position < last
        and not symbol.tuplet
        and symbol.value.actual == 1
        else symbol
        for position, symbol in enumerate(symbols)
    ]
