"""A partwise MusicXML score to a piece, played out, with the score itself as its source.

Measures of all parts begin together, as long as the longest. A short first bar is filled up from
its left and a short last one from its right; two short bars in a row that make a full one (the end
of a section and the pickup of the next) are one bar of time. Ties are joined.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import lcm
from typing import NamedTuple
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from composer.corpus.midi_reading import (
    MOST_NOTES,
    MOST_QUARTERS,
    refuse_bad_meter,
    role_of,
    title_of,
)
from composer.corpus.partwise_notes import MeasureNotes, PartReader, musicxml_of
from composer.corpus.play_order import Played, Signs, play_order
from composer.errors import UnreadablePieceError
from composer.music.chord_words import chord_of_harmony
from composer.music.instrument_words import instruments_of
from composer.music.instruments import BY_NAME, Instrument
from composer.music.names import on_one_line
from composer.music.piece import (
    GRID_TICKS_PER_QUARTER,
    KeyChange,
    MeterChange,
    Note,
    Part,
    Piece,
    TempoChange,
)
from composer.music.source import Grace, Lyric, Source, Symbol

FINEST_TICKS_PER_QUARTER = 30_240
"""Divides tuplets of 3, 5, 7 and 9 of any usual value; a finer offset is rounded to it."""
_DRUM_CHANNEL = 10


class _Bar(NamedTuple):
    """A played bar: where it begins and how long it is, in quarters, and its stated meter."""

    start: Fraction
    length: Fraction
    meter: tuple[int, int]

    @property
    def end(self) -> Fraction:
        return self.start + self.length

    @property
    def full(self) -> Fraction:
        return Fraction(4 * self.meter[0], self.meter[1])


@dataclass
class _Player:
    """A `<part>`: its names, its sound and its measures."""

    name: str
    instrument_name: str
    program: int | None
    is_drums: bool
    measures: list[MeasureNotes]


class _Sound(NamedTuple):
    onset: Fraction
    length: Fraction
    pitch: int
    velocity: int
    goes_on: bool
    continues: bool


def piece_of_partwise(root: Element, name: str, wrongs: Sequence[str] = ()) -> Piece:
    """The piece of a `<score-partwise>`. Raises UnreadablePieceError with the reason."""
    players = _players(root)
    if not any(measure.heads for player in players for measure in player.measures):
        raise UnreadablePieceError("no notes in it")
    order = play_order(_signs(players))
    bars, starts = _bars(players, order)
    sounds = [_sounds(player, order, starts) for player in players]
    total = sum(map(len, sounds))
    if total > MOST_NOTES:
        raise UnreadablePieceError(f"more than {MOST_NOTES} notes")
    last = max(s.onset + s.length for of_player in sounds for s in of_player)
    if last > MOST_QUARTERS or bars[-1].end > MOST_QUARTERS:
        raise UnreadablePieceError(f"longer than {MOST_QUARTERS} quarters")
    while bars[-1].end < last:
        bars.append(_Bar(bars[-1].end, bars[-1].full, bars[-1].meter))
    ticks = _Ticks.of(bars, sounds)
    parts = _parts(players, sounds, ticks)
    meters, end_tick = _meters(bars, ticks), ticks.at(bars[-1].end)
    keys = _keys(next(p for p in players if p.measures), order, starts, ticks, sounds)
    tempi = tuple(
        TempoChange(ticks.at(at), tempo)
        for at, tempo in _tempi(players, order, starts)
        if at < bars[-1].end
    )
    source = Source(
        ticks.per_quarter, parts, meters, keys, tempi, end_tick,
        lyrics=tuple(_lyrics(player, order, starts, ticks) for player in players),
        graces=tuple(_graces(player, order, starts, ticks) for player in players),
        symbols=_symbols(players, order, starts, ticks),
        musicxml=ElementTree.tostring(root, encoding="unicode"),
        is_score=True,
        played_measures=tuple(played.measure for played in order),
        measure_ticks=tuple(map(ticks.at, starts)),
        wrongs=(*wrongs, f"{total} notes came out") if wrongs else (),
    )  # fmt: skip
    title = score_title(root) or title_of(name)
    return Piece(parts, meters, end_tick, keys, tempi, ticks.per_quarter, title, source=source)


def score_title(root: Element) -> str:
    """The title that a score states, "" where it states none."""
    for path in ("work/work-title", "movement-title"):
        if title := on_one_line(root.findtext(path) or ""):
            return title
    for credit in root.iterfind("credit"):
        if (credit.findtext("credit-type") or "").strip() == "title":
            return on_one_line(credit.findtext("credit-words") or "")
    return ""


def _players(root: Element) -> list[_Player]:
    listed = {part.get("id", ""): part for part in root.iterfind("part-list/score-part")}
    players = []
    for part in root.iterfind("part"):
        score_part = listed.get(part.get("id", ""), Element("score-part"))
        channels = [channel.text or "" for channel in score_part.iter("midi-channel")]
        is_drums = bool(channels) and all(c.strip() == str(_DRUM_CHANNEL) for c in channels)
        reader = PartReader(_drum_sounds(score_part), is_drums=is_drums)
        measures = [reader.read(measure) for measure in part.iterfind("measure")]
        is_drums = is_drums or (reader.has_drums and not reader.has_pitches)
        instrument = score_part.find("score-instrument")
        sound = "" if instrument is None else instrument.findtext("instrument-sound") or ""
        stated = "" if instrument is None else instrument.findtext("instrument-name") or ""
        instrument_name = f"{stated} {sound.replace('.', ' ')}"
        players.append(
            _Player(
                on_one_line(score_part.findtext("part-name") or ""),
                on_one_line(instrument_name),
                _program(score_part),
                is_drums,
                measures,
            )
        )
    return players


def _drum_sounds(score_part: Element) -> dict[str, int]:
    """The General MIDI drum sound of each instrument of a part that states one."""
    stated = {
        midi.get("id", ""): (midi.findtext("midi-unpitched") or "").strip()
        for midi in score_part.iterfind("midi-instrument")
    }
    return {
        name: int(sound) - 1
        for name, sound in stated.items()
        if sound.isdecimal() and 1 <= int(sound[:4]) <= 128
    }


def _program(score_part: Element) -> int | None:
    text = (score_part.findtext("midi-instrument/midi-program") or "").strip()
    return int(text) - 1 if text.isdecimal() and 1 <= int(text[:4]) <= 128 else None


def _signs(players: Sequence[_Player]) -> list[Signs]:
    """The signs of each measure, whichever part they stand in."""
    count = max(len(player.measures) for player in players)
    merged = []
    for number in range(count):
        here = [p.measures[number].signs for p in players if number < len(p.measures)]
        merged.append(max(here, key=lambda sign: sum(bool(value) for value in sign)))
    return merged


def _bars(players: Sequence[_Player], order: Sequence[Played]) -> tuple[list[_Bar], list[Fraction]]:
    """The played bars, those that make one together joined, and where each played measure begins.

    The first is filled up to its meter with silence before it, the last behind it.
    """
    lengths, meters = _measures(players)
    position = Fraction(0)
    bars: list[_Bar] = []
    starts: list[Fraction] = []
    for played in order:
        length, meter = lengths[played.measure], meters[played.measure]
        refuse_bad_meter(MeterChange(0, *meter), GRID_TICKS_PER_QUARTER)
        full = Fraction(4 * meter[0], meter[1])
        length = length or full
        if not bars and length < full and len(order) > 1:
            position = full - length
            bars.append(_Bar(Fraction(0), full, meter))
        elif (
            bars
            and bars[-1].length < full
            and bars[-1].length + length == full
            and (bars[-1].meter == meter)
        ):
            bars[-1] = bars[-1]._replace(length=full)
        else:
            bars.append(_Bar(position, length, meter))
        starts.append(position)
        position += length
    bars[-1] = bars[-1]._replace(length=max(bars[-1].length, bars[-1].full))
    return bars, starts


def _measures(players: Sequence[_Player]) -> tuple[list[Fraction], list[tuple[int, int]]]:
    """Length (of the longest part) and meter of each printed measure."""
    count = max(len(player.measures) for player in players)
    lengths: list[Fraction] = []
    meters: list[tuple[int, int]] = []
    meter = (4, 4)
    for number in range(count):
        here = [p.measures[number] for p in players if number < len(p.measures)]
        meter = next((measure.meter for measure in here if measure.meter), meter)
        lengths.append(max(measure.length for measure in here))
        meters.append(meter)
    return lengths, meters


def _sounds(player: _Player, order: Sequence[Played], starts: Sequence[Fraction]) -> list[_Sound]:
    """The notes of a part in played time, ties joined."""
    heads: list[_Sound] = []
    for played, start in zip(order, starts, strict=True):
        if played.measure < len(player.measures):
            measure = player.measures[played.measure]
            heads += [_Sound(*head)._replace(onset=start + head.onset) for head in measure.heads]
    return _without_ties(sorted(heads))


def _without_ties(heads: Sequence[_Sound]) -> list[_Sound]:
    joined: list[_Sound] = []
    waiting: dict[tuple[int, Fraction], int] = {}  # pitch and end of a tied note: its index
    for sound in heads:
        before = waiting.pop((sound.pitch, sound.onset), None) if sound.continues else None
        if before is None:
            before = len(joined)
            joined.append(sound)
        else:
            whole = joined[before].length + sound.length
            joined[before] = joined[before]._replace(length=whole)
        if sound.goes_on:
            waiting[sound.pitch, sound.onset + sound.length] = before
    return joined


class _Ticks(NamedTuple):
    per_quarter: int

    @classmethod
    def of(cls, bars: Sequence[_Bar], sounds: Sequence[Sequence[_Sound]]) -> _Ticks:
        """The coarsest resolution, from the grid's on, that holds every time exactly."""
        denominators = {bar.start.denominator for bar in bars}
        for of_player in sounds:
            for sound in of_player:
                denominators |= {sound.onset.denominator, sound.length.denominator}
        finest = lcm(GRID_TICKS_PER_QUARTER, *denominators)
        return cls(finest if finest < 1 << 15 else FINEST_TICKS_PER_QUARTER)

    def at(self, quarters: Fraction) -> int:
        return round(quarters * self.per_quarter)


