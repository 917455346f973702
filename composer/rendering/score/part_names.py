"""What parts are called: by their own names, by what they do, or by what plays them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from composer.music.instruments import BY_NAME, Instrument
from composer.music.piece import Part, Piece

_ROLES_IN_ENSEMBLE = {
    "lead-sheet": ("Melody", "Chords"),
    "melody-bridge-piano": ("Melody", "Bridge", "Piano"),
}
_NAMED_BY_ROLE = frozenset({"keyboard", "plucked", "synth"})
"""Sections of which two players have different things to do; two violins are numbered."""
_SOUND_IN_BRACKETS = re.compile(r"\s*\((nylon|steel|jazz|clean|muted|finger|pick|bright)\)")
_ROLE_BEFORE = re.compile(
    r"^(?:melody|bridge|chords?|bass|arpeggio|harmony|guitar|solo|runs) - (?=\w)",
    re.IGNORECASE,
)
"""How accompaniment programs call their tracks: "Chords - Banjo"."""
_NUMBERED_SOUND = re.compile(
    r"^((?:.* - )?(?:slap bass|synth ?bass|string ensemble|synth ?strings|synth ?brass|"
    r"electric piano)) \d$",
    re.IGNORECASE,
)
"""General MIDI numbers such sounds, not their players."""
_WITHOUT_ITS_KEY = re.compile(r"(?:french )?(horn|trumpet|clarinet)(?= ?\d*$)", re.IGNORECASE)


def part_names(piece: Piece) -> list[str]:
    """The name of each part: its own, or the instrument's. Pianos, guitars and the like that have
    only their instrument's name, and of which there are several, are called by their roles."""
    roles = _roles_in_ensemble(piece) or [part.role.capitalize() for part in piece.parts]
    return _named(piece, roles)


def track_names(piece: Piece) -> list[str]:
    """The names of MIDI tracks: those of the parts, and before them the role of one that would be
    forgotten: "Melody - Electric Guitar", as accompaniment programs call their tracks. Singers are
    called by their voices alone, which say what they sing."""
    return [
        f"{part.role.capitalize()} - {name}" if _forgets_its_role(part, name) else name
        for part, name in zip(piece.parts, part_names(piece), strict=True)
    ]


def _forgets_its_role(part: Part, name: str) -> bool:
    if part.role in ("", "drums") or BY_NAME[part.instrument].section == "voice":
        return False
    words = ("bridge", "harmony") if part.role == "harmony" else (part.role.rstrip("s"),)
    return not name.lower().startswith(words)


def _named(piece: Piece, roles: Sequence[str]) -> list[str]:
    """Own names or the instruments', or roles ("" for none) where several have nothing else."""
    instruments = [BY_NAME[part.instrument] for part in piece.parts]
    names = []
    for part, instrument, role in zip(piece.parts, instruments, roles, strict=True):
        is_one_of_several = instruments.count(instrument) > 1
        by_role = is_one_of_several and instrument.section in _NAMED_BY_ROLE
        by_role = by_role and _is_nameless(part, instrument)
        names.append(role if by_role and role else part.name or instrument.label)
    return names


def printed_names(piece: Piece) -> list[str]:
    """The names as a score has them: those of instruments, of roles in a lead sheet alone; without
    a synthesizer's word for the sound ("nylon") and a role that nothing depends on, with the key of
    a horn, trumpet or clarinet that says none, and counted where they are the same."""
    roles = _roles_in_ensemble(piece) or [""] * len(piece.parts)
    names = [
        _NUMBERED_SOUND.sub(r"\1", _SOUND_IN_BRACKETS.sub("", name))
        for name in _named(piece, roles)
    ]
    players = [_ROLE_BEFORE.sub("", name) for name in names]
    chosen = [
        player if players.count(player) == 1 else name
        for name, player in zip(names, players, strict=True)
    ]
    instruments = (BY_NAME[part.instrument] for part in piece.parts)
    return counted([_with_key(*pair) for pair in zip(chosen, instruments, strict=True)])


def counted(names: Sequence[str]) -> list[str]:
    """The names, numbered where several are the same."""
    counts: dict[str, int] = {}
    distinct = []
    for name in names:
        counts[name] = counts.get(name, 0) + 1
        distinct.append(f"{name} {counts[name]}" if names.count(name) > 1 else name)
    return distinct


def _roles_in_ensemble(piece: Piece) -> Sequence[str]:
    """What each part does in a lead sheet and the like, as a word to print; empty elsewhere."""
    known = _ROLES_IN_ENSEMBLE.get(piece.tags.ensemble, ())
    is_one = len({part.instrument for part in piece.parts}) == 1
    return known if len(known) == len(piece.parts) and is_one else ()


def _is_nameless(part: Part, instrument: Instrument) -> bool:
    """Whether a part has no name but that of its instrument, which may be numbered."""
    return re.fullmatch(rf"({re.escape(instrument.label)}( \d+)?)?", part.name) is not None


def _with_key(name: str, instrument: Instrument) -> str:
    if instrument.name in ("horn", "trumpet", "clarinet") and _WITHOUT_ITS_KEY.match(name):
        return _WITHOUT_ITS_KEY.sub(instrument.label, name)
    return name
