"""The whole evaluation of some weights, a report that anyone can make again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from composer.analysis.following import ChordsFollowed
from composer.composing.writing.weights import load_weights
from composer.corpus.copying import CopyIndex, copying_index
from composer.corpus.shards import load_shards
from composer.measures import copied_length as copying
from composer.measures import cost, endings, likelihood, likeness, mood_judge, obedience
from composer.measures import requests as asked
from composer.measures import samples as held_out
from composer.measures import style_judge as by_style
from composer.measures.mood_judge import MoodScores
from composer.measures.requests import Made
from composer.measures.samples import Sample
from composer.measures.style_judge import StyleScores
from composer.measures.token_baseline import Baseline, baseline
from composer.measures.training_log import Point, curve, rows_per_second
from composer.music.piece import Piece


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much is measured. `crops` of held-out rows a corpus; random `requests`; pieces `a_style`
    and `a_quadrant`, of `bars` bars; at most `human` held-out pieces of a style beside them."""

    crops: int
    requests: int
    a_style: int
    a_quadrant: int
    human: int
    bars: int = 16


QUICK = Sizes(crops=1, requests=20, a_style=3, a_quadrant=3, human=64)
FULL = Sizes(crops=8, requests=200, a_style=12, a_quadrant=24, human=256)


@dataclass(frozen=True, slots=True)
class MoodReport:
    """`ceiling` on real clips, `piano` of pieces for solo piano asked for by quadrant, `requests`
    of the random requests, whatever their style and instruments, `agreeing` of those whose key and
    tempo do not speak against their mood; None where no piece had notes enough to be judged."""

    ceiling: MoodScores
    piano: MoodScores | None
    requests: MoodScores | None
    agreeing: MoodScores | None


