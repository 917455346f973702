"""A climax at a bar: plan and loudness rise to it and fall behind it, and the end is held.

Density, arousal and loudness together are what listeners take for tension (Farbood, "A parametric,
temporal model of musical tension", Music Perception 29, 2012).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from composer.composing.asking.timing import Cue
from composer.music.bars import bars_of
from composer.music.moods import Mood
from composer.music.normalise import ACCENT_VELOCITY, LEVEL_VELOCITY, LEVELS, levels_by_note
from composer.music.piece import Note, Part, Piece
from composer.tokens.fields import Kind
from composer.tokens.values import density_value, mood_value

_START, _JUST_BEFORE = 0.15, 0.85
_STEEPNESS = 1.4
"""Above 1 the rise is slow at first."""
_FEWEST_ONSETS, _MOST_ONSETS = 1.2, 6.0
"""A second, for a mood in the middle; the most driven one has half an octave more."""
_OCTAVES_OF_MOOD, _LEVEL_OF_MOOD = 0.5, 1.0
_LEAST_LEVEL, _MOST_LEVEL = 2.6, 7.0
_AROUSAL_BELOW, _AROUSAL_ABOVE = 0.6, 0.9
_SOFTER_ROLES = ("chords", "arpeggio", "harmony")


def as_cue(piece: Piece, cue: Cue, mood: Mood | None) -> Piece:
    """The piece with the tempi of a cue, its climax, and its end held to the last moment."""
    piece = held_to_the_end(replace(piece, tempi=cue.tempi(piece)))
    return piece if cue.hit_bar is None else with_climax(piece, cue.hit_bar, mood)


def intensities(bars: int, hit_bar: int) -> list[float]:
    """0..1 for each bar: rising to 1 at the bar of the hit, falling behind it."""
    rise = _JUST_BEFORE - _START
    before = [_START + rise * (bar / hit_bar) ** _STEEPNESS for bar in range(hit_bar)]
    behind = bars - hit_bar
    after = [1 - step / max(1, behind - 1) for step in range(behind)]
    return [*before, *after]


def plan_fields(cue: Cue, mood: Mood | None) -> list[dict[tuple[Kind, str], int]]:
    """Density and arousal of each bar, around those of the mood; density counts by the second."""
    hit_bar = cue.hit_bar or 0
    arousal = mood.arousal if mood else 0.0
    fields = []
    for bar, intensity in enumerate(intensities(cue.bars, hit_bar)):
        onsets = _FEWEST_ONSETS * (_MOST_ONSETS / _FEWEST_ONSETS) ** intensity
        onsets *= 2 ** (_OCTAVES_OF_MOOD * arousal)
        onsets_per_quarter = onsets * 60 / cue.quarters_per_minute[bar >= hit_bar]
        here = arousal - _AROUSAL_BELOW + (_AROUSAL_BELOW + _AROUSAL_ABOVE) * intensity
        fields.append(
            {
                (Kind.PLAN, "density"): density_value(onsets_per_quarter),
                (Kind.PLAN, "arousal"): mood_value(max(-1.0, min(1.0, here))),
            }
        )
    return fields


def with_climax(piece: Piece, hit_bar: int, mood: Mood | None) -> Piece:
    """The piece with dynamics that rise to the bar of the hit and fall behind it.

    Every note gets the level of its bar; accents stay, and who accompanies is a level softer.
    """
    bars = bars_of(piece)
    arousal = mood.arousal if mood else 0.0
    lowest = _LEAST_LEVEL + _LEVEL_OF_MOOD * min(0.0, arousal)
    highest = _MOST_LEVEL + _LEVEL_OF_MOOD * min(0.0, arousal)
    levels = [
        lowest + (highest - lowest) * intensity for intensity in intensities(len(bars), hit_bar)
    ]
    starts = np.array([bar.start_tick for bar in bars])
    leads = any(part.role not in _SOFTER_ROLES for part in piece.parts)
    parts = [
        _levelled(part, starts, levels, softer=leads and part.role in _SOFTER_ROLES)
        for part in piece.parts
    ]
    return replace(piece, parts=tuple(parts))


def _levelled(part: Part, starts: np.ndarray, levels: list[float], *, softer: bool) -> Part:
    if not part.notes:
        return part
    onsets = np.array([note.onset_tick for note in part.notes])
    old = np.array([note.velocity for note in part.notes])
    bar = np.searchsorted(starts, onsets, side="right") - 1
    accents = np.where(old > 0, old - LEVEL_VELOCITY * levels_by_note(old, bar), 0)
    velocities = [
        max(ACCENT_VELOCITY, min(127, LEVEL_VELOCITY * _clipped(levels[b] - softer, LEVELS) + a))
        for b, a in zip(bar.tolist(), accents.tolist(), strict=True)
    ]
    notes = zip(part.notes, velocities, strict=True)
    return replace(part, notes=tuple(note._replace(velocity=v) for note, v in notes))


def held_to_the_end(piece: Piece) -> Piece:
    """The piece with the last notes of its pitched parts held to the last bar line.

    Those that begin in the last bar; where nobody plays there, those that begin last.
    """
    last_onsets = [p.notes[-1].onset_tick for p in piece.parts if p.notes and not p.is_drums]
    if not last_onsets:
        return piece
    since = min(bars_of(piece)[-1].start_tick, max(last_onsets))

    def held(part: Part) -> Part:
        last = part.notes[-1].onset_tick if part.notes else -1
        if part.is_drums or last < since:
            return part
        return replace(part, notes=tuple(_until(n, piece.end_tick, last) for n in part.notes))

    return replace(piece, parts=tuple(map(held, piece.parts)))


def _until(note: Note, end_tick: int, onset_tick: int) -> Note:
    """A note of the last onset held to the end, any other as it is."""
    if note.onset_tick != onset_tick:
        return note
    return note._replace(length_ticks=end_tick - note.onset_tick)


def _clipped(value: float, most: int) -> int:
    return max(1, min(most, round(value)))
