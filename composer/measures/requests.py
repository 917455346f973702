"""Requests to judge a model by, and what it makes of them.

Random requests fill in some fields at random; requests of a style give nothing else, so that what
is written can be laid beside real music of the style; requests of a mood are for solo piano, since
that is what the labelled clips are.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from composer.composing import compose
from composer.composing.compose import Composition
from composer.errors import RequestError
from composer.music.chords import parse_progression, print_progression
from composer.music.ensembles import ensembles
from composer.music.keys import key_name, key_of, parse_key
from composer.music.moods import QUADRANTS, find_mood, moods
from composer.music.styles import composers, styles

METERS = ("4/4", "3/4", "2/4", "6/8", "2/2", "5/4")
FORMS = ("AABA", "ABAB", "ABA", "AAB", "ABAC", "AB")
PROGRESSIONS = {
    "major": ("I | vi | IV | V", "I V | vi IV", "ii7 | V7 | Imaj7 | Imaj7", "I | IV I6 | ii V | I"),
    "minor": ("i | bVI | bIII | bVII", "i | iv | V7 | i", "i V6 | i | iiø7 V7 | i"),
}
GIVEN_SHARE = 0.5
"""How often a free field is given."""
CHORDS_SHARE, FORM_SHARE = 0.3, 0.3
"""How often chords are, and of the rest a form: copied bars would repeat other chords."""
MOST_BARS = 24
TOGETHER = 48
"""Requests written side by side."""
MOOD_STYLES = ("pop", "game")


@dataclass(frozen=True, slots=True)
class Made:
    """A request (arguments of `compose`), what came of it, and its share of the seconds of CPU."""

    request: dict[str, Any]
    composition: Composition
    cpu_seconds: float


def validate(count: int) -> None:
    """Raises RequestError for a number of requests below one."""
    if count < 1:
        raise RequestError(f"{count} requests are not possible; give at least 1")


def random_requests(count: int, seed: int = 0) -> Iterator[dict[str, Any]]:
    """Over all styles, composers and moods in turn, other fields given or free by chance."""
    validate(count)
    random = np.random.default_rng(seed)
    every_style = [style.name for style in (*styles(), *composers())]
    every_mood = [mood.name for mood in moods()]
    random.shuffle(every_style)
    for number in range(count):
        yield {
            "style": every_style[number % len(every_style)],
            "mood": every_mood[number % len(every_mood)],
            "bars": (bars := int(random.integers(1, MOST_BARS + 1))),
            **_random_fields(random),
            **_random_harmony(random, bars),
            "seed": int(random.integers(10**6)),
        }


def _random_fields(random: np.random.Generator) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    every_ensemble = [e.name for e in ensembles() if e.name not in ("drums", "other")]
    if random.random() < GIVEN_SHARE:
        fields["meter"] = str(random.choice(METERS))
    if random.random() < GIVEN_SHARE:
        fields["tempo"] = float(random.integers(40, 200))
    if random.random() < GIVEN_SHARE:
        fields["ensemble"] = str(random.choice(every_ensemble))
    return fields


def _random_harmony(random: np.random.Generator, bars: int) -> dict[str, Any]:
    """A key or none; chords of it as symbols, or a form, or neither."""
    fields: dict[str, Any] = {}
    mode = str(random.choice(["major", "minor"]))
    key = key_name(key_of(int(random.integers(12)), mode))
    if random.random() < GIVEN_SHARE:
        fields["key"] = key
    if random.random() < CHORDS_SHARE:
        numerals = str(random.choice(PROGRESSIONS[mode]))
        spelled = parse_key(key)
        progression = parse_progression(numerals, spelled)[:bars]
        fields["chords"] = print_progression(progression, spelled)
    elif random.random() < FORM_SHARE:
        form = str(random.choice(FORMS))
        section = int(random.integers(2, 1 + MOST_BARS // len(form)))
        fields |= {"form": form, "bars": len(form) * section}
    return fields


MODERATE = 110.0
"""Quarters a minute: what is faster is no calm tempo, what is slower no driven one."""


def speaks_against_its_mood(request: dict[str, Any]) -> bool:
    """Whether a random request gives a mode or a tempo that moods of the other side have."""
    mood = find_mood(request["mood"])
    signature = parse_key(request["key"]) if "key" in request else None
    wrong_mode = signature is not None and (signature.mode == "major") != (mood.valence > 0)
    wrong_tempo = "tempo" in request and (request["tempo"] > MODERATE) != (mood.arousal > 0)
    return wrong_mode or wrong_tempo


def style_requests(names: Sequence[str], each: int, bars: int) -> Iterator[dict[str, Any]]:
    """`each` requests of every style, nothing but the number of bars given besides."""
    for seed in range(each):
        for name in names:
            yield {"style": name, "bars": bars, "seed": seed}


def mood_requests(each: int, bars: int) -> Iterator[dict[str, Any]]:
    """`each` requests of every quadrant ("q1" to "q4") for solo piano."""
    for seed in range(each):
        for mood in QUADRANTS:
            yield {
                "style": MOOD_STYLES[seed % len(MOOD_STYLES)],
                "ensemble": "solo-piano",
                "mood": mood,
                "bars": bars,
                "seed": seed,
            }


def compose_all(
    requests: Iterable[dict[str, Any]],
    weights: Path | None = None,
    progress: Callable[[int], None] = lambda done: None,
) -> list[Made]:
    """Compose every request, in order, side by side, with nothing to choose from unless it says
    so. Raises what `compose` raises.

    The seconds of a group are shared out by notes.
    """
    made: list[Made] = []
    remaining = iter(requests)
    while group := list(islice(remaining, TOGETHER)):
        began = time.process_time()
        alone = [{"best_of": 1, **request} for request in group]
        compositions = compose.compose_all(alone, weights)
        seconds = time.process_time() - began
        notes = [composition.piece.note_count for composition in compositions]
        for request, composition, count in zip(group, compositions, notes, strict=True):
            made.append(Made(request, composition, seconds * count / max(1, sum(notes))))
        progress(len(made))
    return made
