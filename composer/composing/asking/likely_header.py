"""What the model would choose for a header, before anybody knows how many bars there will be."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from composer.composing.asking.climax import plan_fields
from composer.composing.asking.fields_asked import given_fields
from composer.composing.asking.request import Fields, Request, main_mood
from composer.composing.asking.timing import Cue, find_cue, possible_meters
from composer.composing.writing.batch import write_all
from composer.composing.writing.sampling import Chance, Writer
from composer.errors import RequestError
from composer.model.runtime import Runtime
from composer.tokens.fields import FIELD_SIZES, ROW_FIELDS, UNKNOWN, Kind, column_of
from composer.tokens.grammar import Grammar
from composer.tokens.values import meter_of, tempo_of, tempo_value


class LikelyHeader(NamedTuple):
    """The meter and tempo (quarters a minute) that suit, and the header that they suit, as fields.

    Those of style and mood only, in which a free style is chosen too.
    """

    meter: tuple[int, int]
    tempo: float
    fields: Fields


def likely_header(
    model: Runtime, request: Request, chance: Chance, random: np.random.Generator
) -> LikelyHeader:
    """Sampled like any other header, with what is given held fast; only the bars stay unknown."""
    writer = Writer(model, _HeaderGrammar(request.bars), given_fields(request), chance, random)
    rows = {Kind(row[0]): row for row in write_all([writer])[0].tolist()}
    form = rows[Kind.FORM]
    fields = {
        (kind, name): rows[kind][column_of(kind, name)]
        for kind in (Kind.STYLE, Kind.MOOD)
        for name in ROW_FIELDS[kind]
        if name != "ensemble" or not request.styles  # who plays a style is drawn from its music
    }
    tempo = tempo_of(form[column_of(Kind.FORM, "tempo")])
    assert tempo is not None  # a tempo is never sampled as unknown
    return LikelyHeader(meter_of(form[column_of(Kind.FORM, "meter")]), tempo, fields)


class _HeaderGrammar(Grammar):
    """Of a piece of unknown length, ended by its form."""

    def _form_bars(self, row: list[int]) -> np.ndarray:
        allowed = np.zeros(FIELD_SIZES["bars"], dtype=bool)
        allowed[UNKNOWN] = True
        return allowed

    def advance(self, row: list[int]) -> None:
        super().advance(row)
        self.ended = row[0] == Kind.FORM


def with_cue(
    model: Runtime, request: Request, chance: Chance, random: np.random.Generator
) -> Request:
    """A request for a duration with the bars, meter and tempi that meet it, as near as can be to
    what the model would choose. Raises RequestError where none do, saying what is possible.
    """
    if request.timing is None:
        return request
    likely = likely_header(model, request, chance, random)
    cue = find_cue(
        request.timing,
        possible_meters(request.meter or likely.meter, request.meter is not None),
        request.quarters_per_minute or likely.tempo,
        bars=request.bars if request.bars_are_given else None,
        multiple=max(1, len(request.form)),
        tempo_is_given=request.quarters_per_minute is not None,
    )
    mood = request.mood
    if request.mood_curve:
        if request.mood_curve[-1].bar > cue.bars:
            raise RequestError(
                f"the mood at bar {request.mood_curve[-1].bar} lies beyond the {cue.bars} bars "
                f"that last {request.timing.seconds:g} seconds; give --bars or earlier moods"
            )
        mood = main_mood(request.mood_curve, cue.bars)
    timed = replace(request, bars=cue.bars, mood=mood, cue=cue)
    return replace(timed, header=request.header | likely.fields, plan=_plan(timed, cue))


def _plan(request: Request, cue: Cue) -> tuple[Fields, ...]:
    """What each bar is given: its tempo, and a climax at the hit."""
    plan = [dict(bar) for bar in request.plan[: cue.bars]]
    plan += [{} for _ in range(cue.bars - len(plan))]
    for index, bar in enumerate(plan):
        tempo = cue.quarters_per_minute[cue.hit_bar is not None and index >= cue.hit_bar]
        bar[Kind.BAR, "tempo"] = tempo_value(tempo)
    if cue.hit_bar is not None:
        for bar, climax in zip(plan, plan_fields(cue, request.mood), strict=True):
            bar |= climax
    return tuple(plan)
