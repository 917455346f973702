"""A session in one small file: JSON of versions, steps and locks, compressed.

A part that several versions have is stored once, and so is the score that they were read from: a
version costs what it changed. Pieces come
back exactly, off-grid notes, velocities and titles included.
"""

from __future__ import annotations

import json
import lzma
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from composer.composing.session.locks import Lock
from composer.composing.session.source_file import plain_source, source_of
from composer.composing.session.tree import Step, Tree, Version
from composer.errors import FileError
from composer.music.instruments import BY_NAME
from composer.music.piece import KeyChange, MeterChange, Part, Piece, Tags, TempoChange, notes_of
from composer.rendering.files import write_whole

FORMAT = "symbolic-composer session"
FORMAT_VERSION = 1


@dataclass
class _Tables:
    """What versions share, and its numbers in the file."""

    parts: dict[tuple[Part, int, int], int] = field(default_factory=dict)
    scores: dict[str, int] = field(default_factory=dict)

    def part(self, part: Part) -> int:
        return self.parts.setdefault((part, part.track, part.channel), len(self.parts))

    def score(self, musicxml: str) -> int:
        return self.scores.setdefault(musicxml, len(self.scores))


class _Stored(NamedTuple):
    """The same tables, as they are read."""

    parts: Sequence[Part]
    scores: Sequence[str]


def write_tree(tree: Tree, path: Path) -> None:
    """Write a session, whole or not at all. Raises FileError where that is impossible."""
    tables = _Tables()
    versions = [_plain_version(version, tables) for version in tree.versions]
    stored = {
        "format": FORMAT,
        "version": FORMAT_VERSION,
        "current": tree.current.number,
        "ahead": {str(parent): child for parent, child in tree.ahead.items()},
        "parts": [_plain_part(part) for part, _, _ in tables.parts],
        "scores": [*tables.scores],
        "versions": versions,
    }
    text = json.dumps(stored, ensure_ascii=False, separators=(",", ":"))
    write_whole(path, lzma.compress(text.encode()))


def read_tree(path: Path) -> Tree:
    """Read a session. Raises FileError if the file is missing or no session of this version."""
    try:
        stored = json.loads(lzma.decompress(path.read_bytes()))
        if (stored["format"], stored["version"]) != (FORMAT, FORMAT_VERSION):
            raise FileError(
                f"{path} is a {stored['format']} of version {stored['version']}; "
                f"this program reads version {FORMAT_VERSION}"
            )
        tables = _Stored([_part(part) for part in stored["parts"]], stored.get("scores", ()))
        tree = Tree(_version(version, tables) for version in stored["versions"])
        tree.ahead = {int(parent): child for parent, child in stored["ahead"].items()}
        tree.go_to(stored["current"])
    except OSError as error:
        raise FileError(f"cannot read {path}: {error.strerror or error}") from None
    except (lzma.LZMAError, EOFError, ValueError, KeyError, TypeError, IndexError, AttributeError):
        raise FileError(f"{path} is not a session, or is broken") from None
    return tree


def _plain_piece(piece: Piece, tables: _Tables) -> dict[str, Any]:
    """A piece for JSON; its parts and scores are numbers in the tables, which grow."""
    return {
        "parts": [tables.part(part) for part in piece.parts],
        "meters": piece.meters,
        "end": piece.end_tick,
        "keys": piece.keys,
        "tempi": piece.tempi,
        "ticks_per_quarter": piece.ticks_per_quarter,
        "title": piece.title,
        "tags": asdict(piece.tags),
        "source": piece.source
        and plain_source(
            piece.source,
            [tables.part(part) for part in piece.source.parts],
            tables.score(piece.source.musicxml),
        ),
    }


def _piece(stored: dict[str, Any], tables: _Stored) -> Piece:
    """The piece that `_plain_piece` made JSON of."""
    return Piece(
        parts=tuple(tables.parts[number] for number in stored["parts"]),
        meters=tuple(MeterChange(*change) for change in stored["meters"]),
        end_tick=stored["end"],
        keys=tuple(KeyChange(*change) for change in stored["keys"]),
        tempi=tuple(TempoChange(*change) for change in stored["tempi"]),
        ticks_per_quarter=stored["ticks_per_quarter"],
        title=stored["title"],
        tags=Tags(**stored["tags"]),
        source=source_of(stored["source"], *tables) if stored.get("source") else None,
    )


def _plain_part(part: Part) -> list[Any]:
    """Notes by column, onsets as steps: numbers that are alike lie side by side."""
    columns = [list(column) for column in zip(*part.notes, strict=True)]
    if columns:
        onsets = columns[0]
        columns[0] = [now - before for before, now in zip([0, *onsets], onsets, strict=False)]
    return [
        part.instrument, part.program, part.name, part.role, columns, part.track, part.channel,
    ]  # fmt: skip


def _part(stored: list[Any]) -> Part:
    instrument, program, name, role, columns, *place = stored
    BY_NAME[instrument]
    if columns:
        onset, onsets = 0, []
        for step in columns[0]:
            onset += step
            onsets.append(onset)
        columns = [onsets, *columns[1:]]
    return Part(instrument, program, notes_of(zip(*columns, strict=True)), name, role, *place)


def _plain_version(version: Version, tables: _Tables) -> dict[str, Any]:
    step = version.step
    return {
        "parent": version.parent,
        "label": version.label,
        "locks": version.locks,
        "piece": _plain_piece(version.piece, tables),
        "step": step
        and {
            "verb": step.verb,
            "arguments": {key: _plain(value, tables) for key, value in step.arguments.items()},
            "seed": step.seed,
            "fingerprint": step.fingerprint,
            "made_with": step.made_with,
            "locks": step.locks,
        },
    }


def _version(stored: dict[str, Any], tables: _Stored) -> Version:
    step = stored["step"]
    return Version(
        parent=stored["parent"],
        piece=_piece(stored["piece"], tables),
        step=step
        and Step(
            verb=step["verb"],
            arguments={key: _argument(value, tables) for key, value in step["arguments"].items()},
            seed=step["seed"],
            fingerprint=step["fingerprint"],
            made_with=step["made_with"],
            locks=_locks(step["locks"]),
        ),
        locks=_locks(stored["locks"]),
        label=stored["label"],
    )


def _locks(stored: list[list[Any]]) -> tuple[Lock, ...]:
    return tuple(Lock(first, last, tuple(places)) for first, last, places in stored)


def _plain(value: Any, tables: _Tables) -> Any:
    """An argument of a verb; those that JSON does not know say what they are."""
    if isinstance(value, Piece):
        return {"piece": _plain_piece(value, tables)}
    if isinstance(value, tuple):
        return [_plain(each, tables) for each in value]
    if plain := getattr(value, "plain", None):  # how freely to choose: a `Chance`
        return {"chance": plain()}
    return value


def _argument(value: Any, tables: _Stored) -> Any:
    match value:
        case {"piece": stored}:
            return _piece(stored, tables)
        case {"chance": stored}:
            from composer.composing.writing.sampling import Chance

            return Chance(**stored)
        case list():
            return tuple(_argument(each, tables) for each in value)
    return value
