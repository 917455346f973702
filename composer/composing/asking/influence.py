"""A piece as an influence: what is taken from it is how it is made, never its notes.

Style, instruments, meter, tempo and mode; then bar by bar which earlier bar comes again and how
dense it is; and the register, loudness and articulation of the whole.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import chain

from composer.analysis.analyse import analyse
from composer.analysis.ensemble import estimate_ensemble
from composer.analysis.style import estimate_style
from composer.composing.asking.timing import FASTEST, SLOWEST
from composer.composing.leans.part_statistics import Register
from composer.composing.leans.registers import register_of
from composer.errors import RequestError
from composer.music.bars import bars_of, prevailing_meter, prevailing_tempo
from composer.music.ensembles import ensemble_index
from composer.music.facts import BarFacts, Facts, Recall
from composer.music.instruments import BY_NAME
from composer.music.meters import grid_meters
from composer.music.piece import Part, Piece
from composer.tokens.encode import hands_of
from composer.tokens.fields import UNKNOWN, Kind
from composer.tokens.values import (
    MARKED,
    density_value,
    legato_value,
    loudness_value,
    mood_value,
    recall_values,
    register_value,
)

LEAST_CERTAINTY = 0.3
"""A style that is less likely than this is not taken."""
MOST_BARS_TAKEN = 64
"""A longer influence gives the plan of its beginning, and does not say how long the piece is."""

Fields = dict[tuple[Kind, str], int]


@dataclass(frozen=True, slots=True)
class Influence:
    """What a piece gives to another. Words are those of the flags, "" where it says nothing.

    `header` are fields of the whole, `plan` those of each bar (a pickup left out), without moods,
    which are `moods`; `copies` are bars (from 0) that repeat an earlier one exactly.
    """

    title: str
    style: str
    ensemble: str
    instruments: tuple[str, ...]
    roles: tuple[str, ...]
    registers: tuple[Register | None, ...]
    meter: str
    tempo: float | None
    mode: str
    form: str
    header: Fields
    mood: Fields
    plan: tuple[Fields, ...]
    moods: tuple[Fields, ...]
    copies: dict[int, int]

    @property
    def bars(self) -> int | None:
        """How many bars it has, unless they are too many to follow."""
        return len(self.plan) if len(self.plan) <= MOST_BARS_TAKEN else None

    def in_words(self, bars: int) -> str:
        """The title, and what is taken beyond what the flags could say, for so many bars."""
        names = [name for kind, name in self.header if kind == Kind.MOOD]
        taken = f"recall and density of {min(bars, len(self.plan))} bars"
        return f"{self.title} (form {self.form}, {', '.join([taken, *names])})"


def influence_of(piece: Piece) -> Influence:
    """Analyse a piece at any resolution. Raises RequestError for one that says nothing."""
    from composer.music.normalise import normalise
    from composer.played.quantise import quantise

    if not piece.note_count:
        raise RequestError(f"{piece.title or 'the piece'} has no notes that could be an influence")
    on_grid = normalise(quantise(piece))
    facts = analyse(on_grid)
    bars = _without_pickup(on_grid, facts)
    recalls = [_recall(bar, index) for index, bar in enumerate(bars)]
    meter, tempo = prevailing_meter(on_grid), prevailing_tempo(on_grid)
    is_usual = (meter.numerator, meter.denominator) in grid_meters()
    ensemble = estimate_ensemble(on_grid)
    return Influence(
        title=piece.title,
        style=_style(on_grid, facts),
        ensemble=ensemble if ensemble_index(ensemble) else "",
        instruments=tuple(part.instrument for part in on_grid.parts),
        roles=tuple(part.role for part in on_grid.parts),
        registers=tuple(chain.from_iterable(map(_registers_of, on_grid.parts))),
        meter=str(meter) if is_usual else "",
        tempo=_playable(tempo.quarters_per_minute) if tempo else None,
        mode=facts.key.mode if facts.key else "",
        form=facts.form,
        header=_header(on_grid, facts),
        mood=_mood(Kind.MOOD, facts.valence, facts.arousal),
        plan=tuple(_plan(bar, recall) for bar, recall in zip(bars, recalls, strict=True)),
        moods=tuple(_mood(Kind.PLAN, bar.valence, bar.arousal) for bar in bars),
        copies={
            index: index - recall.distance
            for index, recall in enumerate(recalls)
            if recall.kind == "exact"
        },
    )


def _without_pickup(piece: Piece, facts: Facts) -> tuple[BarFacts, ...]:
    bars = bars_of(piece)
    is_pickup = len(bars) > 1 and bars[0].length_ticks < bars[1].length_ticks
    return facts.bars[1:] if is_pickup else facts.bars


def _recall(bar: BarFacts, index: int) -> Recall:
    if bar.recall is None or bar.recall.distance > index:
        return Recall(0, "new")
    return bar.recall


def _style(piece: Piece, facts: Facts) -> str:
    """The style that it is tagged with, or the likeliest."""
    if piece.tags.style:
        return piece.tags.style
    likeliest, certainty = next(iter(estimate_style(piece, 1, facts).items()))
    return likeliest if certainty >= LEAST_CERTAINTY else ""


def _playable(quarters_per_minute: float) -> float:
    return round(max(SLOWEST, min(FASTEST, quarters_per_minute)), 2)


def _header(piece: Piece, facts: Facts) -> Fields:
    fields = {
        (Kind.MOOD, "register"): register_value(facts.mean_pitch),
        (Kind.MOOD, "legato"): legato_value(facts.legato),
        (Kind.MOOD, "density"): density_value(facts.onsets_per_quarter),
        (Kind.MOOD, "loudness"): loudness_value(facts.loudness),
    }
    known = {key: value for key, value in fields.items() if value != UNKNOWN}
    if (Kind.MOOD, "loudness") in known:
        known[Kind.STYLE, "dynamics"] = MARKED
    return known


def _plan(bar: BarFacts, recall: Recall) -> Fields:
    names = ("recall_distance", "recall_kind", "semitones")
    fields = {
        (Kind.PLAN, name): value for name, value in zip(names, recall_values(recall), strict=True)
    }
    return {**fields, (Kind.PLAN, "density"): density_value(bar.onsets_per_quarter)}


def _mood(kind: Kind, valence: float | None, arousal: float | None) -> Fields:
    fields = {(kind, "valence"): mood_value(valence), (kind, "arousal"): mood_value(arousal)}
    return {key: value for key, value in fields.items() if value != UNKNOWN}


def _registers_of(part: Part) -> list[Register | None]:
    """Of the part, or of the right and the left hand where it has rows for both."""
    if BY_NAME[part.instrument].staves != 2 or part.role == "melody":
        return [register_of(part)]
    hands = hands_of(part)
    if hands is None:
        return [register_of(part), None]
    of_hands = [
        [note for note, own in zip(part.notes, hands, strict=True) if own == hand]
        for hand in (1, 2)
    ]
    return [register_of(replace(part, notes=tuple(notes))) for notes in of_hands]
