"""Musical values as field values and back: keys, meters, tempi, bars left, parts, facts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache

from composer.music.facts import CADENCES, RECALL_KINDS, Phrase, Recall
from composer.music.instruments import INSTRUMENTS
from composer.music.lengths import TEMPI, nearest_tempo_index
from composer.music.meters import grid_meters
from composer.music.normalise import LEVEL_VELOCITY, LEVELS, MOST_PARTS_OF_AN_INSTRUMENT
from composer.music.piece import GRID_TICKS_PER_QUARTER, ROLES, Part
from composer.tokens.fields import COUNTED_BARS, FARTHEST_RECALL, PART_VALUES, UNKNOWN

ORIGINS = ("human", "machine")
"""Who wrote the notes: people, or a program (accompaniment made from chords)."""
FLAT, MARKED = 1, 2
"""Values of the `dynamics` field: no dynamics are known, or velocities mean something."""

WITHOUT_CHORDS, WITH_CHORDS = 1, 2
"""Values of the `chords` field: no chord rows stand in the bars, or all of them do."""

MODES = ("major", "minor")


def key_value(fifths: int, mode: str) -> int:
    return 1 + MODES.index(mode) * 15 + fifths + 7


def key_of(value: int) -> tuple[int, str] | None:
    if value == UNKNOWN:
        return None
    mode, fifths = divmod(value - 1, 15)
    return fifths - 7, MODES[mode]


@cache
def _meter_values() -> dict[tuple[int, int], int]:
    return {meter: 1 + index for index, meter in enumerate(grid_meters())}


def meter_value(numerator: int, denominator: int) -> int:
    return _meter_values()[numerator, denominator]


def meter_of(value: int) -> tuple[int, int]:
    return grid_meters()[value - 1]


def tempo_value(quarters_per_minute: float | None) -> int:
    return UNKNOWN if quarters_per_minute is None else 1 + nearest_tempo_index(quarters_per_minute)


def tempo_of(value: int) -> float | None:
    return None if value == UNKNOWN else float(TEMPI[value - 1])


def tick_in_bar(row: Sequence[int]) -> int:
    """The tick from its bar line of a note or chord whose beat and position are there."""
    return row[1] * GRID_TICKS_PER_QUARTER + row[2]


def bars_value(bars: int) -> int:
    """A number of bars (of the piece, or left after this one), exact below `COUNTED_BARS`."""
    return 1 + min(bars, COUNTED_BARS)


def part_value(instrument_index: int, number: int) -> int:
    """The `number`-th part (from 0) of an instrument."""
    return instrument_index * MOST_PARTS_OF_AN_INSTRUMENT + number


def part_of(value: int) -> tuple[int, int]:
    """The index of the instrument and the number among its kind, whichever hand it is."""
    return divmod(value % PART_VALUES, MOST_PARTS_OF_AN_INSTRUMENT)


def left_hand_of(value: int) -> int:
    """The part field of the left hand of a part that two hands play."""
    return value % PART_VALUES + PART_VALUES


def both_hands_of(value: int) -> int:
    """The part field of a part, whichever hand of it is given."""
    return value % PART_VALUES


_INSTRUMENT_INDEX = {instrument.name: index for index, instrument in enumerate(INSTRUMENTS)}


def part_values(parts: tuple[Part, ...]) -> list[int]:
    """The part field of each part, numbering those of one instrument in order."""
    seen: dict[str, int] = {}
    values = []
    for part in parts:
        number = seen.get(part.instrument, 0)
        seen[part.instrument] = number + 1
        values.append(part_value(_INSTRUMENT_INDEX[part.instrument], number))
    return values


def role_value(role: str) -> int:
    return 1 + ROLES.index(role) if role else UNKNOWN


def role_of(value: int) -> str:
    return ROLES[value - 1] if value else ""


def recall_values(recall: Recall | None) -> tuple[int, int, int]:
    """(recall_distance, recall_kind, semitones) of a bar."""
    if recall is None:
        return UNKNOWN, UNKNOWN, UNKNOWN
    distance = min(recall.distance, FARTHEST_RECALL)
    return 1 + distance, 1 + RECALL_KINDS.index(recall.kind), 12 + recall.semitones


def phrase_values(phrase: Phrase | None) -> tuple[int, int]:
    """(phrase, cadence) of a bar: 1 + how many bars of the phrase are left, and how it closes."""
    if phrase is None:
        return UNKNOWN, UNKNOWN
    return 1 + phrase.bars_left, 1 + CADENCES.index(phrase.cadence)


def density_value(onsets_per_quarter: float) -> int:
    """Levels 1 (a quarter of an onset a quarter, or fewer) to 8 (four or more)."""
    octaves = math.log2(max(onsets_per_quarter, 0.01))
    return max(1, min(8, math.floor(1.75 * octaves + 5.0)))


def density_of(level: int) -> float:
    """Onsets a quarter in the middle of a level."""
    return float(2 ** ((level - 4.5) / 1.75))


def register_value(mean_pitch: float | None) -> int:
    """Levels 1 (mean pitch below 42) to 8 (78 and above), half an octave each."""
    return UNKNOWN if mean_pitch is None else max(1, min(8, 2 + int((mean_pitch - 42) // 6)))


def pitch_of_register(level: int) -> float:
    """The mean pitch in the middle of a level."""
    return 33.0 + 6.0 * level


def loudness_value(velocity: float | None) -> int:
    """Levels 1 (ppp) to 7 (ff)."""
    if velocity is None:
        return UNKNOWN
    return max(1, min(LEVELS, round(velocity / LEVEL_VELOCITY)))


LEGATO_BOUNDARIES = (0.35, 0.55, 0.75, 0.92)


def legato_value(legato: float | None) -> int:
    """Levels 1 (staccato) to 5 (legato)."""
    return UNKNOWN if legato is None else 1 + sum(legato >= edge for edge in LEGATO_BOUNDARIES)


def mood_value(coordinate: float | None) -> int:
    """Five levels of valence or arousal in -1..1."""
    return UNKNOWN if coordinate is None else max(1, min(5, 3 + round(coordinate * 2.5)))
