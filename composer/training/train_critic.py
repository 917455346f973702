"""Windows to a critic: who wrote a passage, people or a model, and in which style and mood.

Style and mood are learned from what people wrote alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from composer.model.critic import Critic, padded
from composer.model.listener import CriticShape
from composer.tokens.audible import HEARD_SIZES, Heard, Rows, windows
from composer.tokens.fields import FIELD_SIZES, UNKNOWN, Kind, column_of

QUADRANTS = ("q1", "q2", "q3", "q4")
BATCH = 32
DROPOUT = 0.15
LEARNING_RATE = 1.5e-3
DECAY = 0.05
LABEL_WEIGHT = 0.3
IGNORED = -100
_MIDDLE = 3  # of the five levels of valence and arousal


@dataclass(frozen=True, slots=True)
class Lesson:
    """A window, whether people wrote it, and its style and quadrant (`IGNORED` if not known)."""

    rows: Heard
    is_real: bool
    style: int = IGNORED
    quadrant: int = IGNORED


@dataclass(frozen=True, slots=True)
class Marks:
    """On lessons that were held out: how often a real one gets the higher mark of a real and a
    made one (area under the curve), and shares of right styles and quadrants of real ones."""

    lessons: int
    real: float
    style: float
    quadrant: float


def lessons_of(rows: Rows, first_bar: int, *, is_real: bool) -> list[Lesson]:
    """A lesson for each window of a passage, header included, that begins with `first_bar`."""
    style = quadrant = IGNORED
    if is_real:
        style, quadrant = _style(rows), _quadrant(rows)
    return [
        Lesson(window, is_real, style, quadrant)
        for window in windows(rows[np.argmax(rows[:, 0] == Kind.BAR) :], first_bar)
    ]


def quadrant_of(valence: float, arousal: float) -> int:
    """The index among `QUADRANTS`: happy, tense, sad, calm."""
    return (0 if valence > 0 else 1) if arousal > 0 else (3 if valence > 0 else 2)


def _style(rows: Rows) -> int:
    style = int(rows[rows[:, 0] == Kind.STYLE][0, column_of(Kind.STYLE, "style")])
    return IGNORED if style == UNKNOWN else style


def _quadrant(rows: Rows) -> int:
    """Of the passage, by the moods of its bars; not known where they are in the middle."""
    plans = rows[rows[:, 0] == Kind.PLAN]
    levels = plans[:, [column_of(Kind.PLAN, "valence"), column_of(Kind.PLAN, "arousal")]]
    levels = levels[(levels != UNKNOWN).all(1)]
    if len(levels) == 0:
        return IGNORED
    valence, arousal = (levels.mean(0) - _MIDDLE).tolist()
    return IGNORED if not valence or not arousal else quadrant_of(valence, arousal)


def train_critic(
    lessons: Sequence[Lesson],
    held_out: Sequence[Lesson],
    *,
    epochs: int,
    seed: int = 0,
    progress: Callable[[int, float, Marks], None] = lambda epoch, loss, marks: None,
) -> Critic:
    """The critic of the epoch with the best marks for telling real from made."""
    torch.manual_seed(seed)
    torch.set_num_threads(1)  # windows are too little work for several: they wait for each other
    random = np.random.default_rng(seed)
    critic = Critic(new_shape(), DROPOUT)
    optimiser = torch.optim.AdamW(critic.parameters(), LEARNING_RATE, weight_decay=DECAY)
    made_a_real = sum(not one.is_real for one in lessons) / sum(one.is_real for one in lessons)
    steps = epochs * -(-len(lessons) // BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, LEARNING_RATE, total_steps=steps)
    best, best_state = -1.0, critic.state_dict()
    for epoch in range(epochs):
        critic.train()
        losses = []
        for batch in _batches(lessons, random):
            loss = _loss(critic, batch, made_a_real)
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            torch.nn.utils.clip_grad_norm_(critic.parameters(), 1.0)
            optimiser.step()
            schedule.step()
            losses.append(loss.item())
        marks = marks_of(critic, held_out)
        progress(epoch + 1, float(np.mean(losses)), marks)
        if marks.real > best:
            best = marks.real
            best_state = {name: value.clone() for name, value in critic.state_dict().items()}
    critic.load_state_dict(best_state)
    return critic.eval()


def new_shape() -> CriticShape:
    return CriticShape(tuple(HEARD_SIZES.values()), FIELD_SIZES["style"])


@torch.inference_mode()
def marks_of(critic: Critic, lessons: Sequence[Lesson]) -> Marks:
    """How right the critic is about lessons that it has not had."""
    critic.eval()
    real, style, quadrant = [], [], []
    for start in range(0, len(lessons), BATCH):
        heard = critic(_inputs(lessons[start : start + BATCH]))
        real.append(heard.real)
        style.append(heard.style.argmax(1))
        quadrant.append(heard.quadrant.argmax(1))
    is_real = torch.tensor([lesson.is_real for lesson in lessons])
    scores = torch.cat(real)
    ours, theirs = scores[is_real], scores[~is_real]
    area = (ours[:, None] > theirs[None, :]).double().mean()
    return Marks(
        len(lessons),
        float(area),
        _right(torch.cat(style), torch.tensor([lesson.style for lesson in lessons])),
        _right(torch.cat(quadrant), torch.tensor([lesson.quadrant for lesson in lessons])),
    )


def _right(guesses: Tensor, labels: Tensor) -> float:
    known = labels != IGNORED
    return float((guesses[known] == labels[known]).double().mean())


def _batches(lessons: Sequence[Lesson], random: np.random.Generator) -> Iterator[list[Lesson]]:
    """Every lesson once, windows of a length together."""
    lengths = np.array([len(lesson.rows) for lesson in lessons])
    order = np.argsort(lengths + random.uniform(0, 40, len(lessons)))
    batches = [order[start : start + BATCH] for start in range(0, len(order), BATCH)]
    for place in random.permutation(len(batches)):
        yield [lessons[index] for index in batches[place]]


def _inputs(lessons: Sequence[Lesson]) -> Tensor:
    return padded([torch.from_numpy(lesson.rows) for lesson in lessons])


def _loss(critic: Critic, lessons: Sequence[Lesson], real_weight: float) -> Tensor:
    heard = critic(_inputs(lessons))
    is_real = torch.tensor([float(lesson.is_real) for lesson in lessons])
    importance = torch.where(is_real > 0, real_weight, 1.0)
    loss = F.binary_cross_entropy_with_logits(heard.real, is_real, importance)
    for logits, name in ((heard.style, "style"), (heard.quadrant, "quadrant")):
        labels = torch.tensor([getattr(lesson, name) for lesson in lessons])
        if (labels != IGNORED).any():
            loss = loss + LABEL_WEIGHT * F.cross_entropy(logits, labels, ignore_index=IGNORED)
    return loss
