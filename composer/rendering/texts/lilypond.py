"""A score as LilyPond source (2.24): pages by `\\layout`, sound by `\\midi`.

Every voice runs from the first measure to the last, a measure a line. What stands between the
notes (dynamics, tempi) is a voice of spacer rests, so that a mark may stand at any tick. Written
after the LilyPond Notation Reference 2.24.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from functools import partial
from itertools import pairwise

from composer.music.bars import key_at, meter_ticks, prevailing_meter
from composer.music.chords import fifths_of_chord
from composer.music.facts import Chord
from composer.music.keys import DIATONIC_STEPS
from composer.music.piece import GRID_TICKS_PER_QUARTER, MeterChange
from composer.rendering.score.division import is_compound
from composer.rendering.score.notation import (
    Dynamic,
    Head,
    Measure,
    OctaveMark,
    Score,
    StaffPart,
    Symbol,
)
from composer.rendering.score.spelling import Spelling, spelling_at
from composer.rendering.score.words import tempo_words
from composer.rendering.texts.lilypond_drums import drum_name, drum_table
from composer.rendering.texts.lilypond_names import PROGRAM_NAMES
from composer.rendering.texts.repeat_signs import Section, sections_of
from composer.rendering.texts.streams import Stream, streams_of

VERSION = "2.24.0"
_WHOLE_TICKS = 4 * GRID_TICKS_PER_QUARTER
_LENGTHS = {
    "breve": "\\breve", "whole": "1", "half": "2", "quarter": "4", "eighth": "8", "16th": "16",
    "32nd": "32", "64th": "64",
}  # fmt: skip
_ALTERATIONS = {-2: "eses", -1: "es", 0: "", 1: "is", 2: "isis"}
_CLEFS = {
    "treble": "treble", "bass": "bass", "alto": "alto", "treble-8": "treble_8",
    "tenor-clef": "tenor", "percussion": "percussion",
}  # fmt: skip
_HAIRPINS = {"crescendo": "\\<", "diminuendo": "\\>", "stop": "\\!"}
_QUALITIES = {
    "major": "", "minor": "m", "diminished": "dim", "augmented": "aug", "sus4": "sus4",
    "sus2": "sus2", "power": "1.5", "dominant7": "7", "major7": "maj7", "minor7": "m7",
    "half-diminished7": "m7.5-", "diminished7": "dim7", "minor-major7": "m7+",
    "augmented7": "aug7", "major6": "6", "minor6": "m6", "dominant9": "9", "major9": "maj9",
    "minor9": "m9", "dominant7sus4": "sus4.7",
    "major-add9": "5.9", "major6-9": "6.9", "dominant7-flat9": "9-", "dominant7-sharp9": "9+",
    "altered7": "7.5+.9+", "dominant11": "11", "dominant13": "13", "dominant7-flat5": "7.5-",
    "major7-sharp11": "maj7.11+", "minor11": "m11",
}  # fmt: skip
_MILLIMETRES_A_LETTER = 2.2
_MAJOR_STEPS = "CDEFGAB"


def lilypond_text(
    score: Score,
    *,
    subtitle: str = "",
    credit: str = "",
    chords: Sequence[Chord] = (),
    paper: str = "a4",
) -> str:
    """The text of a `.ly` file that LilyPond 2.24 sets and plays.

    `chords` are symbols over the top staff, at ticks of `score.piece`. The pages show what the
    score shows; the MIDI that LilyPond makes plays repeats out.
    """
    drums = sorted({pitch for part in score.parts for pitch in part.drum_pitches()})
    over = "\\new ChordNames \\symbols " if chords else ""
    blocks = [
        f'\\version "{VERSION}"',
        _header(score, subtitle, credit),
        f'\\paper {{ #(set-paper-size "{paper.lower()}") }}',
        drum_table(drums) if drums else "",
        f"symbols = \\chordmode {{ {_chord_symbols(chords, score)} }}" if chords else "",
        f"music = <<\n{_staves(score)}\n>>",
        f"\\score {{\n  << {over}\\music >>\n  \\layout {{ indent = {_indent(score)}\\mm }}\n}}",
        "\\score {\n  \\unfoldRepeats \\music\n  \\midi {}\n}",
    ]
    return "\n\n".join(block for block in blocks if block) + "\n"


def _indent(score: Score) -> int:
    """Room for the names of the parts, in millimetres."""
    longest = max(len(part.name) + 4 * (part.staves > 1) for part in score.parts)
    return round(max(15, _MILLIMETRES_A_LETTER * longest))


def _header(score: Score, subtitle: str, credit: str) -> str:
    fields = {
        "title": score.piece.title or "Untitled",
        "subtitle": subtitle,
        "composer": credit or score.piece.tags.composer,
    }
    lines = [f"  {name} = {_quoted(text)}" for name, text in fields.items() if text]
    return "\n".join(["\\header {", *lines, "  tagline = ##f", "}"])


def _quoted(text: str) -> str:
    plain = " ".join(text.split()).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{plain}"'


def _chord_symbols(chords: Sequence[Chord], score: Score) -> str:
    ends = [chord.tick for chord in chords[1:]] + [score.piece.end_tick]
    words = [_spacer(chords[0].tick)] if chords[0].tick else []
    for chord, end in zip(chords, ends, strict=True):
        if end > chord.tick:
            words.append(_chord_symbol(chord, _scaled(end - chord.tick), score))
    return " ".join(words)


def _chord_symbol(chord: Chord, length: str, score: Score) -> str:
    if chord.quality == "none":
        return f"r{length}"
    root, bass = fifths_of_chord(chord, key_at(score.piece, chord.tick))
    quality = _QUALITIES[chord.quality]
    under = f"/+{_tone(spelling_at(bass))}" if bass != root else ""
    return f"{_tone(spelling_at(root))}{length}{':' if quality else ''}{quality}{under}"


def _staves(score: Score) -> str:
    return "\n".join(
        _PartText(score, part, is_top=number == 0).text() for number, part in enumerate(score.parts)
    )


class _PartText:
    """The text of one part; the top one has the tempi."""

    def __init__(self, score: Score, part: StaffPart, *, is_top: bool) -> None:
        self.score, self.part, self.is_top = score, part, is_top
        self.sections = sections_of(score.signs)
        self.is_drums = part.instrument.is_drums

    def text(self) -> str:
        part = self.part
        streams = streams_of([(m.bar, m.voices) for m in part.measures], part.staves)
        staves = [
            self._staff(staff, [stream for stream in streams if stream.staff == staff])
            for staff in range(1, part.staves + 1)
        ]
        names = f"\\with {{ instrumentName = {_quoted(part.name)} }}"
        if part.staves == 1:
            return f"\\new {'DrumStaff' if self.is_drums else 'Staff'} {names} {staves[0]}"
        inside = "\n".join(f"\\new Staff {staff}" for staff in staves)
        return f"\\new PianoStaff {names} <<\n{inside}\n>>"

    def _staff(self, staff: int, streams: Sequence[Stream]) -> str:
        kind = "DrumVoice" if self.is_drums else "Voice"
        opening = "\\drummode " if self.is_drums else ""
        voices = [
            f"\\new {kind} {opening}{{ {self._voice_begin(stream, len(streams))}\n"
            f"{self._over_measures(partial(self._measure, stream))}\n}}"
            for stream in streams
        ]
        if staff == 1 and (self.is_top or any(m.dynamics for m in self.part.measures)):
            voices.append(f"\\new {kind} {opening}{{\n{self._over_measures(self._marks)}\n}}")
        return "<<\n" + "\n".join(voices) + "\n>>"

    def _voice_begin(self, stream: Stream, count: int) -> str:
        """What a voice begins with: which way its stems go, its sound, how it is transposed."""
        words = [("\\voiceOne", "\\voiceTwo")[(stream.voice - 1) % 2]] if count > 1 else []
        words.append("\\autoBeamOff")
        if self.is_drums:
            return " ".join([*words, "\\set DrumStaff.drumStyleTable = #drumkit"])
        name = PROGRAM_NAMES[self.part.program]
        words.append(f'\\set Staff.midiInstrument = "{name}"')
        semitones = self.part.instrument.transposition
        if semitones:
            words.append(f"\\transposition {_tone(_sounding_of_middle_c(semitones), octave=True)}")
        return " ".join(words)

    def _over_measures(self, write: Callable[[int], str]) -> str:
        """A stream of measures with its repeats, each measure written by its index."""
        return "\n".join(_repeated(section, write) for section in self.sections)

    def _measure(self, stream: Stream, number: int) -> str:
        measure, symbols = self.part.measures[number], stream.measures[number]
        words = [*self._attributes(measure, stream)] if stream.voice == 1 else []
        marks = [m for m in measure.octaves if m.staff == stream.staff] if stream.voice == 1 else []
        position = measure.bar.start_tick
        for symbol in symbols:
            words += _ottavas(marks, position, is_end=False)
            words.append(self._symbol(symbol))
            position += symbol.length_ticks
            words += _ottavas(marks, position, is_end=True)
        if not symbols:
            words.append(_spacer(measure.bar.length_ticks))
        return f"  {' '.join(words)} | % {measure.bar.number}"

    def _attributes(self, measure: Measure, stream: Stream) -> Iterator[str]:
        bar = measure.bar
        clefs = [change.clef for change in measure.clefs if change.staff == stream.staff]
        if bar.number == 1:
            clefs = [self.part.clefs[stream.staff - 1]]
        yield from (f"\\clef {_quoted(_CLEFS[clef])}" for clef in clefs)
        if measure.key and not self.is_drums:
            tonic = measure.key.fifths + (3 if measure.key.mode == "minor" else 0)
            yield f"\\key {_tone(spelling_at(tonic))} \\{measure.key.mode}"
        meter = measure.meter or bar.meter
        if measure.meter:
            yield f"\\time {meter.numerator}/{meter.denominator}"
        full = meter_ticks(meter.numerator, meter.denominator, GRID_TICKS_PER_QUARTER)
        if bar.length_ticks < full:
            yield f"\\partial {_scaled(bar.length_ticks)}"

    def _symbol(self, symbol: Symbol) -> str:
        if symbol.fills_measure:
            return f"R{_scaled(symbol.length_ticks)}"
        length = _LENGTHS[symbol.value.kind] + "." * symbol.value.dots
        text = f"{'s' if symbol.is_hidden else 'r'}{length}"
        if symbol.heads:
            text = self._heads(symbol.heads, length)
            text += _beam(symbol) + "->" * symbol.is_accented + "-." * symbol.is_staccato
            text += "\\arpeggio" if symbol.rolled else ""
            if symbol.rolled == "down":
                text = f"\\once \\arpeggioArrowDown {text}"
        if symbol.tuplet == "start":
            text = f"\\tuplet {symbol.value.actual}/{symbol.value.normal} {{ {text}"
        return f"{text} }}" if symbol.tuplet == "stop" else text

    def _heads(self, heads: Sequence[Head], length: str) -> str:
        """Notes of one stem; ties by note, for not all of a chord need be held."""
        names = [self._head(head) for head in heads]
        if len(heads) == 1:
            tie = "~" * heads[0].is_tied_from
            return f"{names[0]}{length}{tie}"
        inside = " ".join(
            name + "~" * head.is_tied_from for name, head in zip(names, heads, strict=True)
        )
        return f"<{inside}>{length}"

    def _head(self, head: Head) -> str:
        if self.is_drums:
            return drum_name(head.pitch)
        return _tone(head.spelling, octave=True) + "?" * head.is_courtesy

    def _marks(self, number: int) -> str:
        """Dynamics and tempi of a measure on spacer rests."""
        measure = self.part.measures[number]
        bar = measure.bar
        marks = [(d.tick, _dynamic(d)) for d in measure.dynamics]
        tempi = self._tempi(measure) if self.is_top else []
        ticks = sorted({bar.start_tick, bar.end_tick, *(t for t, _ in [*marks, *tempi])})
        words = []
        for start, end in pairwise(ticks):
            words += [text for tick, text in tempi if tick == start]
            behind = "".join(text for tick, text in marks if tick == start)
            words.append(_spacer(end - start) + behind)
        return f"  {' '.join(words)} |"

    def _tempi(self, measure: Measure) -> list[tuple[int, str]]:
        bar, piece = measure.bar, self.score.piece
        meter = prevailing_meter(piece) if bar.number == 1 else bar.meter
        found = []
        for position, change in enumerate(piece.tempi):
            if bar.start_tick <= change.tick < bar.end_tick:
                beat, quarters = _beat(meter)
                rate = change.quarters_per_minute / quarters
                told = tempo_words(change.quarters_per_minute, meter, piece)
                words = f"{_quoted(told)} " if position == 0 else ""
                found.append((change.tick, f"\\tempo {words}{beat} = {max(1, round(rate))}"))
        return found


def _repeated(section: Section, write: Callable[[int], str]) -> str:
    body = "\n".join(map(write, section.measures))
    if not section.is_repeated:
        return body
    text = f"\\repeat volta 2 {{\n{body}\n}}"
    if section.endings:
        endings = ["{\n" + "\n".join(map(write, ending)) + "\n}" for ending in section.endings]
        text += " \\alternative {\n" + "\n".join(endings) + "\n}"
    return text


def _ottavas(marks: Sequence[OctaveMark], tick: int, *, is_end: bool) -> list[str]:
    return [
        f"\\ottava {mark.octaves}"
        for mark in marks
        if mark.tick == tick and (mark.octaves == 0) == is_end
    ]


def _beam(symbol: Symbol) -> str:
    return {"begin": "[", "end": "]"}.get(symbol.beams[0], "") if symbol.beams else ""


def _dynamic(dynamic: Dynamic) -> str:
    return _HAIRPINS.get(dynamic.mark) or f"\\{dynamic.mark}"


def _beat(meter: MeterChange) -> tuple[str, float]:
    """What a metronome counts in a meter, and its length in quarters."""
    if is_compound(meter.numerator, meter.denominator) and meter.denominator > 4:
        return f"{meter.denominator // 2}.", 12.0 / meter.denominator
    unit = max(2, meter.denominator)
    return str(unit), 4.0 / unit


def _tone(spelling: Spelling, *, octave: bool = False) -> str:
    """A pitch in LilyPond's Dutch names; its octave is that of small c unless said."""
    name = spelling.step.lower() + _ALTERATIONS[spelling.alter]
    if not octave:
        return name
    up = spelling.octave - 3
    return name + ("'" * up if up > 0 else "," * -up)


def _sounding_of_middle_c(semitones: int) -> Spelling:
    """What sounds where a player reads middle C, for so many semitones that are written higher."""
    octaves, rest = divmod(abs(semitones), 12)
    steps = 7 * octaves + DIATONIC_STEPS[rest]
    position = 28 - steps if semitones > 0 else 28 + steps
    octave, step = divmod(position, 7)
    plain = Spelling(_MAJOR_STEPS[step], 0, octave)
    return plain._replace(alter=60 - semitones - plain.pitch)


def _spacer(ticks: int) -> str:
    return f"s{_scaled(ticks)}"


def _scaled(ticks: int) -> str:
    """Any length as so many whole notes."""
    share = Fraction(ticks, _WHOLE_TICKS)
    return "1" if share == 1 else f"1*{share.numerator}/{share.denominator}"
