"""`composer styles`: every name that a request may use, and how much music stands behind it."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from composer.cli.flags import add_command, add_json
from composer.cli.printing import print_json, print_table

if TYPE_CHECKING:
    from composer.cli.flags import Commands


def add_to(commands: Commands) -> None:
    parser = add_command(
        commands, "styles", "list styles, moods, ensembles, instruments and presets", styles
    )
    parser.add_argument(
        "what", nargs="?", metavar="LIST", choices=("all", *LISTS), default="all",
        help=f"one of {', '.join(LISTS)} (default: all)",
    )  # fmt: skip
    add_json(parser)


def styles(given: argparse.Namespace) -> None:
    from composer.music import listing

    chosen = list(LISTS) if given.what == "all" else [given.what]
    if given.json:
        print_json({name: listing.LISTS[name]() for name in chosen})
        return
    for name in chosen:
        LISTS[name].show(listing.LISTS[name]())


class _List(NamedTuple):
    """The title of a list, and the columns of its table by the names of its rows' values."""

    title: str
    columns: dict[str, str]

    def show(self, found: Sequence[Mapping[str, Any]]) -> None:
        rows = [[_cell(row[key]) for key in self.columns] for row in found]
        print_table(self.title, list(self.columns.values()), rows)


def _cell(value: object) -> object:
    if isinstance(value, tuple | list):
        return ", ".join(map(str, value))
    if isinstance(value, dict):
        return " ".join(f"--{flag} {word}" for flag, word in value.items())
    return value


_SUPPORT = {
    "human_notes": "notes by people",
    "human_drum_notes": "drum notes by people",
    "machine_notes": "machine-made notes",
    "support": "support",
}
LISTS = {
    "styles": _List("Styles (--style)", {"name": "name", "label": "", **_SUPPORT}),
    "composers": _List(
        "Composers as styles (--style)",
        {"name": "name", "label": "", "parent": "style", "human_notes": "notes by people"},
    ),
    "moods": _List(
        "Moods (--mood), also q1 to q4 or two numbers such as 0.6,-0.4",
        {"name": "name", "valence": "valence", "arousal": "arousal", "aliases": "also"},
    ),
    "ensembles": _List(
        "Ensembles (--ensemble)",
        {"name": "name", "label": "", "instruments": "instruments"},
    ),
    "instruments": _List(
        "Instruments (--instruments); programs are General MIDI's from 0, range in MIDI pitches",
        {
            "name": "name",
            "label": "",
            "section": "section",
            "program": "program",
            "low": "low",
            "high": "high",
        },
    ),
    "presets": _List(
        "Presets (--preset) and the flags they stand for; a flag of your own wins",
        {"name": "name", "label": "", "flags": "stands for"},
    ),
}
"""What `composer styles` lists, in order."""
