"""One part of a partwise MusicXML score, measure by measure, as it sounds.

A cursor walks through each measure as the format demands. Times are quarters from the measure's
beginning, as exact fractions; pitches sound (transpositions are applied). Grace notes, which take
no time, are kept apart; cue notes, which are another player's, are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import NamedTuple
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from composer.corpus.partwise import quantity
from composer.corpus.play_order import Signs
from composer.music.names import on_one_line

_STEPS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
VELOCITIES = {
    "pppp": 8, "ppp": 16, "pp": 32, "p": 48, "mp": 64, "mf": 80, "f": 96, "ff": 112, "fff": 120,
    "ffff": 127, "fp": 48, "pf": 96, "n": 8, "pppppp": 4, "ppppp": 6, "fffff": 127,
}  # fmt: skip
_STRESSES = {"sf": 104, "sfz": 104, "fz": 104, "sffz": 116, "rf": 96, "rfz": 96, "sfp": 104}
_BEAT_QUARTERS: dict[str, int | Fraction] = {
    "long": 16, "breve": 8, "whole": 4, "half": 2, "quarter": 1, "eighth": Fraction(1, 2),
    "16th": Fraction(1, 4), "32nd": Fraction(1, 8),
}  # fmt: skip
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_DRUM_OF_PLACE = {
    ("D", 4): 44, ("E", 4): 36, ("F", 4): 36, ("G", 4): 41, ("A", 4): 43, ("B", 4): 45,
    ("C", 5): 38, ("D", 5): 47, ("E", 5): 48, ("F", 5): 51, ("G", 5): 42, ("A", 5): 49,
    ("B", 5): 57,
}  # fmt: skip
_SNARE = 38
_JUMP = re.compile(
    r"(?:(?P<dacapo>d\.? ?c\.|da capo)|(?P<dalsegno>d\.? ?s\.|dal segno))(?: .*)?$", re.IGNORECASE
)
_FINE = re.compile(r"fine\.?", re.IGNORECASE)
_TO_CODA = re.compile(r"to (?:the )?coda", re.IGNORECASE)
LARGEST_TEMPO = 1000


class Head(NamedTuple):
    """A note as it stands, before ties are joined."""

    onset: Fraction
    length: Fraction
    pitch: int
    velocity: int
    goes_on: bool
    continues: bool


class Syllable(NamedTuple):
    onset: Fraction
    text: str
    syllabic: str
    verse: int
    extends: bool


class Harmony(NamedTuple):
    onset: Fraction
    element: Element


@dataclass
class GraceGroup:
    """Grace notes, chord by chord, and the pitches of the chord that they lead to."""

    chords: list[list[int]] = field(default_factory=list)
    leans: bool = True
    onset: Fraction = Fraction(0)
    main: list[int] = field(default_factory=list)


@dataclass
class MeasureNotes:
    """What one part has in one measure. `meter` (numerator, denominator), `fifths` and `mode` only
    where they are stated, the key as it sounds; `velocity` is what holds at its end."""

    heads: list[Head] = field(default_factory=list)
    graces: list[GraceGroup] = field(default_factory=list)
    syllables: list[Syllable] = field(default_factory=list)
    harmonies: list[Harmony] = field(default_factory=list)
    tempi: list[tuple[Fraction, float]] = field(default_factory=list)
    keys: list[tuple[Fraction, int, str]] = field(default_factory=list)
    meter: tuple[int, int] | None = None
    length: Fraction = Fraction(0)
    signs: Signs = field(default_factory=Signs)


class PartReader:
    """Reads the measures of a part in order; `drums` maps the ids of its instruments to sounds."""

    def __init__(self, drums: dict[str, int], *, is_drums: bool) -> None:
        self.drums = drums
        self.is_drums = is_drums
        self.divisions = Fraction(1)
        self.transposition = 0
        self.velocity = 0
        self.ending: frozenset[int] = frozenset()
        self.has_pitches = False
        self.has_drums = False
        self.last_number = -1

    def read(self, measure: Element) -> MeasureNotes:
        """The next measure."""
        found = MeasureNotes()
        position = onset = Fraction(0)
        stress = 0
        waiting = leading = GraceGroup()
        self.signs = Signs(ending=self.ending, begins_movement=self._begins(measure))
        for element in measure:
            if element.tag == "note":
                if element.find("grace") is not None:
                    self._read_grace(element, waiting)
                    continue
                length = self._length(element)
                if element.find("chord") is None:
                    onset = position
                    position += length
                    stressed, stress = stress, 0
                    leading, waiting = waiting, GraceGroup()
                    _keep_graces(leading, found, onset)
                heads_before = len(found.heads)
                self._read_note(element, found, onset, length, stressed)
                leading.main += [head.pitch for head in found.heads[heads_before:]]
            elif element.tag == "backup":
                _keep_graces(waiting, found, position)
                waiting = GraceGroup()
                position = max(Fraction(0), position - self._length(element))
            elif element.tag == "forward":
                position += self._length(element)
            elif element.tag == "attributes":
                self._read_attributes(element, found, position)
            elif element.tag == "direction":
                stress = self._read_direction(element, found, position) or stress
            elif element.tag == "harmony":
                place = position + self._offset(element)
                found.harmonies.append(Harmony(max(Fraction(0), place), element))
            elif element.tag == "barline":
                self._read_bar_line(element)
            elif element.tag == "sound":
                self._read_sound(element, found, position)
            found.length = max(found.length, position)
        _keep_graces(waiting, found, position)
        found.signs = self.signs
        return found

    def _begins(self, measure: Element) -> bool:
        """Whether the numbers of measures begin anew (with a pickup, before the first)."""
        text = (measure.get("number") or "").strip()
        if not text.isdecimal():
            return False
        before, self.last_number = self.last_number, int(text[:6])
        return self.last_number < before and self.last_number <= 1

    def _length(self, element: Element) -> Fraction:
        return quantity(element.findtext("duration")) / self.divisions

    def _offset(self, element: Element) -> Fraction:
        text = element.findtext("offset") or "0"
        sign = -1 if text.strip().startswith("-") else 1
        return sign * quantity(text.strip().lstrip("-")) / self.divisions

    def _read_note(
        self, note: Element, found: MeasureNotes, onset: Fraction, length: Fraction, stress: int
    ) -> None:
        for lyric in note.iterfind("lyric"):
            found.syllables += _syllables(lyric, onset)
        pitch = self._pitch(note)
        if pitch is None or length <= 0 or note.find("cue") is not None:
            return
        ties = {tie.get("type") for tie in note.iterfind("tie")}
        ties |= {tie.get("type") for tie in note.iterfind("notations/tied")}
        velocity = stress or self.velocity
        found.heads.append(Head(onset, length, pitch, velocity, "start" in ties, "stop" in ties))

    def _read_grace(self, note: Element, group: GraceGroup) -> None:
        pitch, grace = self._pitch(note), note.find("grace")
        if pitch is None or grace is None or note.find("cue") is not None:
            return
        if note.find("chord") is not None and group.chords:
            group.chords[-1].append(pitch)
        else:
            group.chords.append([pitch])
        is_quick = grace.get("slash") == "yes" or grace.get("steal-time-previous") is not None
        group.leans = group.leans and len(group.chords) == 1 and not is_quick

    def _pitch(self, note: Element) -> int | None:
        pitch = note.find("pitch")
        if pitch is not None:
            step = _STEPS.get((pitch.findtext("step") or "").strip().upper())
            octave = _signed(pitch.findtext("octave"))
            if step is None or octave is None:
                return None
            alter = round(_signed(pitch.findtext("alter")) or 0)
            self.has_pitches = True
            sounding = 12 * (round(octave) + 1) + step + alter + self.transposition
            return sounding if 0 <= sounding <= 127 else None
        unpitched = note.find("unpitched")
        if unpitched is None:
            return None
        self.has_drums = True
        return self._drum(note, unpitched)

    def _drum(self, note: Element, unpitched: Element) -> int:
        """The General MIDI sound: the named instrument's, else by the place on the staff."""
        instrument = note.find("instrument")
        named = instrument.get("id", "") if instrument is not None else ""
        if named in self.drums:
            return self.drums[named]
        if len(self.drums) == 1:
            return next(iter(self.drums.values()))
        step = (unpitched.findtext("display-step") or "").strip().upper()
        octave = _signed(unpitched.findtext("display-octave"))
        return _DRUM_OF_PLACE.get((step, round(octave or 0)), _SNARE)

    def _read_attributes(
        self, attributes: Element, found: MeasureNotes, position: Fraction
    ) -> None:
        self.divisions = quantity(attributes.findtext("divisions")) or self.divisions
        transpose = attributes.find("transpose")
        if transpose is not None:
            chromatic = round(_signed(transpose.findtext("chromatic")) or 0)
            octaves = round(_signed(transpose.findtext("octave-change")) or 0)
            self.transposition = max(-60, min(60, chromatic + 12 * octaves))
        time = attributes.find("time")
        if time is not None and (meter := _meter(time)):
            found.meter = meter
        fifths = _signed(attributes.findtext("key/fifths"))
        if fifths is not None:
            sounding = round(fifths) + (7 * self.transposition + 5) % 12 - 5
            mode = (attributes.findtext("key/mode") or "").strip().lower()
            found.keys.append((position, sounding, mode))

    def _read_direction(self, direction: Element, found: MeasureNotes, position: Fraction) -> int:
        """Dynamics, tempo, jumps; the stress that the next note alone gets, or 0."""
        place = max(Fraction(0), position + self._offset(direction))
        stress = 0
        for mark in direction.iterfind("direction-type/dynamics/*"):
            if mark.tag in _STRESSES:
                stress = _STRESSES[mark.tag]
            self.velocity = VELOCITIES.get(mark.tag, self.velocity)
            if mark.tag == "sfp":
                self.velocity = VELOCITIES["p"]
        stated = [
            tempo
            for metronome in direction.iterfind("direction-type/metronome")
            if (tempo := _tempo(metronome))
        ]
        sound = direction.find("sound")
        if sound is not None:
            self._read_sound(sound, found, place, is_tempo_known=bool(stated))
        if stated:
            found.tempi.append((place, stated[0]))
        for words in direction.iterfind("direction-type/words"):
            self._read_words(on_one_line(words.text or ""))
        if direction.find("direction-type/segno") is not None:
            self.signs = self.signs._replace(is_segno=True)
        if direction.find("direction-type/coda") is not None and not self.signs.to_coda:
            self.signs = self.signs._replace(is_coda=True)
        return stress

    def _read_words(self, words: str) -> None:
        """Jumps that only words state."""
        if jump := _JUMP.match(words):
            self.signs = self.signs._replace(jump=jump.lastgroup or "")
        elif _FINE.fullmatch(words):
            self.signs = self.signs._replace(is_fine=True)
        elif _TO_CODA.fullmatch(words):
            self.signs = self.signs._replace(to_coda=True, is_coda=False)

    def _read_sound(
        self, sound: Element, found: MeasureNotes, place: Fraction, *, is_tempo_known: bool = False
    ) -> None:
        tempo = _signed(sound.get("tempo"))
        if tempo and 0 < tempo <= LARGEST_TEMPO and not is_tempo_known:
            found.tempi.append((place, tempo))
        changes: dict[str, object] = {}
        if sound.get("dacapo") == "yes":
            changes["jump"] = "dacapo"
        if sound.get("dalsegno"):
            changes["jump"] = "dalsegno"
        if sound.get("tocoda"):
            changes["to_coda"], changes["is_coda"] = True, False
        if sound.get("coda"):
            changes["is_coda"] = True
        if sound.get("segno"):
            changes["is_segno"] = True
        if sound.get("fine"):
            changes["is_fine"] = True
        self.signs = self.signs._replace(**changes)  # type: ignore[arg-type]

    def _read_bar_line(self, bar_line: Element) -> None:
        ending = bar_line.find("ending")
        is_left = bar_line.get("location") == "left"
        if ending is not None and ending.get("type") == "start":
            numbers = frozenset(int(n) for n in re.findall(r"\d{1,2}", ending.get("number") or ""))
            self.ending = numbers - {0}
            self.signs = self.signs._replace(ending=self.ending, begins_ending=True)
        repeat = bar_line.find("repeat")
        if repeat is not None and repeat.get("direction") == "forward" and is_left:
            self.signs = self.signs._replace(begins_repeat=True)
        elif repeat is not None and repeat.get("direction") == "backward":
            times = round(_signed(repeat.get("times")) or 2)
            self.signs = self.signs._replace(repeats=max(2, times))
        if ending is not None and ending.get("type") in ("stop", "discontinue"):
            self.ending = frozenset()


