"""Facts computed from a piece: numbers in their own units, None where they cannot be known.

`composer.analysis` computes them, `composer.tokens` turns them into fields of events, and the
report beside a generated piece states them. Nothing here is a level or a token.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from composer.music.piece import KeyChange


class Chord(NamedTuple):
    """A harmony from `tick` until the next one. `root` and `bass` are pitch classes 0..11;
    `quality` is one of `CHORD_QUALITIES`; "none" (root and bass 0) where there is no chord."""

    tick: int
    root: int
    quality: str
    bass: int


CHORD_QUALITIES = (
    "none", "major", "minor", "diminished", "augmented", "sus4", "sus2", "power",
    "dominant7", "major7", "minor7", "half-diminished7", "diminished7", "minor-major7",
    "augmented7", "major6", "minor6", "dominant9", "major9", "minor9", "dominant7sus4",
    "major-add9", "major6-9", "dominant7-flat9", "dominant7-sharp9", "altered7", "dominant11",
    "dominant13", "dominant7-flat5", "major7-sharp11", "minor11",
)  # fmt: skip
"""The order is part of the event format: append only (31 at the most, and 31 they are)."""


class Recall(NamedTuple):
    """The earlier bar that this bar resembles: `distance` bars back (0: nothing resembled).

    `kind` is "new", "exact", "varied" or "transposed"; `semitones` (-11..11) is how much higher
    this bar is than the recalled one, 0 unless the kind is "transposed".
    """

    distance: int
    kind: str
    semitones: int = 0


RECALL_KINDS = ("new", "exact", "varied", "transposed")


LONGEST_PHRASE = 16
"""Bars."""
CADENCES = ("open", "authentic", "half", "plagal", "deceptive", "elsewhere")
"""How a phrase closes: on the tonic from its dominant, on the dominant, on the tonic from the
subdominant, on the submediant from the dominant, on another chord from its dominant."""


class Phrase(NamedTuple):
    """Of one bar: how many more bars its phrase has (0: it ends here), and on which of `CADENCES`
    that ends."""

    bars_left: int
    cadence: str


class BarFacts(NamedTuple):
    """Facts of one bar; `valence` and `arousal` (-1..1) are of the section of bars around it."""

    onsets_per_quarter: float
    recall: Recall | None = None
    valence: float | None = None
    arousal: float | None = None
    phrase: Phrase | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """Facts of a piece. Pitched parts only, drums aside, unless said.

    `mean_pitch` is a MIDI pitch weighted by length; `loudness` a mean velocity 1..127 (None where
    velocities are flat); `legato` the mean of sounding length over the time to the part's next
    onset, 0..1; `onsets_per_quarter` counts distinct onsets, drums included. `key` is judged by
    the notes, a written signature being heard as one more witness; `chords` is empty where
    nobody plays chords (a melody alone); `lead` is the index of the part that leads. `extra` holds
    the further measures of `composer.analysis.texture`.
    """

    bars: tuple[BarFacts, ...]
    onsets_per_quarter: float
    mean_pitch: float | None = None
    loudness: float | None = None
    legato: float | None = None
    valence: float | None = None
    arousal: float | None = None
    chords: tuple[Chord, ...] = ()
    form: str = ""
    extra: dict[str, float] = field(default_factory=dict)
    key: KeyChange | None = None
    lead: int | None = None
