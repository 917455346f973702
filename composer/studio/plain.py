"""Pieces and versions as JSON: what the page draws, and what programs read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from composer.music.bars import bars_of, seconds_at
from composer.music.keys import key_name
from composer.music.piece import Piece

if TYPE_CHECKING:
    from composer.composing.session.session import Session
    from composer.composing.session.tree import Version


def plain_piece(piece: Piece) -> dict[str, Any]:
    """All that is drawn of a piece. Ticks are the piece's own; notes are rows of (onset tick,
    length in ticks, pitch, velocity)."""
    return {
        "title": piece.title,
        "ticks_per_quarter": piece.ticks_per_quarter,
        "end_tick": piece.end_tick,
        "bars": [[bar.start_tick, bar.length_ticks] for bar in bars_of(piece)],
        "meters": [[tick, f"{above}/{below}"] for tick, above, below in piece.meters],
        "keys": [[key.tick, key_name(key)] for key in piece.keys],
        "tempi": [[tick, round(tempo, 2)] for tick, tempo in piece.tempi],
        "parts": [
            {
                "name": part.name or part.instrument,
                "instrument": part.instrument,
                "program": part.program,
                "role": part.role,
                "is_drums": part.is_drums,
                "notes": part.notes,
            }
            for part in piece.parts
        ],
    }


def plain_outline(piece: Piece) -> dict[str, Any]:
    """A piece in a line: its title, length and players."""
    return {
        "title": piece.title,
        "bars": len(bars_of(piece)),
        "seconds": round(seconds_at(piece, piece.end_tick), 2),
        "notes": piece.note_count,
        "parts": [part.name or part.instrument for part in piece.parts],
    }


def plain_version(version: Version) -> dict[str, Any]:
    """A version without its notes: what made it, of what, and its label."""
    step = version.step
    return {
        "number": version.number,
        "parent": version.parent,
        "label": version.label,
        "verb": step.verb if step else None,
        "arguments": _plain_arguments(step.arguments) if step else {},
        "seed": step.seed if step else None,
        "bars": len(bars_of(version.piece)),
        "notes": version.piece.note_count,
    }


def plain_session(session: Session) -> dict[str, Any]:
    """The tree of a session and what is locked in its current version."""
    current = session.current
    return {
        "current": current.number,
        "versions": [plain_version(version) for version in session.versions],
        "locks": [
            {"bars": [lock.first_bar, lock.last_bar], "parts": lock.places, "name": name}
            for lock, name in zip(current.locks, session.locks, strict=True)
        ],
        "can_undo": current.parent is not None,
        "can_redo": bool(session.children(current.number)),
    }


def _plain_arguments(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Short ones as they are; of changes by hand, how many there are."""
    if "changes" in arguments:
        return {"changes": len(arguments["changes"])}
    return {
        name: value.title or "a piece" if isinstance(value, Piece) else value
        for name, value in arguments.items()
        if isinstance(value, str | int | float | tuple | list | Piece)
    }