def _meters(bars: Sequence[_Bar], ticks: _Ticks) -> tuple[MeterChange, ...]:
    changes: list[MeterChange] = []
    for bar in bars:
        meter = bar.meter if bar.length == bar.full else _meter_of(bar)
        refuse_bad_meter(MeterChange(0, *meter), ticks.per_quarter)
        if not changes or changes[-1][1:] != meter:
            changes.append(MeterChange(ticks.at(bar.start), *meter))
    return tuple(changes)


def _meter_of(bar: _Bar) -> tuple[int, int]:
    denominator = bar.meter[1]
    while (bar.length * denominator / 4).denominator > 1 and denominator < 64:
        denominator *= 2
    return max(1, round(bar.length * denominator / 4)), denominator


def _parts(
    players: Sequence[_Player], sounds: Sequence[Sequence[_Sound]], ticks: _Ticks
) -> tuple[Part, ...]:
    """The parts that play; `Part.track` is the place of the `<part>` in the score."""
    heard = [place for place, of_player in enumerate(sounds) if of_player]
    names = [players[place].name or players[place].instrument_name for place in heard]
    found = instruments_of(names, [players[place].program for place in heard])
    parts = []
    for place, known in zip(heard, found, strict=True):
        player, of_player = players[place], sounds[place]
        instrument = _instrument(player, known)
        program = player.program
        if program is None or (
            not program and 0 not in instrument.programs and not instrument.is_drums
        ):
            program = 0 if instrument.is_drums else instrument.program
        stated = (
            Note(ticks.at(s.onset), max(1, ticks.at(s.length)), s.pitch, s.velocity)
            for s in of_player
        )
        # Two voices of a part in unison are one sound, as long as the longer.
        longest = {(note.onset_tick, note.pitch): note for note in sorted(stated)}
        notes = sorted(longest.values(), key=lambda note: (note.onset_tick, note.pitch))
        role = "drums" if instrument.is_drums else role_of(player.name)
        if instrument.section == "voice" and role == "bass":
            role = ""
        parts.append(Part(instrument.name, program, tuple(notes), player.name, role, place))
    return tuple(parts)


