"""A score as ABC (standard 2.1), voice by voice.

At concert pitch, for readers of ABC do not agree on transposing instruments. An accidental is
written wherever a reader could need it: some let it hold in its own octave, others in all. What
the score repeats is repeated by signs.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

from composer.music.bars import key_at, prevailing_meter, tempo_at
from composer.music.chords import chord_symbol
from composer.music.facts import Chord
from composer.music.piece import GRID_TICKS_PER_QUARTER, KeyChange
from composer.rendering.score.notation import BarSigns, Head, Measure, Score, StaffPart, Symbol
from composer.rendering.score.spelling import Spelling, along_fifths, spelling_at, spelling_with
from composer.rendering.texts.streams import Stream, streams_of

_UNIT_TICKS = GRID_TICKS_PER_QUARTER // 2
_ACCIDENTALS = {-2: "__", -1: "_", 0: "=", 1: "^", 2: "^^"}
_ALTERATIONS = {-1: "b", 0: "", 1: "#"}
_HAIRPINS = {"crescendo": "!<(!", "diminuendo": "!>(!"}
_HAIRPIN_ENDS = {"crescendo": "!<)!", "diminuendo": "!>)!"}
_SHARPS = "FCGDAEB"
_LOWEST_MEAN_IN_TREBLE = 57
_DRUM_CHANNEL = 10


def abc_text(
    score: Score, *, subtitle: str = "", credit: str = "", chords: Sequence[Chord] = ()
) -> str:
    """The text of an `.abc` file with one tune.

    `chords` are symbols over the first voice, at ticks of `score.piece`; a note over which the
    chord changes is written as two that are tied.
    """
    voices = _voices(score)
    lines = [*_header(score, subtitle, credit), f"%%score {_systems(voices)}"]
    for voice in voices:
        own = tuple(chords) if voice.number == 1 else ()
        lines += [_voice_field(voice), *_sound(voice), *_VoiceText(score, voice, own).lines()]
    return "\n".join(lines) + "\n"


class _Voice(NamedTuple):
    """A stream of a part; voices are numbered from 1 through the whole tune."""

    number: int
    part: StaffPart
    stream: Stream
    channel: int


def _voices(score: Score) -> list[_Voice]:
    found: list[_Voice] = []
    channels = [channel for channel in range(1, 17) if channel != _DRUM_CHANNEL]
    for number, part in enumerate(score.parts):
        channel = _DRUM_CHANNEL if part.instrument.is_drums else channels[number % len(channels)]
        for stream in streams_of([(m.bar, m.voices) for m in part.measures], part.staves):
            found.append(_Voice(len(found) + 1, part, stream, channel))
    return found


def _header(score: Score, subtitle: str, credit: str) -> list[str]:
    piece = score.piece
    meter = prevailing_meter(piece)
    tempo = tempo_at(piece, 0)
    fields = [
        ("X", "1"),
        ("T", piece.title or "Untitled"),
        ("T", subtitle),
        ("C", credit or piece.tags.composer),
        ("M", str(meter)),
        ("L", "1/8"),
        ("Q", f"1/4={tempo.quarters_per_minute:g}" if tempo else ""),
        ("K", _key_name(piece.keys[0])),
    ]
    said = [f"{name}:{' '.join(text.split())}" for name, text in fields if text]
    return ["%abc-2.1", *said, "%%MIDI gchordoff", "%%MIDI chordattack 0"]


def _systems(voices: Sequence[_Voice]) -> str:
    """Which voices share a staff, and which staves a brace."""
    words = []
    for part in dict.fromkeys(id(voice.part) for voice in voices):
        own = [voice for voice in voices if id(voice.part) == part]
        staves: dict[int, list[str]] = {}
        for voice in own:
            staves.setdefault(voice.stream.staff, []).append(str(voice.number))
        shown = [f"({' '.join(n)})" if len(n) > 1 else n[0] for n in staves.values()]
        words.append(f"{{{' | '.join(shown)}}}" if len(shown) > 1 else shown[0])
    return " ".join(words)


def _voice_field(voice: _Voice) -> str:
    name = " ".join(voice.part.name.replace('"', "'").split())
    return f'V:{voice.number} clef={_clef(voice)} name="{name}"'


def _clef(voice: _Voice) -> str:
    """A clef for what sounds, which is not always what a player reads."""
    if voice.part.instrument.is_drums:
        return "perc"
    clef = voice.part.clefs[voice.stream.staff - 1]
    if clef in ("alto", "tenor-clef"):
        return clef.removesuffix("-clef")
    pitches = [h.pitch for m in voice.stream.measures for s in m for h in s.heads]
    mean = sum(pitches) / len(pitches) if pitches else _LOWEST_MEAN_IN_TREBLE
    return "treble" if mean >= _LOWEST_MEAN_IN_TREBLE else "bass"


def _sound(voice: _Voice) -> list[str]:
    lines = [f"%%MIDI channel {voice.channel}"]
    return (
        lines
        if voice.channel == _DRUM_CHANNEL
        else [*lines, f"%%MIDI program {voice.part.program}"]
    )


class _VoiceText:
    """The lines of one voice, a measure a line."""

    def __init__(self, score: Score, voice: _Voice, chords: tuple[Chord, ...]) -> None:
        self.score, self.voice, self.part = score, voice, voice.part
        self.chords = chords
        self.is_drums = voice.part.instrument.is_drums
        self.is_first_of_part = voice.stream.staff == voice.stream.voice == 1
        self.hairpin = ""

    def lines(self) -> list[str]:
        count = len(self.part.measures)
        return [self._measure(number, is_last=number == count - 1) for number in range(count)]

    def _measure(self, number: int, *, is_last: bool) -> str:
        measure, signs = self.part.measures[number], self.score.signs[number]
        words = [_opening(signs), *self._fields(measure)]
        words.append(self._symbols(measure, self.voice.stream.measures[number]))
        words.append(_closing(signs, is_last=is_last))
        return " ".join(word for word in words if word)

    def _fields(self, measure: Measure) -> list[str]:
        is_first = measure.bar.number == 1
        fields = []
        meter = measure.meter
        if meter and not (is_first and meter[1:] == prevailing_meter(self.score.piece)[1:]):
            fields.append(f"[M:{meter}]")
        if measure.key and (not is_first or self.is_drums):
            fields.append(f"[K:{self._key_name(measure)}]")
        if self.voice.number == 1:
            fields += [
                f"[Q:1/4={change.quarters_per_minute:g}]"
                for change in self.score.piece.tempi[1:]
                if measure.bar.start_tick <= change.tick < measure.bar.end_tick
            ]
        return fields

    def _key_name(self, measure: Measure) -> str:
        return "none" if self.is_drums else _key_name(self._key(measure.bar.start_tick))

    def _key(self, tick: int) -> KeyChange:
        key = key_at(self.score.piece, tick)
        assert key is not None  # a score has signatures
        return key

    def _symbols(self, measure: Measure, symbols: Sequence[Symbol]) -> str:
        bar = measure.bar
        if not symbols:
            return f"x{_length(bar.length_ticks)}"
        fifths = 0 if self.is_drums else self._key(bar.start_tick).fifths
        writer = _MeasureWriter(self, measure, _Accidentals(fifths))
        return writer.text(symbols)

    def spelling(self, head: Head, measure: Measure) -> Spelling:
        """How a note that sounds is spelled, whatever its player reads."""
        if self.is_drums:
            found = (spelling_with(letter, head.pitch) for letter in range(7))
            return next(spelling for spelling in found if spelling.alter in (0, 1))
        if not self.part.instrument.transposition:
            return head.spelling
        sounding = self._key(measure.bar.start_tick).fifths
        return along_fifths(head.spelling, sounding - self._written_fifths(measure), head.pitch)

    def _written_fifths(self, measure: Measure) -> int:
        keys = [m.key for m in self.part.measures[: measure.bar.number] if m.key]
        return keys[-1].fifths


class _MeasureWriter:
    """Writes the symbols of one voice in one measure."""

    def __init__(self, voice: _VoiceText, measure: Measure, state: _Accidentals) -> None:
        self.voice, self.measure, self.state = voice, measure, state

    def text(self, symbols: Sequence[Symbol]) -> str:
        words = []
        for position, symbol in enumerate(symbols):
            is_apart = not symbol.beams or symbol.beams[0] == "begin"
            words.append(" " * (is_apart and position > 0) + self._symbol(symbols, position))
        return "".join(words)

    def _symbol(self, symbols: Sequence[Symbol], position: int) -> str:
        symbol = symbols[position]
        opening = _tuplet(symbols, position) if symbol.tuplet == "start" else ""
        marks = self._marks(symbol, is_last=position == len(symbols) - 1)
        pieces = self._pieces(symbol)
        texts = []
        for number, (start, end, chord) in enumerate(pieces):
            is_end = number == len(pieces) - 1
            sign = f'"{chord}"' if chord else ""
            before = marks if number == 0 else ""
            texts.append(sign + before + self._sound(symbol, start, end, is_end=is_end))
        return opening + " ".join(texts)

    def _sound(self, symbol: Symbol, start: int, end: int, *, is_end: bool) -> str:
        value = symbol.value
        length = _length(Fraction(end - start) * value.actual / value.normal)
        if symbol.is_rest:
            return ("x" if symbol.is_hidden else "z") + length
        names = [self._head(head) for head in symbol.heads]
        ties = [head.is_tied_from or not is_end for head in symbol.heads]
        if len(names) == 1:
            return names[0] + length + "-" * ties[0]
        if all(ties) or not any(ties):
            return f"[{''.join(names)}]{length}{'-' * ties[0]}"
        inside = "".join(name + length + "-" * tie for name, tie in zip(names, ties, strict=True))
        return f"[{inside}]"

    def _head(self, head: Head) -> str:
        spelling = self.voice.spelling(head, self.measure)
        return self.state.sign(spelling) + _letter(spelling)

    def _pieces(self, symbol: Symbol) -> list[tuple[int, int, str]]:
        """The stretches of a symbol between changes of the chord, each with the sign over it."""
        start, end = symbol.start_tick, symbol.start_tick + symbol.length_ticks
        changes = {c.tick: self._chord(c) for c in self.voice.chords if start <= c.tick < end}
        if symbol.value.actual != 1:  # a tuplet stays whole; its chord is written at its note
            return [(start, end, next(iter(changes.values()), ""))]
        ticks = sorted({start, end, *changes})
        return [(a, b, changes.get(a, "")) for a, b in pairwise(ticks)]

    def _chord(self, chord: Chord) -> str:
        return chord_symbol(chord, key_at(self.voice.score.piece, chord.tick))

    def _marks(self, symbol: Symbol, *, is_last: bool) -> str:
        text = "!accent!" * symbol.is_accented + "." * symbol.is_staccato
        text += "!arpeggio!" * bool(symbol.rolled)
        return self._dynamics(symbol, is_last=is_last) + text

    def _dynamics(self, symbol: Symbol, *, is_last: bool) -> str:
        """Marks from this symbol up to the next; hairpins end before what comes at the end."""
        if not self.voice.is_first_of_part:
            return ""
        start, end = symbol.start_tick, symbol.start_tick + symbol.length_ticks
        until = max(end, self.measure.bar.end_tick) if is_last else end
        text = ""
        for dynamic in self.measure.dynamics:
            if not start <= dynamic.tick < until:
                continue
            if dynamic.mark == "stop":
                text += _HAIRPIN_ENDS.get(self.voice.hairpin, "")
                self.voice.hairpin = ""
            elif dynamic.mark in _HAIRPINS:
                self.voice.hairpin = dynamic.mark
                text += _HAIRPINS[dynamic.mark]
            else:
                text += f"!{dynamic.mark}!"
        return text


class _Accidentals:
    """What accidentals a reader remembers in a measure, by either rule."""

    def __init__(self, fifths: int) -> None:
        altered = _SHARPS[:fifths] if fifths >= 0 else _SHARPS[::-1][:-fifths]
        self.by_letter = {step: (1 if fifths > 0 else -1) * (step in altered) for step in _SHARPS}
        self.by_place: dict[tuple[str, int], int] = {}
        self.signature = dict(self.by_letter)

    def sign(self, spelling: Spelling) -> str:
        """The accidental to write, if a reader of either rule would need it."""
        place = spelling.step, spelling.octave
        in_octave = self.by_place.get(place, self.signature[spelling.step])
        is_known = in_octave == self.by_letter[spelling.step] == spelling.alter
        self.by_place[place] = self.by_letter[spelling.step] = spelling.alter
        return "" if is_known else _ACCIDENTALS[spelling.alter]


def _tuplet(symbols: Sequence[Symbol], position: int) -> str:
    value = symbols[position].value
    behind = symbols[position:]
    count = next(i for i, symbol in enumerate(behind, 1) if symbol.tuplet == "stop")
    return f"({value.actual}:{value.normal}:{count}"


def _opening(signs: BarSigns) -> str:
    return "|:" * signs.begins_repeat + f"[{signs.ending}" * signs.begins_ending


def _closing(signs: BarSigns, *, is_last: bool) -> str:
    if signs.ends_repeat:
        return ":|"
    return "|]" if is_last or (signs.ends_ending and signs.ending == 2) else "|"


def _key_name(key: KeyChange) -> str:
    tonic = spelling_at(key.fifths + (3 if key.mode == "minor" else 0))
    return f"{tonic.step}{_ALTERATIONS[tonic.alter]}{'m' if key.mode == 'minor' else ''}"


def _letter(spelling: Spelling) -> str:
    if spelling.octave >= 5:
        return spelling.step.lower() + "'" * (spelling.octave - 5)
    return spelling.step + "," * (4 - spelling.octave)


def _length(ticks: int | Fraction) -> str:
    """A length in units of `L:`; nothing for one."""
    units = Fraction(ticks) / _UNIT_TICKS
    if units == 1:
        return ""
    return (
        f"{units.numerator}" if units.denominator == 1 else f"{units.numerator}/{units.denominator}"
    )
