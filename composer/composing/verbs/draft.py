"""A user's own piece beside its rows: new notes go in, every other note stays as it was.

The model reads the piece on the grid; what is written back are only the notes of the bars and
parts that were asked for, placed on the source's own ticks. Notes that nobody asked to change
are those of the source, off-grid ones and velocities included.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import lcm
from statistics import median

from composer.analysis.analyse import analyse
from composer.analysis.key_finding import with_key_as_heard
from composer.errors import RequestError
from composer.music.bars import Bar, bars_of
from composer.music.chords import Progression, place_progression
from composer.music.facts import Chord
from composer.music.instruments import BY_NAME, INSTRUMENTS
from composer.music.normalise import MOST_PARTS, MOST_PARTS_OF_AN_INSTRUMENT, normalise
from composer.music.piece import GRID_TICKS_PER_QUARTER, Note, Part, Piece
from composer.music.resolution import finer
from composer.music.source import Source, without_controls
from composer.played.beats import check_beats
from composer.tokens.encode import chord_row, encode
from composer.tokens.fields import Kind, column_of
from composer.tokens.transpose import in_common_key, transposed
from composer.tokens.values import bars_value

RowList = list[list[int]]
RowsOfBars = Mapping[int, Sequence[list[int]]]
"""Rows of each bar (from 0), as high as the draft's."""
DEFAULT_VELOCITY = 72


@dataclass(frozen=True, slots=True)
class Draft:
    """`source` at a resolution that the grid divides, `grid` the same normalised, and its rows.

    `header` are the rows before the first bar, `bars` the rows of each bar, its bar row first;
    the rows are `semitones` higher than the piece, in the key without signature.
    """

    source: Piece
    grid: Piece
    header: RowList
    bars: tuple[RowList, ...]
    semitones: int

    @property
    def ticks_per_step(self) -> int:
        """Source ticks in one tick of the grid."""
        return self.source.ticks_per_quarter // GRID_TICKS_PER_QUARTER


def draft_of(piece: Piece, semitones: int | None = None) -> Draft:
    """Read a piece for editing; parts may be silent. Raises RequestError if it does not fit, and
    if it was played without beats.

    `semitones` to the key without signature are judged by the piece's key, unless given: then the
    piece is one that has been read before.
    """
    if semitones is None:
        check_beats(piece)
    source = _finer(piece)
    seated = with_seats(source.parts)
    sounding = [part for part in seated if part.notes]
    if not sounding:
        raise RequestError(f"{piece.title or 'the piece'} has no notes")
    on_grid = normalise(replace(source, parts=tuple(sounding)))
    if len(on_grid.parts) != len(sounding):
        names = ", ".join(_names(source))
        raise RequestError(
            f"{piece.title or 'the piece'} has {len(source.parts)} parts ({names}); at most "
            f"{MOST_PARTS} can be edited"
        )
    if len(bars_of(on_grid)) < len(bars_of(source)):
        raise RequestError(f"{piece.title or 'the piece'} has bars that the grid cannot hold")
    rest = iter(on_grid.parts)
    parts = tuple(next(rest) if part.notes else part for part in seated)
    grid = replace(on_grid, parts=parts)
    facts = analyse(on_grid)
    encoded = encode(with_key_as_heard(grid, facts.key), facts)
    if semitones is None:
        common, semitones = in_common_key(encoded.rows)
    else:
        common = transposed(encoded.rows, semitones)
    rows = common.tolist()
    edges = [*encoded.bar_rows.tolist(), len(rows) - 1]  # the end mark belongs to no bar
    bars = tuple(rows[start:stop] for start, stop in pairwise(edges))
    return Draft(source, grid, rows[: edges[0]], bars, semitones)


def with_seats(parts: Sequence[Part]) -> tuple[Part, ...]:
    """The parts as the model reads them: of one instrument it knows `MOST_PARTS_OF_AN_INSTRUMENT`
    players, and more of them it takes for their nearest kin. What is written keeps its own."""
    counts: Counter[str] = Counter()
    seated = []
    for part in parts:
        name = part.instrument
        if counts[name] >= MOST_PARTS_OF_AN_INSTRUMENT and not part.is_drums:
            own = BY_NAME[name]
            free = [
                other
                for other in INSTRUMENTS
                if counts[other.name] < MOST_PARTS_OF_AN_INSTRUMENT and not other.is_drums
            ]
            near = min(
                free,
                key=lambda other: (
                    other.section != own.section,
                    abs(other.most_notes - own.most_notes),
                    abs(other.low - own.low) + abs(other.high - own.high),
                ),
            )
            part = replace(part, instrument=near.name, program=near.program)
        counts[part.instrument] += 1
        seated.append(part)
    return tuple(seated)


