"""Clefs that change where the music moves for good, at bar lines, to save ledger lines.

Dynamic programming over the measures of a staff: a note costs its ledger lines, a change of clef
what a few notes on ledger lines do, and a clef unusual for the staff a ledger line a note or so:
hands and players know their own clef best.
"""

from __future__ import annotations

from collections.abc import Sequence

from composer.music.instruments import Instrument

MIDDLE_LINES = {"treble": 34, "bass": 22, "alto": 28, "tenor-clef": 26, "treble-8": 27}
"""Diatonic position of each clef's middle line: 7 times the octave plus the letter from C."""

_ALLOWED = {
    "viola": ("alto", "treble"),
    "cello": ("bass", "tenor-clef", "treble"),
    "bassoon": ("bass", "tenor-clef"),
    "trombone": ("bass", "tenor-clef"),
}
_SYNTHESIZER = ("treble", "bass")
_CHANGE_COST = 14.0
_UNUSUAL_COST = 0.8
_UNUSUAL_COST_AT_MOST = 6.4
_SINGERS_UNUSUAL_COST = 2.0
_FAR_COST = 4.0
"""Of a note on so many ledger lines (`MOST_LEDGER_LINES`) or more, beyond them: three of these in
the midst of others are worth a change and another one back."""
MOST_LEDGER_LINES = 7


def clefs_allowed(instrument: Instrument, staff: int) -> tuple[str, ...]:
    """The clefs a staff (1 the upper) of an instrument may have, the usual one first."""
    if instrument.staves == 2:
        return ("treble", "bass") if staff == 1 else ("bass", "treble")
    if instrument.name in _ALLOWED:
        return _ALLOWED[instrument.name]
    return _SYNTHESIZER if instrument.section == "synth" else (instrument.clef,)


def singers_clef(instrument: Instrument, positions: Sequence[int], *, is_shared: bool) -> str:
    """The one clef of a singer's staff, from the diatonic positions of its heads: what is called a
    voice may be a man's, an alto part a bass's; tenor and bass who share a staff read the bass
    clef."""
    usual = "treble-8" if instrument.clef == "tenor" else instrument.clef
    if usual == "treble-8" and is_shared:
        return "bass"
    costs = {
        clef: _ledger_lines(positions, MIDDLE_LINES[clef])
        + (0.0 if clef == usual else _SINGERS_UNUSUAL_COST * len(positions))
        for clef in (usual, "treble", "treble-8", "bass")
    }
    return min(costs, key=costs.__getitem__)


def choose_clefs(measures: Sequence[Sequence[int]], allowed: Sequence[str]) -> list[str]:
    """A clef for each measure, from the diatonic positions of its heads."""
    if len(allowed) == 1:
        return [allowed[0]] * len(measures)
    costs = {clef: 0.0 if clef == allowed[0] else 1.0 for clef in allowed}
    back: list[dict[str, str]] = []
    for positions in measures:
        cheapest = min(costs, key=costs.__getitem__)
        change = costs[cheapest] + _CHANGE_COST
        came_from = {clef: clef if costs[clef] <= change else cheapest for clef in allowed}
        costs = {
            clef: min(costs[clef], change) + _reading_cost(positions, clef, clef == allowed[0])
            for clef in allowed
        }
        back.append(came_from)
    clef = min(costs, key=costs.__getitem__)
    clefs = []
    for came_from in reversed(back):
        clefs.append(clef)
        clef = came_from[clef]
    return clefs[::-1]


def _reading_cost(positions: Sequence[int], clef: str, is_usual: bool) -> float:
    return _ledger_lines(positions, MIDDLE_LINES[clef]) + (
        0.0 if is_usual else min(_UNUSUAL_COST_AT_MOST, _UNUSUAL_COST * len(positions))
    )


def _ledger_lines(positions: Sequence[int], middle: int) -> float:
    lines = [max(0, (abs(position - middle) - 4) // 2) for position in positions]
    return sum(lines) + _FAR_COST * sum(count >= MOST_LEDGER_LINES for count in lines)
