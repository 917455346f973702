"""Ensembles: who plays together, and the instruments used when a user names only the ensemble.

The table is `ensembles.toml`, in the order of the token index. Ranges and programs of the
instruments are in `composer.music.instruments`.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from composer.music.names import compact, look_up

ENSEMBLE_SLOTS = 32
"""Size of the token table, unknown (0) included: part of the event format."""


class EnsemblePart(NamedTuple):
    """One seat: a name of `composer.music.instruments`, the printed name, a role or ""."""

    instrument: str
    name: str
    role: str = ""


@dataclass(frozen=True, slots=True)
class Ensemble:
    """`index` (from 1) is the token; `parts` are the default seats in score order."""

    name: str
    label: str
    index: int
    parts: tuple[EnsemblePart, ...]
    aliases: tuple[str, ...] = ()


@cache
def ensembles() -> tuple[Ensemble, ...]:
    """All ensembles in the order of their index."""
    return tuple(
        Ensemble(
            name=row["name"],
            label=row["label"],
            index=index,
            parts=tuple(EnsemblePart(*part) for part in row["parts"]),
            aliases=tuple(row.get("aliases", ())),
        )
        for index, row in enumerate(_rows(), 1)
    )


def ensemble_index(name: str) -> int:
    """Token index of the ensemble called exactly `name`; 0 for "" and for one we have not."""
    found = _by_key().get(compact(name))
    return found.index if found is not None and found.name == name else 0


def find_ensemble(text: str) -> Ensemble:
    """The ensemble that a person means by `text`; RequestError if there is none."""
    names = [ensemble.name for ensemble in ensembles()]
    return look_up(text, _by_key(), "ensemble", names, f"the ensembles are {', '.join(names)}")


def ensemble_of_catalogue(word: str) -> Ensemble | None:
    """The ensemble that a corpus catalogue calls `word` ("voice_piano"), None if none such."""
    return _by_key().get(compact(word))


@cache
def _rows() -> list[dict[str, Any]]:
    table = Path(__file__).with_name("ensembles.toml").read_text(encoding="utf-8")
    rows: list[dict[str, Any]] = tomllib.loads(table)["ensemble"]
    return rows


@cache
def _by_key() -> dict[str, Ensemble]:
    table: dict[str, Ensemble] = {}
    for ensemble, row in zip(ensembles(), _rows(), strict=True):
        table[compact(ensemble.name)] = ensemble
        table[compact(row.get("catalogue", ensemble.name))] = ensemble
    for ensemble in ensembles():
        for alias in (ensemble.label, *ensemble.aliases):
            table.setdefault(compact(alias), ensemble)
    return table
