"""What the grammar lets through is a piece, and it lets every real piece through."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from composer.analysis.analyse import analyse
from composer.music.bars import bars_of
from composer.music.ensembles import ensemble_index
from composer.music.instruments import BY_NAME, INSTRUMENTS
from composer.music.normalise import normalise
from composer.music.piece import GRID_TICKS_PER_QUARTER, Piece
from composer.music.playable import can_strike, is_playable
from composer.tokens.decode import decode
from composer.tokens.encode import encode
from composer.tokens.fields import (
    COLUMNS,
    FIELD_SIZES,
    PART_VALUES,
    ROW_FIELDS,
    Kind,
    column_of,
)
from composer.tokens.grammar import Grammar, empty_row
from composer.tokens.values import left_hand_of, meter_value, part_value, role_value
from tests.pieces import real_works, without_words
from tests.shared import needs_corpora

MOST_ROWS = 400


def _random_rows(bars: int, seed: int, is_new: bool = False) -> np.ndarray:
    """Rows chosen blindly among what the grammar allows; bars end sooner as rows run out."""
    random = np.random.default_rng(seed)
    grammar = Grammar(bars, is_new=is_new)
    rows: list[list[int]] = []
    meter: int | None = None
    while not grammar.ended:
        row: list[int] = []
        while len(row) < (1 + len(ROW_FIELDS[Kind(row[0])]) if row else 1):
            choices = np.flatnonzero(grammar.allowed(row))
            assert len(choices), (row, rows[-3:])
            value = int(random.choice(choices))
            if not row and len(rows) > MOST_ROWS:
                value = int(max(choices, key=lambda kind: kind in (Kind.BAR, Kind.MARK)))
            if row and row[0] == Kind.BAR and len(row) == 2:
                value = meter = value if meter is None else meter
            row.append(value)
        row += [0] * (COLUMNS - len(row))
        grammar.advance(row)
        rows.append(row)
    return np.array(rows, dtype=np.int16)


@given(st.integers(1, 6), st.integers(0, 10**6))
@settings(max_examples=40, deadline=None)
def test_blind_choices_make_a_normalised_piece_of_the_right_length(bars: int, seed: int) -> None:
    """Whatever chance picks, the rows decode to a piece on the grid with exactly these bars."""
    rows = _random_rows(bars, seed)
    piece = decode(rows)
    assert len(bars_of(piece)) == bars
    if piece.parts:
        assert without_words(normalise(piece)).meters == piece.meters
        assert normalise(piece).end_tick == piece.end_tick
        assert _placed(normalise(piece)) == _placed(piece)
    for part in piece.parts:
        assert is_playable(part)
        assert all(note.end_tick <= piece.end_tick for note in part.notes)


def _placed(piece: Piece) -> list[list[tuple[int, int, int]]]:
    """Onset, length and pitch of every note of every part."""
    return [[note[:3] for note in part.notes] for part in piece.parts]


@needs_corpora
def test_every_real_piece_is_possible() -> None:
    """Each field of each row of real music is allowed, what is unplayable aside, and drums that
    stand before the other parts, as in a few game files.

    Where the meter changes the room to the end is not known, so lengths are not held to it.
    """
    for work in real_works(per_corpus=3):
        piece = normalise(work.read())
        rows = encode(piece, analyse(piece), "human").rows
        grammar = Grammar(len(bars_of(piece)))
        length_column = 1 + ROW_FIELDS[Kind.NOTE].index("length")
        meter_changes = len(piece.meters) > 1
        for row in rows.tolist()[:1500]:
            unplayable = row[0] == Kind.NOTE and _is_unplayable(grammar, row)
            unplayable |= row[0] == Kind.PART and not grammar.parts
            length = 1 + len(ROW_FIELDS[Kind(row[0])])
            for column in range(length):
                if unplayable or _is_unknown(row, column):
                    continue
                if row[0] == Kind.NOTE and column == length_column and meter_changes:
                    continue  # the room to the end is only known where the meter stays
                assert grammar.allowed(row[:column])[row[column]], (work.path, row, column)
            grammar.advance(row)


def _is_unplayable(grammar: Grammar, row: list[int]) -> bool:
    """Beyond the range of the instrument, or more than one player can sound."""
    part = grammar.parts[grammar.order[row[3]]]
    tick = grammar.bar_start_tick + row[1] * GRID_TICKS_PER_QUARTER + row[2]
    struck, held = part.heard(tick)
    chord = [*struck, row[4] + part.above_field]
    return not part.pitches[row[4]] or not can_strike(part.instrument, chord, held)


def _playable(pitches: list[int]) -> bool:
    """Whether two hands of five fingers and a tenth strike these pitches, which go upwards."""
    return any(
        all(len(hand) <= 5 and hand[-1] - hand[0] <= 16 for hand in (left, right) if hand)
        for left, right in ((pitches[:at], pitches[at:]) for at in range(len(pitches) + 1))
    )


@given(st.integers(1, 3), st.integers(0, 2**32 - 1))
@settings(max_examples=30)
def test_new_music_is_readable(bars: int, seed: int) -> None:
    """Who leads begins one note at a time, but for a keyboard of two hands, whose right one leads
    with chords; and all onsets lie on 32nds or sextuplets."""
    rows = _random_rows(bars, seed, is_new=True)
    left_hands = {part for part in rows[rows[:, 0] == Kind.PART][:, 1] if part >= PART_VALUES}
    for row in rows[rows[:, 0] == Kind.PART]:
        value, role = int(row[1]), int(row[column_of(Kind.PART, "role")])
        if role != role_value("melody") or value in left_hands or left_hand_of(value) in left_hands:
            continue
        bar = np.cumsum(rows[:, 0] == Kind.BAR)
        mine = (rows[:, 0] == Kind.NOTE) & (rows[:, column_of(Kind.NOTE, "part")] == value)
        onsets = [
            (int(at), *place)
            for at, place in zip(bar[mine], rows[mine][:, 1:3].tolist(), strict=True)
        ]
        assert len(onsets) == len(set(onsets))
    positions = rows[rows[:, 0] == Kind.NOTE][:, column_of(Kind.NOTE, "position")]
    assert ((positions % 3 == 0) | (positions % 4 == 0)).all()


@given(st.integers(0, 2**32 - 1))
def test_a_pianist_has_two_hands(seed: int) -> None:
    """Whatever pitches of a piano are let through at once lie under two hands; then none is."""
    random = np.random.default_rng(seed)
    piano = part_value(INSTRUMENTS.index(BY_NAME["piano"]), 0)
    grammar = Grammar(1)
    for row in (empty_row(Kind.PART, piano, 1), empty_row(Kind.BAR, 1, meter_value(4, 4))):
        grammar.advance(row)
    chord: list[int] = []
    while (choices := np.flatnonzero(grammar.allowed([Kind.NOTE, 0, 0, piano]))).size:
        chord.append(int(choices[min(len(choices) - 1, int(random.integers(12)))]))
        grammar.advance(empty_row(Kind.NOTE, 0, 0, piano, chord[-1], 24))
        assert _playable(chord)
    assert len(chord) > 1


def test_drums_come_first_only_as_an_ensemble_of_drums() -> None:
    """A part of another instrument stands before the drums of any other ensemble."""
    drums = part_value(INSTRUMENTS.index(BY_NAME["drums"]), 0)
    for ensemble, first in ((0, True), (ensemble_index("drums"), True), (1, False)):
        grammar = Grammar(1)
        for row in (
            empty_row(Kind.STYLE, 1, 0, ensemble),
            empty_row(Kind.MOOD),
            empty_row(Kind.FORM),
        ):
            grammar.advance(row)
        assert grammar.allowed([Kind.PART])[drums] == first
        grammar.advance(empty_row(Kind.PART, part_value(0, 0), 1))
        assert grammar.allowed([Kind.PART])[drums]


def _is_unknown(row: list[int], column: int) -> bool:
    return column > 0 and row[column] == 0


def test_a_piece_cannot_stop_early_or_go_on() -> None:
    """The end mark is possible after the last bar only, and then nothing else but its notes."""
    grammar = Grammar(2)
    rows = _random_rows(2, 1)
    for row in rows.tolist():
        kinds = np.flatnonzero(grammar.allowed([]))
        assert (Kind.MARK in kinds) <= (grammar.bar == 1)
        assert not (Kind.BAR in kinds and grammar.bar == 1)
        grammar.advance(row)
    assert grammar.ended


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind != Kind.PAD])
def test_fields_of_a_row_are_known_by_name_and_size(kind: Kind) -> None:
    """Every field of every kind has a table, and no name stands twice in a row."""
    names = ROW_FIELDS[kind]
    assert len(set(names)) == len(names) <= COLUMNS - 1
    assert all(name in FIELD_SIZES for name in names)
