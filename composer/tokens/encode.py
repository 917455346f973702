"""A normalised piece and its facts become rows; `composer.tokens.decode` is the mirror."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, pairwise

import numpy as np
from numpy.typing import NDArray

from composer.music.bars import (
    Bar,
    bars_of,
    in_force,
    prevailing_key,
    prevailing_meter,
    prevailing_tempo,
)
from composer.music.chords import PLAIN_QUALITIES
from composer.music.ensembles import ensemble_index
from composer.music.facts import CHORD_QUALITIES, Chord, Facts
from composer.music.hands import assign_staves
from composer.music.instruments import BY_NAME
from composer.music.lengths import nearest_length_index
from composer.music.normalise import ACCENT_VELOCITY, LEVEL_VELOCITY, MOST_ACCENT, levels_by_note
from composer.music.piece import GRID_TICKS_PER_QUARTER, Part, Piece
from composer.music.styles import composer_index, style_index
from composer.tokens.fields import COLUMNS, DRUM_PITCH_OFFSET, PART_VALUES, UNKNOWN, Kind, Mark
from composer.tokens.values import (
    FLAT,
    MARKED,
    ORIGINS,
    WITH_CHORDS,
    WITHOUT_CHORDS,
    bars_value,
    density_value,
    key_value,
    left_hand_of,
    legato_value,
    loudness_value,
    meter_value,
    mood_value,
    part_values,
    phrase_values,
    recall_values,
    register_value,
    role_value,
    tempo_value,
)

Rows = NDArray[np.int16]
"""Shape (rows, COLUMNS)."""
Hands = list[int]
"""1 (right) or 2 (left) for each note of a part."""


@dataclass(frozen=True, slots=True)
class Encoded:
    """A piece as rows. `bar_rows` are the indices of its bar rows, the header stands before."""

    rows: Rows
    bar_rows: NDArray[np.int64]
    notes: int


def encode(piece: Piece, facts: Facts | None = None, origin: str = "") -> Encoded:
    """All rows of a normalised piece: header, then bars in order, then the end mark.

    Facts that are not given are unknown. `origin` is "human", "machine" or "" (unknown).
    """
    bars = bars_of(piece)
    hands = [hands_of(part) for part in piece.parts]
    header = header_rows(piece, facts, hands, origin)
    body, keys = _body(piece, facts, bars, hands)
    order = np.lexsort(keys.T[::-1])
    rows = np.concatenate([header, body[order], _row(Kind.MARK, Mark.END)])
    bar_rows = np.flatnonzero(rows[:, 0] == Kind.BAR)
    return Encoded(rows, bar_rows, piece.note_count)


def _row(kind: Kind, *values: int) -> Rows:
    row = np.zeros((1, COLUMNS), dtype=np.int16)
    row[0, 0] = kind
    row[0, 1 : 1 + len(values)] = values
    return row


def header_rows(
    piece: Piece, facts: Facts | None, hands: Sequence[Hands | None], origin: str = ""
) -> Rows:
    """What holds for the whole piece: style, mood, form, and a row for each part or hand."""
    tags = piece.tags
    marked = any(note.velocity for part in piece.parts for note in part.notes[:1])
    style = _row(
        Kind.STYLE,
        style_index(tags.style),
        composer_index(tags.composer),
        ensemble_index(tags.ensemble),
        1 + ORIGINS.index(origin) if origin else UNKNOWN,
        MARKED if marked else FLAT,
        UNKNOWN if facts is None else WITH_CHORDS if facts.chords else WITHOUT_CHORDS,
    )
    mood = _row(Kind.MOOD)
    if facts is not None:
        mood = _row(
            Kind.MOOD,
            mood_value(facts.valence),
            mood_value(facts.arousal),
            register_value(facts.mean_pitch),
            loudness_value(facts.loudness) if marked else UNKNOWN,
            legato_value(facts.legato),
            density_value(facts.onsets_per_quarter),
        )
    meter, tempo = prevailing_meter(piece), prevailing_tempo(piece)
    key = prevailing_key(piece) or (facts.key if facts else None)
    form = _row(
        Kind.FORM,
        bars_value(len(bars_of(piece))),
        meter_value(meter.numerator, meter.denominator),
        UNKNOWN if key is None else key_value(key.fifths, key.mode),
        tempo_value(tempo.quarters_per_minute if tempo else None),
    )
    return np.concatenate([style, mood, form, *_part_rows(piece, facts, hands)])


def _part_rows(piece: Piece, facts: Facts | None, hands: Sequence[Hands | None]) -> list[Rows]:
    """A row for each part, the two hands of one apart; the lead has the melody's role."""
    rows = []
    for number, (part, value) in enumerate(zip(piece.parts, part_values(piece.parts), strict=True)):
        role = part.role
        if facts is not None and facts.lead == number:
            role = "melody"
        rows.append(_row(Kind.PART, value, 1 + part.program, role_value(role)))
        if hands[number] is not None:
            beneath = part.role if role != "melody" else ACCOMPANYING_ROLE
            rows.append(_row(Kind.PART, left_hand_of(value), 1 + part.program, role_value(beneath)))
    return rows


