"""A session in one small file: JSON of versions, steps and locks, compressed.

A part that several versions have is stored once, so a version costs what it changed. Pieces come
back exactly, off-grid notes, velocities and titles included.
"""

from __future__ import annotations

import json
import lzma
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from composer.composing.session.locks import Lock
from composer.composing.session.source_file import plain_source, source_of
from composer.composing.session.tree import Step, Tree, Version
from composer.errors import FileError
from composer.music.instruments import BY_NAME
from composer.music.piece import KeyChange, MeterChange, Part, Piece, Tags, TempoChange, notes_of
from composer.rendering.files import write_whole

FORMAT = "symbolic-composer session"
FORMAT_VERSION = 1


def write_tree(tree: Tree, path: Path) -> None:
    """Write a session, whole or not at all. Raises FileError where that is impossible."""
    parts: dict[Part, int] = {}
    versions = [_plain_version(version, parts) for version in tree.versions]
    stored = {
        "format": FORMAT,
        "version": FORMAT_VERSION,
        "current": tree.current.number,
        "ahead": {str(parent): child for parent, child in tree.ahead.items()},
        "parts": [_plain_part(part) for part in parts],
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
        parts = [_part(part) for part in stored["parts"]]
        tree = Tree(_version(version, parts) for version in stored["versions"])
        tree.ahead = {int(parent): child for parent, child in stored["ahead"].items()}
        tree.go_to(stored["current"])
    except OSError as error:
        raise FileError(f"cannot read {path}: {error.strerror or error}") from None
    except (lzma.LZMAError, EOFError, ValueError, KeyError, TypeError, IndexError, AttributeError):
        raise FileError(f"{path} is not a session, or is broken") from None
    return tree


def plain_piece(piece: Piece, parts: dict[Part, int]) -> dict[str, Any]:
    """A piece for JSON; its parts are numbers in the table `parts`, which grows."""
    return {
        "parts": [parts.setdefault(part, len(parts)) for part in piece.parts],
        "meters": piece.meters,
        "end": piece.end_tick,
        "keys": piece.keys,
        "tempi": piece.tempi,
        "ticks_per_quarter": piece.ticks_per_quarter,
        "title": piece.title,
        "tags": asdict(piece.tags),
        "source": piece.source and plain_source(piece.source),
    }


def piece_of(stored: dict[str, Any], parts: Sequence[Part]) -> Piece:
    """The piece that `plain_piece` made JSON of."""
    return Piece(
        parts=tuple(parts[number] for number in stored["parts"]),
        meters=tuple(MeterChange(*change) for change in stored["meters"]),
        end_tick=stored["end"],
        keys=tuple(KeyChange(*change) for change in stored["keys"]),
        tempi=tuple(TempoChange(*change) for change in stored["tempi"]),
        ticks_per_quarter=stored["ticks_per_quarter"],
        title=stored["title"],
        tags=Tags(**stored["tags"]),
        source=source_of(stored["source"]) if stored.get("source") else None,
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


def _plain_version(version: Version, parts: dict[Part, int]) -> dict[str, Any]:
    step = version.step
    return {
        "parent": version.parent,
        "label": version.label,
        "locks": version.locks,
        "piece": plain_piece(version.piece, parts),
        "step": step
        and {
            "verb": step.verb,
            "arguments": {key: _plain(value, parts) for key, value in step.arguments.items()},
            "seed": step.seed,
            "fingerprint": step.fingerprint,
            "made_with": step.made_with,
            "locks": step.locks,
        },
    }


def _version(stored: dict[str, Any], parts: Sequence[Part]) -> Version:
    step = stored["step"]
    return Version(
        parent=stored["parent"],
        piece=piece_of(stored["piece"], parts),
        step=step
        and Step(
            verb=step["verb"],
            arguments={key: _argument(value, parts) for key, value in step["arguments"].items()},
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


def _plain(value: Any, parts: dict[Part, int]) -> Any:
    """An argument of a verb; those that JSON does not know say what they are."""
    if isinstance(value, Piece):
        return {"piece": plain_piece(value, parts)}
    if isinstance(value, tuple):
        return [_plain(each, parts) for each in value]
    if plain := getattr(value, "plain", None):  # how freely to choose: a `Chance`
        return {"chance": plain()}
    return value


def _argument(value: Any, parts: Sequence[Part]) -> Any:
    match value:
        case {"piece": stored}:
            return piece_of(stored, parts)
        case {"chance": stored}:
            from composer.composing.writing.sampling import Chance

            return Chance(**stored)
        case list():
            return tuple(_argument(each, parts) for each in value)
    return value
