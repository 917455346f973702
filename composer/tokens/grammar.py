"""Which field values may follow: what no piece can contain is never sampled.

A grammar walks through the rows of one piece as they are written. Before each field it says which
of its values are possible; after each row it moves on. Rows that it has let through decode to a
normalised piece with exactly the bars it was made for, every note inside its instrument's range
and ending before the last bar line, at each moment no more than one player can sound
(`composer.music.playable`), and drums first only where the ensemble is drums. Rows that are there
already may be beyond all that: they are taken as they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache

import numpy as np

from composer.music.ensembles import ensemble_index, ensembles
from composer.music.facts import CADENCES, CHORD_QUALITIES, LONGEST_PHRASE, RECALL_KINDS, Recall
from composer.music.instruments import BY_NAME, INSTRUMENTS
from composer.music.lengths import LENGTHS_TICKS, TEMPI
from composer.music.meters import grid_bar_ticks, grid_meters
from composer.music.normalise import LEVELS, MOST_PARTS, MOST_PARTS_OF_AN_INSTRUMENT
from composer.music.piece import GRID_TICKS_PER_QUARTER, ROLES
from composer.music.styles import composers, styles
from composer.tokens.fields import (
    COLUMNS,
    FIELD_SIZES,
    NEVER_UNKNOWN,
    PART_VALUES,
    ROW_FIELDS,
    UNKNOWN,
    Kind,
    Mark,
)
from composer.tokens.part_state import Allowed, PartState
from composer.tokens.values import (
    FLAT,
    MARKED,
    ORIGINS,
    WITH_CHORDS,
    WITHOUT_CHORDS,
    bars_value,
    both_hands_of,
    left_hand_of,
    meter_of,
    part_of,
    part_value,
    recall_values,
    role_of,
    tick_in_bar,
)

NO_DISTANCE, NEW, NO_SEMITONES = recall_values(Recall(0, "new"))
_, TRANSPOSED, _ = recall_values(Recall(1, "transposed", 1))

DRUMS = slice(
    part_value(INSTRUMENTS.index(BY_NAME["drums"]), 0),
    part_value(INSTRUMENTS.index(BY_NAME["drums"]), MOST_PARTS_OF_AN_INSTRUMENT - 1) + 1,
)

_RULES = tuple(
    tuple((name, f"_{kind.name.lower()}_{name}") for name in ROW_FIELDS[kind]) for kind in Kind
)
"""Of each field of each kind of row its name, and what the rule of its own is called."""
_LENGTHS = np.array(LENGTHS_TICKS)
_VALUES_IN_USE: dict[str, int] = {
    "style": 1 + len(styles()),
    "composer": 1 + len(composers()),
    "ensemble": 1 + len(ensembles()),
    "origin": 1 + len(ORIGINS),
    "dynamics": 1 + MARKED,
    "chords": 1 + WITH_CHORDS,
    "phrase": 1 + LONGEST_PHRASE,
    "cadence": 1 + len(CADENCES),
    "loudness": 1 + LEVELS,
    "meter": 1 + len(grid_meters()),
    "key": 1 + 30,
    "tempo": 1 + len(TEMPI),
    "role": 1 + len(ROLES),
    "recall_kind": 1 + len(RECALL_KINDS),
    "quality": 1 + len(CHORD_QUALITIES),
    "length": len(LENGTHS_TICKS),
}
"""How many values of a field mean something; the rest are reserved."""


class Grammar:
    """For a piece of `bars` bars, from its first row or from any bar on.

    `with_chords` says whether chord rows may be written; `chords` are those that must be, for each
    bar (index from 0) the rows in order, and then no others may. No note rings on into a bar of
    `section_starts`. A sketch (`is_sketch`) has bars, plans and chords alone. The piece will sound
    `semitones` higher than it is written here. Music that `is_new` is what pages show well: a part
    that leads begins one note at a time, but a pianist's right hand (as in 586 real melodies, tunes
    that fiddlers double aside), and notes begin on 32nds or sextuplets (as in all but one real beat
    of a hundred). A piece that goes on (`read` feeds the rows it has) must have a header.
    """

    def __init__(
        self,
        bars: int,
        with_chords: bool = True,
        chords: Mapping[int, Sequence[list[int]]] | None = None,
        section_starts: Iterable[int] = (),
        semitones: int = 0,
        is_sketch: bool = False,
        is_new: bool = False,
    ) -> None:
        self.bars = bars
        self.is_sketch, self.is_new = is_sketch, is_new
        self.phrase: tuple[int, int] = (UNKNOWN, UNKNOWN)
        """Phrase and cadence of the last bar."""
        self.semitones = semitones
        self.with_chords = with_chords and chords is None
        self.chords = chords or {}
        self.pending: list[list[int]] = []
        """Chord rows that this bar must still get."""
        self.section_starts = tuple(section_starts)
        self.until = bars
        """The bar before which writing ends."""
        self.silent: frozenset[int] = frozenset()
        """Part fields that must not be written."""
        self.bar = -1
        self.bar_start_tick = 0
        self.bar_ticks = 0
        self.flat = False
        self.drums_suffice = True
        self.parts: list[PartState] = []
        self.order: dict[int, int] = {}
        self.last_kind = Kind.PAD
        self.tick = 0  # within the bar; that of the last chord or note
        self.last_part = -1  # order of the part of the last note at this tick; -1: none yet
        self.last_pitch = -1
        self.note_ticks: Allowed | None = None
        """Where in the bar the next note may begin, once it is known."""
        self.chord_tick = -1  # of the last chord of this bar
        self.dynamics_part = -1
        self.has_notes = False
        self.ended = False

    def read(self, rows: Iterable[list[int]]) -> None:
        """Walk through rows that are there already."""
        for row in rows:
            self.advance(row)

    def go_on(self, until: int, silent: Iterable[int] = ()) -> None:
        """Write from the next bar to before bar `until` (index from 0), `silent` parts left out."""
        self.until, self.silent = until, frozenset(silent)
        self.last_kind, self.note_ticks = Kind.MARK, None

    def __init_subclass__(cls) -> None:
        _check_fields(cls)

    def allowed(self, row: list[int]) -> Allowed:
        """Which values the next field may take, `row` being the fields of the row so far. Do not
        change what comes back.
        """
        if not row:
            return _only("kind", *self._kinds())
        name, own_rule = _RULES[row[0]][len(row) - 1]
        special = getattr(self, own_rule, None)
        allowed: Allowed = special(row) if special else _all_in_use(name)
        return allowed

    def _kinds(self) -> list[Kind]:
        match self.last_kind:
            case Kind.PAD:
                return [Kind.STYLE]
            case Kind.STYLE:
                return [Kind.MOOD]
            case Kind.MOOD:
                return [Kind.FORM]
            case Kind.FORM:
                return [Kind.PART]
            case Kind.PART:
                after = Kind.MARK if self.is_sketch else Kind.BAR
                return [after] + [Kind.PART] * bool(self._part_part([]).any())
            case Kind.BAR:
                return [Kind.PLAN]
            case Kind.MARK:
                return [Kind.BAR]
        return self._kinds_in_bar()

    def _kinds_in_bar(self) -> list[Kind]:
        note_is_possible = not self.is_sketch and bool(self._note_ticks().any())
        kinds = [Kind.NOTE] * note_is_possible
        if self.pending:
            return [*kinds, Kind.CHORD]
        if self.bar + 1 < self.until:
            kinds.append(Kind.BAR)
        elif self.has_notes or not note_is_possible:
            kinds.append(Kind.MARK)
        before_notes = self.last_kind in (Kind.PLAN, Kind.DYNAMICS) and not self.is_sketch
        if before_notes and not self.flat and self._dynamics_part([]).any():
            kinds.append(Kind.DYNAMICS)
        if self.with_chords and self._first_chord_tick() < self.bar_ticks:
            kinds.append(Kind.CHORD)
        return kinds

    # header

    def _part_part(self, row: list[int]) -> Allowed:
        """The left hand of the last part, or the next part of each instrument; drums first are an
        ensemble of their own."""
        allowed = np.zeros(FIELD_SIZES["part"], dtype=bool)
        players = [part_of(p.value)[0] for p in self.parts if p.value < PART_VALUES]
        counts = np.bincount(players, minlength=len(INSTRUMENTS))
        for index in range(len(INSTRUMENTS)):
            if counts[index] < MOST_PARTS_OF_AN_INSTRUMENT and len(players) < MOST_PARTS:
                allowed[index * MOST_PARTS_OF_AN_INSTRUMENT + counts[index]] = True
        if self.parts and self.parts[-1].instrument.staves == 2:
            allowed[left_hand_of(self.parts[-1].value)] = True
        if not self.parts and not self.drums_suffice:
            allowed[DRUMS] = False
        return allowed

    def _part_program(self, row: list[int]) -> Allowed:
        instrument = INSTRUMENTS[part_of(row[1])[0]]
        if instrument.is_drums:
            return _only("program", 1)
        return _only("program", *(1 + p for p in instrument.programs or (instrument.program,)))

    # bars

    def _style_chords(self, row: list[int]) -> Allowed:
        return _only("chords", *([WITHOUT_CHORDS] * (not self.chords)), WITH_CHORDS)

    def _bar_phrase(self, row: list[int]) -> Allowed:
        """One bar less of a phrase that goes on; no phrase reaches beyond the end."""
        left, _ = self.phrase
        if left > 1:
            return _only("phrase", left - 1)
        allowed = _any("phrase")
        allowed[self.bars - self.bar :] = False
        return allowed

    def _bar_cadence(self, row: list[int]) -> Allowed:
        left, cadence = self.phrase
        return _only("cadence", cadence) if left > 1 and cadence else _any("cadence")

    def _form_bars(self, row: list[int]) -> Allowed:
        return _only("bars", bars_value(self.bars))

    def _bar_bars(self, row: list[int]) -> Allowed:
        return _only("bars", bars_value(self.bars - self.bar - 2))

    def _plan_recall_distance(self, row: list[int]) -> Allowed:
        """No farther back than the first bar."""
        allowed = _any("recall_distance")
        allowed[self.bar + 2 :] = False
        return allowed

    def _plan_recall_kind(self, row: list[int]) -> Allowed:
        if row[1] == NO_DISTANCE:
            return _only("recall_kind", NEW)
        allowed = _any("recall_kind")
        allowed[NEW] = False
        return allowed

    def _plan_semitones(self, row: list[int]) -> Allowed:
        if row[2] != TRANSPOSED:
            return _only("semitones", NO_SEMITONES)
        allowed = _any("semitones")
        allowed[NO_SEMITONES] = False
        return allowed

    def _mark_mark(self, row: list[int]) -> Allowed:
        return _only("mark", Mark.SKETCH if self.bar < 0 else Mark.END)

    def _dynamics_part(self, row: list[int]) -> Allowed:
        later = [p.value for p in self.parts[self.dynamics_part + 1 :] if p.value < PART_VALUES]
        return _only("part", *(value for value in later if value not in self.silent))

    # chords

    def _pending(self, row: list[int], name: str, free: Allowed) -> Allowed:
        """The value of the chord that must come, or what is free where none must."""
        return _only(name, self.pending[0][len(row)]) if self.pending else free

    def _chord_root(self, row: list[int]) -> Allowed:
        return self._pending(row, "root", _any("root"))

    def _chord_quality(self, row: list[int]) -> Allowed:
        return self._pending(row, "quality", _any("quality"))

    def _chord_bass(self, row: list[int]) -> Allowed:
        return self._pending(row, "bass", _any("bass"))

    def _first_chord_tick(self) -> int:
        """A chord stands before the notes of its tick."""
        after_note = self.tick + (self.last_part >= 0)
        return max(after_note, self.chord_tick + 1)

    def _chord_beat(self, row: list[int]) -> Allowed:
        free = self._beats(self._first_chord_tick(), self.bar_ticks)
        return self._pending(row, "beat", free)

    def _chord_position(self, row: list[int]) -> Allowed:
        free = self._positions(row[1], self._first_chord_tick(), self.bar_ticks)
        return self._pending(row, "position", free)

    # notes

    def _note_ticks(self) -> Allowed:
        """(ticks of the bar,): where the next note may begin."""
        if self.note_ticks is None:
            self.note_ticks = self._find_note_ticks()
        return self.note_ticks

    def _find_note_ticks(self) -> Allowed:
        """(ticks of the bar,): where some part has a free pitch for the next note.

        A chord may go on where none can begin later: two hands, or a bow, are full then.
        """
        ticks = np.arange(self.bar_ticks) >= self._first_later_tick()
        orders = range(max(self.last_part, 0), len(self.parts))
        if self.tick < self.bar_ticks:
            ticks[self.tick] = any(self._free_here(order).any() for order in orders)
        ticks[max(0, self._notes_before_tick()) :] = False
        return ticks & _readable(self.bar_ticks) if self.is_new else ticks

    def _first_later_tick(self) -> int:
        """The first tick behind the current one at which a part has a free pitch."""
        next_tick = self.bar_start_tick + self.tick + 1
        first = self.bar_start_tick + self.bar_ticks
        for part in self.parts:
            if part.value not in self.silent and first > next_tick:
                first = min(first, part.free_from(next_tick))
        return first - self.bar_start_tick

    def _free_here(self, order: int) -> Allowed:
        """Free pitches of a part at the current tick, after the notes that are there."""
        return self._free(order, self.tick)

    def _free(self, order: int, tick: int) -> Allowed:
        part = self.parts[order]
        if part.value in self.silent:
            return np.zeros(FIELD_SIZES["pitch"], dtype=bool)
        at = self.bar_start_tick + tick
        free = part.free(at)
        if (other := self._other_hand(part)) is not None:
            free = free & (other.sounding_until <= at)
        return free

    def _other_hand(self, part: PartState) -> PartState | None:
        """The part of the same player's other hand, where it has one."""
        both = both_hands_of(part.value)
        value = both if part.value >= PART_VALUES else left_hand_of(both)
        order = self.order.get(value)
        return None if order is None else self.parts[order]

    def _notes_before_tick(self) -> int:
        """A chord that must come stands before the notes of its tick."""
        if not self.pending:
            return self.bar_ticks
        _, beat, position, *_ = self.pending[0]
        return beat * GRID_TICKS_PER_QUARTER + position

    def _note_beat(self, row: list[int]) -> Allowed:
        beats = np.zeros(FIELD_SIZES["beat"], dtype=bool)
        beats[self._note_ticks().nonzero()[0] // GRID_TICKS_PER_QUARTER] = True
        return beats

    def _note_position(self, row: list[int]) -> Allowed:
        start = row[1] * GRID_TICKS_PER_QUARTER
        here = self._note_ticks()[start : start + GRID_TICKS_PER_QUARTER]
        positions = np.zeros(FIELD_SIZES["position"], dtype=bool)
        positions[: len(here)] = here
        return positions

    def _beats(self, first_tick: int, end_tick: int) -> Allowed:
        starts = np.arange(FIELD_SIZES["beat"]) * GRID_TICKS_PER_QUARTER
        return (starts + GRID_TICKS_PER_QUARTER > first_tick) & (starts < end_tick)

    def _positions(self, beat: int, first_tick: int, end_tick: int) -> Allowed:
        ticks = beat * GRID_TICKS_PER_QUARTER + np.arange(FIELD_SIZES["position"])
        return (ticks >= first_tick) & (ticks < end_tick)

    def _note_part(self, row: list[int]) -> Allowed:
        return _only(
            "part",
            *(
                part.value
                for order, part in enumerate(self.parts)
                if self._free_pitches(row, order).any()
            ),
        )

    def _free_pitches(self, row: list[int], order: int) -> Allowed:
        """Free pitches of a part for a note whose row has at least beat and position."""
        tick = tick_in_bar(row)
        if tick == self.tick:
            if order < self.last_part:
                return np.zeros(FIELD_SIZES["pitch"], dtype=bool)
            return self._free_here(order)
        return self._free(order, tick)

    def _note_pitch(self, row: list[int]) -> Allowed:
        return self._free_pitches(row, self.order[row[3]])

    def _note_length(self, row: list[int]) -> Allowed:
        """At the longest to the end of the section, or of what is to be written, if the meter
        stays."""
        tick = tick_in_bar(row)
        ends = [bar for bar in self.section_starts if bar > self.bar]
        bars_left = min([self.until, *ends]) - self.bar - 1
        room = self.bar_ticks * (1 + bars_left) - tick
        allowed = np.zeros(FIELD_SIZES["length"], dtype=bool)
        allowed[: len(_LENGTHS)] = room >= _LENGTHS
        return allowed

    def _note_accent(self, row: list[int]) -> Allowed:
        return _only("accent", UNKNOWN) if self.flat else _any("accent")

    # moving on

    def advance(self, row: list[int]) -> None:
        """Take a complete row (`COLUMNS` numbers) as written."""
        kind = Kind(row[0])
        self.note_ticks = None
        match kind:
            case Kind.STYLE:
                self.flat = row[1 + ROW_FIELDS[kind].index("dynamics")] == FLAT
                ensemble = row[1 + ROW_FIELDS[kind].index("ensemble")]
                self.drums_suffice = ensemble in (UNKNOWN, ensemble_index("drums"))
                states = row[1 + ROW_FIELDS[kind].index("chords")]
                self.with_chords &= states != WITHOUT_CHORDS
            case Kind.PART:
                self.order[row[1]] = len(self.parts)
                instrument = INSTRUMENTS[part_of(row[1])[0]]
                leads = role_of(row[1 + ROW_FIELDS[kind].index("role")]) == "melody"
                one_voice = self.is_new and leads
                self.parts.append(PartState(row[1], instrument, self.semitones, one_voice))
                if row[1] >= PART_VALUES and both_hands_of(row[1]) in self.order:
                    self.parts[self.order[both_hands_of(row[1])]].take_one_hand()
            case Kind.BAR:
                self.bar_start_tick += self.bar_ticks
                self.bar += 1
                self.bar_ticks = grid_bar_ticks(*meter_of(row[2]))
                self.tick, self.last_part, self.last_pitch = 0, -1, -1
                self.chord_tick = self.dynamics_part = -1
                self.phrase = row[5], row[6]
                self.pending = list(self.chords.get(self.bar, ()))
            case Kind.DYNAMICS:
                self.dynamics_part = self.order[row[1]]
            case Kind.CHORD:
                self._move_to(tick_in_bar(row))
                self.chord_tick = self.tick
                self.pending = self.pending[1:]
            case Kind.NOTE:
                self.has_notes = True
                self._move_to(tick_in_bar(row))
                self.last_part, self.last_pitch = self.order[row[3]], row[4]
                tick = self.bar_start_tick + self.tick
                self.parts[self.last_part].begin(row[4], tick, tick + LENGTHS_TICKS[row[5]])
            case Kind.MARK:
                self.ended = row[1] == Mark.END
        self.last_kind = kind

    def _move_to(self, tick: int) -> None:
        if tick != self.tick:
            self.tick, self.last_part, self.last_pitch = tick, -1, -1


def _check_fields(grammar: type) -> None:
    """A method of a row that is named after its kind is asked for a field of that kind, or never.

    Raises TypeError for the latter: a mistyped name would allow everything in silence.
    """
    fields = {
        f"_{kind.name.lower()}_{name}" for kind, names in ROW_FIELDS.items() for name in names
    }
    kinds = tuple(f"_{kind.name.lower()}_" for kind in ROW_FIELDS)
    for name, method in vars(grammar).items():
        takes_a_row = "row" in getattr(getattr(method, "__code__", None), "co_varnames", ())
        if name.startswith(kinds) and takes_a_row and name not in fields:
            raise TypeError(f"{grammar.__name__}.{name} is named after no field of a row")


_check_fields(Grammar)


@cache
def _readable(bar_ticks: int) -> Allowed:
    """(ticks of a bar,): those on 32nds or sextuplets; read only."""
    ticks, quarter = np.arange(bar_ticks), GRID_TICKS_PER_QUARTER
    found: Allowed = (ticks % (quarter // 8) == 0) | (ticks % (quarter // 6) == 0)
    found.flags.writeable = False
    return found


def _only(name: str, *values: int) -> Allowed:
    allowed = np.zeros(FIELD_SIZES[name], dtype=bool)
    allowed[list(values)] = True
    return allowed


def _any(name: str) -> Allowed:
    """Every value that means something, "unknown" aside."""
    return _all_in_use(name).copy()


@cache
def _all_in_use(name: str) -> Allowed:
    """What `_any` says, read only."""
    allowed = np.zeros(FIELD_SIZES[name], dtype=bool)
    allowed[int(name not in NEVER_UNKNOWN) : _VALUES_IN_USE.get(name, FIELD_SIZES[name])] = True
    allowed.flags.writeable = False
    return allowed


def empty_row(kind: Kind, *values: int) -> list[int]:
    """A complete row of a kind, from its fields' values."""
    return [int(kind), *values, *(0,) * (COLUMNS - 1 - len(values))]
