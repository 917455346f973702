"""Words that no font at hand can draw: the wheels bring none for Chinese, Japanese and Korean.

PDF and PNG use such a font of the system where there is one. Elsewhere these words would be boxes,
so they are left out, with a notice; MusicXML and SVG have them.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable
from functools import cache

_EAST_ASIAN = re.compile(
    "[\u1100-\u11ff\u2e80-\ud7ff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]+"
)
_FAMILIES = re.compile(
    r"CJK|Han (Sans|Serif)|Source Han|WenQuanYi|PingFang|YaHei|JhengHei|SimSun|SimHei|KaiTi|"
    r"FangSong|Songti|Heiti|STSong|STHeiti|Hiragino|Yu (Gothic|Mincho)|MS P?(Gothic|Mincho)|Meiryo|"
    r"Malgun|Nanum|Batang|Gulim|Apple SD Gothic|Unifont|Arial Unicode|Droid Sans Fallback|"
    r"AR PL U|IPA(ex)?(Gothic|Mincho)|Noto (Sans|Serif) (SC|TC|HK|JP|KR)"
)


def drawable(pages: Iterable[str]) -> list[str]:
    """The SVG pages without the words that cannot be drawn here."""
    pages = list(pages)
    words = [word for page in pages for word in _EAST_ASIAN.findall(page)]
    if not words or _has_east_asian_font():
        return pages
    _warn_once(", ".join(dict.fromkeys(words)))
    return [_EAST_ASIAN.sub("", page) for page in pages]


@cache
def _warn_once(words: str) -> None:
    """Once for the PDF, the PNG and every part of a piece."""
    logging.getLogger(__name__).warning(
        "%s is left out of PDF and PNG: no font with these characters is installed "
        "(install one such as Noto Sans CJK; SVG and MusicXML have the words)",
        words,
    )


@cache
def _has_east_asian_font() -> bool:
    import typst

    return any(_FAMILIES.search(family) for family in typst.Fonts().families())
