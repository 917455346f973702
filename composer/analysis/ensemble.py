"""Who plays a piece, judged by its instruments."""

from __future__ import annotations

from collections import Counter

from composer.analysis.sounding import sounding
from composer.analysis.table import note_table
from composer.music.instruments import BY_NAME
from composer.music.piece import Piece

_VOICES = {"soprano", "alto", "tenor", "bass", "voice", "choir"}
_PIANOS = {"piano", "electric-piano", "celesta"}
_ORGANS = {"organ", "electric-organ"}
_GUITARS = {"guitar", "electric-guitar"}
_QUARTET = Counter({"violin": 2, "viola": 1, "cello": 1})
_WINDS = {"woodwind", "brass"}
_FEWEST_IN_AN_ORCHESTRA = 9
_MOST_VOICES_OF_LINE = 1.6  # a fiddle's double stops
_MOST_VOICES_OF_KEYBOARD_LINE = 1.15


def estimate_ensemble(piece: Piece) -> str:
    """A name of `composer.music.ensembles`; "other" where none fits, "" without notes.

    Judged by the instruments of the parts that have notes; names and tags are not looked at.
    """
    parts = [part for part in piece.parts if part.notes]
    names = Counter(part.instrument for part in parts)
    if not parts:
        return ""
    if set(names) == {"drums"}:
        return "drums"
    if names["drums"]:
        return "orchestra" if _is_orchestra(names) else "band"
    roles = {part.role for part in parts}
    if roles == {"melody", "chords"}:
        return "lead-sheet"
    if "melody" in roles and len(parts) > 1 and set(names) <= _PIANOS:
        return "melody-bridge-piano"
    return _alone(piece, names) or _together(names)


def _is_orchestra(names: Counter[str]) -> bool:
    sections = {BY_NAME[name].section for name in names}
    enough = sum(names.values()) >= _FEWEST_IN_AN_ORCHESTRA
    rhythm_section = names["drums"] and sections & {"plucked", "synth"}
    return enough and "strings" in sections and bool(sections & _WINDS) and not rhythm_section


def _alone(piece: Piece, names: Counter[str]) -> str:
    """The ensemble of one instrument, "" if there are several."""
    kinds = set(names)
    if sum(names.values()) == 1 and not kinds & _VOICES and _is_one_line(piece):
        return "melody"
    for ensemble, members in (
        ("solo-piano", _PIANOS),
        ("organ", _ORGANS),
        ("harpsichord", {"harpsichord"}),
        ("guitar", _GUITARS),
    ):
        if kinds <= members:
            return ensemble
    return ""


def _is_one_line(piece: Piece) -> bool:
    voices = float(sounding(note_table(piece).pitched()).voices.mean())
    keyboard = any(BY_NAME[part.instrument].section == "keyboard" for part in piece.parts)
    return voices <= (_MOST_VOICES_OF_KEYBOARD_LINE if keyboard else _MOST_VOICES_OF_LINE)


def _together(names: Counter[str]) -> str:
    voices = sum(count for name, count in names.items() if name in _VOICES)
    others = Counter({name: count for name, count in names.items() if name not in _VOICES})
    accompanied = set(others) <= _PIANOS | _ORGANS | {"harpsichord", "guitar", "harp"}
    sections = {BY_NAME[name].section for name in others}
    if voices and accompanied:
        if voices == 1 and others:
            return "voice-and-piano" if set(others) <= _PIANOS else "ensemble"
        return (
            "melody" if voices == 1 else "choir" if voices > 2 or not others else "voice-and-piano"
        )
    if names == _QUARTET:
        return "string-quartet"
    if _is_orchestra(names):
        return "orchestra"
    size = sum(names.values())
    if sections <= {"strings", "woodwind", "brass", "keyboard", "plucked", "percussion"}:
        return "chamber" if size > 1 else "other"
    return "ensemble" if size > 1 else "other"
