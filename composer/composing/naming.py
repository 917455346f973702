"""What a composed piece is called, on paper and on disk."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

from composer.composing.asking.request import USUAL_BARS, USUAL_CANDIDATES, Request
from composer.composing.writing.sampling import Chance
from composer.composing.writing.sketching import Sketch
from composer.music.bars import prevailing_key
from composer.music.keys import printed_key_name
from composer.music.moods import find_mood
from composer.music.piece import Piece

_DIGEST_LETTERS = 4
_PAGED = ("svg", "png")


def title_of(piece: Piece, request: Request) -> str:
    """The title that was asked for, or the styles that were and the key of the signature."""
    if request.title:
        return request.title
    words = f"{labels_asked(request, 'style')} Piece".strip()
    key = prevailing_key(piece)
    return f"{words} in {printed_key_name(key)}" if key else words


def labels_asked(request: Request, kind: str) -> str:
    """The styles of a kind ("style" or "composer") that were asked for, as they are printed."""
    *before, last = [s.label for s, _ in request.styles if s.kind == kind] or [""]
    return f"{', '.join(before)} and {last}" if before else last


def file_stem(
    request: Request,
    seed: int,
    chance: Chance,
    weights: str = "",
    best_of: int = USUAL_CANDIDATES,
    sketch: Sketch | None = None,
) -> str:
    """Style, mood and seed; where more was asked, also four letters that stand for it.

    So another key, ensemble, temperature, sketch or weights never writes over an earlier piece of
    that seed, and the same request twice makes the same files. `weights` is a fingerprint of
    weights that are not the package's, `sketch` what the notes are written under, where it is
    given.
    """
    style = request.style.name if request.style else "piece"
    words = "-".join(word for word in (style, request.mood.name if request.mood else "") if word)
    more = _more(request, chance, weights)
    if best_of != USUAL_CANDIDATES and not request.melody:
        more["best of"] = best_of
    if sketch is not None:
        more["sketch"] = repr(sketch)
    digest = hashlib.sha256(json.dumps(more, sort_keys=True).encode()).hexdigest()
    ending = f"-{digest[:_DIGEST_LETTERS]}" if more else ""
    return f"{words.replace(' ', '-')}-{seed}{ending}"


def _more(request: Request, chance: Chance, weights: str) -> dict[str, object]:
    """What was asked that the name does not say."""
    more: dict[str, object] = dict(request.asked())
    if not request.blend:
        more.pop("style", None)
    if not request.mood_curve and (
        request.mood is None or find_mood(request.mood.name) == request.mood
    ):
        more.pop("mood", None)
    if more.get("bars") == USUAL_BARS:
        del more["bars"]
    if request.melody:
        more["melody"] = repr(request.melody)
    if request.like:
        more["like"] = repr(request.like)
    if request.title:
        more["title"] = request.title
    if chance != Chance():
        more["chance"] = chance.plain()
    if weights:
        more["weights"] = weights
    return more


def remove_later_pages(folder: Path, name: str, written: Iterable[Path]) -> None:
    """Remove pages of an earlier, longer version of the piece that was just written."""
    names = {path.name for path in written}
    for suffix in _PAGED:
        if f"{name}.{suffix}" in names:
            page = 2
            while (folder / f"{name}-{page}.{suffix}").exists():
                if f"{name}-{page}.{suffix}" not in names:
                    (folder / f"{name}-{page}.{suffix}").unlink()
                page += 1
