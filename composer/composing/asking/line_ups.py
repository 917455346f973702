"""Who plays in a style where an ensemble has no seats of its own: a band, a chamber group.

A band of metal has two distorted guitars, one of jazz a trumpet and a tuba: the line-ups are those
of the corpora (`parts.toml`), whoever asks for the ensemble: a flag, a preset, an arrangement.
"""

from __future__ import annotations

from dataclasses import replace

from composer.composing.asking.request import Request
from composer.composing.leans.part_statistics import Seats, usual_line_ups
from composer.music.ensembles import Ensemble, EnsemblePart
from composer.music.instruments import BY_NAME
from composer.music.styles import Style

LineUp = tuple[EnsemblePart, ...]


def line_ups_of(request: Request) -> list[LineUp]:
    """The line-ups that a request's ensemble has in its styles; empty where its own seats are
    meant."""
    if request.ensemble is None:
        return []
    shares = shares_of_line_ups(request.styles, request.ensemble.name)
    return [parts_of(seats) for seats in shares]


def shares_of_line_ups(styles: list[tuple[Style, float]], ensemble: str) -> dict[Seats, float]:
    """The line-ups of an ensemble in these styles, with their odds: those with somebody who leads,
    and a bass where somebody drums, if there are any."""
    odds: dict[Seats, float] = {}
    for style, share in styles:
        found = usual_line_ups(style, ensemble)
        for seats, count in found.items():
            odds[seats] = odds.get(seats, 0.0) + share * count / sum(found.values())
    for is_whole in (_has_bass, _has_lead):
        odds = {seats: share for seats, share in odds.items() if is_whole(seats)} or odds
    return odds


def _has_lead(seats: Seats) -> bool:
    return any(role == "melody" for _, role in seats)


def _has_bass(seats: Seats) -> bool:
    drums = any(name == "drums" for name, _ in seats)
    return not drums or any("bass" in (role, name.rpartition("-")[2]) for name, role in seats)


def parts_of(seats: Seats) -> LineUp:
    """The seats as parts with the names of their instruments, numbered where there are several."""
    names = [name for name, _ in seats]
    return tuple(
        EnsemblePart(name, _label(names, place), role) for place, (name, role) in enumerate(seats)
    )


def _label(names: list[str], place: int) -> str:
    label, number = BY_NAME[names[place]].label, names[:place].count(names[place]) + 1
    return f"{label} {number}" if names.count(names[place]) > 1 else label


def most_usual(ensemble: Ensemble, styles: list[tuple[Style, float]]) -> Ensemble:
    """The ensemble with the line-up that is most usual in these styles, or as it is."""
    odds = shares_of_line_ups(styles, ensemble.name)
    if not odds:
        return ensemble
    return replace(ensemble, parts=parts_of(max(odds, key=lambda seats: odds[seats])))
