"""One step of a session: a public verb by name, its arguments, a seed, and locks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from composer.composing import partner
from composer.composing.compose import compose, load_weights
from composer.composing.draft import part_places
from composer.composing.locks import Cells, Lock, free_spans, locked_cells, with_locked
from composer.composing.report import versions
from composer.composing.sampling import Chance
from composer.composing.tree import Step
from composer.composing.writing import Progress
from composer.errors import RequestError
from composer.music.bars import bars_of
from composer.music.piece import Piece

VERBS: dict[str, Callable[..., Piece]] = {
    "continue": partner.continue_piece,
    "infill": partner.infill,
    "harmonize": partner.harmonize,
    "vary": partner.vary,
    "arrange": partner.arrange,
}
"""What a step can be: the public verbs, with their own keyword arguments."""

GIVE_NOTES_AWAY = ("harmonize", "arrange")
"""Verbs whose piece has other parts: nothing stays where it was locked."""

COMPOSE = "compose"
"""The one verb that needs no piece; a session can begin with it."""


def make_step(
    verb: str,
    arguments: Mapping[str, Any],
    seed: int,
    weights: Path | None,
    locks: tuple[Lock, ...] = (),
) -> Step:
    """A step with all that it hangs on. Raises RequestError for an argument that a session cannot
    keep, CheckpointError for weights that cannot be used."""
    fingerprint = load_weights(weights).fingerprint
    made_with = {name: str(value) for name, value in versions(fingerprint).items()}
    kept = {name: _kept(name, value) for name, value in arguments.items()}
    return Step(verb, kept, seed, fingerprint, made_with, locks)


def made(step: Step, piece: Piece | None, weights: Path | None, progress: Progress) -> Piece:
    """The piece that a step makes of another (of none: of nothing), its locked notes untouched.

    Raises RequestError where locks leave nothing to write, and whatever the verb raises.
    """
    how: dict[str, Any] = {"seed": step.seed, "weights": weights, "progress": progress}
    if piece is None:
        return compose(**step.arguments, **how).piece
    cells = locked_cells(piece, step.locks)
    if not any(cells):
        return VERBS[step.verb](piece, **step.arguments, **how)
    if step.verb in GIVE_NOTES_AWAY:
        raise RequestError(
            f"{step.verb} gives all notes to other parts, and some are locked; unlock them first"
        )
    if step.verb == "infill":
        return _infilled(piece, cells, step.arguments, how)
    arguments = step.arguments
    if step.verb == "vary":
        arguments = _around(piece, cells, step.arguments)
    return with_locked(piece, VERBS[step.verb](piece, **arguments, **how), cells)


def _infilled(
    piece: Piece, cells: Cells, arguments: Mapping[str, Any], how: Mapping[str, Any]
) -> Piece:
    """What is free of the bars and parts that were asked for is written, span by span."""
    rest = {**arguments}
    first, last = rest.pop("first_bar"), rest.pop("last_bar")
    there = len(bars_of(piece))
    if not 1 <= first <= last <= there:
        raise RequestError(f"bars {first}-{last} are not in the piece, which has bars 1-{there}")
    places = part_places(piece, rest.pop("parts", ()))
    spans = free_spans(cells, first - 1, last - 1, places)
    if not spans:
        raise RequestError(f"all of bars {first}-{last} is locked there; unlock some of it")
    written = piece
    for span in spans:
        names = [piece.parts[place].name or piece.parts[place].instrument for place in span.places]
        written = VERBS["infill"](
            written, first_bar=span.first + 1, last_bar=span.last + 1, parts=names, **rest, **how
        )
    return with_locked(piece, written, cells)


def _around(piece: Piece, cells: Cells, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments of `vary` that leave alone what is locked in all its bars or all its parts."""
    everything = frozenset(range(len(piece.parts)))
    locked_parts = frozenset.intersection(*cells)
    free_bars = [bar for bar, places in enumerate(cells, 1) if places != everything]
    wanted = arguments.get("bars") or free_bars
    bars = [bar for bar in wanted if bar in set(free_bars)]
    if not bars:
        raise RequestError("everything is locked; unlock some of it")
    names = [piece.parts[place].name or piece.parts[place].instrument for place in locked_parts]
    if frozenset(part_places(piece, names)) != locked_parts:
        names = []  # two parts have one name: locked notes are only put back
    return {**arguments, "bars": bars, "keep": [*arguments.get("keep", ()), *names]}


def _kept(name: str, value: Any) -> Any:
    if name in ("weights", "progress"):
        raise RequestError(f"{name} is no argument of a step; it belongs to the session")
    if isinstance(value, list | tuple):
        return tuple(_kept(name, each) for each in value)
    if value is None or isinstance(value, str | int | float | Piece | Chance):
        return value
    raise RequestError(
        f"{name}={value!r} cannot be kept in a session; give words, numbers, lists or pieces"
    )
