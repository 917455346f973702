"""The critic's schooling: `python -m benchmarks.critic_lessons SHARDS`.

Twins are written for passages of the built corpora, by the weights of the package or others, and
the critic of the package is fitted to tell them from what people wrote. Twins of held-out works
say how well it does. Nothing that was generated is kept.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from itertools import islice
from pathlib import Path

from composer.composing.ranking import CRITIC
from composer.composing.writing.sampling import Chance
from composer.composing.writing.weights import Loaded, load_weights
from composer.corpus.shards import Shard, load_shards
from composer.errors import ComposerError
from composer.measures.critic_passages import Passage, passages, twins
from composer.model.critic import save_critic
from composer.training.train_critic import Lesson, Marks, lessons_of, marks_of, train_critic

MORE_REAL = 2
"""Passages by people for every twin, from which style and mood are learned too."""


def main(arguments: Sequence[str] | None = None) -> None:
    prog = "python -m benchmarks.critic_lessons"
    parser = argparse.ArgumentParser(prog=prog, description=__doc__)
    parser.add_argument("shards", type=Path, help="the folder of built corpora")
    parser.add_argument("--weights", type=Path, help="of whom to learn (default: the package's)")
    parser.add_argument("--twins", type=int, default=640, help="how many (default: 640)")
    parser.add_argument("--held-out", type=int, default=128, help="twins to try (default: 128)")
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--out", type=Path, default=CRITIC)
    given = parser.parse_args(arguments)
    try:
        school(given)
    except ComposerError as error:
        sys.exit(str(error))


def school(given: argparse.Namespace) -> None:
    """Write twins, fit a critic to them, tell how well it does, and write it."""
    checkpoint, shards = load_weights(given.weights), load_shards(given.shards)
    lessons = [
        *lessons_in_twins(checkpoint, shards, "train", given.twins, _told("twins")),
        *lessons_in_music(shards, "train", MORE_REAL * given.twins),
    ]
    held_out = lessons_in_twins(checkpoint, shards, "valid", given.held_out, _told("held out"))

    def tell(epoch: int, loss: float, marks: Marks) -> None:
        print(f"epoch {epoch}: loss {loss:.3f}, held out {_in_words(marks)}", flush=True)

    critic = train_critic(lessons, held_out, epochs=given.epochs, progress=tell)
    marks = marks_of(critic, held_out)
    save_critic(
        given.out,
        critic,
        {"weights": checkpoint.fingerprint, "twins": given.twins, "held_out": asdict(marks)},
    )
    print(f"{given.out}: {_in_words(marks)}")


def lessons_in_twins(
    checkpoint: Loaded,
    shards: Sequence[Shard],
    split: str,
    count: int,
    progress: Callable[[int], None],
) -> list[Lesson]:
    """Of each passage and its twin."""
    lessons: list[Lesson] = []
    source = passages(shards, split, seed=1)
    for passage, made in twins(
        checkpoint.model, source, count, seed=1, chance=Chance(), progress=progress
    ):
        lessons += _lessons(passage)
        lessons += lessons_of(made, passage.first, is_real=False)
    return lessons


def lessons_in_music(shards: Sequence[Shard], split: str, count: int) -> list[Lesson]:
    """Of passages by people without twins."""
    some = islice(passages(shards, split, seed=2), count)
    return [lesson for passage in some for lesson in _lessons(passage)]


def _lessons(passage: Passage) -> list[Lesson]:
    return lessons_of(passage.whole, passage.first, is_real=True)


def _told(what: str) -> Callable[[int], None]:
    return lambda done: print(f"{what}: {done}", flush=True)


def _in_words(marks: Marks) -> str:
    return (
        f"{marks.real:.3f} of pairs the right way round, style {marks.style:.2f}, "
        f"quadrant {marks.quadrant:.2f}"
    )


if __name__ == "__main__":
    main()
