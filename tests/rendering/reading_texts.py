"""Readers of the LilyPond and ABC that we write, without repeats: they know no more than that.

LilyPond and abc2midi themselves are asked in `benchmarks/other_programs.py`.
"""

from __future__ import annotations

import re
from collections import Counter
from fractions import Fraction

from composer.rendering.texts.lilypond_names import DRUM_NAMES

Rows = Counter[tuple[int, int, int]]
"""Onset and length in ticks, and sounding pitch."""

_STEPS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_ABC_TOKEN = re.compile(
    r'"[^"]*"|!(?P<mark>[^!]*)!|\[(?P<field>[A-Z]):(?P<value>[^\]]*)\]|'
    r"\((?P<p>\d):(?P<q>\d):(?P<r>\d+)|(?P<rest>[zx])(?P<rl>[\d/]*)|"
    r"\[(?P<chord>[^\]|]+)\](?P<cl>[\d/]*)(?P<ct>-?)|"
    r"(?P<note>(?:\^\^|__|[\^_=])?[A-Ga-g][',]*[\d/]*-?)|[\s|.\]:]+"
)
_ABC_NOTE = re.compile(r"(\^\^|__|[\^_=])?([A-Ga-g])([',]*)([\d/]*)(-?)")
_ABC_SIGNS = {"^^": 2, "^": 1, "=": 0, "_": -1, "__": -2}


class _Voice:
    """Time passes, ties join, tuplets shrink."""

    def __init__(self) -> None:
        self.now = Fraction(0)
        self.rows: Rows = Counter()
        self.held: dict[int, Fraction] = {}

    def sound(self, pitches: dict[int, bool], ticks: Fraction) -> None:
        """Pitches with whether each is tied on; what is held must go on now."""
        assert set(self.held) <= set(pitches), "a tie leads nowhere"
        for pitch, is_tied in pitches.items():
            start = self.held.pop(pitch, self.now)
            if is_tied:
                self.held[pitch] = start
            else:
                end = self.now + ticks
                assert start.denominator == end.denominator == 1
                self.rows[int(start), int(end - start), pitch] += 1
        self.now += ticks


def rows_of_abc(text: str) -> Rows:
    """All notes of a tune, whichever voice they are in; accidentals hold in their own octave."""
    rows: Rows = Counter()
    header, *voices = re.split(r"^V:.*$", text, flags=re.MULTILINE)
    key = re.findall(r"^K:(.*)$", header, flags=re.MULTILINE)[0]
    for body in voices:
        rows += _rows_of_abc_voice(body, key)
    return rows


def _rows_of_abc_voice(body: str, key: str) -> Rows:
    voice, signature = _Voice(), _abc_signature(key)
    factor, left = Fraction(1), 0
    for line in body.splitlines():
        if line.startswith("%%"):
            continue
        seen: dict[str, int] = {}
        position = 0
        while position < len(line):
            found = _ABC_TOKEN.match(line, position)
            assert found, f"not understood: {line[position:]!r}"
            position = found.end()
            if found["field"] == "K":
                signature, seen = _abc_signature(found["value"]), {}
            elif found["p"]:
                factor, left = Fraction(int(found["q"]), int(found["p"])), int(found["r"])
            elif found["rest"] or found["chord"] or found["note"]:
                length = found["rl"] if found["rest"] else found["cl"] or ""
                inside = _ABC_NOTE.findall(found["chord"] or found["note"] or "")
                length = length or (inside[0][3] if inside else "")
                ticks = 12 * Fraction(length or 1) * (factor if left else 1)
                tied = found["ct"] == "-"
                voice.sound(
                    {_abc_pitch(note, signature, seen): tied or note[4] == "-" for note in inside},
                    ticks,
                )
                left = max(0, left - 1)
    assert not voice.held
    return voice.rows