def _keep_graces(group: GraceGroup, found: MeasureNotes, onset: Fraction) -> None:
    if group.chords:
        group.onset = onset
        found.graces.append(group)


def _syllables(lyric: Element, onset: Fraction) -> Iterator[Syllable]:
    """The words of one verse under a note, those that are sung as one together."""
    texts = [on_one_line(element.text or "") for element in lyric.iterfind("text")]
    text = " ".join(word for word in texts if word)
    if not text:
        return
    number = re.findall(r"\d{1,2}", lyric.get("number") or "1")
    syllabics = [(element.text or "").strip() for element in lyric.iterfind("syllabic")]
    known = [one for one in syllabics if one in ("single", "begin", "middle", "end")]
    syllabic = known[0] if known else "single"
    if len(known) > 1:
        starts = known[0] in ("single", "begin")
        ends = known[-1] in ("single", "end")
        syllabic = {
            (True, True): "single", (True, False): "begin",
            (False, True): "end", (False, False): "middle",
        }[starts, ends]  # fmt: skip
    extends = lyric.find("extend") is not None
    yield Syllable(onset, text, syllabic, int(number[0]) if number else 1, extends)


def _signed(text: str | None) -> float | None:
    try:
        value = float((text or "").strip()[:20])
    except ValueError:
        return None
    return value if abs(value) < 1e6 else None


