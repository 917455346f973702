"""What stands before a staff from the second system on."""

from __future__ import annotations

from composer.rendering.notation import StaffPart

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


def short_name(part: StaffPart) -> str:
    """The instrument's abbreviation, with the number that ends the part's name."""
    number = part.name.rsplit(" ", 1)[-1]
    short = _SHORT[part.instrument.name]
    return f"{short} {number}" if number.isdigit() else short
