"""One step of a session: a public verb by name, its arguments, a seed, and locks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from composer.composing import partner
from composer.composing.compose import compose
from composer.composing.report import versions
from composer.composing.session.editing import edited
from composer.composing.session.locks import Cells, Lock, free_spans, locked_cells, with_locked
from composer.composing.session.tree import EDIT, Step
from composer.composing.verbs.draft import part_places
from composer.composing.verbs.spans import Progress
from composer.composing.verbs.varying import KEEPABLE
from composer.composing.writing.sampling import Chance
from composer.composing.writing.weights import load_weights
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
        return _composed(step.arguments, how)
    cells = locked_cells(piece, step.locks)
    if step.verb == EDIT:
        return edited(piece, step.arguments["changes"], cells)
    if not any(cells):
        return VERBS[step.verb](piece, **step.arguments, **how)
    if step.verb in GIVE_NOTES_AWAY:
        raise RequestError(
            f"{step.verb} gives all notes to other parts, and some are locked; unlock them first"
        )
    if step.verb == "infill":
        return _infilled(piece, cells, step.arguments, how)
    if step.verb == "vary":
        return _varied(piece, cells, step.arguments, how)
    return with_locked(piece, VERBS[step.verb](piece, **step.arguments, **how), cells)


def _composed(arguments: Mapping[str, Any], how: Mapping[str, Any]) -> Piece:
    """A composed piece: the critic's choice, or the `candidate` (from 0) that a person chose."""
    request = dict(arguments)
    number = request.pop("candidate", None)
    composition = compose(**request, **how)
    if number is None or composition.choice is None:
        return composition.piece
    candidate: Piece = composition.choice.candidates[number].piece
    return candidate


def _infilled(
    piece: Piece, cells: Cells, arguments: Mapping[str, Any], how: Mapping[str, Any]
) -> Piece:
    """What is free of the bars and parts that were asked for is written, span by span."""
    first, last = arguments["first_bar"], arguments["last_bar"]
    there = len(bars_of(piece))
    if not 1 <= first <= last <= there:
        raise RequestError(f"bars {first}-{last} are not in the piece, which has bars 1-{there}")
    places = part_places(piece, arguments.get("parts", ()))
    spans = free_spans(cells, first - 1, last - 1, places)
    if not spans:
        raise RequestError(f"all of bars {first}-{last} is locked there; unlock some of it")
    written = piece
    asked_first = first - 1
    for first, last, free in spans:
        rest = {**arguments, "first_bar": first + 1, "last_bar": last + 1}
        if "chords" in arguments:
            rest["chords"] = _chords_from(arguments["chords"], first - asked_first)
        if len(free) < len(places):
            rest["parts"] = _names(piece, free)
        written = VERBS["infill"](written, **rest, **how)
    return with_locked(piece, written, cells)


def _chords_from(chords: str, bar: int) -> str:
    """A progression that is repeated, as it goes on from its bar `bar` (from 0)."""
    bars = chords.split("|") if "|" in chords else chords.split()
    start = bar % len(bars) if bars else 0
    return " | ".join(one.strip() for one in [*bars[start:], *bars[:start]])


def _varied(
    piece: Piece, cells: Cells, arguments: Mapping[str, Any], how: Mapping[str, Any]
) -> Piece:
    """Bars that are locked alike are varied together, and their locked parts kept."""
    keep = arguments.get("keep", ())
    named = [name for name in keep if name.strip().lower() not in KEEPABLE]
    kept_places = part_places(piece, named, KEEPABLE) if named else ()
    groups: dict[frozenset[int], list[int]] = {}
    for bar in arguments.get("bars") or range(1, len(cells) + 1):
        locked = cells[bar - 1] if 1 <= bar <= len(cells) else frozenset()
        if len(locked.union(kept_places)) < len(piece.parts):
            groups.setdefault(locked, []).append(bar)
    if not groups:
        raise RequestError("everything is locked or kept; unlock some of it")
    varied = piece
    for locked, bars in groups.items():
        kept = [*keep, *_names(piece, sorted(locked))]
        varied = VERBS["vary"](varied, **{**arguments, "bars": bars, "keep": kept}, **how)
    return with_locked(piece, varied, cells)


def _names(piece: Piece, places: Sequence[int]) -> list[str]:
    """Names that a verb finds these parts by. Where others share them, `with_locked` puts back
    what was written too much."""
    return [piece.parts[place].name or piece.parts[place].instrument for place in places]


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
