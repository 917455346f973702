"""One field of a piece beside what was asked of it."""

from __future__ import annotations

from typing import Any, NamedTuple

Plain = str | int | float | None


class Field(NamedTuple):
    """One field of a piece: as asked (None: it was free), as achieved, and whether that is kept.

    `kept` is None where nothing was asked or nobody can tell. `share` (0..1) says how much of it
    is kept, where that has degrees.
    """

    name: str
    asked: Plain
    achieved: Plain
    kept: bool | None = None
    share: float | None = None

    def plain(self) -> dict[str, Any]:
        """For JSON; `share` only where there is one."""
        values = {"asked": self.asked, "achieved": self.achieved, "kept": self.kept}
        return values if self.share is None else {**values, "share": round(self.share, 4)}