def hands_of(part: Part) -> Hands | None:
    """1 (right) or 2 (left) for each note of a part that two hands play; None for any other part,
    and for a line that one hand has."""
    if BY_NAME[part.instrument].staves != 2 or part.role == "melody" or _is_one_line(part):
        return None
    return assign_staves(part.notes)


def _is_one_line(part: Part) -> bool:
    """Whether hardly a note begins while another sounds."""
    together = sum(
        later.onset_tick < earlier.end_tick - _LEGATO_TICKS
        for earlier, later in pairwise(part.notes)
    )
    return together < _FEW * len(part.notes)


ACCOMPANYING_ROLE = "harmony"
"""Of a left hand under a right one that leads."""
_FEW, _LEGATO_TICKS = 0.05, 6

_BAR_RANK, _PLAN_RANK, _DYNAMICS_RANK, _CHORD_RANK, _NOTE_RANK = range(5)


def _body(
    piece: Piece, facts: Facts | None, bars: list[Bar], hands: Sequence[Hands | None]
) -> tuple[NDArray[np.int16], NDArray[np.int64]]:
    """Rows of all bars, and for each its place: (bar, tick in bar, rank, part, pitch)."""
    starts = np.array([bar.start_tick for bar in bars], dtype=np.int64)
    blocks = [_bar_rows(piece, facts, bars), _chord_rows(facts.chords if facts else (), starts)]
    part_fields = part_values(piece.parts)
    for number, (part, field) in enumerate(zip(piece.parts, part_fields, strict=True)):
        flat = np.fromiter(chain.from_iterable(part.notes), np.int64, count=4 * len(part.notes))
        columns = flat.reshape(-1, 4).T  # onset, length, pitch, velocity
        bar = np.searchsorted(starts, columns[0], side="right") - 1
        level = levels_by_note(columns[3], bar) * (columns[3] > 0)
        blocks.append(_dynamics_rows(number, field, bar, level))
        fields = np.full(len(bar), field)
        if (own := hands[number]) is not None:
            fields[np.array(own) == 2] = left_hand_of(field)
        blocks.append(_note_rows(number, fields, bar, level, columns, starts, part.is_drums))
    rows = np.concatenate([block[0] for block in blocks]).astype(np.int16)
    keys = np.concatenate([block[1] for block in blocks])
    return rows, keys


Block = tuple[NDArray[np.int64], NDArray[np.int64]]


