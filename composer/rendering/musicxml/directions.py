"""What stands over and between the staves in MusicXML: tempo, chord symbols, dynamics."""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree.ElementTree import Element, SubElement, fromstring

from composer.music.bars import key_at, prevailing_meter
from composer.music.chords import fifths_of_chord
from composer.music.facts import Chord
from composer.music.piece import MeterChange
from composer.music.source import Symbol
from composer.rendering.musicxml.header import text_element
from composer.rendering.score.division import is_compound
from composer.rendering.score.notation import Measure, OctaveMark, Score, StaffPart
from composer.rendering.score.spelling import Spelling, spelling_at
from composer.rendering.score.words import NO_CHORD_SIGN, chord_sign, tempo_words

_SLOWEST_BEAT = 40
"""Beats a minute: the slow end of a metronome."""
_BEAT_UNITS = {
    2: "half", 4: "quarter", 8: "eighth", 16: "16th", 32: "32nd", 64: "64th",
}  # fmt: skip


def write_tempi(element: Element, measure: Measure, score: Score) -> None:
    """The metronome marks of a measure; the first of the piece with words."""
    bar, piece = measure.bar, score.piece
    meter = prevailing_meter(piece) if bar.number == 1 else bar.meter
    for position, change in enumerate(piece.tempi):
        if not bar.start_tick <= change.tick < bar.end_tick:
            continue
        beat, is_dotted, quarters = _beat_unit(meter, piece.tempi[0].quarters_per_minute)
        beats_per_minute = change.quarters_per_minute / quarters
        direction = SubElement(element, "direction", placement="above")
        if position == 0:
            words = SubElement(direction, "direction-type")
            told = tempo_words(change.quarters_per_minute, meter, piece)
            text_element(words, "words", f"{told} ")
        metronome = SubElement(SubElement(direction, "direction-type"), "metronome")
        text_element(metronome, "beat-unit", beat)
        if is_dotted:
            SubElement(metronome, "beat-unit-dot")
        text_element(metronome, "per-minute", round(beats_per_minute))
        _write_offset(direction, change.tick, measure)
        SubElement(direction, "sound", tempo=f"{change.quarters_per_minute:g}")


def _beat_unit(meter: MeterChange, quarters_per_minute: float) -> tuple[str, bool, float]:
    """What a metronome counts in this meter: the value, whether dotted, and its quarters. Where its
    beat would be slower than any on a metronome, half of it is counted."""
    if is_compound(meter.numerator, meter.denominator) and meter.denominator > 4:
        return _BEAT_UNITS[meter.denominator // 2], True, 12.0 / meter.denominator
    unit = max(2, meter.denominator)  # no metronome counts whole notes
    while quarters_per_minute * unit / 4.0 < _SLOWEST_BEAT and unit < 8:
        unit *= 2
    return _BEAT_UNITS[unit], False, 4.0 / unit


def _write_offset(direction: Element, tick: int, measure: Measure) -> None:
    if tick > measure.bar.start_tick:
        text_element(direction, "offset", tick - measure.bar.start_tick)


def write_chords(
    element: Element, measure: Measure, score: Score, chords: Sequence[Chord | Symbol]
) -> None:
    """The chord symbols that begin in a measure: roots spelled by the key, basses by the root."""
    bar = measure.bar
    for chord in chords:
        if not bar.start_tick <= chord.tick < bar.end_tick:
            continue
        if isinstance(chord, Symbol) and chord.musicxml:
            _write_as_stated(element, chord, measure)
            continue
        key = key_at(score.piece, chord.tick)
        root, bass = fifths_of_chord(Chord(*chord[:4]), key)
        sign = chord_sign(Chord(*chord[:4]))
        harmony = SubElement(element, "harmony")
        _write_tone(SubElement(harmony, "root"), "root", spelling_at(root))
        text_element(harmony, "kind", sign.kind, text=sign.text)
        if chord.bass != chord.root and sign != NO_CHORD_SIGN:
            _write_tone(SubElement(harmony, "bass"), "bass", spelling_at(bass))
        _write_offset(harmony, chord.tick, measure)


def _write_as_stated(element: Element, symbol: Symbol, measure: Measure) -> None:
    """A chord symbol as the file that was read writes it."""
    harmony = fromstring(symbol.musicxml)
    for tag in ("offset", "staff"):
        for stated in harmony.findall(tag):
            harmony.remove(stated)
    _write_offset(harmony, symbol.tick, measure)
    element.append(harmony)


def _write_tone(parent: Element, role: str, tone: Spelling) -> None:
    text_element(parent, f"{role}-step", tone.step)
    if tone.alter:
        text_element(parent, f"{role}-alter", tone.alter)


def write_dynamics(element: Element, measure: Measure, part: StaffPart) -> None:
    """Dynamic marks and the ends of hairpins; between the staves of a keyboard."""
    for dynamic in measure.dynamics:
        placement = "above" if part.instrument.section == "voice" else "below"
        direction = SubElement(element, "direction", placement=placement)
        kind = SubElement(direction, "direction-type")
        if dynamic.mark in ("crescendo", "diminuendo", "stop"):
            SubElement(kind, "wedge", type=dynamic.mark, number="1")
        else:
            SubElement(SubElement(kind, "dynamics"), dynamic.mark)
        _write_offset(direction, dynamic.tick, measure)
        if part.staves > 1:
            text_element(direction, "staff", 1)


def write_octave_marks(element: Element, marks: Sequence[OctaveMark], tick: int) -> None:
    """The ends of octave lines at a tick; the notes under them keep their sounding pitch."""
    for mark in marks:
        if mark.tick != tick:
            continue
        placement = {1: "above", -1: "below"}.get(mark.octaves)
        direction = SubElement(element, "direction", {"placement": placement} if placement else {})
        kind = {1: "down", -1: "up", 0: "stop"}[mark.octaves]
        line = SubElement(direction, "direction-type")
        SubElement(line, "octave-shift", type=kind, size="8", number=str(mark.staff))
        text_element(direction, "staff", mark.staff)