def _abc_signature(key: str) -> dict[str, int]:
    if key == "none":
        return {}
    tonic = re.fullmatch(r"([A-G])([b#]?)(m?)", key)
    assert tonic
    fifths = "FCGDAEB".index(tonic[1]) - 1 + {"b": -7, "#": 7, "": 0}[tonic[2]]
    fifths -= 3 if tonic[3] else 0
    if fifths >= 0:
        return dict.fromkeys("FCGDAEB"[:fifths], 1)
    return dict.fromkeys("BEADGCF"[:-fifths], -1)


def _abc_pitch(note: tuple[str, ...], signature: dict[str, int], seen: dict[str, int]) -> int:
    sign, letter, octaves = note[:3]
    place = letter + octaves
    if sign:
        seen[place] = _ABC_SIGNS[sign]
    alter = seen.get(place, signature.get(letter.upper(), 0))
    octave = 5 + letter.islower() + octaves.count("'") - octaves.count(",")
    return 12 * octave + _STEPS[letter.upper()] + alter


_LY_TOKEN = re.compile(
    r"(?P<tuplet>\\tuplet (\d)/(\d) \{)|(?P<close>\})|"
    r"<(?P<chord>[^<>]+)>(?P<cl>\\breve|\d+)(?P<cd>\.*)|"
    r"(?P<scaled>[Rs])1(?:\*(?P<n>\d+)/(?P<m>\d+))?(?![\d.])|"
    r"(?P<name>[a-z]+[',]*)\??(?P<nl>\\breve|\d+)(?P<nd>\.*)(?P<tie>~?)|"
    r"\\(?:clef|set|tempo)[^|]*?(?= [a-zRs<\\])|\\key \w+ \\\w+|\\time \S+|\\partial \S+|"
    r"\\transposition (?P<transposition>\S+)|\\ottava -?\d|\\\w+|\\[<>!]|-[>.]|[\[\]|\s]+"
)
_LY_PITCHES = {name: pitch for pitch, name in DRUM_NAMES.items()}


def rows_of_lilypond(text: str) -> Rows:
    """All notes of `music`, at sounding pitch."""
    rows: Rows = Counter()
    for body in re.split(r"^\\new \w*Voice ", text, flags=re.MULTILINE)[1:]:
        body = body.split("\n}")[0]
        rows += _rows_of_lilypond_voice(re.sub(r'%.*|"[^"]*"|[\w.]+ = [#\w]+', "", body))
    return rows


def _rows_of_lilypond_voice(body: str) -> Rows:
    voice, factor, shift, position = _Voice(), Fraction(1), 0, body.index("{") + 1
    while position < len(body):
        found = _LY_TOKEN.match(body, position)
        assert found, f"not understood: {body[position : position + 40]!r}"
        position = found.end()
        if found["transposition"]:
            shift = _ly_pitch(found["transposition"]) - 60
        elif found["tuplet"]:
            factor = Fraction(int(found[3]), int(found[2]))
        elif found["close"]:
            factor = Fraction(1)
        elif found["scaled"]:
            voice.sound({}, 96 * Fraction(int(found["n"] or 1), int(found["m"] or 1)))
        elif found["chord"] or found["name"]:
            names = found["chord"].split() if found["chord"] else [found["name"] + found["tie"]]
            length, dots = found["cl"] or found["nl"], found["cd"] or found["nd"] or ""
            ticks = Fraction(192 if length == "\\breve" else Fraction(96, int(length)))
            ticks *= (2 - Fraction(1, 2 ** len(dots))) * factor
            is_rest = names[0] in ("r", "s")
            sounding = {_ly_pitch(name.strip("~?")) + shift: name.endswith("~") for name in names}
            voice.sound({} if is_rest else sounding, ticks)
    assert not voice.held
    return voice.rows


def _ly_pitch(name: str) -> int:
    if name in _LY_PITCHES:
        return _LY_PITCHES[name]
    if name.startswith("sound"):
        return int("".join(str(ord(letter) - ord("a")) for letter in name[5:]))
    letter, rest = name[0].upper(), name[1:]
    alter = rest.count("is") - rest.count("es")
    return 48 + _STEPS.get(letter, 0) + alter + 12 * (rest.count("'") - rest.count(","))
