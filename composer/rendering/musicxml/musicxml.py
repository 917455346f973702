"""A score as MusicXML 4.0, partwise.

Written with the standard library: music21 takes .8 s for 900 notes and decides staves, beams and
tuplets for itself; it is the reader that checks this writer (see the tests).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import lcm
from xml.etree.ElementTree import Element, SubElement, indent

from composer.errors import RequestError
from composer.music.facts import Chord
from composer.music.keys import DIATONIC_STEPS
from composer.music.piece import GRID_TICKS_PER_QUARTER, Piece
from composer.music.source import Lyric
from composer.music.source import Symbol as StatedChord
from composer.rendering.musicxml.bar_lines import write_left_line, write_right_line
from composer.rendering.musicxml.directions import (
    write_chords,
    write_dynamics,
    write_octave_marks,
    write_tempi,
)
from composer.rendering.musicxml.header import document, text_element, write_header, write_part_list
from composer.rendering.musicxml.tablature import add_tablature
from composer.rendering.score.accidentals import NAMES as ACCIDENTALS
from composer.rendering.score.fingering import fingering_of
from composer.rendering.score.long_rests import long_rests
from composer.rendering.score.notation import (
    BarSigns,
    Head,
    Measure,
    OctaveMark,
    Score,
    StaffPart,
    Symbol,
    VoiceLine,
)
from composer.rendering.score.percussion import FEET, DrumSign, drum_signs
from composer.rendering.score.rhythm import KINDS
from composer.rendering.score.score import build_score, printed_chords

_CLEFS = {
    "treble": ("G", 2, 0),
    "bass": ("F", 4, 0),
    "alto": ("C", 3, 0),
    "treble-8": ("G", 2, -1),
    "tenor-clef": ("C", 4, 0),
    "percussion": ("percussion", 0, 0),
}


def musicxml_text(
    piece: Piece,
    *,
    subtitle: str = "",
    credit: str = "",
    chords: Sequence[Chord] = (),
    repeats: bool = False,
    paper: str = "a4",
) -> str:
    """The piece's score as the text of a MusicXML file.

    `credit` stands where a composer's name does. Every note is written with the onset and pitch
    it has in the piece (on the grid; strums as chords), and with its length where that can be read
    easily (see `build_score`). Chord symbols in `chords` stand over the top staff, at ticks of the
    piece; where the score begins with a pickup they move with it. Raises `RequestError` for an
    unknown paper.
    """
    return _text(build_score(piece, repeats=repeats), piece, subtitle, credit, chords, paper)


def part_texts(
    piece: Piece,
    *,
    subtitle: str = "",
    credit: str = "",
    chords: Sequence[Chord] = (),
    repeats: bool = False,
    paper: str = "a4",
) -> list[tuple[str, str]]:
    """For each part its name and the text of a MusicXML file with that part alone, in score order.

    Notes, keys and spelling are those of the whole score; bars of rest are drawn together.
    """
    score = build_score(piece, repeats=repeats)
    texts = []
    for part in score.parts:
        heading = f"{part.name} – {subtitle}" if subtitle else part.name
        alone = replace(score, parts=(part,))
        texts.append((part.name, _text(alone, piece, heading, credit, chords, paper)))
    return texts


def tablature_text(
    piece: Piece,
    *,
    subtitle: str = "",
    credit: str = "",
    chords: Sequence[Chord] = (),
    repeats: bool = False,
    paper: str = "a4",
) -> str:
    """The parts that are stopped on frets (guitars, basses, banjos), a staff of tablature under
    each; the other arguments are those of `musicxml_text`.

    Raises `RequestError` where no such part is.
    """
    score = build_score(piece, repeats=repeats)
    fretted = [
        (part, source)
        for part, source in zip(score.parts, score.piece.parts, strict=True)
        if part.instrument.strings and not part.instrument.is_bowed
    ]
    if not fretted:
        raise RequestError("nobody plays a guitar or a bass here; leave out the format tab")
    alone = replace(score, parts=tuple(part for part, _ in fretted))
    root = _written(alone, piece, subtitle, credit, chords, paper)
    for element, (part, source) in zip(root.findall("part"), fretted, strict=True):
        strings = part.instrument.strings
        stops = enumerate(fingering_of(source.notes, strings))
        add_tablature(element, part, {i: stop for i, stop in stops if stop}, strings)
    return _serialized(root)


def score_element(score: Score, piece: Piece, *, chords: Sequence[Chord] = ()) -> Element:
    """A score of a piece as a `<score-partwise>`."""
    return _written(score, piece, "", "", chords, "a4")


def _text(
    score: Score, piece: Piece, subtitle: str, credit: str, chords: Sequence[Chord], paper: str
) -> str:
    return _serialized(_written(score, piece, subtitle, credit, chords, paper))


def _serialized(root: Element) -> str:
    indent(root, " ")
    return document(root)


def _written(
    score: Score, piece: Piece, subtitle: str, credit: str, chords: Sequence[Chord], paper: str
) -> Element:
    as_written = printed_chords(chords, piece, score)
    root = Element("score-partwise", version="4.0")
    write_header(root, score, subtitle, credit, paper)
    write_part_list(root, score)
    signs = {t.tick for t in score.piece.tempi} | {chord.tick for chord in as_written}
    for number, part in enumerate(score.parts, 1):
        rests = long_rests(part.measures, signs) if len(score.parts) == 1 else {}
        drums = drum_signs(part.drum_pitches())
        words = {tick: list(lyrics) for tick, lyrics in part.lyrics}
        _PartWriter(score, part, number, as_written, rests, drums, words).write(root)
    _make_exact(root, score)
    return root


def _make_exact(root: Element, score: Score) -> None:
    """Divisions in which the notes of every tuplet last exactly as long as they are written."""
    values = {s.value for p in score.parts for m in p.measures for v in m.voices for s in v.symbols}
    factor = lcm(*(value.actual for value in values if value.actual not in _DIVIDED_BY_THE_GRID))
    if factor == 1:
        return
    for element in root.iter():
        if element.tag in ("divisions", "duration", "offset") and element.text:
            element.text = str(int(element.text) * factor)
    for note in root.iter("note"):
        actual = note.findtext("time-modification/actual-notes")
        duration = note.find("duration")
        if actual is None or duration is None or int(actual) in _DIVIDED_BY_THE_GRID:
            continue
        kind, dots = note.findtext("type") or "quarter", len(note.findall("dot"))
        quarters = Fraction(8, 2 ** KINDS.index(kind)) * Fraction(2 ** (dots + 1) - 1, 2**dots)
        normal = int(note.findtext("time-modification/normal-notes") or 1)
        exact = quarters * normal / int(actual) * GRID_TICKS_PER_QUARTER * factor
        duration.text = str(round(exact))


_DIVIDED_BY_THE_GRID = (1, 3)


@dataclass(frozen=True, slots=True)
class _PartWriter:
    """Writes one part; `number` counts from 1 at the top of the score.

    `rests` are the bars of rest drawn together, by the number of the first bar; `drums` the signs
    of a drummer's sounds; `words` what is still to be sung, by tick.
    """

    score: Score
    part: StaffPart
    number: int
    chords: Sequence[Chord | StatedChord]
    rests: dict[int, int]
    drums: dict[int, DrumSign]
    words: dict[int, list[Lyric]]

    def write(self, root: Element) -> None:
        element = SubElement(root, "part", id=f"P{self.number}")
        for measure, signs in zip(self.part.measures, self.score.signs, strict=True):
            self._write_measure(element, measure, signs)

    def _write_measure(self, parent: Element, measure: Measure, signs: BarSigns) -> None:
        bar = measure.bar
        number = bar.number - 1 if self.score.has_pickup else bar.number
        element = SubElement(parent, "measure", number=str(number))
        if number == 0:
            element.set("implicit", "yes")
        write_left_line(element, signs, is_first=bar.number == 1)
        self._write_attributes(element, measure)
        self._write_long_rest(element, bar.number)
        if self.number == 1:
            write_tempi(element, measure, self.score)
            write_chords(element, measure, self.score, self.chords)
        write_dynamics(element, measure, self.part)
        position = bar.start_tick
        for line in measure.voices:
            if position > bar.start_tick:
                backup = SubElement(element, "backup")
                text_element(backup, "duration", position - bar.start_tick)
            position = bar.start_tick
            begin, end = self._octave_marks(measure, line)
            for symbol in line.symbols:
                write_octave_marks(element, begin, position)
                self._write_symbol(element, symbol, line)
                position += symbol.length_ticks
                write_octave_marks(element, end, position)
        write_right_line(element, signs, is_last=bar.end_tick >= self.score.piece.end_tick)

    def _octave_marks(
        self, measure: Measure, line: VoiceLine
    ) -> tuple[list[OctaveMark], list[OctaveMark]]:
        """The beginnings and ends of octave lines to write with a voice: readers take a line to
        cover what is written between them, so it begins with the first voice of its staff and
        ends with the last."""
        marks = [mark for mark in measure.octaves if mark.staff == line.staff]
        voices = [other for other in measure.voices if other.staff == line.staff]
        begin = [mark for mark in marks if mark.octaves] if line is voices[0] else []
        end = [mark for mark in marks if not mark.octaves] if line is voices[-1] else []
        return begin, end

    def _write_attributes(self, element: Element, measure: Measure) -> None:
        is_first = measure.bar.number == 1
        if not (is_first or measure.key or measure.meter or measure.clefs):
            return
        attributes = SubElement(element, "attributes")
        if is_first:
            text_element(attributes, "divisions", GRID_TICKS_PER_QUARTER)
        if measure.key and not self.part.instrument.is_drums:
            key = SubElement(attributes, "key")
            text_element(key, "fifths", measure.key.fifths)
            text_element(key, "mode", measure.key.mode)
        if measure.meter:
            time = SubElement(attributes, "time")
            text_element(time, "beats", measure.meter.numerator)
            text_element(time, "beat-type", measure.meter.denominator)
        if is_first:
            self._write_staves(attributes)
        for change in measure.clefs:
            self._write_clef(attributes, change.clef, change.staff)

    def _write_long_rest(self, element: Element, number: int) -> None:
        """Bars of rest drawn together; apart from the clef, which verovio would print twice."""
        rests = self.rests.get(number)
        if rests:
            style = SubElement(SubElement(element, "attributes"), "measure-style")
            text_element(style, "multiple-rest", rests)

    def _write_staves(self, attributes: Element) -> None:
        if self.part.staves > 1:
            text_element(attributes, "staves", self.part.staves)
        for staff, clef in enumerate(self.part.clefs, 1):
            self._write_clef(attributes, clef, staff)
        semitones = self.part.instrument.transposition
        if semitones:
            octaves, rest = divmod(abs(semitones), 12)
            up = -1 if semitones > 0 else 1  # from what is written to what sounds
            transpose = SubElement(attributes, "transpose")
            text_element(transpose, "diatonic", up * DIATONIC_STEPS[rest])
            text_element(transpose, "chromatic", up * rest)
            if octaves:
                text_element(transpose, "octave-change", up * octaves)

    def _write_clef(self, parent: Element, clef: str, staff: int) -> None:
        sign, line, octaves = _CLEFS[clef]
        element = SubElement(parent, "clef")
        if self.part.staves > 1:
            element.set("number", str(staff))
        text_element(element, "sign", sign)
        if line:
            text_element(element, "line", line)
        if octaves:
            text_element(element, "clef-octave-change", octaves)

    def _write_symbol(self, element: Element, symbol: Symbol, line: VoiceLine) -> None:
        if symbol.is_hidden and symbol.value.actual == 1:
            forward = SubElement(element, "forward")
            text_element(forward, "duration", symbol.length_ticks)
            text_element(forward, "voice", _voice_number(line))
            if self.part.staves > 1:
                text_element(forward, "staff", line.staff)
            return
        heads: Sequence[Head | None] = symbol.heads or (None,)
        for place, head in enumerate(heads):
            note = SubElement(element, "note", {"print-object": "no"} if symbol.is_hidden else {})
            if place > 0:
                SubElement(note, "chord")
            self._write_note(note, symbol, head, line)
            if place == 0:
                for level, beam in enumerate(symbol.beams, 1):
                    text_element(note, "beam", beam, number=str(level))
            side = {} if head is None or not self.drums else {"placement": _side(head)}
            _write_notations(note, symbol, head, side, is_first=place == 0)
            if place == 0 and head is not None and not head.is_tied_to:
                _write_words(note, self.words.pop(symbol.start_tick, ()))

    def _write_note(
        self, note: Element, symbol: Symbol, head: Head | None, line: VoiceLine
    ) -> None:
        """Everything of a note before its beams, in the order that MusicXML demands."""
        is_drum = bool(self.drums)
        if head is None:
            SubElement(note, "rest", {"measure": "yes"} if symbol.fills_measure else {})
        elif is_drum:
            unpitched = SubElement(note, "unpitched")
            text_element(unpitched, "display-step", self.drums[head.pitch].step)
            text_element(unpitched, "display-octave", self.drums[head.pitch].octave)
        else:
            _write_pitch(note, head)
        text_element(note, "duration", symbol.length_ticks)
        if head is not None:
            for kind in _ties(head):
                SubElement(note, "tie", type=kind)
        if head is not None and is_drum:
            SubElement(note, "instrument", id=f"P{self.number}-I{head.pitch}")
        text_element(note, "voice", _voice_number(line))
        if not symbol.fills_measure:
            _write_value(note, symbol, head)
        if head is not None and is_drum:
            text_element(note, "stem", "down" if head.pitch in FEET else "up")
            if self.drums[head.pitch].head != "normal":
                text_element(note, "notehead", self.drums[head.pitch].head)
        if self.part.staves > 1:
            text_element(note, "staff", line.staff)


def _write_words(note: Element, words: Sequence[Lyric]) -> None:
    for word in words:
        lyric = SubElement(note, "lyric", number=str(word.verse))
        text_element(lyric, "syllabic", word.syllabic)
        text_element(lyric, "text", word.text)
        if word.extends:
            SubElement(lyric, "extend")


def _voice_number(line: VoiceLine) -> int:
    return 4 * (line.staff - 1) + line.voice + 1


def _write_pitch(note: Element, head: Head) -> None:
    spelling = head.spelling
    pitch = SubElement(note, "pitch")
    text_element(pitch, "step", spelling.step)
    if spelling.alter:
        text_element(pitch, "alter", spelling.alter)
    text_element(pitch, "octave", spelling.octave)


def _ties(head: Head) -> list[str]:
    return ["stop"] * head.is_tied_to + ["start"] * head.is_tied_from


def _write_value(note: Element, symbol: Symbol, head: Head | None) -> None:
    value = symbol.value
    text_element(note, "type", value.kind)
    for _ in range(value.dots):
        SubElement(note, "dot")
    if head is not None and (head.shows_accidental or head.is_courtesy):
        accidental = text_element(note, "accidental", ACCIDENTALS[head.spelling.alter])
        if head.is_courtesy:
            accidental.set("cautionary", "yes")
    if value.actual != 1:
        modification = SubElement(note, "time-modification")
        text_element(modification, "actual-notes", value.actual)
        text_element(modification, "normal-notes", value.normal)


def _side(drum: Head) -> str:
    return "below" if drum.pitch in FEET else "above"


def _write_notations(
    note: Element, symbol: Symbol, head: Head | None, side: dict[str, str], *, is_first: bool
) -> None:
    """Ties, tuplets and articulations; `side` is where the latter stand, if it matters."""
    ties = _ties(head) if head else []
    tuplet = symbol.tuplet if is_first else ""
    articulations = []
    if is_first:
        articulations += ["accent"] * symbol.is_accented + ["staccato"] * symbol.is_staccato
    if not (ties or tuplet or articulations or symbol.rolled):
        return
    notations = SubElement(note, "notations")
    for kind in ties:
        SubElement(notations, "tied", type=kind)
    if tuplet:
        bracket = "no" if symbol.beams and tuplet == "start" else "yes"
        attributes = {"type": tuplet, "number": "1"}
        if tuplet == "start":
            attributes["bracket"] = bracket
        SubElement(notations, "tuplet", attributes)
    if articulations:
        element = SubElement(notations, "articulations")
        for articulation in articulations:
            SubElement(element, articulation, side)
    if symbol.rolled:
        SubElement(notations, "arpeggiate", direction=symbol.rolled)  # MuseScore 3 wants it said