def _meter(time: Element) -> tuple[int, int] | None:
    """The meter of a bar, those that are added together as one of their smallest value."""
    pairs = list(zip(time.iterfind("beats"), time.iterfind("beat-type"), strict=False))
    found = []
    for beats, beat_type in pairs:
        numbers = [int(number) for number in re.findall(r"\d{1,3}", beats.text or "")]
        value = _signed(beat_type.text)
        if numbers and value and value == int(value):
            found.append((sum(numbers), int(value)))
    if not found:
        return None
    smallest = max(denominator for _, denominator in found)
    if any(smallest % denominator for _, denominator in found):
        return None
    return sum(n * smallest // denominator for n, denominator in found), smallest


def _tempo(metronome: Element) -> float | None:
    """Quarters a minute of "value = number"; none where no number stands."""
    children = list(metronome)
    unit = children[0].text if children and children[0].tag == "beat-unit" else None
    number = _NUMBER.search(metronome.findtext("per-minute") or "")
    quarters = _BEAT_QUARTERS.get((unit or "").strip())
    if quarters is None or number is None:
        return None
    dots = 0
    for child in children[1:]:
        if child.tag != "beat-unit-dot":
            break
        dots += 1
    dotted = Fraction(quarters) * Fraction(2 ** (dots + 1) - 1, 2**dots)
    tempo = float(number.group()) * float(dotted)
    return tempo if 0 < tempo <= LARGEST_TEMPO else None


def musicxml_of(element: Element) -> str:
    """A single element as text, to be kept and written again."""
    return ElementTree.tostring(element, encoding="unicode").strip()
