"""The leans as composing assembles them: leaving any of them out shows in what is written.

The model is one that knows nothing: every value of a field is as likely as another, but that notes
follow each other soon. So what the leans do is seen whatever the weights have learned.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from composer.analysis.key_finding import key_profiles
from composer.composing.asking.fields_asked import given_chords, given_fields
from composer.composing.asking.request import make_request
from composer.composing.leans.all_leans import LEANS, Leans
from composer.composing.leans.lean import Setting, next_field
from composer.composing.leans.part_statistics import ANY_STYLE, return_share, usual_register
from composer.composing.writing.sampling import Chance, Writer
from composer.model.runtime import Runtime
from composer.music.facts import Recall
from composer.music.instruments import BY_NAME, INSTRUMENTS
from composer.music.piece import GRID_TICKS_PER_QUARTER, Piece
from composer.tokens.decode import decode
from composer.tokens.fields import FIELD_SIZES, Kind, column_of
from composer.tokens.grammar import Grammar
from composer.tokens.values import density_of, part_value, recall_values, role_value
from tests.composing.tunes import tune

BARS = 6
MORE_NOTES, SOON = 2.0, {"beat": 1.0, "position": 0.3, "length": 0.05}
"""Logits for a note before a bar, a chord or the end; and against each later beat or position, and
each longer length."""
NOTE_COLUMNS = {name: column_of(Kind.NOTE, name) for name in ("part", "pitch", "beat", "position")}


def value_of(instrument: str) -> int:
    return part_value(INSTRUMENTS.index(BY_NAME[instrument]), 0)


def written(asked: dict[str, Any], without: frozenset[str], seed: int, **given: Any) -> np.ndarray:
    """The rows of a piece, (rows, COLUMNS), by a model that knows nothing."""
    request = make_request(**({"bars": BARS} | asked))
    grammar = Grammar(request.bars, chords=given_chords(request, 0))
    chance = Chance(min_p=0.0, without=without)
    fields = replace(given_fields(request), **given)
    model = cast(Runtime, SimpleNamespace(shape=SimpleNamespace(context=10_000)))
    writing = Writer(model, grammar, fields, chance, np.random.default_rng(seed)).rows()
    ask = next(writing)
    while True:
        _, name = next_field(ask.row) or (None, "kind")
        logits = -SOON.get(name, 0.0) * np.arange(FIELD_SIZES[name])
        if name == "kind":
            logits[Kind.NOTE] = MORE_NOTES
        try:
            ask = writing.send(logits)
        except StopIteration as end:
            return np.asarray(end.value)


def notes_by_bar(rows: np.ndarray) -> list[np.ndarray]:
    """The note rows of each bar."""
    starts = np.flatnonzero(rows[:, 0] == Kind.BAR)
    return [bar[bar[:, 0] == Kind.NOTE] for bar in np.split(rows, starts)[1:]]


def column(notes: np.ndarray, name: str) -> np.ndarray:
    return notes[:, NOTE_COLUMNS[name]]


def ticks(notes: np.ndarray) -> np.ndarray:
    return column(notes, "beat") * GRID_TICKS_PER_QUARTER + column(notes, "position")


def onsets(piece: Piece, place: int = 0) -> list[int]:
    return [note.onset_tick for note in piece.parts[place].notes]


def strange_tones(rows: np.ndarray) -> float:
    """Notes on strong beats that are not of the chord given in every bar, C major."""
    strong = [bar[np.isin(ticks(bar), (0, 48))] for bar in notes_by_bar(rows)[:-1]]
    pitches = column(np.concatenate(strong), "pitch") % 12
    return float(np.mean(~np.isin(pitches, (0, 4, 7)))) if len(pitches) else np.nan


def strange_end(rows: np.ndarray) -> float:
    """Notes of the last bar that are not of C major."""
    return float(np.mean(~np.isin(column(notes_by_bar(rows)[-1], "pitch") % 12, (0, 4, 7))))


def unusual_returns(rows: np.ndarray) -> float:
    """How far the share of bars that recall another lies from that of real music."""
    plans = rows[rows[:, 0] == Kind.PLAN]
    distances = plans[:, column_of(Kind.PLAN, "recall_distance")]
    return abs(float(np.mean(distances > 1)) - return_share(ANY_STYLE))


def silent_players(rows: np.ndarray) -> float:
    return 6 - len(decode(rows).parts)


def silent_bars(rows: np.ndarray) -> float:
    return float(np.mean([not len(bar) for bar in notes_by_bar(rows)]))


def idle_bass(rows: np.ndarray) -> float:
    """Bars in which the bass has fewer than two notes."""
    mine = [column(bar, "part") == value_of("electric-bass") for bar in notes_by_bar(rows)]
    return float(np.mean([notes.sum() < 2 for notes in mine]))


def strange_key(rows: np.ndarray) -> float:
    """How much likelier other keys are than C major, by how often each pitch class is struck."""
    pitches = np.concatenate([column(bar, "pitch") for bar in notes_by_bar(rows)[:-1]]) % 12
    struck = np.bincount(pitches, minlength=12)
    scores = [float(np.corrcoef(struck, profile)[0, 1]) for profile in key_profiles()]
    return max(scores) - scores[0]


def far_from_usual(rows: np.ndarray) -> float:
    """How far, in semitones, a viola is from where violas are."""
    usual = usual_register(value_of("viola"), "")
    assert usual is not None
    notes = [note.pitch for part in decode(rows).parts for note in part.notes]
    return abs(float(np.mean(notes)) - usual.mean)


def wrong_density(rows: np.ndarray) -> float:
    """How far the onsets of a bar are from those of the level that was given."""
    wanted = 4 * density_of(4)
    return float(np.mean([abs(len(np.unique(ticks(bar))) - wanted) for bar in notes_by_bar(rows)]))


def far_from_influence(rows: np.ndarray) -> float:
    theirs = tune().parts[0].notes
    pitches = [note.pitch for note in decode(rows).parts[0].notes]
    return abs(float(np.mean(pitches)) - float(np.mean([note.pitch for note in theirs])))


def plan(bar: int, recall: Recall | None) -> dict[tuple[Kind, str], int]:
    names = ("recall_distance", "recall_kind", "recall_semitones")
    return {(Kind.PLAN, name): v for name, v in zip(names, recall_values(recall), strict=False)}


NEW = {bar: plan(bar, None) for bar in range(BARS)}
WITH_A_BASS = tuple(
    (value_of(name), 1 + BY_NAME[name].program, role_value(role))
    for name, role in (
        ("flute", ""), ("oboe", ""), ("clarinet", ""), ("trumpet", ""), ("electric-bass", "bass"),
    )
)  # fmt: skip
DUO = {"instruments": ["flute", "cello"], "meter": "4/4", "key": "C major"}
MANY = ["flute", "oboe", "clarinet", "bassoon", "horn", "cello"]

SHOWN: dict[str, tuple[Callable[[np.ndarray], float], dict[str, Any], dict[str, Any]]] = {
    "chord_tones": (strange_tones, DUO | {"chords": "C"}, {"bars": NEW}),
    "ending": (strange_end, DUO, {"bars": NEW}),
    "recall_share": (unusual_returns, DUO | {"bars": 16}, {}),
    "everybody_plays": (silent_players, {"instruments": MANY, "bars": 1}, {}),
    "silent_bars": (silent_bars, DUO, {"bars": NEW}),
    "role_share": (
        idle_bass,
        {"style": "rock", "instruments": [*MANY[:3], "trumpet", "electric-bass"]},
        {"parts": WITH_A_BASS, "bars": NEW},
    ),
    "tonality": (strange_key, DUO, {"bars": NEW}),
    "usual_registers": (far_from_usual, {"instruments": ["viola"]}, {"bars": NEW}),
    "note_density": (
        wrong_density,
        DUO,
        {"bars": {bar: of | {(Kind.PLAN, "density"): 4} for bar, of in NEW.items()}},
    ),
    "asked_registers": (far_from_influence, {"like": tune()}, {"bars": NEW}),
}
"""Of each lean what it makes less, in pieces of which request, with which other given fields."""


def test_every_lean_of_the_table_is_shown_here() -> None:
    assert SHOWN.keys() == LEANS.keys()


@pytest.mark.parametrize("name", LEANS)
def test_leaving_a_lean_out_shows_in_what_is_written(name: str) -> None:
    """With all leans there is less of what it is against than with all but it."""
    measure, asked, given = SHOWN[name]
    with_all, without = (
        np.nanmean([measure(written(asked, left_out, seed, **given)) for seed in range(16)])
        for left_out in (frozenset[str](), frozenset({name}))
    )
    assert with_all < 0.9 * without


def test_a_rule_that_leaves_nothing_does_not_hold() -> None:
    """Logits stay as they were where every allowed value would be ruled out."""
    grammar = Grammar(1)
    leans = Leans(Setting(grammar), without=LEANS.keys() - {"everybody_plays"})
    request = make_request(instruments=["flute", "cello"], bars=1)
    rows = written({"instruments": ["flute", "cello"], "bars": 1}, frozenset(), 1)
    assert request.bars == 1
    for row in rows.tolist():
        if row[0] == Kind.NOTE:
            break
        grammar.advance(row)
        leans.advance(row)
    logits, allowed = np.zeros(FIELD_SIZES["kind"]), np.zeros(FIELD_SIZES["kind"], dtype=bool)
    allowed[Kind.MARK] = True
    assert leans.added(logits, allowed, []) is logits
    allowed[Kind.NOTE] = True
    found = leans.added(logits, allowed, [])
    assert np.isneginf(found[Kind.MARK])
    assert np.isfinite(found[Kind.NOTE])


def test_a_name_that_is_not_in_the_table_is_refused() -> None:
    with pytest.raises(ValueError, match="no leans are called \\['rest'\\]"):
        Leans(Setting(Grammar(1)), without={"rest"})
