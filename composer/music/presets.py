"""Named presets: one word for a style, an ensemble, a mood and what goes with them.

The table is `presets.toml`.
"""

from __future__ import annotations

import tomllib
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

from composer.music.names import compact, look_up


@dataclass(frozen=True, slots=True)
class Preset:
    """A shorthand for flags. `style` is a name of `composer.music.styles` (composers too),
    `ensemble` of `composer.music.ensembles`, `mode` "major" or "minor"."""

    name: str
    label: str
    style: str
    ensemble: str
    mood: str
    quarters_per_minute: int
    meter: str
    mode: str
    bars: int

    def flags(self) -> dict[str, str]:
        """What the preset expands to, by the name of the flag without its dashes."""
        values = asdict(self)
        values["tempo"] = values["quarters_per_minute"]
        names = ("style", "ensemble", "mood", "tempo", "meter", "mode", "bars")
        return {name: str(values[name]) for name in names}


@cache
def presets() -> tuple[Preset, ...]:
    """All presets in the order of the table."""
    table = Path(__file__).with_name("presets.toml").read_text(encoding="utf-8")
    return tuple(Preset(**row) for row in tomllib.loads(table)["preset"])


def find_preset(text: str) -> Preset:
    """The preset that a person means by `text`; RequestError if there is none."""
    names = [preset.name for preset in presets()]
    return look_up(text, _by_key(), "preset", names, f"the presets are {', '.join(names)}")


@cache
def _by_key() -> dict[str, Preset]:
    return {compact(preset.name): preset for preset in presets()}
