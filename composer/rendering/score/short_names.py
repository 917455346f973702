"""What stands before a staff from the second system on."""

from __future__ import annotations

from collections.abc import Sequence

from composer.rendering.score.notation import StaffPart
from composer.rendering.score.part_names import counted

_ROLES = {
    "melody": "Mel.", "bridge": "Bridge", "chords": "Chds.", "solo": "Solo", "lead": "Lead",
    "arpeggio": "Arp.", "harmony": "Harm.", "bass": "Bass",
    "clavinet": "Clav.", "clavichord": "Clav.", "harmonica": "Harm.", "xylophone": "Xyl.",
    "music box": "M. Box", "string ensemble": "Str.",
    "right hand": "R.H.", "left hand": "L.H.",
}  # fmt: skip
"""Parts named by what they do, or by a sound that shares an instrument with others."""


def short_names(parts: Sequence[StaffPart]) -> list[str]:
    """The abbreviation of each part: of its role or instrument, with the number that ends its
    name; parts that would be abbreviated alike are counted, so that staves can be told apart."""
    return counted([_short_name(part) for part in parts])


def _short_name(part: StaffPart) -> str:
    *words, last = part.name.split(" ")
    number = f" {last}" if words and last.isdigit() else ""
    named = part.name.removesuffix(number)
    role = _ROLES.get(named.lower()) if named != part.instrument.label else None
    return (role or part.instrument.short) + number
