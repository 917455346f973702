"""What stands before a staff from the second system on."""

from __future__ import annotations

from collections.abc import Sequence

from composer.rendering.score.notation import StaffPart
from composer.rendering.score.part_names import counted

_SHORT = {
    "piano": "Pno.", "electric-piano": "E. Pno.", "harpsichord": "Hpschd.", "celesta": "Cel.",
    "glockenspiel": "Glk.", "vibraphone": "Vib.", "marimba": "Mrm.", "bells": "Bells",
    "organ": "Org.", "electric-organ": "E. Org.", "accordion": "Acc.", "guitar": "Gtr.",
    "electric-guitar": "E. Gtr.", "distorted-guitar": "D. Gtr.", "acoustic-bass": "A. Bs.",
    "electric-bass": "E. Bs.", "synth-bass": "S. Bs.", "violin": "Vln.", "viola": "Vla.",
    "cello": "Vc.", "contrabass": "Cb.", "strings": "Str.", "harp": "Hp.", "timpani": "Timp.",
    "soprano": "S.", "alto": "A.", "tenor": "T.", "bass": "B.", "voice": "V.", "choir": "Ch.",
    "trumpet": "Tpt.", "trombone": "Tbn.", "tuba": "Tba.", "horn": "Hn.", "brass": "Br.",
    "soprano-sax": "S. Sax.", "alto-sax": "A. Sax.", "tenor-sax": "T. Sax.",
    "baritone-sax": "B. Sax.", "oboe": "Ob.", "english-horn": "E. Hn.", "bassoon": "Bsn.",
    "clarinet": "Cl.", "piccolo": "Picc.", "flute": "Fl.", "recorder": "Rec.", "pipe": "Pipe",
    "synth-lead": "Lead", "synth-pad": "Pad", "synth-effect": "Fx.", "banjo": "Bjo.",
    "plucked": "Pl.", "bagpipe": "Bagp.", "fiddle": "Fdl.", "tuned-percussion": "Perc.",
    "orchestra-hit": "Hit", "drums": "Dr.",
}  # fmt: skip


_ROLES = {
    "melody": "Mel.", "bridge": "Bridge", "chords": "Chds.", "solo": "Solo", "lead": "Lead",
    "arpeggio": "Arp.", "harmony": "Harm.", "bass": "Bass",
    "clavinet": "Clav.", "clavichord": "Clav.", "harmonica": "Harm.", "xylophone": "Xyl.",
    "music box": "M. Box", "string ensemble": "Str.",
    "right hand": "R.H.", "left hand": "L.H.",
}  # fmt: skip
"""Parts named by what they do, or by a sound that shares an instrument with others."""


def short_names(parts: Sequence[StaffPart]) -> list[str]:
    """The abbreviation of each part: of its role or instrument, with the number that ends its
    name; parts that would be abbreviated alike are counted, so that staves can be told apart."""
    return counted([_short_name(part) for part in parts])


def _short_name(part: StaffPart) -> str:
    *words, last = part.name.split(" ")
    number = f" {last}" if words and last.isdigit() else ""
    named = part.name.removesuffix(number)
    role = _ROLES.get(named.lower()) if named != part.instrument.label else None
    return (role or _SHORT[part.instrument.name]) + number
