"""Variants of the recipe `first` beside each other: held-out bits per note after equal CPU time.

    python -m benchmarks.ablation --shards BUILT --cache DIR --minutes 30 \\
        first width=192,layers=9 width=352,layers=5 lines=2

Each variant names what it changes of the recipe or of the model's shape (`first` changes nothing)
and is trained from nothing as `remi.py` trains, on its clock, whose `rows` is `first` here: the one
that has used less CPU time takes the next step. Stopped, the same command goes on. Writes a state
and a result a variant to `--cache`; prints a table.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import fields, replace
from pathlib import Path

import torch
from remi import CROPS, Contender, train

from composer.corpus.shards import Shard, load_shards
from composer.model.sizes import Shape
from composer.training.held_out import mean_bits
from composer.training.recipe import Recipe, find_recipe

UNCHANGED = "first"


class Variant(Contender):
    """The recipe with some of its values changed."""

    def __init__(self, name: str, shards: Sequence[Shard], minutes: float) -> None:
        super().__init__(varied(find_recipe("first"), name), shards, minutes)
        self.name = name


def varied(recipe: Recipe, name: str) -> Recipe:
    """`recipe` with the values that a variant's name gives. Raises SystemExit in one line."""
    shape = {item.name for item in fields(Shape)}
    usual = {item.name: getattr(recipe, item.name) for item in fields(Recipe)}
    for change in [] if name == UNCHANGED else name.split(","):
        field, _, text = change.partition("=")
        known = shape | {one for one, value in usual.items() if isinstance(value, int | float)}
        if field not in known:
            raise SystemExit(f"{change!r} changes nothing; fields are {', '.join(sorted(known))}")
        if field in shape:
            recipe = replace(recipe, shape=replace(recipe.shape, **{field: int(text)}))
        else:
            recipe = replace(recipe, **{field: type(usual[field])(text)})
    return recipe


def write_result(variant: Variant, shards: Sequence[Shard], cache: Path) -> None:
    """What the table shows of a variant."""
    progress = variant.run.progress
    rows = CROPS["1,024 rows"]
    result = {
        "parameters": sum(p.numel() for p in variant.run.model.parameters()),
        "steps": progress.step,
        "rows": progress.rows,
        "cpu_minutes": round(progress.seconds / 60, 1),
        "bits": mean_bits(variant.scores(shards, rows)),
        "bits_without_facts": mean_bits(variant.scores(shards, rows, facts=False)),
    }
    (cache / f"{variant.name}.json").write_text(json.dumps(result, indent=1), encoding="utf-8")


def table(cache: Path, names: Sequence[str]) -> str:
    """The results as Markdown."""
    lines = [
        "| variant | parameters | steps | rows | CPU minutes | bits a note | without facts |",
        "|---|---|---|---|---|---|---|",
    ]
    for name in names:
        found = json.loads((cache / f"{name}.json").read_text(encoding="utf-8"))
        lines.append(
            f"| {name} | {found['parameters']:,} | {found['steps']:,} | {found['rows']:,} "
            f"| {found['cpu_minutes']} | {found['bits']:.2f} | {found['bits_without_facts']:.2f} |"
        )
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description="variants of the recipe `first`")
    add = parser.add_argument
    add("variants", nargs="+", help="first, or changes like width=192,layers=9")
    add("--shards", type=Path, required=True, help="built corpora")
    add("--cache", type=Path, required=True, help="folder of states and results")
    add("--minutes", type=float, default=30.0, help="CPU time of each")
    given = parser.parse_args()
    torch.set_num_threads(1)
    given.cache.mkdir(parents=True, exist_ok=True)
    shards = load_shards(given.shards)
    variants = [Variant(name, shards, given.minutes) for name in given.variants]
    train(variants, given.cache)
    for variant in variants:
        write_result(variant, shards, given.cache)
    print(table(given.cache, given.variants))


if __name__ == "__main__":
    main()
