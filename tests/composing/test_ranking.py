"""The critic hears notes alone, says chances, and can be taught."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
import torch

from composer.analysis.analyse import analyse
from composer.composing.asking.request import Request, make_request
from composer.composing.compose import Composition, compose
from composer.composing.ranking import CRITIC, Verdict, broken_fields, the_critic, verdict
from composer.composing.writing.weights import load_weights
from composer.corpus.shards import PIECE, Shard
from composer.errors import CheckpointError
from composer.measures.critic_passages import passages, twins
from composer.model.critic import Critic, padded, save_critic
from composer.model.listener import read_listener
from composer.music.normalise import normalise
from composer.tokens.audible import HEARD_COLUMNS, HEARD_SIZES, WINDOW_BARS, WINDOW_ROWS, windows
from composer.tokens.encode import encode
from composer.tokens.fields import Kind, column_of
from composer.training.train_critic import IGNORED, Lesson, lessons_of, marks_of, train_critic

SIZES = list(HEARD_SIZES.values())


@cache
def composed() -> Composition:
    return compose(style="folk", mood="calm", ensemble="solo-piano", key="G major", bars=11, seed=3)


def rows_of(composition: Composition) -> np.ndarray:
    assert composition.choice is not None
    return composition.choice.best.rows


def test_windows_hear_every_note_once() -> None:
    """Of at most eight bars each, in order, every value inside its column's size."""
    rows = rows_of(composed())
    heard = windows(rows)
    together = np.concatenate(heard)
    assert (together[:, 0] == 2).sum() == (rows[:, 0] == Kind.NOTE).sum()
    assert (together[:, 0] == 1).sum() == 11
    assert all(window[:, 1].max() <= WINDOW_BARS and len(window) <= WINDOW_ROWS for window in heard)
    assert together.shape[1] == HEARD_COLUMNS
    assert (together >= 0).all()
    assert (together < np.array(SIZES)).all()


def test_what_a_piece_is_said_to_be_is_not_heard() -> None:
    """Header, plans, chords, dynamics and accents may be anything."""
    rows = rows_of(composed())
    silent = ~np.isin(rows[:, 0], (Kind.BAR, Kind.NOTE))
    bare = rows[~silent].copy()
    bare[bare[:, 0] == Kind.NOTE, -1] = 0
    for one, other in zip(windows(rows), windows(bare), strict=True):
        assert np.array_equal(one, other)


@torch.inference_mode()
def test_the_listener_hears_what_the_critic_hears() -> None:
    """All windows together in torch, padded, and one by one in numpy: the same logits."""
    heard = windows(rows_of(composed()))
    heard.append(heard[0][:9])
    listener = the_critic()
    critic = Critic(listener.shape).eval()
    critic.load_state_dict({name: torch.tensor(found) for name, found in listener.weights.items()})
    together = critic(padded([torch.from_numpy(window) for window in heard]))
    for own, expected in zip(listener.hear(heard), together, strict=True):
        assert np.abs(own - expected.numpy()).max() < 1e-4


def judged(made: Composition, request: Request) -> Verdict:
    """The verdict on a piece by a request, its own or another."""
    return verdict(rows_of(made), broken_fields(made.piece, request), request)


def test_a_verdict_is_of_chances_and_broken_fields() -> None:
    """What was not asked has no chance; what is broken is named, and costs."""
    made = composed()
    asked = judged(made, made.request)
    assert 0 < asked.real < 1
    assert asked.style is not None
    assert 0 < asked.style < 1
    assert asked.mood is not None
    assert 0 < asked.mood < 1
    free = judged(made, make_request(bars=11))
    assert (free.style, free.mood, free.broken) == (None, None, ())
    other_players = replace(
        made.request, instruments=(), ensemble=make_request(ensemble="choir").ensemble
    )
    broken = judged(made, other_players)
    assert "parts" in broken.broken
    assert broken.score < asked.score


def test_the_shipped_critic_is_small() -> None:
    """Fewer than a million parameters in less than two megabytes."""
    assert sum(each.size for each in the_critic().weights.values()) < 1e6
    assert CRITIC.stat().st_size < 2e6


def test_a_critic_that_cannot_be_used_is_refused(tmp_path: Path) -> None:
    """Missing, broken, or of other rows: one line says which."""
    broken = tmp_path / "broken"
    broken.write_bytes(b"no weights")
    with pytest.raises(CheckpointError, match="no critic"):
        read_listener(tmp_path / "missing", SIZES)
    with pytest.raises(CheckpointError, match="not a file of weights"):
        read_listener(broken, SIZES)
    with pytest.raises(CheckpointError, match="other rows"):
        read_listener(CRITIC, [*SIZES[:-1], 1])


def test_a_critic_learns_and_is_kept(tmp_path: Path) -> None:
    """It tells notes that leap at random from a composed piece, and reads back the same."""
    rows = rows_of(composed())
    random = np.random.default_rng(0)
    lessons = []
    for _ in range(24):
        made = rows.copy()
        notes = made[:, 0] == Kind.NOTE
        made[notes, 4] = random.integers(30, 100, notes.sum())
        some = [*lessons_of(rows, 0, is_real=True), *lessons_of(made, 0, is_real=False)]
        lessons += some
    critic = train_critic(lessons[:-8], lessons[-8:], epochs=4)
    assert marks_of(critic, lessons[-8:]).real > 0.95
    save_critic(tmp_path / "critic", critic, {})
    again = read_listener(tmp_path / "critic", SIZES)
    heard = [lesson.rows for lesson in lessons[:4]]
    taught = critic(padded([torch.from_numpy(window) for window in heard])).real.detach().numpy()
    assert np.abs(taught - again.hear(heard).real).max() < 0.05


def test_only_what_people_wrote_teaches_style_and_mood() -> None:
    """A made passage has no labels."""
    made = lessons_of(rows_of(composed()), 0, is_real=False)
    real = lessons_of(rows_of(composed()), 0, is_real=True)
    assert {(lesson.style, lesson.quadrant) for lesson in made} == {(IGNORED, IGNORED)}
    assert all(isinstance(lesson, Lesson) and lesson.style != IGNORED for lesson in real)


def test_twins_have_the_same_bars(tmp_path: Path) -> None:
    """Whatever is written in the place of a passage has its meters, keys, tempi and numbers."""
    piece = normalise(composed().piece)
    encoded = encode(piece, analyse(piece))
    record = np.zeros(1, dtype=PIECE)
    record["row_stop"], record["bar_stop"] = len(encoded.rows), len(encoded.bar_rows)
    record["notes"], record["split"], record["path"] = encoded.notes, 0, "piece"
    shard = Shard("corpus", encoded.rows, record, encoded.bar_rows)
    source = passages([shard], "train", seed=0)
    for passage, rows in twins(load_weights().model, source, 2, seed=0):
        real = passage.rows[passage.rows[:, 0] == Kind.BAR]
        stated = slice(column_of(Kind.BAR, "tempo") + 1)  # how phrases close is heard, not stated
        assert np.array_equal(real[:, stated], rows[rows[:, 0] == Kind.BAR][:, stated])
        assert passage.last - passage.first + 1 == len(real)
    first, again = (
        [passage.first for passage in islice(passages([shard], "train", seed=5), 20)]
        for _ in range(2)
    )
    assert first == again
    assert set(first) == {0, 3}
