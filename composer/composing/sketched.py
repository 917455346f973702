"""The sketch of a piece as a value that people can read and edit: chords, phrases, form, intensity.

`composer.sketch` writes one, `Sketched.plain` is its JSON, and `composer.compose(sketch=...)`
writes the notes under it. What is edited is checked when it is read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from composer.composing.writing.sketching import RowList, Sketch
from composer.errors import RequestError
from composer.music.chords import chord_symbol, parse_chord
from composer.music.facts import CADENCES, LONGEST_PHRASE, RECALL_KINDS, Chord, Recall
from composer.music.meters import grid_bar_ticks
from composer.music.piece import GRID_TICKS_PER_QUARTER, KeyChange, Part, Piece
from composer.tokens.decode import chords_of, decode
from composer.tokens.encode import chord_row
from composer.tokens.fields import COUNTED_BARS, FORMAT_VERSION, Kind, column_of
from composer.tokens.transpose import transposed
from composer.tokens.values import key_of, meter_of, recall_values

_LEVELS = {"density": 8, "valence": 5, "arousal": 5}


@dataclass(frozen=True, slots=True)
class Sketched:
    """A sketch as it sounds, what was asked, and the seed that it was written with.

    `fifths` is the key signature; the rows are `semitones` lower than the piece.
    """

    sketch: Sketch
    asked: dict[str, Any]
    seed: int
    fifths: int
    semitones: int
    name: str = "sketch"
    """A stem for file names."""

    @property
    def key(self) -> KeyChange:
        form = next(row for row in self.sketch.header if row[0] == Kind.FORM)
        key = key_of(form[column_of(Kind.FORM, "key")])
        return KeyChange(0, self.fifths, key[1] if key else "major")

    @property
    def piece(self) -> Piece:
        """Empty bars in the sketch's meters, key and tempo, for one who reads the chords."""
        piece = decode(self._sounding())
        part = Part("flute", 73, (), "Chords")
        return replace(piece, parts=(part,), keys=(self.key,), title="Sketch")

    @property
    def chords(self) -> tuple[Chord, ...]:
        return tuple(chords_of(self._sounding()))

    def plain(self) -> dict[str, Any]:
        """For JSON: what `read_sketch` reads."""
        return {
            "format": FORMAT_VERSION,
            "asked": self.asked,
            "seed": self.seed,
            "fifths": self.fifths,
            "semitones": self.semitones,
            "header": self.sketch.header,
            "bars": [self._bar(number) for number in range(len(self.sketch.bars))],
        }

    def lines(self) -> list[tuple[str, str, str]]:
        """Bar, chords and what is to be said of it, for a table."""
        lines = []
        for bar in self.plain()["bars"]:
            chords = " ".join(chord["chord"] for chord in bar["chords"]) or "%"
            ends = f"{bar['cadence']} close" if bar["phrase_bars_left"] == 0 else ""
            recalls = bar["recalls"]
            returns = f"{recalls['kind']} as bar {recalls['bar']}" if recalls else ""
            lines.append((str(bar["bar"]), chords, ", ".join(filter(None, (returns, ends)))))
        return lines

    def _sounding(self) -> np.ndarray:
        rows = [*self.sketch.header, *(row for bar in self.sketch.bars for row in bar)]
        return transposed(np.array(rows, dtype=np.int16), self.semitones)

    def _bar(self, number: int) -> dict[str, Any]:
        rows = self.sketch.bars[number]
        bar, plan = rows[0], rows[1]
        distance, kind = plan[1] - 1, RECALL_KINDS[plan[2] - 1] if plan[2] else "new"
        recalls = {"bar": number + 1 - distance, "kind": kind, "semitones": plan[3] - 12}
        return {
            "bar": number + 1,
            "bars_left": bar[1] - 1,
            "meter": "{}/{}".format(*meter_of(bar[2])),
            "chords": [
                {"beat": 1 + tick / GRID_TICKS_PER_QUARTER, "chord": symbol}
                for tick, symbol in self._symbols(rows)
            ],
            "phrase_bars_left": bar[5] - 1,
            "cadence": CADENCES[bar[6] - 1] if bar[6] else "open",
            "recalls": recalls if distance > 0 else None,
            **{name: plan[column_of(Kind.PLAN, name)] for name in _LEVELS},
        }

    def _symbols(self, rows: RowList) -> list[tuple[int, str]]:
        sounding = transposed(np.array(rows, dtype=np.int16), self.semitones)
        return [(chord.tick, chord_symbol(chord, self.key)) for chord in chords_of(sounding)]


