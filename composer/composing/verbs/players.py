"""Players' desks, on which notes are laid so that each can be played."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby, pairwise

from composer.analysis.melody import phrases_of
from composer.music.comfortable import can_sound, is_chordal
from composer.music.instruments import Instrument
from composer.music.piece import Note, Part

_OCTAVES = (0, -12, 12, -24, 24, -36, 36, -48, 48)
"""Shifts in semitones, the smallest first."""
_A_STEP_ASIDE = 4
"""Semitones that the middle of a range must be nearer for a bass to leave its octave."""


@dataclass(slots=True, eq=False)
class Desk:
    """A seat and the notes it has so far. Notes of `must` are the melody's and the bass's."""

    seat: Part
    instrument: Instrument
    notes: list[Note] = field(default_factory=list)
    must: set[Note] = field(default_factory=set)
    longest_ticks: int = 0

    @property
    def is_chordal(self) -> bool:
        return is_chordal(self.instrument)

    @property
    def centre(self) -> float:
        return (self.instrument.low + self.instrument.high) / 2

    def part(self) -> Part:
        return Part(
            self.seat.instrument,
            self.seat.program,
            tuple(sorted(self.notes, key=lambda note: (note.onset_tick, note.pitch))),
            self.seat.name,
            self.seat.role,
        )

    def around(self, start_tick: int, end_tick: int) -> list[Note]:
        """The notes that sound at some time in a span."""
        first = bisect_left(self.notes, start_tick - self.longest_ticks, key=_onset)
        last = bisect_left(self.notes, end_tick, key=_onset)
        return [note for note in self.notes[first:last] if note.end_tick > start_tick]

    def _add(self, note: Note) -> None:
        insort(self.notes, note)
        self.longest_ticks = max(self.longest_ticks, note.length_ticks)

    def lay_bass(self, notes: Sequence[Note], ticks_per_quarter: int) -> list[Note]:
        """Lay the bass: as `lay_line`, but all of it an octave lower where that is at home.

        A bass guitar sounds an octave below a pianist's left hand.
        """
        mean = sum(note.pitch for note in notes) / len(notes)
        lower = [note._replace(pitch=note.pitch - 12) for note in notes]
        reaches = min(note.pitch for note in lower) >= self.instrument.low
        if reaches and abs(mean - 12 - self.centre) + _A_STEP_ASIDE < abs(mean - self.centre):
            notes = lower
        return self.lay_line(notes, ticks_per_quarter)

    def lay_line(self, notes: Sequence[Note], ticks_per_quarter: int) -> list[Note]:
        """Lay a line that must be played; its notes as they were laid.

        Phrase by phrase it is in the octave that the desk can reach. Each note ends where the
        next begins at the latest. What is there already gives way, but for what is struck at the
        same time: beside that a note moves by octaves, or is left out.
        """
        low, high = self.instrument.low, self.instrument.high
        laid = []
        for reached in one_at_a_time(in_reach(notes, low, high, ticks_per_quarter)):
            note = self._beside_struck(reached)
            if note is not None:
                self._make_room(note)
                if self.is_chordal:
                    note = self._until_in_the_way(note)
                self.must.add(note)
                self._add(note)
                laid.append(note)
        return laid

    def _beside_struck(self, note: Note) -> Note | None:
        onset = note.onset_tick
        struck = {n.pitch for n in self.around(onset, onset + 1) if n.onset_tick == onset}
        for shift in _OCTAVES:
            pitch = note.pitch + shift
            if pitch not in struck and can_sound(self.instrument, {pitch, *struck}):
                return note._replace(pitch=pitch)
        return None

    def _make_room(self, new: Note) -> None:
        """What cannot sound beside a note that must ends where it begins."""
        while True:
            beside = self.around(new.onset_tick, new.onset_tick + 1)
            if can_sound(self.instrument, {new.pitch, *(note.pitch for note in beside)}):
                same = [note for note in beside if note.pitch == new.pitch]
                if not same:
                    return
                beside = same
            in_the_way = min(beside, key=lambda note: (note in self.must, note.onset_tick))
            self._shorten(in_the_way, new.onset_tick)

    def _shorten(self, note: Note, end_tick: int) -> None:
        self.notes.remove(note)
        if note.onset_tick < end_tick:
            shorter = note._replace(length_ticks=end_tick - note.onset_tick)
            self._add(shorter)
            if note in self.must:
                self.must.add(shorter)
        self.must.discard(note)

    def lay(self, note: Note, low: int, high: int) -> bool:
        """Lay an inner note in the nearest octave between two pitches where it can be played.

        It gets shorter where it would be in the way of what is there. False if it finds no place.
        """
        for shift in _OCTAVES:
            moved = note._replace(pitch=note.pitch + shift)
            if low <= moved.pitch <= high and self._fits(moved):
                self._let_go(moved)
                self._add(self._until_in_the_way(moved))
                return True
        return False

    def _fits(self, note: Note) -> bool:
        beside = self.around(note.onset_tick, note.onset_tick + 1)
        if any(n.pitch == note.pitch and n.onset_tick == note.onset_tick for n in beside):
            return False
        together = all(other.onset_tick == note.onset_tick for other in beside)
        pitches = {note.pitch, *(other.pitch for other in beside)}
        return (self.is_chordal or together) and can_sound(self.instrument, pitches)

    def _let_go(self, note: Note) -> None:
        """A key that is held is let go before it is struck again."""
        for other in self.around(note.onset_tick, note.onset_tick + 1):
            if other.pitch == note.pitch:
                self._shorten(other, note.onset_tick)

    def _until_in_the_way(self, note: Note) -> Note:
        later = [
            n for n in self.around(note.onset_tick, note.end_tick) if n.onset_tick > note.onset_tick
        ]
        for onset, struck in groupby(later, key=lambda other: other.onset_tick):
            sounding = {n.pitch for n in self.around(onset, onset + 1)}
            again = any(other.pitch == note.pitch for other in struck)
            if (
                again
                or not self.is_chordal
                or not can_sound(self.instrument, {note.pitch, *sounding})
            ):
                return note._replace(length_ticks=onset - note.onset_tick)
        return note


def _onset(note: Note) -> int:
    return note.onset_tick


def one_at_a_time(notes: Iterable[Note]) -> list[Note]:
    """Each note of a line to the onset of the next at most."""
    line = list(notes)
    ends = [note.onset_tick for note in line[1:]] + [line[-1].end_tick] if line else []
    return [
        note._replace(length_ticks=min(note.length_ticks, end - note.onset_tick))
        for note, end in zip(line, ends, strict=True)
        if end > note.onset_tick
    ]


def in_reach(notes: Sequence[Note], low: int, high: int, ticks_per_quarter: int) -> list[Note]:
    """A line within a range: as it is, or all of it octaves away, or else phrase by phrase.

    A phrase ends with a rest of a quarter; one that is too wide for any octave is parted at its
    widest leap.
    """
    shift = _shift([note.pitch for note in notes], low, high)
    if shift is not None:
        return [note._replace(pitch=note.pitch + shift) for note in notes]
    phrases = phrases_of(notes, ticks_per_quarter)
    if len(phrases) == 1:
        leaps = [abs(b.pitch - a.pitch) for a, b in pairwise(notes)]
        widest = 1 + leaps.index(max(leaps))
        phrases = [notes[:widest], notes[widest:]]
    return [note for phrase in phrases for note in in_reach(phrase, low, high, ticks_per_quarter)]


def _shift(pitches: Sequence[int], low: int, high: int) -> int | None:
    lowest, highest = min(pitches), max(pitches)
    return next((s for s in _OCTAVES if low <= lowest + s and highest + s <= high), None)