def _instrument(player: _Player, known: Instrument | None) -> Instrument:
    if player.is_drums:
        return BY_NAME["drums"]
    if known is None or known.is_drums:  # a name alone makes no drums of pitches
        return BY_NAME["tuned-percussion"] if known is not None else BY_NAME["piano"]
    return known


def _keys(
    player: _Player,
    order: Sequence[Played],
    starts: Sequence[Fraction],
    ticks: _Ticks,
    sounds: Sequence[Sequence[_Sound]],
) -> tuple[KeyChange, ...]:
    everything = [sound for of_player in sounds for sound in of_player]
    final = min(everything, key=lambda s: (-(s.onset + s.length), s.pitch)).pitch % 12
    changes: list[KeyChange] = []
    for played, start in zip(order, starts, strict=True):
        if played.measure >= len(player.measures):
            continue
        for at, fifths, mode in player.measures[played.measure].keys:
            if -7 <= fifths <= 7:
                tick = ticks.at(start + at) if changes else 0
                changes.append(KeyChange(tick, fifths, _mode(mode, fifths, final)))
    return tuple(changes[:1] + [new for old, new in pairwise(changes) if new[1:] != old[1:]])


def _mode(stated: str, fifths: int, final_pitch_class: int) -> str:
    """The stated mode; where none is, minor if the last bass note is the minor tonic."""
    if stated in ("minor", "aeolian", "dorian", "phrygian"):
        return "minor"
    if stated and stated != "none":
        return "major"
    return "minor" if final_pitch_class == (fifths * 7 + 9) % 12 else "major"