def read_sketch(plain: Mapping[str, Any]) -> Sketched:
    """The sketch of a JSON value that `Sketched.plain` made, edited or not.

    Raises RequestError that names the bar and what is wrong with it.
    """
    if plain.get("format") != FORMAT_VERSION:
        raise RequestError(f"this is no sketch of format {FORMAT_VERSION}")
    try:
        semitones, fifths = int(plain["semitones"]), int(plain["fifths"])
        header = [[int(value) for value in row] for row in plain["header"]]
        asked, seed = dict(plain["asked"]), int(plain["seed"])
        old = Sketched(Sketch(header, ()), asked, seed, fifths, semitones)
        bars = tuple(
            _rows_of_bar(bar, number, len(plain["bars"]), old)
            for number, bar in enumerate(plain["bars"])
        )
    except (KeyError, TypeError, ValueError, StopIteration) as error:
        raise RequestError(f"the sketch lacks or misspells {error}") from None
    if not bars:
        raise RequestError("the sketch has no bars")
    return replace(old, sketch=Sketch(header, bars))


def _rows_of_bar(bar: Mapping[str, Any], number: int, total: int, sketched: Sketched) -> RowList:
    form = next(row for row in sketched.sketch.header if row[0] == Kind.FORM)
    meter, key, tempo = (form[column_of(Kind.FORM, name)] for name in ("meter", "key", "tempo"))
    left = _within(bar["phrase_bars_left"], 0, min(LONGEST_PHRASE - 1, total - 1 - number), number)
    told = _within(bar["bars_left"], 0, COUNTED_BARS, number)  # a short piece is told of more
    if bar["cadence"] not in CADENCES:
        raise RequestError(
            f"bar {number + 1}: cadence {bar['cadence']!r} is none of {', '.join(CADENCES)}"
        )
    rows = [
        [Kind.BAR, 1 + told, meter, key, tempo, left + 1, 1 + CADENCES.index(bar["cadence"])],
        [Kind.PLAN, *_recall(bar["recalls"], number), *_levels(bar, number)],
    ]
    bar_ticks = grid_bar_ticks(*meter_of(meter))
    last_tick = -1
    for chord in bar["chords"]:
        tick = round((float(chord["beat"]) - 1) * GRID_TICKS_PER_QUARTER)
        if not last_tick < tick < bar_ticks:
            raise RequestError(f"bar {number + 1}: no chord can stand on beat {chord['beat']}")
        harmony = parse_chord(str(chord["chord"]), sketched.key)
        root, bass = ((pitch - sketched.semitones) % 12 for pitch in (harmony.root, harmony.bass))
        rows.append(chord_row(Chord(tick, root, harmony.quality, bass), tick))
        last_tick = tick
    return [[int(value) for value in row] for row in rows]


def _recall(recalls: Mapping[str, Any] | None, number: int) -> Sequence[int]:
    if recalls is None:
        return recall_values(Recall(0, "new"))
    if recalls["kind"] not in RECALL_KINDS[1:]:
        kinds = ", ".join(RECALL_KINDS[1:])
        raise RequestError(f"bar {number + 1}: recalls {recalls['kind']!r} is none of {kinds}")
    bar = _within(recalls["bar"], 1, number, number)
    semitones = int(recalls.get("semitones", 0)) if recalls["kind"] == "transposed" else 0
    return recall_values(Recall(number + 1 - bar, recalls["kind"], semitones))


def _levels(bar: Mapping[str, Any], number: int) -> list[int]:
    return [_within(bar[name], 1, most, number) for name, most in _LEVELS.items()]


def _within(value: Any, low: int, high: int, number: int) -> int:
    if not low <= int(value) <= high:
        raise RequestError(f"bar {number + 1}: {value} is not possible; give {low} to {high}")
    return int(value)
