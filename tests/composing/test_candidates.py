"""Of several candidates the best is kept, and none that copies."""

from __future__ import annotations

from itertools import count

import pytest

from composer.composing import candidates, compose
from composer.composing.candidates import MOST_CANDIDATES, MOST_COPIES, MOST_MISSES
from composer.errors import RequestError
from composer.music.bars import bars_of
from composer.music.piece import Piece

REQUEST = {"style": "folk", "mood": "calm", "ensemble": "melody", "bars": 1, "seed": 4}


def test_the_highest_score_wins_and_the_report_says_so() -> None:
    """Every candidate has a verdict; the piece is that of the best one."""
    made = compose.compose(**REQUEST, best_of=3)  # type: ignore[arg-type]
    told = made.report()["candidates"]
    scores = [verdict["score"] for verdict in told["verdicts"]]
    assert told["written"] == 3 + told["rejected"]
    assert len(scores) == 3
    assert told["chosen"] == scores.index(max(scores))
    assert made.choice is not None
    assert made.piece == made.choice.candidates[told["chosen"]].piece


def test_four_are_written_where_nobody_says_how_many() -> None:
    """The piece and its file name are those of asking for four."""
    made = compose.compose(**REQUEST)  # type: ignore[arg-type]
    four, two = (compose.compose(**REQUEST, best_of=many) for many in (4, 2))  # type: ignore[arg-type]
    assert made == four
    assert made.name != two.name


def test_the_same_seed_chooses_the_same_piece() -> None:
    """Choosing is as repeatable as writing."""
    first, second = (compose.compose(**REQUEST, best_of=2) for _ in range(2))  # type: ignore[arg-type]
    assert first == second


def test_without_a_choice_nothing_is_judged() -> None:
    """One candidate has no verdict, and is the first of many."""
    made = compose.compose(**REQUEST, best_of=1)  # type: ignore[arg-type]
    assert made.report()["candidates"] == {
        "written": 1, "rejected": 0, "chosen": 0, "verdicts": [],
    }  # fmt: skip


def test_a_copy_is_rejected_and_written_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """The count is reported, with one candidate as with several."""
    free = compose.compose(**REQUEST, best_of=1)  # type: ignore[arg-type]
    monkeypatch.setattr(candidates, "broken_fields", lambda piece, request: ())
    for best_of, rejected in ((1, 2), (2, 2)):
        number = count()
        monkeypatch.setattr(candidates, "is_too_close", lambda _, n=number: next(n) < 2)
        made = compose.compose(**REQUEST, best_of=best_of)  # type: ignore[arg-type]
        assert made.rejected == rejected
        assert made.report()["candidates"]["written"] == best_of + rejected
        assert made.piece != free.piece


def test_what_was_not_kept_is_written_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Until a piece keeps what was asked; if none does, the first that keeps most is the one."""
    for broken, chosen in (
        ([("key",), ()], 1),
        ([("key", "parts"), ("key",), ("key",), ("key", "parts")], 1),
    ):
        told = iter(broken)
        monkeypatch.setattr(candidates, "broken_fields", lambda *_, t=told: next(t))
        made = compose.compose(**REQUEST, best_of=1)  # type: ignore[arg-type]
        assert made.choice is not None
        assert len(made.choice.candidates) == len(broken) <= 1 + MOST_MISSES
        assert made.report()["candidates"]["chosen"] == chosen


def test_where_all_are_copies_the_least_of_them_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Writing again has an end."""
    monkeypatch.setattr(candidates, "is_too_close", lambda _: True)
    made = compose.compose(**REQUEST, best_of=1)  # type: ignore[arg-type]
    assert made.rejected == MOST_COPIES
    assert made.piece.note_count > 0


def test_requests_side_by_side_come_back_in_their_order() -> None:
    """Each with its own bars, seed and players."""
    made = compose.compose_all(
        [
            {"bars": 1, "seed": 1, "instruments": ["flute"]},
            {"bars": 3, "seed": 2, "instruments": ["cello"], "best_of": 2},
        ]
    )
    assert [one.seed for one in made] == [1, 2]
    assert [one.achieved["bars"] for one in made] == [1, 3]
    assert [one.piece.parts[0].instrument for one in made] == ["flute", "cello"]


@pytest.mark.parametrize("best_of", [0, -1, MOST_CANDIDATES + 1])
def test_a_number_of_candidates_that_is_not_possible_is_refused(best_of: int) -> None:
    """The message says what is."""
    with pytest.raises(RequestError, match=f"1 to {MOST_CANDIDATES}"):
        compose.compose(**REQUEST, best_of=best_of)  # type: ignore[arg-type]


def test_candidates_are_seen_as_they_are_written() -> None:
    """Bar by bar, each its own; who looks on changes nothing."""
    seen: dict[int, list[int]] = {}

    def watch(number: int, piece: Piece) -> None:
        seen.setdefault(number, []).append(len(bars_of(piece)))
        assert piece.note_count > 0

    asked = REQUEST | {"bars": 3, "best_of": 2}
    made = compose.compose(**asked, watch=watch)  # type: ignore[arg-type]
    assert {*seen} >= {0, 1}
    for bars in seen.values():
        assert bars == sorted(bars)
        assert bars[-1] == 3
    assert made.piece == compose.compose(**asked).piece  # type: ignore[arg-type]
