"""Texts of files that do not say how they are encoded: UTF-8, Latin-1, Shift-JIS, GBK, Cyrillic.

A file has one encoding, so all its texts are judged together. UTF-8 is strict enough to be known
by itself. Of the others the one is taken whose characters are what people write in names and words:
letters of one script, hardly a control or a rare sign. What no encoding makes sense of is left out.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from itertools import pairwise

REPLACEMENT = "\ufffd"
_CHARSETS = ("cp932", "gb18030", "cp1252", "latin-1", "cp1251")
_LETTERS_OF_EUROPE = frozenset(
    "àáâãäåæçèéêëìíîïðñòóôõöøùúûüýþÿßÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖØÙÚÛÜÝÞœŒšŠžŽŸ"
)
_SIGNS_OF_EUROPE = frozenset("©®°ªº«»·–—‘’“”…´¿¡§")
_COMMON_KANJI_BELOW = 0x9FA6
_FEWEST_GOOD = 0.65


def charset_of(texts: Iterable[bytes]) -> str:
    """The encoding in which all of a file's texts read best; "ascii" where none is needed, "" where
    none makes sense of them."""
    raw = b"\n".join(text for text in texts if not text.isascii())
    if not raw:
        return "ascii"
    for charset in ("utf-8", "utf-16"):
        if charset == "utf-16" and raw[:2] not in (b"\xff\xfe", b"\xfe\xff"):
            continue
        if _decoded(raw, charset) is not None:
            return charset
    merits = {charset: _merit(raw, charset) for charset in _CHARSETS}
    best = max(merits, key=lambda charset: merits[charset])
    return best if merits[best] >= _FEWEST_GOOD else ""


def decoded(text: bytes, charset: str) -> str:
    """A text in an encoding; "" where it does not make sense in it."""
    found = _decoded(text, charset or "ascii")
    return "" if found is None or REPLACEMENT in found else found


def _decoded(text: bytes, charset: str) -> str | None:
    try:
        return text.decode(charset)
    except (UnicodeDecodeError, LookupError):
        return None


def _merit(raw: bytes, charset: str) -> float:
    """The share of what is not ASCII that people write in this encoding, a little less where two
    bytes were read as one character only now and then."""
    text = _decoded(raw, charset)
    if text is None:
        return 0.0
    worths = [
        _worth(character, charset, before)
        for before, character in pairwise(" " + text)
        if not character.isascii()
    ]
    return sum(worths) / len(worths) if worths else 0.0


def _worth(character: str, charset: str, before: str) -> float:
    """How likely a character is in names, 0..1, behind another; no ideograph ends a Latin word, nor
    a Cyrillic letter, and two letters with accents hardly stand side by side."""
    code = ord(character)
    if charset == "cp1251":
        is_alone = before.isascii() and before.isalpha()
        return 0.85 if 0x400 <= code < 0x460 and not is_alone else 0.1
    if charset in ("cp1252", "latin-1"):
        if character in _LETTERS_OF_EUROPE:
            return 0.6 if before in _LETTERS_OF_EUROPE else 0.9
        return 0.5 if character in _SIGNS_OF_EUROPE else 0.0
    if 0x3040 <= code <= 0x30FF:  # hiragana and katakana
        return 1.0 if charset == "cp932" else 0.5
    if 0xFF61 <= code <= 0xFF9F:  # katakana of half width, a byte each: often chance
        return 0.3
    if code >= 0x4E00 and before.isascii() and before.isalpha():
        return 0.2
    if 0x4E00 <= code < _COMMON_KANJI_BELOW:
        return 0.95 if charset == "cp932" else 0.93 if _is_common_hanzi(character) else 0.4
    if 0xFF00 <= code <= 0xFF60 or 0x3000 <= code <= 0x303F:
        return 0.9
    return 0.0 if unicodedata.category(character)[0] == "C" else 0.2


def _is_common_hanzi(character: str) -> bool:
    """Whether the character is one of the 3,755 of the first level of GB 2312."""
    code = character.encode("gb18030")
    return len(code) == 2 and 0xB0 <= code[0] <= 0xD7 and code[1] >= 0xA1