def _tempi(
    players: Sequence[_Player], order: Sequence[Played], starts: Sequence[Fraction]
) -> list[tuple[Fraction, float]]:
    marks: dict[Fraction, float] = {}
    for played, start in zip(order, starts, strict=True):
        for player in reversed(players):
            if played.measure < len(player.measures):
                for at, tempo in player.measures[played.measure].tempi:
                    marks[start + at if start + at > starts[0] else Fraction(0)] = round(tempo, 3)
    ordered = sorted(marks.items())
    return ordered[:1] + [new for old, new in pairwise(ordered) if new[1] != old[1]]


def _lyrics(
    player: _Player, order: Sequence[Played], starts: Sequence[Fraction], ticks: _Ticks
) -> tuple[Lyric, ...]:
    """The words as they are sung: in each pass the verse of its number, else the first there is."""
    sung = []
    verses = {s.verse for measure in player.measures for s in measure.syllables}
    for played, start in zip(order, starts, strict=True):
        if played.measure >= len(player.measures):
            continue
        here = player.measures[played.measure].syllables
        is_repeated = sum(one.measure == played.measure for one in order) > 1 if verses else False
        wanted = {s.verse for s in here}
        if is_repeated and wanted:
            wanted = {played.number if played.number in wanted else min(wanted)}
        sung += [
            Lyric(
                ticks.at(start + s.onset),
                s.text,
                s.syllabic,
                1 if is_repeated else s.verse,
                s.extends,
            )
            for s in here
            if s.verse in wanted
        ]
    return tuple(sung)


def _graces(
    player: _Player, order: Sequence[Played], starts: Sequence[Fraction], ticks: _Ticks
) -> tuple[Grace, ...]:
    return tuple(
        Grace(
            ticks.at(start + group.onset),
            tuple(map(tuple, group.chords)),
            tuple(group.main),
            group.leans and bool(group.main),
        )
        for played, start in zip(order, starts, strict=True)
        if played.measure < len(player.measures)
        for group in player.measures[played.measure].graces
    )


def _symbols(
    players: Sequence[_Player],
    order: Sequence[Played],
    starts: Sequence[Fraction],
    ticks: _Ticks,
) -> tuple[Symbol, ...]:
    """The chord symbols of the first part that has any at their place."""
    by_tick: dict[int, Symbol] = {}
    for played, start in zip(order, starts, strict=True):
        for player in players:
            if played.measure >= len(player.measures):
                continue
            for at, element in player.measures[played.measure].harmonies:
                found = chord_of_harmony(element)
                tick = ticks.at(start + at)
                if found is not None and tick not in by_tick:
                    by_tick[tick] = Symbol(tick, *found, musicxml=musicxml_of(element))
    return tuple(by_tick[tick] for tick in sorted(by_tick))
