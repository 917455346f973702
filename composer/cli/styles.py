"""`composer styles`: every name that a request may use, and how much music stands behind it."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from composer.cli.flags import add_command, add_json
from composer.cli.printing import print_json, print_table

if TYPE_CHECKING:
    from composer.cli.flags import Commands
    from composer.music.styles import Style


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
    chosen = list(LISTS) if given.what == "all" else [given.what]
    if given.json:
        print_json({name: LISTS[name].rows() for name in chosen})
        return
    for name in chosen:
        LISTS[name].show()


class _List:
    """A list: its rows as plain values for JSON, and the columns of its table."""

    def __init__(
        self,
        title: str,
        rows: Callable[[], list[dict[str, Any]]],
        columns: dict[str, str],
    ) -> None:
        self.title, self.rows, self.columns = title, rows, columns

    def show(self) -> None:
        rows = [[_cell(row[key]) for key in self.columns] for row in self.rows()]
        print_table(self.title, list(self.columns.values()), rows)


def _cell(value: object) -> object:
    if isinstance(value, tuple | list):
        return ", ".join(map(str, value))
    if isinstance(value, dict):
        return " ".join(f"--{flag} {word}" for flag, word in value.items())
    return value


def _styles() -> list[dict[str, Any]]:
    from composer.music.styles import styles

    return [_style(style) for style in styles()]


def _composers() -> list[dict[str, Any]]:
    from composer.music.styles import composers

    return [_style(composer) for composer in composers()]


def _style(style: Style) -> dict[str, Any]:
    row = asdict(style) | {"support": style.support}
    for key in ("kind", "index"):
        del row[key]
    return row


def _moods() -> list[dict[str, Any]]:
    from composer.music.moods import moods

    return [asdict(mood) for mood in moods()]


def _ensembles() -> list[dict[str, Any]]:
    from composer.music.ensembles import ensembles

    return [
        {
            "name": ensemble.name,
            "label": ensemble.label,
            "instruments": [part.instrument for part in ensemble.parts],
            "parts": [part.name for part in ensemble.parts],
            "aliases": ensemble.aliases,
        }
        for ensemble in ensembles()
    ]


def _instruments() -> list[dict[str, Any]]:
    from composer.music.instruments import INSTRUMENTS

    return [
        {"name": i.name, "label": i.label, "section": i.section, "program": i.program,
         "low": i.low, "high": i.high}
        for i in INSTRUMENTS
    ]  # fmt: skip


def _presets() -> list[dict[str, Any]]:
    from composer.music.presets import presets

    return [
        {"name": preset.name, "label": preset.label, "flags": preset.flags()}
        for preset in presets()
    ]


_SUPPORT = {
    "human_notes": "notes by people",
    "human_drum_notes": "drum notes by people",
    "machine_notes": "machine-made notes",
    "support": "support",
}
LISTS = {
    "styles": _List("Styles (--style)", _styles, {"name": "name", "label": "", **_SUPPORT}),
    "composers": _List(
        "Composers as styles (--style)",
        _composers,
        {"name": "name", "label": "", "parent": "style", "human_notes": "notes by people"},
    ),
    "moods": _List(
        "Moods (--mood), also q1 to q4 or two numbers such as 0.6,-0.4",
        _moods,
        {"name": "name", "valence": "valence", "arousal": "arousal", "aliases": "also"},
    ),
    "ensembles": _List(
        "Ensembles (--ensemble)",
        _ensembles,
        {"name": "name", "label": "", "instruments": "instruments"},
    ),
    "instruments": _List(
        "Instruments (--instruments); programs are General MIDI's from 0, range in MIDI pitches",
        _instruments,
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
        _presets,
        {"name": "name", "label": "", "flags": "stands for"},
    ),
}
"""What `composer styles` lists, in order."""
