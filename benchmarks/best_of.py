"""What choosing gains: `python -m benchmarks.best_of SHARDS EVALUATION`.

For every request some candidates are written. What one gets without choosing is the mean over all
of them; what one gets by choosing is the one that is kept. Both are measured by what the critic was
not trained on: judges of mood and style that were fitted to people's labels and to held-out music,
how the piece ends, and how far its measures lie from those of real music of the style (in standard
deviations). The key is different: whether it is heard is a part of the score.

Conventions: requests of a mood are for solo piano, as the labelled clips are; those of a style give
nothing else but bars and key. `gain` is the mean difference over requests, `error` its standard
error.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from composer.analysis.ending import ending
from composer.analysis.key_finding import agreement, estimate_key
from composer.analysis.table import Floats
from composer.composing import compose
from composer.composing.candidates import Choice
from composer.composing.ranking import Verdict
from composer.corpus.shards import load_shards
from composer.errors import ComposerError, RequestError
from composer.measures import mood_judge, samples, style_judge
from composer.measures.judge import Judge
from composer.measures.likeness import measures_of
from composer.measures.requests import mood_requests, style_requests
from composer.measures.samples import FEWEST_NOTES, Sample, pitched_notes
from composer.music.keys import parse_key
from composer.music.piece import Piece
from composer.rendering.performance.performance import perform

KEYS = ("C major", "A minor", "G major", "D minor", "F major", "E minor", "Bb major", "C minor")
FEWEST_OF_A_STYLE = 12
MOST_OF_A_STYLE = 64

RANKINGS: dict[str, Callable[[Verdict], float]] = {
    "the score": lambda verdict: verdict.score,
    "real alone": lambda verdict: verdict.real,
    "style and mood alone": lambda verdict: (verdict.style or 1.0) * (verdict.mood or 1.0),
    "fields alone": lambda verdict: -float(len(verdict.broken)),
}


@dataclass(frozen=True, slots=True)
class Gain:
    """One measure over the requests that have it: without choosing, chosen, the best there was."""

    ranking: str
    measure: str
    requests: int
    alone: float
    chosen: float
    best: float
    error: float

    @property
    def gain(self) -> float:
        return self.chosen - self.alone


class Ears(NamedTuple):
    """The judges, and per style each measure of real music as (mean, standard deviation)."""

    mood: Judge
    style: Judge
    real: Mapping[str, dict[str, tuple[float, float]]]


def validate(choices: Sequence[Choice]) -> None:
    """Raises RequestError where there was nothing to choose from."""
    if not any(len(choice.candidates) > 1 for choice in choices):
        raise RequestError("no request has two candidates; give --candidates 2 or more")


def requests_of(
    styles: Sequence[str], count: int, bars: int, many: int, seed: int
) -> list[dict[str, Any]]:
    """Half of them of a style, half of a mood, each with a key."""
    half = math.ceil(count / 2)
    of_styles = list(style_requests(styles, math.ceil(half / len(styles)), bars))[:half]
    of_moods = list(mood_requests(math.ceil(half / 4), bars))[: count - half]
    return [
        {**request, "key": KEYS[place % len(KEYS)], "seed": seed + place, "best_of": many}
        for place, request in enumerate([*of_styles, *of_moods])
    ]


def ears(music: Sequence[Sample], evaluation: Path) -> Ears:
    """Judges fitted to the labelled clips and to held-out music. Raises RequestError or CorpusError
    where there is too little."""
    judge, _ = style_judge.style_judge(music)
    real: dict[str, dict[str, tuple[float, float]]] = {}
    for style, some in samples.by_style(music, FEWEST_OF_A_STYLE).items():
        found = [measures_of(sample.piece) for sample in some]
        real[style] = {}
        for name in found[0]:
            values = np.array([row[name] for row in found if not math.isnan(row[name])])
            if len(values):
                real[style][name] = float(values.mean()), float(values.std())
    return Ears(mood_judge.mood_judge(mood_judge.labelled_clips(evaluation)), judge, real)


def evaluate(
    requests: Sequence[dict[str, Any]], choices: Sequence[Choice], judges: Ears
) -> list[Gain]:
    """Every measure under every ranking."""
    validate(choices)
    measured = [
        [measures(request, candidate.piece, judges) for candidate in choice.candidates]
        for request, choice in zip(requests, choices, strict=True)
    ]
    names = dict.fromkeys(name for rows in measured for row in rows for name in row)
    gains = []
    for ranking, merit in RANKINGS.items():
        chosen = [_first_best(choice.verdicts, merit) for choice in choices]
        for name in names:
            gains.append(_gain(ranking, name, measured, chosen))
    return gains


def measures(request: dict[str, Any], piece: Piece, judges: Ears) -> dict[str, float]:
    """What can be told of a piece with enough notes; 1 and 0 for yes and no."""
    if pitched_notes(piece) < FEWEST_NOTES:
        return {}
    heard, end = estimate_key(piece), ending(piece)
    asked = parse_key(request["key"])
    found = {
        "key as heard": float(heard is not None and agreement(heard, asked) == "exact"),
        "ends on the tonic": float(bool(end and end.is_on_tonic)),
        "ends at rest": float(bool(end and end.is_held)),
    }
    if "mood" in request:
        guess = judges.mood.guesses(mood_judge.mood_features(perform(piece).piece)[None])[0]
        found["mood as heard"] = float(guess == request["mood"])
    else:
        guess = judges.style.guesses(style_judge.features_of(piece)[None])[0]
        found["style as heard"] = float(guess == request["style"])
    real = judges.real.get(request["style"])
    if real:
        found["deviations from real music"] = _deviations(measures_of(piece), real)
    return found


def _deviations(found: Mapping[str, float], real: Mapping[str, tuple[float, float]]) -> float:
    apart = [
        min(abs(found[name] - mean) / deviation, 4.0)
        for name, (mean, deviation) in real.items()
        if deviation > 0 and not math.isnan(found[name])
    ]
    return float(np.mean(apart))


def _first_best(verdicts: Sequence[Verdict], merit: Callable[[Verdict], float]) -> int:
    return max(range(len(verdicts)), key=lambda place: merit(verdicts[place])) if verdicts else 0


def _gain(
    ranking: str,
    name: str,
    measured: Sequence[Sequence[Mapping[str, float]]],
    chosen: Sequence[int],
) -> Gain:
    """Over the requests whose candidates all have enough notes to be measured."""
    pairs = [
        (np.array([row[name] for row in rows]), place)
        for rows, place in zip(measured, chosen, strict=True)
        if all(name in row for row in rows)
    ]
    alone: Floats = np.array([values.mean() for values, _ in pairs])
    kept: Floats = np.array([values[place] for values, place in pairs])
    is_distance = name.startswith("deviations")
    most = np.array([values.min() if is_distance else values.max() for values, _ in pairs])
    error = float((kept - alone).std(ddof=1) / math.sqrt(len(pairs))) if len(pairs) > 1 else 0.0
    means = (float(alone.mean()), float(kept.mean()), float(most.mean()))
    return Gain(ranking, name, len(pairs), *means, error)


def table(gains: Sequence[Gain]) -> Iterator[str]:
    """Lines of Markdown."""
    yield "| ranked by | measure | requests | without choice | chosen | gain | error | at best |"
    yield "|---|---|---|---|---|---|---|---|"
    for g in gains:
        yield (
            f"| {g.ranking} | {g.measure} | {g.requests} | {g.alone:.3f} | {g.chosen:.3f} "
            f"| {g.gain:+.3f} | {g.error:.3f} | {g.best:.3f} |"
        )


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.best_of")
    parser.add_argument("shards", type=Path, help="the folder of built corpora")
    parser.add_argument("evaluation", type=Path, help="the folder of emopia.zip and vgmidi.zip")
    parser.add_argument("--weights", type=Path)
    parser.add_argument("--requests", type=int, default=48)
    parser.add_argument("--candidates", type=int, default=8)
    parser.add_argument("--bars", type=int, default=8)
    parser.add_argument("--seed", type=int, default=0, help="of the first request")
    given = parser.parse_args(arguments)
    try:
        music = samples.held_out_music(load_shards(given.shards), given.bars, MOST_OF_A_STYLE)
        styles = list(samples.by_style(music, FEWEST_OF_A_STYLE))
        known = [sample for sample in music if sample.style in styles]
        judges = ears(known, given.evaluation)
        requests = requests_of(styles, given.requests, given.bars, given.candidates, given.seed)
        made = compose.compose_all(requests, given.weights)
        choices = [one.choice for one in made if one.choice is not None]
        for line in table(evaluate(requests, choices, judges)):
            print(line)
    except ComposerError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