def lengthened(draft: Draft, bars: int) -> Draft:
    """The draft as the beginning of a piece of so many bars more."""
    total = len(draft.bars) + bars
    header = [list(row) for row in draft.header]
    for row in header:
        if row[0] == Kind.FORM:
            row[column_of(Kind.FORM, "bars")] = bars_value(total)
    numbered = []
    for index, rows in enumerate(draft.bars):
        bar_row = list(rows[0])
        bar_row[column_of(Kind.BAR, "bars")] = bars_value(total - 1 - index)
        numbered.append([bar_row, *rows[1:]])
    return replace(draft, header=header, bars=tuple(numbered))


def source_bars(draft: Draft, count: int) -> list[Bar]:
    """`count` bars on the source's ticks, going on in the last meter behind its end."""
    return _bars_of(draft.source, count)


def _bars_of(piece: Piece, count: int) -> list[Bar]:
    bars = bars_of(piece)
    while len(bars) < count:
        last = bars[-1]
        full = last.meter.numerator * 4 * piece.ticks_per_quarter // last.meter.denominator
        bars.append(Bar(last.number + 1, last.end_tick, full, last.meter))
    return bars


def chords_given(draft: Draft, progression: Progression, bars: int) -> RowsOfBars | None:
    """The chord rows of a progression over so many bars, as high as the draft's rows; None for
    none."""
    if not progression:
        return None
    there = _bars_of(draft.grid, bars)
    return _chord_rows(draft, place_progression(progression, there, GRID_TICKS_PER_QUARTER), there)


def chords_given_in(draft: Draft, progression: Progression, span: range) -> RowsOfBars | None:
    """The chord rows of a progression over the bars of a span (from 0), elsewhere those that are
    heard; None for no progression."""
    if not progression:
        return None
    heard = {
        bar: [row for row in rows if row[0] == Kind.CHORD] for bar, rows in enumerate(draft.bars)
    }
    there = bars_of(draft.grid)
    inside = place_progression(progression, there[span.start : span.stop], GRID_TICKS_PER_QUARTER)
    given = _chord_rows(draft, inside, there)
    return heard | {bar: given[bar] for bar in span}


def stated_rows(draft: Draft) -> RowsOfBars | None:
    """The chord rows of the chord symbols that the draft's file states; None where it has none."""
    source = draft.grid.source
    if source is None or not source.symbols:
        return None
    end_tick = draft.grid.end_tick
    stated = [Chord(*symbol[:4]) for symbol in source.symbols if symbol.tick < end_tick]
    return _chord_rows(draft, stated, bars_of(draft.grid))


def _chord_rows(draft: Draft, chords: Iterable[Chord], there: Sequence[Bar]) -> RowsOfBars:
    rows: dict[int, RowList] = {index: [] for index in range(len(there))}
    for chord in chords:
        bar = next(i for i, bar in enumerate(there) if chord.tick < bar.end_tick)
        root, bass = ((pitch + draft.semitones) % 12 for pitch in (chord.root, chord.bass))
        moved = chord._replace(root=root, bass=bass)
        rows[bar].append(chord_row(moved, chord.tick - there[bar].start_tick))
    return rows


def with_new_notes(
    draft: Draft,
    written: Sequence[Part],
    first_bar: int,
    last_bar: int,
    parts: Sequence[int],
) -> Piece:
    """The source with the notes of `parts` (places) in bars first..last (from 0) replaced.

    `written` are parts of the whole score order whose notes count ticks of the grid from the
    first of these bars.
    """
    bars = source_bars(draft, last_bar + 1)
    start_tick, end_tick = bars[first_bar].start_tick, bars[last_bar].end_tick
    merged = []
    for place, part in enumerate(draft.source.parts):
        if place not in parts:
            merged.append(part)
            continue
        kept = [note for note in part.notes if not start_tick <= note.onset_tick < end_tick]
        loud = round(median([note.velocity for note in part.notes] or [DEFAULT_VELOCITY]))
        new = [
            Note(
                start_tick + note.onset_tick * draft.ticks_per_step,
                note.length_ticks * draft.ticks_per_step,
                note.pitch,
                note.velocity or loud,
            )
            for note in written[place].notes
        ]
        new = [note for note in new if not _is_held(note, kept, draft.source.ticks_per_quarter)]
        notes = sorted([*kept, *new], key=lambda note: (note.onset_tick, note.pitch))
        merged.append(replace(part, notes=tuple(notes)))
    end = max(draft.source.end_tick, end_tick)
    source = _released(draft.source, parts, start_tick, end_tick)
    return replace(draft.source, parts=tuple(merged), end_tick=end, source=source)


