"""The drum kit in LilyPond: our lines, spaces and heads instead of its own.

Sounds that `drummode` has no name for get one, in letters, for its names have no digits.
"""

from __future__ import annotations

from collections.abc import Sequence

from composer.rendering.score.percussion import DrumSign, drum_signs
from composer.rendering.score.spelling import Spelling, spelling_with
from composer.rendering.texts.lilypond_names import DRUM_NAMES

_MIDDLE_LINE = Spelling("B", 0, 4).position
_HEADS = {
    "normal": "()", "x": "cross", "circle-x": "xcircle", "diamond": "diamond",
    "triangle": "triangle", "inverted triangle": "la", "mi": "mi", "re": "re", "do": "do",
    "slashed": "slash", "back slashed": "fa", "cross": "harmonic",
}  # fmt: skip


def drum_name(pitch: int) -> str:
    """What a drum sound is called in `drummode`."""
    return DRUM_NAMES.get(pitch) or "sound" + "".join(chr(ord("a") + int(d)) for d in str(pitch))


def drum_table(pitches: Sequence[int]) -> str:
    """Names of the sounds that have none, and the table `drumkit` of where each sound stands."""
    lines = []
    for pitch in pitches:
        if pitch not in DRUM_NAMES:
            name = drum_name(pitch)
            lines.append(f"drumPitchNames.{name} = #'{name}")
            lines.append(f"midiDrumPitches.{name} = {_pitch(pitch)}")
    rows = [
        f"  ({drum_name(pitch)} {_HEADS[sign.head]} #f {_position(sign)})"
        for pitch, sign in drum_signs(pitches).items()
    ]
    return "\n".join([*lines, "drumkit = #(alist->hash-table '(", *rows, "))"])


def _position(sign: DrumSign) -> int:
    return Spelling(sign.step, 0, sign.octave).position - _MIDDLE_LINE


def _pitch(pitch: int) -> str:
    spelling = next(s for s in (spelling_with(step, pitch) for step in range(7)) if s.alter >= 0)
    up = spelling.octave - 3
    name = spelling.step.lower() + "is" * spelling.alter
    return name + ("'" * up if up > 0 else "," * -up)
