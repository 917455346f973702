"""Symbolic composer: music in a style and a mood, as MIDI and sheet music.

import composer

composition = composer.compose(style="baroque", mood="melancholy", bars=16, seed=7)
composer.write(composition, Path("pieces"), ["mid", "musicxml", "pdf"])

The public names below are loaded on first use, so that importing the package costs nothing.
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from composer.analysis.analyse import analyse
    from composer.analysis.describe import describe
    from composer.composing.asking.sentence import TextRequest, request_from_text
    from composer.composing.compose import Composition, compose, sketch, write
    from composer.composing.looping import looped
    from composer.composing.many import Made, compose_many
    from composer.composing.originality import Originality, is_too_close, originality
    from composer.composing.partner import arrange, continue_piece, harmonize, infill, vary
    from composer.composing.session.session import Session
    from composer.composing.sketched import Sketched, read_sketch
    from composer.corpus.readers import read_piece
    from composer.errors import (
        CheckpointError,
        ComposerError,
        CorpusError,
        FileError,
        RequestError,
        UnreadablePieceError,
    )
    from composer.music.normalise import normalise
    from composer.music.piece import Piece
    from composer.rendering.files import write_piece

__all__ = [
    "CheckpointError",
    "ComposerError",
    "Composition",
    "CorpusError",
    "FileError",
    "Made",
    "Originality",
    "Piece",
    "RequestError",
    "Session",
    "Sketched",
    "TextRequest",
    "UnreadablePieceError",
    "analyse",
    "arrange",
    "compose",
    "compose_many",
    "continue_piece",
    "describe",
    "harmonize",
    "infill",
    "is_too_close",
    "looped",
    "normalise",
    "originality",
    "read_piece",
    "read_sketch",
    "request_from_text",
    "sketch",
    "vary",
    "write",
    "write_piece",
]

_HOMES = {
    "Composition": "composer.composing.compose",
    "Made": "composer.composing.many",
    "Originality": "composer.composing.originality",
    "Piece": "composer.music.piece",
    "Session": "composer.composing.session.session",
    "Sketched": "composer.composing.sketched",
    "TextRequest": "composer.composing.asking.sentence",
    "analyse": "composer.analysis.analyse",
    "arrange": "composer.composing.partner",
    "compose": "composer.composing.compose",
    "compose_many": "composer.composing.many",
    "continue_piece": "composer.composing.partner",
    "describe": "composer.analysis.describe",
    "harmonize": "composer.composing.partner",
    "infill": "composer.composing.partner",
    "is_too_close": "composer.composing.originality",
    "looped": "composer.composing.looping",
    "normalise": "composer.music.normalise",
    "originality": "composer.composing.originality",
    "read_piece": "composer.corpus.readers",
    "read_sketch": "composer.composing.sketched",
    "request_from_text": "composer.composing.asking.sentence",
    "sketch": "composer.composing.compose",
    "vary": "composer.composing.partner",
    "write": "composer.composing.compose",
    "write_piece": "composer.rendering.files",
}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(_HOMES.get(name, "composer.errors")), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__


def _show_pieces_in_notebooks() -> None:
    """Have IPython, where it runs, show a `Piece` as table, player and score."""
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    if shell is not None:
        html = shell.display_formatter.formatters["text/html"]
        html.for_type_by_name("composer.music.piece", "Piece", _piece_html)


def _piece_html(piece: Piece) -> str:
    from composer.rendering.pages.notebook import notebook_html

    return notebook_html(piece)


_show_pieces_in_notebooks()