@dataclass(frozen=True, slots=True)
class StyleReport:
    """`ceiling` on held-out real pieces, `generated` of pieces asked for by style alone (None where
    none had notes enough to be judged)."""

    ceiling: StyleScores
    generated: StyleScores | None


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that was measured. `about` names the weights and how they were trained.

    Where held-out music is too little to be a yardstick, `real_endings` is empty and `style` None.
    """

    fingerprint: str
    about: dict[str, Any]
    sizes: Sizes
    likelihoods: tuple[likelihood.Comparison, ...]
    curves: dict[str, list[Point]]
    baseline: Baseline | None
    obeyed: dict[str, tuple[int, int]]
    chords: ChordsFollowed | None
    endings: dict[str, float]
    real_endings: dict[str, float]
    mood: MoodReport | None
    style: StyleReport | None
    likenesses: tuple[likeness.Likeness, ...]
    overlaps: tuple[likeness.Overlap, ...]
    copying: copying.Copying
    cost: cost.Cost


Progress = Callable[[str, int, int], None]


def evaluate(
    weights: Path | None,
    shards_folder: Path,
    evaluation_folder: Path | None = None,
    sizes: Sizes = FULL,
    *,
    logs: Sequence[Path] = (),
    remi: Path | None = None,
    seed: int = 0,
    progress: Progress = lambda stage, done, total: None,
) -> Report:
    """Measure some weights (None: those of the package) against built corpora.

    `evaluation_folder` holds `emopia.zip` and `vgmidi.zip`; without it mood is not judged. `remi`
    holds the results of benchmarks/remi.py. `progress(stage, done, total)` is called as work goes
    on. Raises CheckpointError for weights that cannot be used, CorpusError for shards without
    held-out works, RequestError and FileError for missing data.
    """
    checkpoint = load_weights(weights)
    shards = load_shards(shards_folder)
    index = copying_index()
    curves = {f"{path.parent.name}/{path.stem}": curve(path) for path in logs}
    beside_tokens = baseline(remi) if remi else None
    clips = mood_judge.labelled_clips(evaluation_folder) if evaluation_folder else None
    real = held_out.by_style(
        held_out.held_out_music(shards, sizes.bars, sizes.human, seed), held_out.FEWEST_OF_A_STYLE
    )
    real_ends = [
        sample.piece
        for sample in held_out.held_out_music(
            shards, sizes.bars, sizes.human, seed, at_the_end=True
        )
        if sample.style in real
    ]
    progress("held-out bits", 0, 1)
    likelihoods, _ = likelihood.evaluate(checkpoint.model, shards, sizes.crops)
    made = _make(weights, list(real), sizes, clips is not None, seed, progress)
    progress("measuring", 0, 1)
    outcomes = obedience.evaluate(made.random)
    likenesses, overlaps = likeness.evaluate(
        {style: [sample.piece for sample in found] for style, found in real.items()},
        {style: pieces for style in real if len(pieces := _pieces(made.of_style(style))) > 1},
        seed,
    )
    everything = [*made.random, *made.styles, *made.moods]
    trained = [rate for points in curves.values() if (rate := rows_per_second(points))]
    return Report(
        checkpoint.fingerprint,
        checkpoint.about,
        sizes,
        tuple(likelihoods),
        curves,
        beside_tokens,
        obedience.shares(outcomes),
        obedience.chord_shares(outcomes),
        endings.evaluate([one.composition.piece for one in everything]),
        endings.evaluate(real_ends) if real_ends else {},
        _mood(clips, made) if clips else None,
        _style([sample for found in real.values() for sample in found], made.styles),
        tuple(likenesses),
        tuple(overlaps),
        _copying(index, everything, real),
        cost.evaluate(everything, weights, max(trained, default=None)),
    )


@dataclass(frozen=True, slots=True)
class _Music:
    """What the weights made: of random requests, of styles, of moods."""

    random: list[Made]
    styles: list[Made]
    moods: list[Made]

    def of_style(self, style: str) -> list[Made]:
        return [one for one in self.styles if one.request["style"] == style]


def _make(
    weights: Path | None,
    styles: Sequence[str],
    sizes: Sizes,
    with_moods: bool,
    seed: int,
    progress: Progress,
) -> _Music:
    def compose(stage: str, requests: list[dict[str, Any]]) -> list[Made]:
        return asked.compose_all(
            requests, weights, lambda done: progress(stage, done, len(requests))
        )

    return _Music(
        compose("random requests", list(asked.random_requests(sizes.requests, seed))),
        compose("styles", list(asked.style_requests(styles, sizes.a_style, sizes.bars))),
        compose("moods", list(asked.mood_requests(sizes.a_quadrant * with_moods, sizes.bars))),
    )


def _pieces(made: Sequence[Made]) -> list[Piece]:
    """The pieces with enough pitched notes to be measured."""
    pieces = [one.composition.piece for one in made]
    return [p for p in pieces if held_out.pitched_notes(p) >= held_out.FEWEST_NOTES]


def _mood(clips: mood_judge.Clips, made: _Music) -> MoodReport:
    judge = mood_judge.mood_judge(clips)

    def scores(music: Sequence[Made]) -> MoodScores | None:
        heard = [
            (one.composition.piece, mood_judge.quadrant_of_mood(one.request["mood"]))
            for one in music
            if held_out.pitched_notes(one.composition.piece) >= held_out.FEWEST_NOTES
        ]
        if not heard:
            return None
        return mood_judge.evaluate(judge, [p for p, _ in heard], [q for _, q in heard])

    agreeing = [one for one in made.random if not asked.speaks_against_its_mood(one.request)]
    return MoodReport(
        mood_judge.ceiling(clips), scores(made.moods), scores(made.random), scores(agreeing)
    )


def _style(real: Sequence[Sample], made: Sequence[Made]) -> StyleReport | None:
    if len({sample.style for sample in real}) < 2:
        return None
    judge, ceiling = by_style.style_judge(real)
    heard = [one for one in made if _pieces([one])]
    if not heard:
        return StyleReport(ceiling, None)
    styles = [one.request["style"] for one in heard]
    return StyleReport(ceiling, by_style.evaluate(judge, _pieces(heard), styles))


def _copying(
    index: CopyIndex, made: Sequence[Made], real: dict[str, list[Sample]]
) -> copying.Copying:
    human = [sample.piece for found in real.values() for sample in found]
    pieces = [one.composition.piece for one in made]
    return copying.evaluate(index, pieces, human, sum(one.composition.rejected for one in made))
