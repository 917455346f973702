"""What the documentation site makes of the package itself: commands, tutorial, gallery.

    pip install '.[docs]' && mkdocs build

Pages that have no file in `docs/`: `commands.md` is the help of every command, `tutorial.md` the
notebook's cells, `gallery.md` twelve pieces, composed as the site is built (some minutes; kept in
`build/gallery` for the next time). `COMPOSER_GALLERY=0` leaves the pieces out.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import shlex
import tomllib
from collections.abc import Iterator
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File, Files

ROOT = Path(__file__).resolve().parents[1]
GALLERY = ROOT / "build" / "gallery"
PICTURE, SOUND = "png", "wav"


def on_files(files: Files, config: Any) -> Files:
    """Add the pages that are made, and the files of the gallery."""
    pages = {"commands.md": commands(), "tutorial.md": tutorial()}
    is_whole = os.environ.get("COMPOSER_GALLERY") != "0"
    pieces = _pieces()
    made = [_composed(piece) if is_whole else [] for piece in pieces]
    pages["gallery.md"] = gallery(pieces, made)
    for name, text in pages.items():
        files.append(File.generated(config, name, content=text))
    for path in (path for own in made for path in own):
        files.append(File.generated(config, f"gallery/{path.name}", abs_src_path=str(path)))
    return files


def commands() -> str:
    """The help of every command, as a page."""
    from composer.cli.parser import build_parser

    parts = ["# Commands", "The same as `--help` says.", ""]
    for name, parser in _parsers(build_parser(), "composer"):
        parts += [f"## {name}", "```text", parser.format_help().rstrip(), "```", ""]
    return "\n".join(parts)


def _parsers(
    parser: argparse.ArgumentParser, name: str
) -> Iterator[tuple[str, argparse.ArgumentParser]]:
    yield name, parser
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for word, own in action.choices.items():
                yield from _parsers(own, f"{name} {word}")


def tutorial() -> str:
    """The cells of the notebook; what they show is in the notebook, when it runs."""
    notebook = json.loads((ROOT / "docs" / "tutorial.ipynb").read_text(encoding="utf-8"))
    parts = []
    for cell in notebook["cells"]:
        text = "".join(cell["source"])
        parts.append(text if cell["cell_type"] == "markdown" else f"```python\n{text}\n```")
    return "\n\n".join(parts) + "\n"


def gallery(pieces: list[dict[str, str]], made: list[list[Path]]) -> str:
    """A page with the pieces: what they are, the command, the page, the sound."""
    parts = [
        "# Gallery",
        "Twelve pieces as the shipped weights write them and our engraver sets them, untouched; "
        "their seeds were not chosen by ear.",
    ]
    for piece, paths in zip(pieces, made, strict=True):
        parts += [f"## {piece['title']}", f"```\ncomposer compose {piece['flags']}\n```"]
        for path in paths:
            address = f"gallery/{path.name}"
            if path.suffix == f".{SOUND}":
                parts.append(f'<audio controls preload="none" src="../{address}"></audio>')
            else:
                parts.append(f"![The first page of {piece['title']}]({address})")
    return "\n\n".join(parts) + "\n"


def _pieces() -> list[dict[str, str]]:
    text = (ROOT / "website" / "gallery.toml").read_text(encoding="utf-8")
    pieces: list[dict[str, str]] = tomllib.loads(text)["piece"]
    return pieces


def _composed(piece: dict[str, str]) -> list[Path]:
    """The first page and the sound of a piece, composed unless they are there."""
    from composer.cli import main
    from composer.composing.writing.weights import load_weights

    folder = GALLERY / load_weights(None).fingerprint / piece["name"]
    if not list(folder.glob(f"*.{SOUND}")):
        flags = shlex.split(piece["flags"])
        with redirect_stdout(io.StringIO()):
            status = main(
                ["compose", *flags, "--out", str(folder), "--format", f"{PICTURE},{SOUND}"]
            )
        if status:
            raise SystemExit(f"the gallery's piece {piece['name']!r} could not be composed")
    picture = min(folder.glob(f"*.{PICTURE}"), key=lambda path: len(path.name))
    return [picture, *folder.glob(f"*.{SOUND}")]
