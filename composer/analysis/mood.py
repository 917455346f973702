"""How a piece feels: valence and arousal, each in -1..1, from what is known to carry them.

Listeners judge mood by a few cues, and the cues add up linearly: mode most, then tempo, register,
dynamics and articulation (Eerola, Friberg and Bresin, "Emotional expression in music:
contribution, linearity, and additivity of primary musical cues", Frontiers in Psychology 4, 2013:
77-89 % of the variance of ratings of happy, sad, peaceful and scary, without interactions). Their
directions are those of Gabrielsson and Lindström's review ("The role of structure in the musical
expression of emotions", in Juslin and Sloboda, "Handbook of Music and Emotion", 2010):

- arousal rises with loudness, with the density of events in time (and so with tempo), with short
  notes, and with a wide range;
- valence rises with the major mode, here heard three ways: in the whole, two bars at a time, and
  in the triads that sound. Its zero is a balance of major and minor, not the corpora's median:
  two pieces in three are major, and a mildly major one does not feel sad.

Coefficients are whole and half units, not fitted to anybody's ratings: each cue is centred and
scaled by the medians of the training corpora (`mood_norms.json`, written by
`python -m benchmarks.mood_agreement norms`), a cue that is not known (dynamics that are
flat, a tempo that nobody wrote) is left out, and improper weights of right sign lose little against
fitted ones (Dawes, "The robust beauty of improper linear models", American Psychologist 34,
1979). How well this agrees with listeners is in `docs/experiments/analysis.md`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from composer.analysis.key_finding import profile_scores_by_group
from composer.analysis.sounding import sounding
from composer.analysis.table import Floats, Ints, NoteTable, note_table
from composer.analysis.texture import loudness
from composer.music.piece import Piece

SECTION_BARS = 8
"""Bars of one window of mood; a rest of fewer than half as many joins the window before."""

NORMS_PATH = Path(__file__).with_name("mood_norms.json")

_AROUSAL = {
    "loudness": 1.0,
    "notes_per_second": 0.5,
    "onsets_per_second": 0.5,
    "note_seconds": -0.5,
    "pitch_spread": 0.5,
}
# Without a tempo, density counts by the beat, which says half as much.
_AROUSAL_WITHOUT_TEMPO = {
    "loudness": 1.0,
    "notes_per_quarter": 0.25,
    "onsets_per_quarter": 0.25,
    "note_quarters": -0.25,
    "pitch_spread": 0.5,
}
_VALENCE = {"mode": 0.5, "mode_of_two_bars": 0.5, "mode_of_triads": 1.0}
_CENTRED_ON_ZERO = frozenset(_VALENCE)

_LOCAL_BARS = 2
_MOST_DEVIATIONS = 2.5
_STEEPNESS = 0.7  # one deviation from the centre is .6
_FEWEST_NOTES = 8
_SHORTEST_QUARTERS = 1 / 24
_VALENCE_STYLE_SHARE = 0.5  # minor is the rule in metal, and yet it is dark


class Mood(NamedTuple):
    """A point; None where the notes do not tell."""

    valence: float | None
    arousal: float | None


class Moods(NamedTuple):
    """Of the whole piece and of the window around each bar (bars,)."""

    piece: Mood
    bars: tuple[Mood, ...]


def estimate_mood(piece: Piece) -> Mood:
    """The mood of a whole piece; relative to its style's centre where it is tagged with one."""
    return estimate_moods(piece).piece


def estimate_moods(piece: Piece) -> Moods:
    """The mood of a piece and of each window of about eight bars.

    Where `piece.tags.style` is set, arousal is relative to the middle of that style, valence
    halfway between absolute and relative: a happy lament is happy for a lament.
    """
    return moods_of_table(note_table(piece), piece)


def moods_of_sections(piece: Piece, first_bars: Sequence[int]) -> list[Mood]:
    """The mood of each section, heard in its own bars alone; sections begin at these bars (from 0,
    upwards) and last until the next. Both are None where a section has no notes."""
    table = note_table(piece)
    section = np.searchsorted(first_bars, np.arange(len(table.bars)), side="right") - 1
    before = int((section < 0).any())
    found = _moods(cues(table, piece, section + before), piece.tags.style)
    nothing = Mood(None, None)
    notes = np.bincount(section[table.bar] + before, minlength=len(first_bars) + before)
    padded = [*found, *[nothing] * (len(notes) - len(found))]
    heard = [mood if count else nothing for mood, count in zip(padded, notes, strict=True)]
    return heard[before:]


