"""Repeats, endings and jumps are played as players read them."""

from __future__ import annotations

from composer.corpus.play_order import Signs, play_order


def order(*signs: Signs) -> list[int]:
    return [played.measure for played in play_order(signs)]


PLAIN = Signs()
FIRST, SECOND = frozenset({1}), frozenset({2})


def test_without_signs_the_score_is_played_through() -> None:
    assert order(PLAIN, PLAIN, PLAIN) == [0, 1, 2]


def test_sections_are_played_twice_with_their_endings() -> None:
    assert order(
        Signs(begins_repeat=True), Signs(ending=FIRST, repeats=2), Signs(ending=SECOND), PLAIN
    ) == [0, 1, 0, 2, 3]


def test_a_sign_may_say_how_often() -> None:
    assert order(PLAIN, Signs(repeats=3), PLAIN) == [0, 1, 0, 1, 0, 1, 2]


def test_da_capo_goes_to_the_fine_without_repeats() -> None:
    signs = (Signs(repeats=2), Signs(is_fine=True), PLAIN, Signs(jump="dacapo"))
    assert order(*signs) == [0, 0, 1, 2, 3, 0, 1]


def test_dal_segno_goes_to_the_coda() -> None:
    signs = (PLAIN, Signs(is_segno=True), Signs(to_coda=True), Signs(jump="dalsegno"),
             Signs(is_coda=True))  # fmt: skip
    assert order(*signs) == [0, 1, 2, 3, 1, 2, 4]


def test_a_da_capo_stays_in_its_movement() -> None:
    """And the next movement follows after the fine."""
    signs = (PLAIN, Signs(begins_movement=True, is_fine=True), Signs(jump="dacapo"),
             Signs(begins_movement=True))  # fmt: skip
    assert order(*signs) == [0, 1, 2, 1, 3]


def test_an_ending_that_nobody_reaches_counts_for_nothing() -> None:
    assert order(PLAIN, Signs(ending=SECOND, repeats=2)) == [0, 1]
