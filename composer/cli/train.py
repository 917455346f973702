"""`composer train`: corpora in, weights out."""

from __future__ import annotations

import argparse
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from composer.cli.corpora import build_with_progress
from composer.cli.flags import add_command, add_processes, check_writable
from composer.cli.printing import progress_bar
from composer.errors import RequestError

if TYPE_CHECKING:
    from composer.cli.flags import Commands
    from composer.corpus.corpus import Corpus
    from composer.corpus.shards import Shard
    from composer.model.checkpoint import Checkpoint
    from composer.training.recipe import Recipe
    from composer.training.train import Budget
    from composer.training.train import Progress as Trained


def add_to(commands: Commands) -> None:
    parser = add_command(
        commands, "train", "train a model; stopped with Ctrl-C, the same command goes on", train
    )
    add = parser.add_argument
    add("--recipe", default="first", help="what to train; `tiny` needs no data (default: first)")
    add("--corpora", metavar="DIR", type=Path, help="folder of the corpora, zipped or not")
    add("--out", metavar="FILE", type=Path, required=True, help="the weights to write")
    add("--weights", metavar="FILE", type=Path, help="what `further` goes on from (default: ours)")
    add("--minutes", type=float, help="time budget (default: the recipe's own)")
    add("--steps", type=int, help="budget in steps, instead of minutes or beside them")
    add("--rows", type=int, help="budget in rows, instead of minutes or steps or beside them")
    add(
        "--fall-rows",
        metavar="ROWS",
        type=int,
        help="let the rates fall over so many rows from the state on, which stays as it is",
    )
    add("--state", metavar="FILE", type=Path, help="what resuming needs (default: beside OUT)")
    add("--shards", metavar="DIR", type=Path, help="encoded corpora (default: beside the state)")
    add_processes(parser)


def train(given: argparse.Namespace) -> None:
    if find_spec("torch") is None:
        raise RequestError("training needs torch: pip install 'symbolic-composer[train]'")
    out: Path = given.out
    state: Path = given.state or out.with_suffix(".state")
    shards: Path = given.shards or state.with_suffix(".shards")
    for path in (out, state, shards):
        check_writable(path.parent)
    from composer.training.recipe import find_recipe
    from composer.training.train import silent
    from composer.training.train import train as run_training
    from composer.training.workers import join_workers

    recipe = find_recipe(given.recipe)
    budget = _budget(recipe, given)
    begin_with = _begin_with(recipe, given.weights)
    corpora = _corpora(recipe, given.corpora)
    workers = join_workers()
    if workers.leads:
        build_with_progress(corpora, shards, given.processes)
    workers.wait()
    for path in (out, state):
        path.parent.mkdir(parents=True, exist_ok=True)
    loaded = _loaded(shards, [corpus.name for corpus in corpora])
    with progress_bar(note=True) as bar:
        task = bar.add_task(f"training {recipe.name}", total=1.0, note="")

        def report(run: Trained, share: float) -> None:
            bar.update(task, completed=min(1.0, share), note=_note(run))

        with _stopped_like_ctrl_c():
            done = run_training(
                recipe, loaded, out, state=state, budget=budget, begin_with=begin_with,
                fall_rows=given.fall_rows or 0, report=report if workers.leads else silent,
            )  # fmt: skip
    if not workers.leads:
        return
    print(
        f"{done.step:,} steps, {done.rows:,} rows, {done.seconds / 60:.1f} minutes; {_bits(done)}"
    )
    print(out)


@contextmanager
def _stopped_like_ctrl_c() -> Iterator[None]:
    """A run that a scheduler ends, or `kill`, saves what it has learned."""

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _bits(done: Trained) -> str:
    if done.bits_per_note is None:
        return "no work is held out, so nothing says how well it foresees others"
    before = "" if done.bits_before is None else f"{done.bits_before:.3f} before, "
    return f"held-out bits a note: {before}{done.bits_per_note:.3f}"


def _budget(recipe: Recipe, given: argparse.Namespace) -> Budget:
    from composer.training.train import Budget

    minutes, steps, rows = given.minutes, given.steps, given.rows
    for name, value in (("rows", rows), ("fall-rows", given.fall_rows)):
        if value is not None and value <= 0:
            raise RequestError(f"--{name} {value} is no training at all; give at least 1")
    if minutes is not None and not minutes > 0:
        raise RequestError(f"--minutes {minutes:g} is no time at all; give more than 0")
    if steps is not None and steps <= 0:
        raise RequestError(f"--steps {steps} is no training at all; give at least 1")
    if minutes is None and steps is None and rows is None:
        return Budget(recipe.minutes, recipe.steps, recipe.rows)
    return Budget(minutes or 0.0, steps or 0, rows or 0)


def _begin_with(recipe: Recipe, weights: Path | None) -> Checkpoint | None:
    if recipe.goes_on:
        from composer.composing.writing.weights import WEIGHTS
        from composer.model.checkpoint import load_checkpoint
        from composer.model.sizes import RowTables
        from composer.tokens.fields import FORMAT_VERSION, layout

        return load_checkpoint(weights or WEIGHTS, FORMAT_VERSION, RowTables(**asdict(layout())))
    if weights is not None:
        raise RequestError(
            f"recipe {recipe.name!r} begins from nothing, without --weights; `further` goes on"
        )
    return None


def _corpora(recipe: Recipe, folder: Path | None) -> list[Corpus]:
    from composer.corpus.corpus import find_corpora, packaged_corpus

    if folder is not None:
        return find_corpora(folder)
    if recipe.corpora:
        return [packaged_corpus(recipe.corpora)]
    raise RequestError(
        f"recipe {recipe.name!r} needs --corpora DIR, the folder that holds the corpora; "
        "the recipe tiny needs none"
    )


def _loaded(shards: Path, names: Sequence[str]) -> list[Shard]:
    from composer.corpus.shards import load_shards

    return [shard for shard in load_shards(shards) if shard.name in names]


def _note(run: Trained) -> str:
    rate = run.rows / max(run.seconds, 1e-9)
    bits = run.bits_per_note
    held_out = "" if bits is None else f", held out {bits:.2f} bits a note"
    return f"step {run.step}, loss {run.loss:.2f}, {rate:,.0f} rows/s{held_out}"