def moods_of_table(table: NoteTable, piece: Piece) -> Moods:
    """As `estimate_moods`, of a table already made of the piece."""
    windows = window_of_bar(len(table.bars))
    whole = _moods(cues(table, piece, np.zeros_like(windows)), piece.tags.style)
    if not whole:
        nothing = Mood(None, None)
        return Moods(nothing, (nothing,) * len(table.bars))
    parts = _moods(cues(table, piece, windows), piece.tags.style)
    enough = np.bincount(windows[table.bar], minlength=len(parts)) >= _FEWEST_NOTES
    filled = [part if enough[i] else whole[0] for i, part in enumerate(parts)]
    filled = [
        Mood(*(own if own is not None else of_all for own, of_all in zip(m, whole[0], strict=True)))
        for m in filled
    ]
    return Moods(whole[0], tuple(filled[window] for window in windows.tolist()))


def window_of_bar(bars: int) -> Ints:
    """The window that each bar belongs to: (bars,)."""
    windows = np.arange(bars, dtype=np.int64) // SECTION_BARS
    if bars > SECTION_BARS and 0 < bars % SECTION_BARS < SECTION_BARS // 2:
        windows = np.minimum(windows, bars // SECTION_BARS - 1)
    return windows


def cues(table: NoteTable, piece: Piece, window: Ints) -> dict[str, Floats]:
    """Every cue of mood in each window of bars, (windows,); nan where it cannot be known.

    Drums count only where there is nothing else. `window` (bars,) names the window of each bar.
    """
    pitched = table.pitched()
    notes = pitched if pitched.count else table
    if notes.count == 0:
        return {}
    windows = int(window.max()) + 1
    group = window[notes.bar]
    count = np.bincount(group, minlength=windows).astype(np.float64)
    moments = sounding(notes)
    onsets = np.bincount(window[moments.bar], minlength=windows).astype(np.float64)
    quarters, seconds = _durations(notes, piece, window)
    result = {
        "loudness": _means(notes.velocity, group, count),
        "notes_per_quarter": np.log2(np.maximum(count, 0.5) / quarters),
        "onsets_per_quarter": np.log2(np.maximum(onsets, 0.5) / quarters),
        "note_quarters": _means(_log_lengths(notes), group, count),
        "pitch_spread": _spreads(notes.pitch, group, count),
    }
    if loudness(notes) is None:
        result["loudness"] = np.full(windows, np.nan)
    if piece.tempi:
        quarter = np.log2(seconds / quarters)
        result["notes_per_second"] = result["notes_per_quarter"] - quarter
        result["onsets_per_second"] = result["onsets_per_quarter"] - quarter
        result["note_seconds"] = result["note_quarters"] + quarter
    if pitched.count:
        local = _mode_balance(profile_scores_by_group(notes, notes.bar // _LOCAL_BARS))
        local_window = window[np.minimum(np.arange(len(local)) * _LOCAL_BARS, len(window) - 1)]
        heard = ~np.isnan(local)
        result["mode"] = _mode_balance(profile_scores_by_group(notes, group, windows))
        result["mode_of_two_bars"] = _means(
            local[heard],
            local_window[heard],
            np.bincount(local_window[heard], minlength=windows).astype(np.float64),
        )
        result["mode_of_triads"] = _triad_balance(moments.present, window[moments.bar], windows)
    return result


def composites(cues_of: dict[str, Floats]) -> tuple[Floats, Floats]:
    """Valence and arousal before any centring: weighted means of deviations, nan if unknown."""
    arousal = _AROUSAL if "notes_per_second" in cues_of else _AROUSAL_WITHOUT_TEMPO
    return _composite(cues_of, _VALENCE), _composite(cues_of, arousal)


def _moods(cues_of: dict[str, Floats], style: str) -> list[Mood]:
    if not cues_of:
        return []
    norms = load_norms()
    centre = norms["styles"].get(style, {"valence": 0.0, "arousal": 0.0})
    valence, arousal = composites(cues_of)
    valence = valence - _VALENCE_STYLE_SHARE * centre["valence"]
    arousal = arousal - centre["arousal"]
    return [
        Mood(_level(v, norms["scales"]["valence"]), _level(a, norms["scales"]["arousal"]))
        for v, a in zip(valence.tolist(), arousal.tolist(), strict=True)
    ]


def _level(composite: float, scale: float) -> float | None:
    if np.isnan(composite):
        return None
    return round(float(np.tanh(_STEEPNESS * composite / scale)), 3)


def _composite(cues_of: dict[str, Floats], weights: dict[str, float]) -> Floats:
    known = {name: weight for name, weight in weights.items() if name in cues_of}
    windows = len(next(iter(cues_of.values())))
    total, weight_sum = np.zeros(windows), np.zeros(windows)
    for name, weight in known.items():
        centre, scale = load_norms()["cues"][name]
        deviation = (cues_of[name] - (0.0 if name in _CENTRED_ON_ZERO else centre)) / scale
        usable = ~np.isnan(deviation)
        clipped = np.clip(np.nan_to_num(deviation), -_MOST_DEVIATIONS, _MOST_DEVIATIONS)
        total += np.where(usable, weight * clipped, 0.0)
        weight_sum += np.where(usable, abs(weight), 0.0)
    return np.where(weight_sum > 0, total / np.maximum(weight_sum, 1e-9), np.nan)


@cache
def load_norms() -> dict[str, Any]:
    """Centre and scale of each cue, scales of the sums, and the centres of the styles."""
    norms: dict[str, Any] = json.loads(NORMS_PATH.read_text(encoding="utf-8"))
    return norms


def _means(values: Ints | Floats, group: Ints, count: Floats) -> Floats:
    sums = np.bincount(group, weights=values, minlength=len(count))
    return np.where(count > 0, sums / np.maximum(count, 1.0), np.nan)


def _spreads(pitch: Ints, group: Ints, count: Floats) -> Floats:
    mean = _means(pitch, group, count)
    return np.asarray(np.sqrt(_means((pitch - mean[group]) ** 2, group, count)))


def _log_lengths(table: NoteTable) -> Floats:
    return np.asarray(
        np.log2(np.maximum(table.length / table.ticks_per_quarter, _SHORTEST_QUARTERS))
    )


def _durations(notes: NoteTable, piece: Piece, window: Ints) -> tuple[Floats, Floats]:
    """Quarters and seconds of each window, silence before the first and after the last note
    aside: two of (windows,)."""
    first, last = int(notes.onset.min()), int(notes.onset.max()) + notes.ticks_per_quarter // 2
    edges = np.clip(np.append(notes.bar_starts, piece.end_tick), first, max(last, first + 1))
    ticks = np.bincount(window, weights=np.diff(edges))
    seconds = np.bincount(window, weights=np.diff(seconds_of(piece, edges)))
    tiny = 0.25
    return (
        np.maximum(ticks / notes.ticks_per_quarter, tiny),
        np.maximum(seconds, tiny / 4),
    )


def seconds_of(piece: Piece, ticks: Ints) -> Floats:
    """Seconds from the start to each tick by the tempo map (120 where there is none)."""
    tempi = piece.tempi
    change = np.array([0, *(tempo.tick for tempo in tempi)], dtype=np.float64)
    first = tempi[0].quarters_per_minute if tempi else 120.0
    pace = 60.0 / np.array([first, *(tempo.quarters_per_minute for tempo in tempi)])
    pace /= piece.ticks_per_quarter
    reached = np.concatenate([[0.0], np.cumsum(np.diff(change) * pace[:-1])])
    at = np.clip(np.searchsorted(change, ticks, side="right") - 1, 0, len(change) - 1)
    return np.asarray(reached[at] + (ticks - change[at]) * pace[at])


def _mode_balance(scores: Floats) -> Floats:
    """How much better the best major key fits than the best minor one; nan in silence."""
    balance = scores[:, 0].max(axis=1) - scores[:, 1].max(axis=1)
    return np.where(np.abs(scores).max(axis=(1, 2)) > 0, balance, np.nan)


def _triad_balance(present: Any, window: Ints, windows: int) -> Floats:
    """Major less minor triads over all that sound, -1..1; nan where none does."""
    fifth = present & np.roll(present, -7, axis=1)
    major = (fifth & np.roll(present, -4, axis=1)).sum(axis=1)
    minor = (fifth & np.roll(present, -3, axis=1)).sum(axis=1)
    more = np.bincount(window, weights=major - minor, minlength=windows)
    all_of = np.bincount(window, weights=major + minor, minlength=windows)
    return np.where(all_of > 0, more / np.maximum(all_of, 1.0), np.nan)
