"""Staves that rest throughout a system are left out of it, and what stood over them is not.

Verovio hides such staves (`optimize` in the MEI), and with the topmost one its tempo, chord symbols
and rehearsal marks. Here these are moved to the highest staff that plays in the system, once it is
known which measures a system has.
"""

from __future__ import annotations

import re
from typing import Any

from composer.rendering.pages.line_breaks import with_breaks

_BAND_PARTS, _MANY_PARTS = 3, 5
"""From so many parts on, with drums or without, staves are hidden where they rest."""
_MEASURE = re.compile(r'<measure\b[^>]*?xml:id="([^"]+)".*?</measure>', re.DOTALL)
_STAFF = re.compile(r'<staff\b[^>]*?\bn="(\d+)"[^>]*?>(.*?)</staff>', re.DOTALL)
_OVER_THE_TOP = re.compile(r'(<(?:tempo|harm|reh|dir)\b[^>]*?\bstaff=")1(")')


def hides_silent_staves(musicxml: str) -> bool:
    """Whether staves that rest throughout a system are left out of it: not in a quartet or a choir,
    but in a band and in scores of many parts."""
    parts, has_drums = musicxml.count("<score-part "), "<midi-unpitched>" in musicxml
    return parts >= (_BAND_PARTS if has_drums else _MANY_PARTS)


def show_what_stood_over(toolkit: Any) -> None:
    """Move what stands over a topmost staff that is hidden in its system to the highest staff that
    is not, and lay out the same lines again; nothing where none is hidden."""
    broken = with_breaks(toolkit)
    if broken is None:
        return
    mei, systems = broken
    measures = {found[1]: found[0] for found in _MEASURE.finditer(mei)}
    moved = dict(measures)
    for system in systems:
        playing = {
            int(staff)
            for identifier in system
            for staff, content in _STAFF.findall(measures[identifier])
            if "<note" in content
        }
        if playing and 1 not in playing:
            top = rf"\g<1>{min(playing)}\g<2>"
            moved |= {one: _OVER_THE_TOP.sub(top, measures[one]) for one in system}
    if moved != measures:
        toolkit.setOptions({"breaks": "encoded"})
        toolkit.loadData(_MEASURE.sub(lambda found: moved[found[1]], mei))
