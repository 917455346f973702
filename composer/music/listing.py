"""Every name that a request may use, as plain values: for `composer styles`, agents, pages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from composer.music.ensembles import ensembles
from composer.music.instruments import INSTRUMENTS
from composer.music.moods import moods
from composer.music.presets import presets
from composer.music.styles import Style, composers, styles

Rows = list[dict[str, Any]]


def _styles() -> Rows:
    return [_style(style) for style in styles()]


def _composers() -> Rows:
    return [_style(composer) for composer in composers()]


def _style(style: Style) -> dict[str, Any]:
    row = asdict(style) | {"support": style.support}
    for key in ("kind", "index"):
        del row[key]
    return row


def _moods() -> Rows:
    return [asdict(mood) for mood in moods()]


def _ensembles() -> Rows:
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


def _instruments() -> Rows:
    return [
        {"name": i.name, "label": i.label, "section": i.section, "program": i.program,
         "low": i.low, "high": i.high}
        for i in INSTRUMENTS
    ]  # fmt: skip


def _presets() -> Rows:
    return [
        {"name": preset.name, "label": preset.label, "flags": preset.flags()}
        for preset in presets()
    ]


LISTS: dict[str, Callable[[], Rows]] = {
    "styles": _styles,
    "composers": _composers,
    "moods": _moods,
    "ensembles": _ensembles,
    "instruments": _instruments,
    "presets": _presets,
}
"""The rows of each list, by its name, in order."""
