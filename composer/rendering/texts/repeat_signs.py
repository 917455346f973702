"""The signs of a score as passages: what is played once, and what twice with its endings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from composer.rendering.score.notation import BarSigns


@dataclass(frozen=True, slots=True)
class Section:
    """Measures (indices from 0) between two signs; `endings` are those of first and second
    ending, which stand behind `measures`."""

    measures: tuple[int, ...]
    is_repeated: bool = False
    endings: tuple[tuple[int, ...], ...] = ()


def sections_of(signs: Sequence[BarSigns]) -> list[Section]:
    """All measures in order, as passages."""
    sections: list[Section] = []
    plain: list[int] = []
    bar = 0
    while bar < len(signs):
        if signs[bar].begins_repeat:
            if plain:
                sections.append(Section(tuple(plain)))
            plain = []
            section = _repeat_from(signs, bar)
            sections.append(section)
            bar += len(section.measures) + sum(map(len, section.endings))
        else:
            plain.append(bar)
            bar += 1
    return [*sections, Section(tuple(plain))] if plain else sections


def _repeat_from(signs: Sequence[BarSigns], first: int) -> Section:
    end = next(bar for bar in range(first, len(signs)) if signs[bar].ends_repeat) + 1
    body = tuple(bar for bar in range(first, end) if not signs[bar].ending)
    if len(body) == end - first:
        return Section(body, True)
    ones = tuple(bar for bar in range(first, end) if signs[bar].ending == 1)
    after = next(bar for bar in range(end, len(signs)) if signs[bar].ends_ending) + 1
    return Section(body, True, (ones, tuple(range(end, after))))
