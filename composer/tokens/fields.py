"""The tables of the event format: which rows there are, which fields they have, which values.

A row is one step of the model: seven small numbers, the kind of row and up to six fields.
`docs/event-format.md` says what they mean. A change here is a new `FORMAT_VERSION`, unless it
fills a reserved slot.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from functools import cache

from composer.music.facts import LONGEST_PHRASE
from composer.music.lengths import LENGTHS_TICKS, TEMPI
from composer.music.meters import grid_meters
from composer.music.normalise import MOST_ACCENT, MOST_PARTS_OF_AN_INSTRUMENT
from composer.music.piece import GRID_TICKS_PER_QUARTER

FORMAT_VERSION = 2
COLUMNS = 7
LEADING_ROWS = 2
"""Rows of zeros before a piece: its first row is predicted from two steps before."""
UNKNOWN = 0
"""The value of every field that nobody has decided, where a field can be unknown."""

COUNTED_BARS = 128
"""Bars left are exact below this; `bars` then has one more value, "this or more"."""
FARTHEST_RECALL = 64
DRUM_PITCH_OFFSET = 128
PART_VALUES = 64 * MOST_PARTS_OF_AN_INSTRUMENT
"""Parts, and behind as many values the left hands of those that two hands play."""


class Kind(IntEnum):
    PAD = 0
    STYLE = 1
    MOOD = 2
    FORM = 3
    PART = 4
    BAR = 5
    PLAN = 6
    CHORD = 7
    DYNAMICS = 8
    NOTE = 9
    MARK = 10


class Mark(IntEnum):
    GIVEN = 1
    """What follows is given: context to the left, to the right or beside."""
    WRITE = 2
    """What follows is to be written."""
    END = 3
    """The last bar is complete."""
    SKETCH = 4
    """What follows is the sketch: of each bar its bar, plan and chord rows."""


KINDS = 12

FIELD_SIZES: dict[str, int] = {
    "kind": KINDS,
    "style": 64,
    "composer": 128,
    "ensemble": 32,
    "origin": 4,
    "dynamics": 4,
    "chords": 4,
    "valence": 6,
    "arousal": 6,
    "register": 9,
    "loudness": 9,
    "legato": 6,
    "density": 9,
    "bars": COUNTED_BARS + 2,
    "meter": 256,
    "key": 32,
    "tempo": 80,
    "phrase": LONGEST_PHRASE + 4,
    "cadence": 8,
    "part": 2 * PART_VALUES,
    "program": 130,
    "role": 8,
    "recall_distance": FARTHEST_RECALL + 2,
    "recall_kind": 8,
    "semitones": 24,
    "beat": 16,
    "position": GRID_TICKS_PER_QUARTER,
    "root": 13,
    "quality": 32,
    "bass": 13,
    "level": 8,
    "pitch": 2 * DRUM_PITCH_OFFSET,
    "length": 128,
    "accent": 2 * MOST_ACCENT + 2,
    "mark": 8,
}
"""How many values a field has, reserved ones included."""

NEVER_UNKNOWN = frozenset({"kind", "beat", "position", "part", "pitch", "length", "mark"})
"""Fields whose value 0 is a value like any other, or never occurs."""

ROW_FIELDS: dict[Kind, tuple[str, ...]] = {
    Kind.PAD: (),
    Kind.STYLE: ("style", "composer", "ensemble", "origin", "dynamics", "chords"),
    Kind.MOOD: ("valence", "arousal", "register", "loudness", "legato", "density"),
    Kind.FORM: ("bars", "meter", "key", "tempo"),
    Kind.PART: ("part", "program", "role"),
    Kind.BAR: ("bars", "meter", "key", "tempo", "phrase", "cadence"),
    Kind.PLAN: ("recall_distance", "recall_kind", "semitones", "density", "valence", "arousal"),
    Kind.CHORD: ("beat", "position", "root", "quality", "bass"),
    Kind.DYNAMICS: ("part", "level"),
    Kind.NOTE: ("beat", "position", "part", "pitch", "length", "accent"),
    Kind.MARK: ("mark",),
}
HEADER_KINDS = (Kind.STYLE, Kind.MOOD, Kind.FORM, Kind.PART)

assert len(LENGTHS_TICKS) <= FIELD_SIZES["length"]
assert len(TEMPI) < FIELD_SIZES["tempo"]
assert len(grid_meters()) < FIELD_SIZES["meter"]


@dataclass(frozen=True, slots=True)
class Layout:
    """Where each field's values lie in the tables of a model.

    `input_offset[kind][column]` is added to a row's value to find its embedding among
    `input_size`; fields of one name share their embeddings wherever they stand.
    `output_offset[kind][column]` finds it among the `output_sizes[column]` logits of a column.
    `used[kind][column]` says whether the kind has a field there.
    """

    input_size: int
    input_offset: tuple[tuple[int, ...], ...]
    output_sizes: tuple[int, ...]
    output_offset: tuple[tuple[int, ...], ...]
    field_size: tuple[tuple[int, ...], ...]
    used: tuple[tuple[bool, ...], ...]


@cache
def layout() -> Layout:
    input_start: dict[str, int] = {}
    total = 1  # embedding 0 is "no field here"
    for name, size in FIELD_SIZES.items():
        input_start[name] = total
        total += size
    by_kind = {kind: ("kind", *ROW_FIELDS.get(Kind(kind), ())) for kind in Kind}
    output_start: list[dict[str, int]] = [{} for _ in range(COLUMNS)]
    output_sizes = [0] * COLUMNS
    for names in by_kind.values():
        for column, name in enumerate(names):
            if name not in output_start[column]:
                output_start[column][name] = output_sizes[column]
                output_sizes[column] += FIELD_SIZES[name]

    def names_of(kind: int) -> tuple[str | None, ...]:
        names = by_kind.get(Kind(kind), ("kind",)) if kind in set(Kind) else ("kind",)
        return (*names, *(None,) * (COLUMNS - len(names)))

    rows = [names_of(kind) for kind in range(KINDS)]
    return Layout(
        input_size=total,
        input_offset=tuple(tuple(input_start[n] if n else 0 for n in row) for row in rows),
        output_sizes=tuple(output_sizes),
        output_offset=tuple(
            tuple(output_start[c][n] if n else 0 for c, n in enumerate(row)) for row in rows
        ),
        field_size=tuple(tuple(FIELD_SIZES[n] if n else 1 for n in row) for row in rows),
        used=tuple(tuple(n is not None for n in row) for row in rows),
    )


def column_of(kind: Kind, name: str) -> int:
    """The column where this kind of row has this field."""
    return 1 + ROW_FIELDS[kind].index(name)
