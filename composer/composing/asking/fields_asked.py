"""A request becomes given fields, and a mood leans on the free ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from composer.analysis.following import OWN_ENDING
from composer.analysis.paces import usual_tempi
from composer.analysis.tune import ACCOMPANYING_SECTIONS
from composer.composing.asking.line_ups import parts_of, shares_of_line_ups
from composer.composing.asking.request import Request
from composer.composing.leans.part_statistics import Register, usual_ensembles
from composer.composing.writing.sampling import Floats, Given, PartRow, Stream
from composer.music.bars import bars_of
from composer.music.chords import place_progression
from composer.music.ensembles import Ensemble, ensembles, find_ensemble
from composer.music.facts import Recall
from composer.music.instruments import BY_NAME, INSTRUMENTS, Instrument
from composer.music.meters import grid_bar_ticks
from composer.music.moods import Mood
from composer.music.piece import GRID_TICKS_PER_QUARTER, MeterChange, Piece
from composer.music.styles import Style, style_index
from composer.tokens.encode import ACCOMPANYING_ROLE, chord_row
from composer.tokens.fields import FIELD_SIZES, UNKNOWN, Kind
from composer.tokens.values import (
    MODES,
    ORIGINS,
    WITH_CHORDS,
    bars_value,
    key_of,
    key_value,
    left_hand_of,
    meter_value,
    mood_value,
    part_of,
    part_value,
    recall_values,
    role_value,
    tempo_value,
)

Drawn = TypeVar("Drawn")

USUAL_METERS = (
    (4, 4), (3, 4), (2, 4), (2, 2), (3, 2), (4, 2), (6, 8), (9, 8), (12, 8), (3, 8), (6, 4), (5, 4),
    (7, 8), (5, 8), (2, 1), (3, 1),
)  # fmt: skip
"""A free meter is one of these: a piece is not all pickups, nor one cadenza. Most
renaissance pieces and a quarter of baroque ones count breves."""

SLOWEST_FREE, FASTEST_FREE = 40, 208
"""Quarters a minute: the ends of a metronome, for a tempo that nobody gave."""

MODE_LEAN, LEVEL_LEAN = 3.5, 1.0
"""How much one unit of valence or arousal adds to logits: at valence -1 the odds of a minor key
against a major one are exp(2 * MODE_LEAN) times those that the style has."""
RANKS = {
    (Kind.FORM, "tempo"): 6.0,
    (Kind.MOOD, "density"): 4.0,
    (Kind.PLAN, "density"): 3.0,
    (Kind.MOOD, "loudness"): 8.0,
    (Kind.MOOD, "legato"): -4.0,
}
"""Logits by which arousal 1 sets the highest value that a style has above its lowest, halved. The
density of each bar is what arousal is heard by: .58 of 48 pieces without, .88 with it."""


SHORT_BARS, TOLD_LATER, CLOSE_BARS = 16, 8, 2
"""In a piece of fewer bars than `SHORT_BARS` the model is told that `TOLD_LATER` bars more are left
than there are, but for the close: training has hardly a piece so short, and told how few are left
it thins out at once, as music does in its last bars."""


def given_fields(request: Request) -> Given:
    """The fields that the request fills in, the leanings of its mood, and what is out of place."""
    return Given(
        fields=_fields(request),
        parts=_parts(request),
        tilts=mood_tilts(request.mood) if request.mood else {},
        ranks=mood_ranks(request.mood) if request.mood else {},
        keeps_key=bool(request.key or request.mode or request.mood) and not request.chords,
        allowed=_allowed(request),
        keeps_chords=bool(request.chords),
        bars=_bar_fields(request),
        copied_bars=_copied_bars(request),
        streams=_streams(request),
        registers=_registers(request),
    )


def turned_fields(request: Request) -> Given:
    """What style, moods and guidance ask of bars that are written into a piece that is there."""
    mood = request.mood
    return Given(
        fields=mood_fields(mood) if mood else {},
        tilts=mood_tilts(mood) if mood else {},
        ranks=mood_ranks(mood) if mood else {},
        bars=_moods_of_bars(request),
        streams=_streams(request),
    )


USED_SIGNATURES = {
    -5: 0.03, -4: 0.05, -3: 0.08, -2: 0.08, -1: 0.16, 0: 0.21, 1: 0.16, 2: 0.12, 3: 0.05, 4: 0.03,
    5: 0.02, 6: 0.01,
}  # fmt: skip
"""How often the training corpora use each key signature (sharps: share): the odds of a free one."""


def choose_fifths(request: Request, random: np.random.Generator) -> int:
    """The key signature: the one that is given, or one as usual as it is in the corpora."""
    if request.key is not None:
        return request.key.fifths
    odds = np.array(list(USED_SIGNATURES.values()))
    return int(random.choice(list(USED_SIGNATURES), p=odds / odds.sum()))


def with_players(request: Request, random: np.random.Generator) -> Request:
    """The request, with players as usual as they are in the style where it does not name them all.

    An ensemble is drawn if none is asked for, and its line-up if it has no seats of its own: the
    model learned with every corpus counting alike, and seats whom it names itself oddly.
    """
    if request.instruments or (Kind.STYLE, "ensemble") in request.header:
        return request
    ensemble, header = request.ensemble or _usual_ensemble(request, random), request.header
    if ensemble is None:
        return request
    if line_ups := shares_of_line_ups(request.styles, ensemble.name):
        ensemble = replace(ensemble, parts=parts_of(_drawn(line_ups, random)))
        if not any(style.is_mostly_by_people for style, _ in request.styles):
            # its bands are those of the accompaniment program
            header = {**header, (Kind.STYLE, "origin"): 1 + ORIGINS.index("machine")}
    return replace(request, ensemble=ensemble, header=header)


def _usual_ensemble(request: Request, random: np.random.Generator) -> Ensemble | None:
    """One that is usual in the styles of a request; None where nobody knows what is."""
    shares: dict[str, float] = {}
    for style, weight in request.styles:
        for ensemble, share in usual_ensembles(style).items():
            shares[ensemble] = shares.get(ensemble, 0.0) + weight * share
    return find_ensemble(_drawn(shares, random)) if shares else None


def _drawn(odds: Mapping[Drawn, float], random: np.random.Generator) -> Drawn:
    """One of the keys, by its share of all values."""
    shares = np.array(list(odds.values()), dtype=np.float64)
    return list(odds)[int(random.choice(len(shares), p=shares / shares.sum()))]


def given_chords(request: Request, semitones: int) -> dict[int, list[list[int]]] | None:
    """The chord rows of each bar (from 0), or None where chords are free.

    They are written so that the piece sounds `semitones` higher.
    """
    if not request.chords or request.meter is None:
        return None
    meter = MeterChange(0, *request.meter)
    bar_ticks = grid_bar_ticks(*request.meter)
    bars = bars_of(Piece((), (meter,), bar_ticks * request.bars))
    rows: dict[int, list[list[int]]] = {bar: [] for bar in range(request.bars)}
    for chord in place_progression(request.chords, bars, GRID_TICKS_PER_QUARTER):
        bar, tick = divmod(chord.tick, bar_ticks)
        root, bass = ((pitch - semitones) % 12 for pitch in (chord.root, chord.bass))
        rows[bar].append(chord_row(chord._replace(root=root, bass=bass), tick))
    return rows


def _bar_fields(request: Request) -> dict[int, dict[tuple[Kind, str], int]]:
    """The plan that is given, moods of a curve and recalls of a form, bar by bar (from 0)."""
    bars: dict[int, dict[tuple[Kind, str], int]] = {bar: {} for bar in range(request.bars)}
    bars |= {bar: dict(fields) for bar, fields in enumerate(request.plan[: request.bars])}
    for bar, moods in _moods_of_bars(request).items():
        bars[bar] |= moods
    for bar, source in _copied_bars(request).items():
        bars[bar] |= _recall_fields(Recall(bar - source, "exact"))
    for bar in section_starts(request):
        if bar not in _copied_bars(request):
            bars[bar] |= _recall_fields(Recall(0, "new"))
    for bar in range(request.bars - CLOSE_BARS) if _is_told_longer(request) else ():
        bars[bar][Kind.BAR, "bars"] = bars_value(request.bars - 1 - bar + TOLD_LATER)
    return bars


def _moods_of_bars(request: Request) -> dict[int, dict[tuple[Kind, str], int]]:
    """The moods of a curve, bar by bar (from 0)."""
    bars: dict[int, dict[tuple[Kind, str], int]] = {}
    for point in request.mood_curve:
        fields = {key: v for key, v in mood_fields(point.mood).items() if key[0] == Kind.PLAN}
        bars |= dict.fromkeys(range(point.bar - 1, request.bars), fields)
    return bars


def _is_told_longer(request: Request) -> bool:
    """Not while the bars are still to be found for a duration."""
    is_settled = request.timing is None or request.cue is not None
    return is_settled and request.bars < SHORT_BARS


def _recall_fields(recall: Recall) -> dict[tuple[Kind, str], int]:
    names = ("recall_distance", "recall_kind", "semitones")
    values = recall_values(recall)
    return {(Kind.PLAN, name): value for name, value in zip(names, values, strict=True)}


def section_starts(request: Request) -> range:
    """The bars (from 0) at which the sections of a given form begin."""
    return range(0, request.bars, request.bars // len(request.form)) if request.form else range(0)


def bars_begun_afresh(request: Request) -> list[int]:
    """The bars (from 0) into which nothing rings: of sections, of copies and of what they copy.

    What rang on from elsewhere would be in the way of the same note in a copied bar.
    """
    copied = _copied_bars(request)
    begun = [bar for bar, source in copied.items() if copied.get(bar - 1) != source - 1]
    return sorted({*section_starts(request), *begun, *(copied[bar] for bar in begun)})


def _copied_bars(request: Request) -> dict[int, int]:
    """Bars (from 0) of the sections whose letter was there before -> the bars they repeat."""
    copied = {bar: source for bar, source in request.copies.items() if bar < request.bars}
    first: dict[str, int] = {}
    length = request.bars // max(1, len(request.form))
    for letter, start in zip(request.form, section_starts(request), strict=True):
        if letter in first:
            is_last = start + length == request.bars
            own = min(OWN_ENDING, length // 4) if is_last else 0
            copied |= {start + bar: first[letter] + bar for bar in range(length - own)}
        first.setdefault(letter, start)
    return copied


def _streams(request: Request) -> tuple[Stream, ...]:
    """How many readings of the header are mixed, and with which weights.

    A blend mixes the logits of its styles by their shares; guidance moves away from the model
    that knows neither style nor mood (classifier-free guidance, Ho and Salimans 2022).
    """
    blend = [Stream(w.share, _named(style_fields(w.style))) for w in request.blend]
    streams = blend or [Stream(1.0, {})]
    if not request.guidance:
        return tuple(streams) if blend else ()
    stronger = [Stream(s.weight * (1 + request.guidance), s.fields) for s in streams]
    return (*stronger, Stream(-request.guidance, _UNTAGGED))


def _named(fields: dict[tuple[Kind, str], int]) -> dict[tuple[Kind, str], int]:
    return {key: value for key, value in fields.items() if key[1] in ("style", "composer")}


_UNTAGGED: dict[tuple[Kind, str], int] = {
    (Kind.STYLE, "style"): UNKNOWN,
    (Kind.STYLE, "composer"): UNKNOWN,
    (Kind.MOOD, "valence"): UNKNOWN,
    (Kind.MOOD, "arousal"): UNKNOWN,
    (Kind.PLAN, "valence"): UNKNOWN,
    (Kind.PLAN, "arousal"): UNKNOWN,
}


def _fields(request: Request) -> dict[tuple[Kind, str], int]:
    fields = style_fields(request.style) | request.header
    if request.ensemble is not None:
        fields[Kind.STYLE, "ensemble"] = request.ensemble.index
    if request.chords or _is_chordal(request):
        fields[Kind.STYLE, "chords"] = WITH_CHORDS
    if request.mood is not None:
        fields |= mood_fields(request.mood)
    meter, tempo = request.meter, request.quarters_per_minute
    if request.cue is not None:
        meter, tempo = request.cue.meter, request.cue.quarters_per_minute[0]
    if meter is not None:
        fields[Kind.FORM, "meter"] = meter_value(*meter)
    if tempo is not None:
        fields[Kind.FORM, "tempo"] = tempo_value(tempo)
    return fields


def _is_chordal(request: Request) -> bool:
    """Whether who plays can play chords: several with pitches, or two hands."""
    players = [INSTRUMENTS[part_of(value)[0]] for value, _, _ in _parts(request)]
    return sum(not instrument.is_drums for instrument in players) > 1


def style_fields(style: Style | None) -> dict[tuple[Kind, str], int]:
    """Style and composer; where people wrote in a style, ask for what people wrote."""
    if style is None:
        human = 1 + ORIGINS.index("human")
        return {(Kind.STYLE, "composer"): UNKNOWN, (Kind.STYLE, "origin"): human}
    origin = "human" if style.is_written_by_people else "machine"
    fields = {(Kind.STYLE, "origin"): 1 + ORIGINS.index(origin)}
    if style.kind == "composer":
        fields[Kind.STYLE, "composer"] = style.index
        fields[Kind.STYLE, "style"] = style_index(style.parent)
    else:
        fields[Kind.STYLE, "style"] = style.index
        fields[Kind.STYLE, "composer"] = UNKNOWN
    return fields


def _parts(request: Request) -> tuple[PartRow, ...]:
    if request.instruments:
        roles = request.roles or ("",) * len(request.instruments)
        return _numbered(list(zip(request.instruments, roles, strict=True)))
    if request.ensemble is not None:
        seats = request.ensemble.parts
        return _numbered([(BY_NAME[seat.instrument], seat.role) for seat in seats])
    return ()


def _registers(request: Request) -> dict[int, Register]:
    """Where the parts of an influence lie, if its players are taken."""
    if request.like is None or not request.roles:
        return {}
    values = (value for value, _, _ in _parts(request))
    pairs = zip(values, request.like.registers, strict=True)
    return {value: register for value, register in pairs if register}


def _numbered(seats: list[tuple[Instrument, str]]) -> tuple[PartRow, ...]:
    """The rows of all parts, the hands of keyboards apart; somebody leads."""
    rows: list[PartRow] = []
    lead = _lead(seats)
    for place, (instrument, role) in enumerate(seats):
        number = [other for other, _ in seats[:place]].count(instrument)
        program = 1 + (0 if instrument.is_drums else instrument.program)
        value = part_value(INSTRUMENTS.index(instrument), number)
        own = "melody" if place == lead else role
        rows.append((value, program, role_value(own)))
        if instrument.staves == 2 and role != "melody":
            beneath = ACCOMPANYING_ROLE if place == lead else role
            rows.append((left_hand_of(value), program, role_value(beneath)))
    return tuple(rows)


def _lead(seats: list[tuple[Instrument, str]]) -> int | None:
    """Who has the melody: who is said to, a singer, a soloist over keyboards, or the first."""
    pitched = [place for place, (instrument, _) in enumerate(seats) if not instrument.is_drums]
    stated = [place for place in pitched if seats[place][1] == "melody"]
    singers = [place for place in pitched if seats[place][0].section == "voice"]
    free = [place for place in pitched if not seats[place][1]]
    soloists = [p for p in free if seats[p][0].section not in ACCOMPANYING_SECTIONS]
    return next(iter([*stated, *singers, *soloists, *free]), None)


def free_tempi(request: Request) -> tuple[float, float]:
    """The least and the most quarters a minute where nobody gave a tempo: the middle 80 % of the
    pieces in the style (of a blend, of all its styles), between the ends of a metronome.

    A mood moves the tempo within these: sad jazz is slow for jazz.
    """
    known = [found for style, _ in request.styles if (found := usual_tempi(_base(style)))]
    slowest = min((slow for slow, _ in known), default=SLOWEST_FREE)
    fastest = max((fast for _, fast in known), default=FASTEST_FREE)
    return max(SLOWEST_FREE, slowest), min(FASTEST_FREE, fastest)


def _base(style: Style) -> str:
    return style.parent or style.name


def _allowed(request: Request) -> dict[tuple[Kind, str], NDArray[np.bool_]]:
    """What a free field may be: usual meters, no drums alone, the mode that was asked for.

    Every piece is written in the key without signature (`composer.tokens.transpose`).
    """
    meters = _mask("meter", *(meter_value(*meter) for meter in USUAL_METERS))
    slowest, fastest = free_tempi(request)
    tempi = _mask("tempo", *range(tempo_value(slowest), tempo_value(fastest) + 1))
    playing = _mask("ensemble", *(e.index for e in ensembles() if e.name != "drums"))
    allowed = {(Kind.FORM, "meter"): meters, (Kind.STYLE, "ensemble"): playing}
    allowed[Kind.FORM, "tempo"] = tempi
    mode = request.key.mode if request.key else request.mode
    modes = (mode,) if mode else MODES
    allowed[Kind.FORM, "key"] = _mask("key", *(key_value(0, mode) for mode in modes))
    return allowed


def _mask(name: str, *values: int) -> NDArray[np.bool_]:
    mask = np.zeros(FIELD_SIZES[name], dtype=bool)
    mask[list(values)] = True
    return mask


def _mode(key_field: int) -> str:
    key = key_of(key_field)
    return key[1] if key else ""


def mood_fields(mood: Mood) -> dict[tuple[Kind, str], int]:
    """The mood of the piece, and of each of its bars."""
    return {
        (kind, name): mood_value(coordinate)
        for kind in (Kind.MOOD, Kind.PLAN)
        for name, coordinate in (("valence", mood.valence), ("arousal", mood.arousal))
    }


def mood_tilts(mood: Mood) -> dict[tuple[Kind, str], Floats]:
    """Logits that lean on the levers of a mood that have no order within a style.

    Mode follows valence, loudness bar by bar arousal. These are the cues on which listeners agree
    most (Gabrielsson & Lindström 2010; Eerola, Friberg & Bresin 2013).
    """
    minor = {value: 1.0 - 2.0 * MODES.index(_mode(value)) for value in range(1, 31)}
    marks = {level: level - 4.0 for level in range(1, 8)}
    return {
        (Kind.FORM, "key"): MODE_LEAN * mood.valence * _over("key", minor),
        (Kind.DYNAMICS, "level"): LEVEL_LEAN * mood.arousal * _over("level", marks),
    }


def mood_ranks(mood: Mood) -> dict[tuple[Kind, str], float]:
    """How far each lever of arousal goes up or down among the values that the style has for it.

    Tempo, density, loudness and (against it) legato, each relative to the model's own distribution
    for the style and whatever else is given: the liveliest hymn is as fast as hymns are.
    """
    return {field: strength * mood.arousal for field, strength in RANKS.items()}


def _over(name: str, values: dict[int, float]) -> Floats:
    table = np.zeros(FIELD_SIZES[name])
    for value, number in values.items():
        table[value] = number
    return table