def _bar_rows(piece: Piece, facts: Facts | None, bars: list[Bar]) -> Block:
    rows = np.zeros((2 * len(bars), COLUMNS), dtype=np.int64)
    keys = np.zeros((2 * len(bars), 5), dtype=np.int64)
    for index, bar in enumerate(bars):
        key = in_force(piece.keys, bar.start_tick)
        tempo = in_force(piece.tempi, bar.start_tick)
        rows[2 * index, :] = (
            Kind.BAR,
            bars_value(len(bars) - 1 - index),
            meter_value(bar.meter.numerator, bar.meter.denominator),
            UNKNOWN if key is None else key_value(key.fifths, key.mode),
            tempo_value(tempo.quarters_per_minute if tempo else None),
            *phrase_values(facts.bars[index].phrase if facts is not None else None),
        )
        rows[2 * index + 1, 0] = Kind.PLAN
        if facts is not None:
            about = facts.bars[index]
            rows[2 * index + 1, 1:] = (
                *recall_values(about.recall),
                density_value(about.onsets_per_quarter),
                mood_value(about.valence),
                mood_value(about.arousal),
            )
    keys[:, 0] = np.repeat(np.arange(len(bars)), 2)
    keys[:, 1] = -1
    keys[1::2, 2] = _PLAN_RANK
    return rows, keys


def chord_row(chord: Chord, tick: int) -> list[int]:
    """The row of a chord at a tick of its bar."""
    beat, position = divmod(tick, GRID_TICKS_PER_QUARTER)
    quality = CHORD_QUALITIES.index(chord.quality)
    return [Kind.CHORD, beat, position, 1 + chord.root, 1 + quality, 1 + chord.bass, 0]


def _chord_rows(chords: Sequence[Chord], starts: NDArray[np.int64]) -> Block:
    """Heard chords, without the colours that are too rare to be learned."""
    rows = np.zeros((len(chords), COLUMNS), dtype=np.int64)
    keys = np.zeros((len(chords), 5), dtype=np.int64)
    for index, heard in enumerate(chords):
        chord = heard._replace(quality=PLAIN_QUALITIES.get(heard.quality, heard.quality))
        bar = int(np.searchsorted(starts, chord.tick, side="right")) - 1
        tick = chord.tick - int(starts[bar])
        rows[index] = chord_row(chord, tick)
        keys[index] = (bar, tick, _CHORD_RANK, 0, 0)
    return rows, keys


def _dynamics_rows(
    number: int, field: int, bar: NDArray[np.int64], level: NDArray[np.int64]
) -> Block:
    """A row wherever a part's level is not that of the last bar in which it played."""
    changed = np.flatnonzero((level != np.concatenate([[0], level[:-1]])) & (level > 0))
    rows = np.zeros((len(changed), COLUMNS), dtype=np.int64)
    rows[:, 0] = Kind.DYNAMICS
    rows[:, 1] = field
    rows[:, 2] = level[changed]
    keys = np.zeros((len(changed), 5), dtype=np.int64)
    keys[:, 0] = bar[changed]
    keys[:, 1] = -1
    keys[:, 2] = _DYNAMICS_RANK
    keys[:, 3] = number
    return rows, keys


def _note_rows(
    number: int,
    fields: NDArray[np.int64],
    bar: NDArray[np.int64],
    level: NDArray[np.int64],
    columns: NDArray[np.int64],
    starts: NDArray[np.int64],
    is_drums: bool,
) -> Block:
    onset, length, pitch, velocity = columns
    tick = onset - starts[bar]
    accent = (velocity - level * LEVEL_VELOCITY) // ACCENT_VELOCITY + MOST_ACCENT + 1
    rows = np.stack(
        [
            np.full(len(onset), Kind.NOTE),
            tick // GRID_TICKS_PER_QUARTER,
            tick % GRID_TICKS_PER_QUARTER,
            fields,
            pitch + DRUM_PITCH_OFFSET * is_drums,
            nearest_length_index(length),
            np.where(velocity > 0, accent, UNKNOWN),
        ],
        axis=1,
    )
    rank = np.full(len(onset), _NOTE_RANK)
    order = 2 * number + (fields >= PART_VALUES)  # the right hand before the left
    keys = np.stack([bar, tick, rank, order, pitch], axis=1)
    return rows, keys
