"""Overlapping areas, likeness beside real halves, and copies."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from composer.corpus.archive import Files
from composer.corpus.copying import CopyIndex, build_index
from composer.corpus.corpus import Work
from composer.errors import RequestError
from composer.measures import copied_length as copying
from composer.measures import likeness
from composer.measures.overlap import features_of, overlapping_area
from composer.music.piece import Piece, Tags
from tests.measures.music import OCTAVE, melody, tune_in_style


def test_a_set_against_itself_overlaps_wholly() -> None:
    """The same distances twice: an area of 1."""
    distances = np.random.default_rng(0).random(40)
    assert overlapping_area(distances, distances) == pytest.approx(1, abs=0.01)
    assert overlapping_area(np.zeros(3), np.zeros(3)) == pytest.approx(1, abs=0.01)


def test_sets_far_apart_do_not_overlap() -> None:
    """Distances around 1 and around 100."""
    near = np.random.default_rng(0).random(40)
    assert overlapping_area(near, near + 100) < 0.01


def test_two_normal_densities_share_what_tables_say() -> None:
    """Two normal curves two deviations apart share twice the tail beyond one: .317."""
    values = np.random.default_rng(1).normal(size=400)
    assert overlapping_area(values, values + 2) == pytest.approx(0.317, abs=0.05)


def test_features_of_a_scale_are_known() -> None:
    """Eight pitches over an octave, steps of 12/7 semitones, an onset a quarter, all quarters."""
    found = features_of(melody(OCTAVE))
    assert found["pitch count"].tolist() == [8]
    assert found["pitch range"].tolist() == [12]
    assert found["interval"].tolist() == [pytest.approx(12 / 7)]
    assert found["inter-onset interval"].tolist() == [1]
    assert found["note length"].max() == 1
    assert found["pitch classes"].tolist() == [0.25, 0, *[0.125, 0] * 1, 0.125, 0.125, 0, 0.125,
                                              0, 0.125, 0, 0.125]  # fmt: skip


def test_the_key_does_not_tell_pieces_apart() -> None:
    """A tune and the same a tone higher have the same features."""
    low, high = features_of(melody(OCTAVE)), features_of(melody([pitch + 2 for pitch in OCTAVE]))
    assert all((low[name] == high[name]).all() for name in low)


def test_music_of_the_style_is_as_near_as_its_halves_and_other_music_is_not() -> None:
    """Hymns as generated hymns: apart about as far as halves are; folk tunes as hymns: farther."""
    hymns = [tune_in_style("hymn", seed) for seed in range(16)]
    more = [tune_in_style("hymn", seed) for seed in range(20, 26)]
    tunes = [tune_in_style("folk", seed) for seed in range(6)]
    like = {found.measure: found for found in likeness.evaluate({"hymn": hymns}, {"hymn": more})[0]}
    unlike, areas = likeness.evaluate({"hymn": hymns}, {"hymn": tunes})
    entropy = next(found for found in unlike if found.measure == "pitch-class entropy")
    assert like["pitch-class entropy"].apart < 3 * like["pitch-class entropy"].halves
    assert entropy.apart > 3 * entropy.halves
    length = next(area for area in areas if area.feature == "note length")
    assert length.generated < 0.1 < length.halves


def test_too_few_pieces_are_refused() -> None:
    """Two halves need four pieces."""
    pieces = [tune_in_style("hymn", seed) for seed in range(3)]
    with pytest.raises(RequestError, match="at least 2 and 4"):
        likeness.evaluate({"hymn": pieces}, {"hymn": pieces})


def index_of(*pieces: Piece) -> CopyIndex:
    works = [
        Work("test", f"{place}.mid", "", Tags(), f"w{place}", "train", "CC0-1.0", "", "human",
             True, Files(Path()))
        for place in range(len(pieces))
    ]  # fmt: skip
    return build_index(zip(works, pieces, strict=True))


def random_tune(seed: int, notes: int = 80) -> list[int]:
    return np.random.default_rng(seed).integers(55, 85, notes).tolist()


def test_a_passage_is_found_after_transposition() -> None:
    """Thirty notes of a training tune a third higher, in the middle of a new one."""
    known, other = random_tune(1), random_tune(2)
    copied = [*other[:20], *(pitch + 4 for pitch in known[10:40]), *other[20:40]]
    new = melody(random_tune(3), instrument="violin", program=40)
    found = copying.evaluate(index_of(melody(known)), [melody(copied)], [new, new])
    assert 16 <= found.generated.most <= 30
    assert found.human.most == 0
    assert found.beyond == 1


def test_percentiles_are_those_of_the_pieces() -> None:
    """Of 1 to 100 notes the median is 50.5; most is 100."""
    found = copying.shared(range(1, 101))
    assert (found.median, found.most, found.mean) == (50.5, 100, 50.5)
    with pytest.raises(RequestError):
        copying.shared([])