def _released(piece: Piece, places: Sequence[int], start_tick: int, end_tick: int) -> Source | None:
    """The file of a piece without the bends, pedals and words of notes that are written anew."""
    if piece.source is None:
        return None
    scale = piece.source.ticks_per_quarter / piece.ticks_per_quarter
    stood = [(piece.parts[place].track, piece.parts[place].channel) for place in places]
    return without_controls(piece.source, stood, round(start_tick * scale), round(end_tick * scale))


def with_new_pitches(draft: Draft, pitches: Mapping[tuple[int, int, int], int]) -> Piece:
    """The source with new pitches for the notes at (place of the part, grid tick, old pitch)."""
    on_grid = [bar.start_tick for bar in bars_of(draft.grid)]
    starts = [bar.start_tick for bar in bars_of(draft.source)]
    step = draft.ticks_per_step

    def moved(place: int, note: Note) -> Note:
        bar = max(0, bisect_right(starts, note.onset_tick) - 1)
        tick = on_grid[bar] + (2 * (note.onset_tick - starts[bar]) + step) // (2 * step)
        return note._replace(pitch=pitches.get((place, tick, note.pitch), note.pitch))

    parts = []
    for place, part in enumerate(draft.source.parts):
        notes = [moved(place, note) for note in part.notes]
        notes.sort(key=lambda note: (note.onset_tick, note.pitch))
        parts.append(replace(part, notes=tuple(notes)))
    return replace(draft.source, parts=tuple(parts))


def _is_held(new: Note, kept: Sequence[Note], ticks_per_quarter: int) -> bool:
    """Whether a kept note still sounds on the pitch that a new one would strike, and not only just:
    players hold keys a little beyond the bar line."""
    return any(
        note.pitch == new.pitch
        and note.onset_tick <= new.onset_tick
        and 4 * (note.end_tick - new.onset_tick) >= ticks_per_quarter
        for note in kept
    )


def _finer(piece: Piece) -> Piece:
    """The piece at a resolution that the grid divides, exactly."""
    common = lcm(piece.ticks_per_quarter, GRID_TICKS_PER_QUARTER)
    return finer(piece, common // piece.ticks_per_quarter)


def check_bars(draft: Draft, first_bar: int, last_bar: int) -> None:
    """Raises RequestError unless bars first..last (from 0) are bars of the piece."""
    if not 0 <= first_bar <= last_bar < len(draft.bars):
        raise RequestError(
            f"bars {first_bar + 1}-{last_bar + 1} are not in the piece, which has bars "
            f"1-{len(draft.bars)}"
        )


def part_places(piece: Piece, names: Sequence[str], besides: Sequence[str] = ()) -> list[int]:
    """Places of the parts called `names` (all if there are none), by name or instrument.

    Raises RequestError naming the parts there are, and `besides` what else could be named.
    """
    if not names:
        return list(range(len(piece.parts)))
    if not any(name.strip() for name in names):
        raise RequestError(f"no part is named; the piece has {', '.join(_names(piece))}")
    places: list[int] = []
    for name in names:
        wanted = name.strip().lower()
        found = [
            place
            for place, part in enumerate(piece.parts)
            if wanted in (part.name.lower(), part.instrument.lower())
        ]
        if not found:
            there = ", ".join(_names(piece))
            also = f", and {', '.join(besides)} can be named too" if besides else ""
            raise RequestError(f"there is no part {name!r}; the piece has {there}{also}")
        places += found
    return list(dict.fromkeys(places))


def _names(piece: Piece) -> list[str]:
    return [part.name or part.instrument for part in piece.parts]
