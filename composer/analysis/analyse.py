"""All facts of a piece in one call, fast enough for whole corpora."""

from __future__ import annotations

from functools import lru_cache

from composer.analysis.chord_finding import chords_of_table
from composer.analysis.form import form_of
from composer.analysis.key_finding import key_of_table
from composer.analysis.mood import moods_of_table
from composer.analysis.phrases import phrases
from composer.analysis.recall import recalls
from composer.analysis.table import note_table
from composer.analysis.texture import (
    further_measures,
    legato,
    loudness,
    mean_density,
    mean_pitch,
    onsets_per_quarter,
)
from composer.analysis.tune import tune_place
from composer.music.facts import BarFacts, Facts
from composer.music.piece import Piece


@lru_cache(maxsize=64)
def analyse(piece: Piece) -> Facts:
    """The facts of a piece at any resolution; a fact that cannot be known is None.

    Whoever asks again for one of the latest pieces gets the same facts: they are not to be changed.
    """
    table = note_table(piece)
    pitched = table.pitched()
    density = onsets_per_quarter(table)
    moods = moods_of_table(table, piece)
    recalled = recalls(table)
    key, lead = key_of_table(pitched, piece), tune_place(piece, table)
    chords = chords_of_table(table, piece)
    phrased = phrases(table, lead, chords, recalled, key)
    bars = tuple(
        BarFacts(onsets, recall, mood.valence, mood.arousal, phrase)
        for onsets, recall, mood, phrase in zip(
            density.tolist(), recalled, moods.bars, phrased, strict=True
        )
    )
    return Facts(
        bars=bars,
        onsets_per_quarter=mean_density(table),
        mean_pitch=mean_pitch(pitched),
        loudness=loudness(pitched),
        legato=legato(pitched),
        valence=moods.piece.valence,
        arousal=moods.piece.arousal,
        chords=chords,
        form=form_of(recalled, table.bars),
        extra=further_measures(table),
        key=key,
        lead=lead,
    )
