"""Matching what people type with a fixed list of names, tolerantly and with a helpful refusal."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import TypeVar

from composer.errors import RequestError

ValueT = TypeVar("ValueT")

NEAR = 0.65
"""How alike two names are at least of which one may be meant for the other (difflib's ratio)."""
# Letters that Unicode does not decompose into a plain letter and a mark.
_UNDECOMPOSED = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ß": "ss", "æ": "ae", "œ": "oe"})


def words_of(text: str) -> tuple[str, ...]:
    """The words of `text` in plain lower case: no accents, no punctuation."""
    lowered = text.casefold().translate(_UNDECOMPOSED)
    decomposed = unicodedata.normalize("NFD", lowered)
    plain = "".join(c for c in decomposed if not unicodedata.combining(c))
    return tuple(re.findall(r"\w+", plain.replace("_", " ").replace("'", "")))


def compact(text: str) -> str:
    """`text` as a key of a table: "Hip-Hop", "hip hop" and "HIPHOP" are one key."""
    return "".join(words_of(text))


def on_one_line(text: str) -> str:
    """`text` without control characters and runs of blanks, as titles and names are printed."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def look_up(
    text: str, table: Mapping[str, ValueT], what: str, names: Iterable[str], see: str
) -> ValueT:
    """The value of `text` in `table`, whose keys are compact.

    Raises RequestError that names `what` was sought, the nearest of `names`, and where to `see`
    all of them.
    """
    found = table.get(compact(text))
    if found is None:
        known = {compact(name): name for name in names}
        near = get_close_matches(compact(text), [*table, *known], n=4, cutoff=NEAR)
        hints = dict.fromkeys(known.get(key) or getattr(table[key], "name", key) for key in near)
        hint = f"did you mean {' or '.join(list(hints)[:3])}? " if hints else ""
        raise RequestError(f"{what} {text!r} is unknown; {hint}{see}")
    return found
