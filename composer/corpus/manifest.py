"""Manifests: what a corpus is, whose it is, and how its files map to tags.

A manifest is a `corpus.toml`. It lies in `corpora/<name>/` for the corpora this project knows, or
in the folder of MIDI or MusicXML files that it describes. A corpus without a licence is refused.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from composer.errors import ComposerError, CorpusError
from composer.music.ensembles import find_ensemble
from composer.music.piece import Tags
from composer.music.styles import find_style, style_of_composer

MANIFEST_NAME = "corpus.toml"
_TEXTS = (
    "name", "title", "licence", "source", "citation", "attribution", "catalogue", "package",
    "folder", "origin", "works",
)  # fmt: skip
_TAGS = ("style", "composer", "ensemble", "mood")
_WORKS = ("file", "folder")


@dataclass(frozen=True, slots=True)
class Manifest:
    """One corpus.

    `files` are glob patterns, `without` those of files that are left out. Tags come from
    `catalogue` (a CSV file beside the data) or from `tags`, a list of (pattern, tags) in which the
    later wins. `works` says what one work is: each "file", or all files of a "folder". `package`
    is the installed Python package in whose `folder` the files lie, "" for files of one's own.
    `tempo_known` is False where the files state a tempo that nobody meant; `played` is True where
    onsets are as people played them, even if they were moved to some grid.
    """

    name: str
    title: str
    licence: str
    source: str = ""
    citation: str = ""
    attribution: str = ""
    files: tuple[str, ...] = ("**/*",)
    without: tuple[str, ...] = ()
    catalogue: str = ""
    package: str = ""
    folder: str = ""
    origin: str = "human"
    works: str = "file"
    tempo_known: bool = True
    played: bool = False
    tags: tuple[tuple[str, dict[str, str]], ...] = field(default=())

    def tags_of(self, path: str) -> Tags:
        """Tags of the file at `path` (with forward slashes, inside the corpus)."""
        known: dict[str, str] = {}
        for pattern, tags in self.tags:
            if fnmatchcase(path, pattern):
                known |= tags
        return Tags(**known)


def read_manifest(path: Path) -> Manifest:
    """Raises CorpusError, naming the file, for a manifest that lacks or misspells something."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise CorpusError(f"{path} cannot be read: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CorpusError(f"{path} is not TOML: {error}") from None
    try:
        return _manifest(table, path.parent.name)
    except ComposerError as error:
        raise CorpusError(f"{path}: {error}") from None


def _manifest(table: dict[str, Any], folder_name: str) -> Manifest:
    allowed = {*_TEXTS, "files", "without", "tempo_known", "played", "tags", "tags_by_file"}
    unknown = sorted(set(table) - allowed)
    if unknown:
        raise CorpusError(
            f"{unknown[0]!r} is not a key of a manifest; keys are {', '.join(sorted(allowed))}"
        )
    texts = {key: _text(table, key) for key in _TEXTS if key in table}
    if not texts.get("licence", "").strip():
        raise CorpusError(
            'no licence; write what allows you to use the files, such as licence = "CC0-1.0" '
            'or licence = "own work"'
        )
    if texts.get("works", "file") not in _WORKS:
        raise CorpusError(f"works = {texts['works']!r} is unknown; it is one of {_WORKS}")
    texts.setdefault("name", folder_name)
    texts.setdefault("title", texts["name"])
    by_file = {"*": table.get("tags", {})} | table.get("tags_by_file", {})
    return Manifest(
        **texts,
        files=_patterns(table, "files", ("**/*",)),
        without=_patterns(table, "without", ()),
        tempo_known=bool(table.get("tempo_known", True)),
        played=bool(table.get("played", False)),
        tags=tuple((pattern, _tags(words)) for pattern, words in by_file.items()),
    )


def _text(table: dict[str, Any], key: str) -> str:
    value = table[key]
    if not isinstance(value, str):
        raise CorpusError(f"{key} = {value!r} must be a text in quotes")
    return value


def _patterns(table: dict[str, Any], key: str, default: tuple[str, ...]) -> tuple[str, ...]:
    value = table.get(key, default)
    patterns = (value,) if isinstance(value, str) else tuple(value)
    if not all(isinstance(pattern, str) for pattern in patterns):
        raise CorpusError(f"{key} = {value!r} must be a pattern or a list of patterns")
    return patterns


def _tags(words: dict[str, Any]) -> dict[str, str]:
    unknown = sorted(set(words) - set(_TAGS))
    if unknown:
        raise CorpusError(f"{unknown[0]!r} is not a tag; tags are {', '.join(_TAGS)}")
    tags = {key: str(word) for key, word in words.items()}
    if "composer" in tags:
        composer = style_of_composer(tags["composer"])
        tags["composer"] = composer.name if composer else ""
        if composer:
            tags.setdefault("style", composer.parent)
    if "style" in tags:
        style = find_style(tags["style"])
        if style.kind == "composer":
            tags |= {"composer": style.name, "style": style.parent}
        else:
            tags["style"] = style.name
    if "ensemble" in tags:
        tags["ensemble"] = find_ensemble(tags["ensemble"]).name
    return tags
