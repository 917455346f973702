"""Recipes: everything that decides what is trained, in one data file."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field, fields
from functools import cache
from importlib import resources
from typing import Any

from composer.errors import RequestError
from composer.model.sizes import Shape


@dataclass(frozen=True, slots=True)
class Recipe:
    """What to train and how. `recipes.toml` documents each field beside its values.

    minutes: the time budget if none is asked for; steps and rows: the same in steps and
    rows, 0 for no limit.
    lines, context: a batch is `lines` sequences of `context` rows.
    muon_rate: learning rate of the matrices in blocks and heads; adam_rate: of all tables.
    warmup_steps, decay_from: rates rise for so many steps, are flat until this share of the
    budget, then fall linearly to `final_rate` of themselves.
    share_exponent, largest_share: a corpus is drawn in proportion to rows ** exponent times its
    factor in `corpus_factors`, at most this share.
    goes_on: begins with trained weights, in their shape, instead of from nothing.
    compiled: whether blocks are compiled, which takes a minute and a C++ compiler.
    corpora: "" for those of `--corpora`, or the name of one that comes with a package.
    """

    name: str
    summary: str
    shape: Shape
    minutes: float
    steps: int = 0
    rows: int = 0
    lines: int = 4
    muon_rate: float = 0.02
    adam_rate: float = 0.003
    weight_decay: float = 0.05
    warmup_steps: int = 20
    decay_from: float = 0.3
    final_rate: float = 0.05
    clip: float = 1.0
    seed: int = 0
    share_exponent: float = 0.75
    largest_share: float = 0.2
    corpus_factors: dict[str, float] = field(default_factory=dict)
    goes_on: bool = False
    corpora: str = ""
    compiled: bool = False


@cache
def recipes() -> dict[str, Recipe]:
    """All shipped recipes by name."""
    text = resources.files("composer.training").joinpath("recipes.toml").read_text("utf-8")
    return {name: _recipe(name, values) for name, values in tomllib.loads(text).items()}


def find_recipe(name: str) -> Recipe:
    """Raises RequestError naming the recipes there are."""
    if name not in recipes():
        raise RequestError(f"recipe {name!r} is unknown; there are {', '.join(sorted(recipes()))}")
    return recipes()[name]


def _recipe(name: str, values: dict[str, Any]) -> Recipe:
    known = {item.name for item in fields(Recipe)}
    if unknown := set(values) - known:
        raise RequestError(f"recipe {name!r} has unknown fields: {', '.join(sorted(unknown))}")
    return Recipe(**{**values, "name": name, "shape": Shape(**values.get("shape", {}))})
