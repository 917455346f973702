"""Styles and composers: the two levels of the style vocabulary, and how much music supports each.

The tables are `styles.toml` (names, in the order of their token index) and `support.toml` (notes
in the training split, counted by `benchmarks/support.py`).
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from composer.music.names import compact, look_up, words_of

STYLE_SLOTS = 64
COMPOSER_SLOTS = 128
"""Sizes of the token tables, unknown (0) included: part of the event format."""

_PARTICLES = {"van", "von", "de", "da", "di", "du", "le", "la"}
_ENOUGH_NOTES = 15_000

CONVENTIONS = {
    "counterpoint": "voices keep the rules of the chorale",
    "band": "a rhythm section accompanies; tempo words are English",
    "strict-time": "the tempo does not bend with the phrase",
    "no-pedal": "its keyboards have no sustaining pedal, or do not use it",
    "acoustic-bass": "the plucked bass of a band is a double bass",
}
"""How a style is written and played; a composer has those of his or her style."""


@dataclass(frozen=True, slots=True)
class Style:
    """A style, or a composer as a style.

    `kind` is "style" or "composer"; `index` (from 1) is the token of that kind; `parent` is a
    composer's style, "" for a style. `swing` says how late off-beat eighths are played, 0
    (straight) to 1, `conventions` (see `CONVENTIONS`) how it is written and played. The counts are
    notes of the training split: pitched music written by people, drums played by people, and
    machine-made music (its melodies may be human).
    """

    name: str
    label: str
    kind: str
    index: int
    parent: str = ""
    aliases: tuple[str, ...] = ()
    swing: float = 0.0
    conventions: tuple[str, ...] = ()
    human_notes: int = 0
    human_drum_notes: int = 0
    machine_notes: int = 0

    @property
    def is_written_by_people(self) -> bool:
        """Whether people wrote enough music in this style to learn it from them."""
        return self.human_notes >= _ENOUGH_NOTES

    @property
    def is_mostly_by_people(self) -> bool:
        """Whether people wrote enough in this style, and more than programs made."""
        return self.human_notes >= max(_ENOUGH_NOTES, self.machine_notes)

    @property
    def support(self) -> str:
        """What stands behind this style, in words: the tier that `composer styles` shows."""
        if self.is_mostly_by_people:
            return "human"
        if self.is_written_by_people:
            return "human, mostly machine-made accompaniment"
        if self.human_drum_notes:
            return "machine-made accompaniment, human drums"
        return "machine-made accompaniment"


@cache
def styles() -> tuple[Style, ...]:
    """All styles in the order of their index."""
    return tuple(_style(row, "style", i) for i, row in enumerate(_tables()["style"], 1))


@cache
def composers() -> tuple[Style, ...]:
    """All composers that are styles of their own, in the order of their index."""
    return tuple(_style(row, "composer", i) for i, row in enumerate(_tables()["composer"], 1))


def style_index(name: str) -> int:
    """Token index of the style called exactly `name`; 0 for "" and for a style we have not."""
    return _indices("style").get(name, 0)


def composer_index(name: str) -> int:
    """Token index of the composer called exactly `name`; 0 for "" and one we have not."""
    return _indices("composer").get(name, 0)


def swing_of(name: str) -> float:
    """How far the style called exactly `name` swings, 0 to 1; 0 for "" and one we have not."""
    return _swings().get(name, 0.0)


def find_style(text: str) -> Style:
    """The style or composer that a person means by `text`; RequestError if there is none."""
    composer = style_of_composer(text)
    if composer is not None:
        return composer
    every = (*styles(), *composers())
    see = f"`composer styles` lists all {len(every)}"
    return look_up(text, _styles_by_key(), "style", [style.name for style in every], see)


def style_of_catalogue(word: str) -> Style | None:
    """The style that a corpus catalogue calls `word` ("funk_soul"), None if we have none such."""
    return _styles_by_key().get(compact(word))


def style_of_composer(name: str) -> Style | None:
    """The composer that a catalogue calls `name` ("Bach, Johann Sebastian", "J. S. Bach").

    None for the many composers who are not styles of their own.
    """
    words = words_of(name)
    found = _composers_by_words().get(" ".join(sorted(words)))
    if found is not None:
        return found
    plain = " ".join(words)
    return next((c for pattern, c in _composers_by_pattern() if pattern.search(plain)), None)


def follows(name: str, convention: str) -> bool:
    """Whether the style called exactly `name` has a convention; False for one we have not."""
    return any(style.name == name and convention in style.conventions for style in styles())


@cache
def _indices(kind: str) -> dict[str, int]:
    return {entry.name: entry.index for entry in (styles() if kind == "style" else composers())}


@cache
def _swings() -> dict[str, float]:
    return {style.name: style.swing for style in styles()}


@cache
def _tables() -> dict[str, Any]:
    folder = Path(__file__).parent
    tables = tomllib.loads((folder / "styles.toml").read_text(encoding="utf-8"))
    support = tomllib.loads((folder / "support.toml").read_text(encoding="utf-8"))
    return tables | {"support": support}


def _style(row: dict[str, Any], kind: str, index: int) -> Style:
    human, drums, machine = _tables()["support"][kind].get(row["name"], (0, 0, 0))
    return Style(
        name=row["name"],
        label=row["label"],
        kind=kind,
        index=index,
        parent=row.get("parent", ""),
        aliases=tuple(row.get("aliases", ())),
        swing=row.get("swing", 0.0),
        conventions=_conventions(row),
        human_notes=human,
        human_drum_notes=drums,
        machine_notes=machine,
    )


def _conventions(row: dict[str, Any]) -> tuple[str, ...]:
    parent = row.get("parent", row["name"])
    own = next(style for style in _tables()["style"] if style["name"] == parent)
    return tuple(own.get("conventions", ()))


@cache
def _styles_by_key() -> dict[str, Style]:
    table: dict[str, Style] = {}
    for style, row in zip(styles(), _tables()["style"], strict=True):
        for word in (style.name, style.label, row.get("catalogue", style.name), *style.aliases):
            table.setdefault(compact(word), style)
    return table


@cache
def _composers_by_words() -> dict[str, Style]:
    table: dict[str, Style] = {}
    for composer, row in zip(composers(), _tables()["composer"], strict=True):
        for spelling in (composer.label, *row.get("spellings", ())):
            for words in _ways_to_write(words_of(spelling)):
                table.setdefault(" ".join(sorted(words)), composer)
    return table


@cache
def _composers_by_pattern() -> tuple[tuple[re.Pattern[str], Style], ...]:
    rows = zip(composers(), _tables()["composer"], strict=True)
    return tuple((re.compile(row["pattern"]), c) for c, row in rows if "pattern" in row)


def _ways_to_write(words: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Full name, initials apart and together, and the bare surname (the last word)."""
    *given, surname = words
    names = [word for word in given if word not in _PARTICLES]
    particles = [word for word in given if word in _PARTICLES]
    initials = [name[0] for name in names]
    short = [word if word in _PARTICLES else word[0] for word in given]
    ways = [given, names, initials, short, initials[:1], ["".join(initials)], particles, []]
    return [(*way, surname) for way in ways]
