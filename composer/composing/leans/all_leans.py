"""The table of all leans, and what they add together: edit the table to change what leans."""

from __future__ import annotations

from collections.abc import Collection, Iterable

import numpy as np
from numpy.typing import NDArray

from composer.composing.leans.chord_tones import ChordTones
from composer.composing.leans.everybody_plays import EverybodyPlays
from composer.composing.leans.last_bar import Ending
from composer.composing.leans.lean import RULED_OUT, Floats, Lean, Setting
from composer.composing.leans.note_density import NoteDensity
from composer.composing.leans.recall_share import RecallShare
from composer.composing.leans.registers import AskedRegisters, UsualRegisters
from composer.composing.leans.role_share import RoleShare
from composer.composing.leans.silent_bars import SilentBars
from composer.composing.leans.tonality import Tonality

LEANS: dict[str, Lean] = {
    "chord_tones": Lean(
        lambda setting: ChordTones(setting) if setting.chords_are_given else None,
        "control",
        "strong beats have tones of the chord that was given",
        "given chord tones on strong beats .898 to .977 of 1 (docs/experiments.md)",
    ),
    "ending": Lean(
        lambda setting: Ending(setting) if setting.comes_to_rest else None,
        "weak",
        "the last bar has the tonic chord, its root below, and lasts to its end",
        "requests that break a field, the ending among them, .24 without, .12 with",
    ),
    "recall_share": Lean(
        lambda _: RecallShare(),
        "weak",
        "as many bars return as in music of the style",
        "no difference in 28 requests",
    ),
    "everybody_plays": Lean(
        EverybodyPlays,
        "rule",
        "who is asked to play plays",
        "with a lean on rests, since gone: requests that break a field .38 without, .08 with",
    ),
    "silent_bars": Lean(
        SilentBars,
        "weak",
        "no bar passes in silence",
        "one of 200 real bars is silent",
    ),
    "role_share": Lean(
        RoleShare,
        "weak",
        "lead, chords and bass play as much as they do in music of the style",
        "of 40 bands the lead plays too little in 13 without, in 6 with; the bass in 11, 2",
    ),
    "tonality": Lean(
        lambda setting: Tonality(setting.grammar) if setting.keeps_key else None,
        "control",
        "the key that was asked for is heard",
        "key as asked .71 without, .96 with",
    ),
    "usual_registers": Lean(
        UsualRegisters,
        "weak",
        "parts lie where such parts lie in real music",
        "distance from real music 1.16 without, 1.06 with; of 109.8M rows 1.12, 1.14",
    ),
    "note_density": Lean(
        lambda setting: NoteDensity(setting) if setting.densities else None,
        "control",
        "a bar has as many onsets as it is given",
        "how far density moves where it is given: docs/experiments/composing.md",
    ),
    "asked_registers": Lean(
        lambda setting: AskedRegisters(setting) if setting.registers else None,
        "control",
        "parts lie where the piece that is an influence has them",
        "docs/experiments/composing.md, influence",
    ),
}
"""In the order in which they are added."""

OF_SKETCHES = frozenset({"recall_share"})
"""Those that lean on plans; the others are about notes, which a sketch has not."""
WEAK = frozenset(name for name, lean in LEANS.items() if lean.purpose == "weak")


class Leans:
    """The leans of the table, but those named in `without`, at work on one piece.

    `rows` stand before those to be written. Raises ValueError for a name that is not in the table.
    """

    def __init__(
        self, setting: Setting, rows: Iterable[list[int]] = (), without: Collection[str] = ()
    ) -> None:
        if unknown := set(without) - LEANS.keys():
            raise ValueError(f"no leans are called {sorted(unknown)}; there are {[*LEANS]}")
        made = (lean.make(setting) for name, lean in LEANS.items() if name not in without)
        self.followers = [follower for follower in made if follower is not None]
        for row in rows:
            self.advance(row)

    def advance(self, row: list[int]) -> None:
        """Take a complete row, which the grammar has taken already."""
        for follower in self.followers:
            follower.advance(row)

    def added(self, logits: Floats, allowed: NDArray[np.bool_], row: list[int]) -> Floats:
        """The logits of the next field of a row with all leans on them, (values of the field,).

        A rule that leaves nothing of what is `allowed` does not hold.
        """
        for follower in self.followers:
            tilt = follower.tilt(row)
            if tilt is None:
                continue
            leaned = logits + tilt
            if tilt.min() != RULED_OUT or np.isfinite(leaned[allowed]).any():
                logits = leaned
        return logits
