"""The training loop: batches in, a checkpoint out; stops and goes on where it stopped.

Rates rise, are flat, and fall at the end of the budget. A run whose budget is far can be looked at
any time: `fall_rows` goes on from a copy of its state with falling rates, and leaves it as it was.
"""

from __future__ import annotations

import json
import math
import os
import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import torch
from torch import nn

from composer.corpus.shards import Shard
from composer.errors import CheckpointError, CorpusError, RequestError
from composer.model.checkpoint import Checkpoint, save_checkpoint
from composer.model.sizes import RowTables
from composer.model.transformer import RowTransformer
from composer.tokens.fields import FORMAT_VERSION, layout
from composer.training.batches import Batch, Batches
from composer.training.held_out import held_out_sets, mean_bits, score
from composer.training.muon import Muon
from composer.training.recipe import Recipe
from composer.training.workers import apportioned, join_workers

SAVE_EVERY_SECONDS = 600.0
EVALUATE_EVERY_SECONDS = 1800.0
HELD_OUT_CROPS = 8
LINES_AT_ONCE, LINES_IN_A_SHARE = 8, 2
"""Lines that a process learns from together, which is also the unit in which several share a
batch; the second where a batch has too few for the first."""


@dataclass(slots=True)
class Progress:
    """How far a run has come. `seconds` is time spent in steps, over all sessions of the run;
    `bits_before` are the held-out bits a note of the weights that it began with."""

    step: int = 0
    seconds: float = 0.0
    rows: int = 0
    loss: float = 0.0
    bits_per_note: float | None = None
    bits_before: float | None = None


@dataclass(frozen=True, slots=True)
class Budget:
    """A run ends when one of them is used up; 0 means no limit."""

    minutes: float
    steps: int
    rows: int = 0

    def share(self, progress: Progress) -> float:
        """How much of the budget is used, 0..1 and beyond."""
        by_time = progress.seconds / (60 * self.minutes) if self.minutes else 0.0
        by_step = progress.step / self.steps if self.steps else 0.0
        by_rows = progress.rows / self.rows if self.rows else 0.0
        return max(by_time, by_step, by_rows)


class Run:
    """One training run: model, optimisers and progress, all of it saved and restored."""

    def __init__(
        self,
        recipe: Recipe,
        shards: Sequence[Shard],
        budget: Budget,
        begin_with: Checkpoint | None = None,
    ) -> None:
        self.workers = join_workers()
        if not any((shard.pieces["split"] == 0).any() for shard in shards):
            raise CorpusError("the corpora have no work in the training split")
        if max(budget.minutes, budget.steps, budget.rows) <= 0:
            raise RequestError("training needs a budget: give --minutes above 0")
        torch.manual_seed(recipe.seed)
        if begin_with:
            recipe = replace(recipe, shape=begin_with.model.shape)
        self.recipe, self.budget = recipe, budget
        self.began_with = (
            {"weights": begin_with.fingerprint, **begin_with.about} if begin_with else None
        )
        self.device = self.workers.device
        self.model = RowTransformer(recipe.shape, RowTables(**asdict(layout()))).to(self.device)
        if begin_with:
            self.model.load_state_dict(begin_with.model.state_dict())
        if recipe.compiled and _can_compile():
            for block in self.model.blocks:
                block.forward = torch.compile(block.forward, dynamic=False)
        self.optimisers = _optimisers(self.model, recipe)
        self.falls_from: float | None = None
        """The share of the budget from which rates fall, where it is not the recipe's."""
        self.ahead = ThreadPoolExecutor(1)
        enough = recipe.lines >= LINES_AT_ONCE * self.workers.count
        at_once = LINES_AT_ONCE if enough else LINES_IN_A_SHARE
        self.lines_at_once = math.gcd(recipe.lines, at_once)
        self.seconds_a_share = 1.0
        self.shares = [self._shares(), self._shares()]
        """Which lines of this step's batch and of the next one are this process's."""
        self.made: dict[int, Future[list[Batch]]] = {}
        self.half = self.device.type == "cuda" or _cpu_has_bfloat16()
        self.batches = Batches(
            shards,
            lines=recipe.lines,
            context=recipe.shape.context,
            seed=_seed(recipe, self.began_with),
            exponent=recipe.share_exponent,
            largest_share=recipe.largest_share,
            factors=recipe.corpus_factors,
        )
        self.held_out = held_out_sets(shards, recipe.shape.context, HELD_OUT_CROPS)
        self.progress = Progress()
        self.by_corpus: dict[str, float] = {}

    def step(self) -> None:
        """One batch. The loss is the mean over rows of the summed loss of their fields."""
        began = time.monotonic()
        self._set_rates()
        loss = rows = 0.0
        batches = self._own_batches()
        computed = time.monotonic()
        for batch in batches:
            some_loss, some_rows = self._learn_from(batch)
            loss, rows = loss + some_loss, rows + some_rows
        if batches:
            self.seconds_a_share = (time.monotonic() - computed) / len(batches)
        gathered = self.workers.gather(loss, rows)
        loss, rows = (sum(of_all) for of_all in zip(*gathered, strict=True))
        self.progress.loss = loss / rows
        if not math.isfinite(self.progress.loss):
            raise CheckpointError(
                f"step {self.progress.step + 1} has a loss of {self.progress.loss}; the last saved "
                "state is whole: go on from it, with lower rates if this comes again"
            )
        self.workers.add_gradients(self.model.parameters(), 1.0 / rows)
        nn.utils.clip_grad_norm_(self.model.parameters(), self.recipe.clip)
        for optimiser in self.optimisers:
            optimiser.step()
            optimiser.zero_grad()
        self.shares = [self.shares[1], self._shares()]
        self.progress.step += 1
        self.progress.rows += self.recipe.lines * self.recipe.shape.context
        lasted = self.workers.gather(time.monotonic() - began)
        self.progress.seconds += max(seconds for (seconds,) in lasted)

    def _learn_from(self, batch: Batch) -> tuple[float, float]:
        """Add the gradients of a batch's summed loss; the loss, and how many rows it is of."""
        rows, targets, document = (torch.from_numpy(array).to(self.device) for array in batch)
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self.half):
            losses, counts = self.model.loss(rows, targets, document)
        losses.sum().backward()  # type: ignore[no-untyped-call]
        return float(losses.detach().sum()), float(counts[0])

    def _own_batches(self) -> list[Batch]:
        """This process's lines of the batch of this step, a few at once; those of the next one are
        made while these are learned from."""
        step = self.progress.step
        for number, lines in zip((step, step + 1), self.shares, strict=True):
            if number not in self.made:
                self.made[number] = self.ahead.submit(self._make, number, lines)
        return self.made.pop(step).result()

    def _make(self, number: int, lines: range) -> list[Batch]:
        return [
            self.batches.batch(number, range(first, first + self.lines_at_once))
            for first in lines[:: self.lines_at_once]
        ]

    def _shares(self) -> range:
        """The lines of a batch that this process gets, by how fast all of them have been."""
        seconds = [found for (found,) in self.workers.gather(self.seconds_a_share)]
        counts = apportioned(self.recipe.lines // self.lines_at_once, seconds)
        first = sum(counts[: self.workers.rank]) * self.lines_at_once
        return range(first, first + counts[self.workers.rank] * self.lines_at_once)

    def _set_rates(self) -> None:
        recipe, used = self.recipe, self.budget.share(self.progress)
        warm = min(1.0, (self.progress.step + 1) / max(1, recipe.warmup_steps))
        start = recipe.decay_from if self.falls_from is None else self.falls_from
        fall = min(1.0, max(0.0, (used - start) / max(1e-9, 1 - start)))
        factor = warm * (1 - fall * (1 - recipe.final_rate))
        for optimiser in self.optimisers:
            for group in optimiser.param_groups:
                group["lr"] = factor * group["base_rate"]

    def evaluate(self) -> float | None:
        """Mean held-out bits per note; None if no work is held out."""
        if self.held_out:
            scores = [
                score(self.model, item, self.device, self.half, self.lines_at_once)
                for item in self.held_out
            ]
            self.progress.bits_per_note = mean_bits(scores)
            self.by_corpus = {item.corpus: round(item.bits_per_note, 3) for item in scores}
        return self.progress.bits_per_note

    def fall_over(self, rows: int) -> None:
        """From here on the budget is so many rows, over which rates fall to their end."""
        self.budget = Budget(0.0, 0, self.progress.rows + rows)
        self.falls_from = self.budget.share(self.progress)

    def save_state(self, path: Path) -> None:
        """Everything that `restore` needs, under a temporary name first."""
        state = {
            "recipe": json.dumps(asdict(self.recipe)),
            "model": self.model.state_dict(),
            "optimisers": [optimiser.state_dict() for optimiser in self.optimisers],
            "progress": asdict(self.progress),
            "began_with": json.dumps(self.began_with),
        }
        unfinished = path.with_name(f".{path.name}.unfinished")
        torch.save(state, unfinished)
        os.replace(unfinished, path)

    def restore(self, path: Path) -> None:
        """Go on from a saved state. Raises CheckpointError if it is of another model."""
        try:
            state = torch.load(path, map_location=self.device, weights_only=True)
            self.model.load_state_dict(state["model"])
            for optimiser, saved in zip(self.optimisers, state["optimisers"], strict=True):
                optimiser.load_state_dict(saved)
            self.progress = Progress(**state["progress"])
            self.began_with = json.loads(state["began_with"])
            self.batches.seed = _seed(self.recipe, self.began_with)
        except (RuntimeError, KeyError, ValueError, EOFError) as error:
            raise CheckpointError(
                f"{path} is not a state of recipe {self.recipe.name!r}; delete it to begin anew"
            ) from error

    def about(self) -> dict[str, Any]:
        """What the checkpoint says of its training, and of the weights that it began with."""
        return {
            "began_with": self.began_with,
            "recipe": self.recipe.name,
            "steps": self.progress.step,
            "rows": self.progress.rows,
            "minutes": round(self.progress.seconds / 60, 1),
            "device": self.device.type,
            "held_out_bits_per_note": self.progress.bits_per_note,
            "corpora": {
                pieces.shard.name: round(float(share), 4)
                for pieces, share in zip(self.batches.corpora, self.batches.shares, strict=True)
            },
        }


def silent(progress: Progress, share: float) -> None:
    """Progress that is not shown."""


def train(
    recipe: Recipe,
    shards: Sequence[Shard],
    out: Path,
    *,
    state: Path,
    budget: Budget,
    begin_with: Checkpoint | None = None,
    fall_rows: int = 0,
    report: Callable[[Progress, float], None] = silent,
) -> Progress:
    """Train until the budget is used up, going on from `state` if it is there.

    A run without a state begins from nothing, or with the weights `begin_with` in their shape.

    Writes the weights to `out` and the resumable state to `state` every few minutes and at the
    end, on Ctrl-C too; appends a line a held-out evaluation to `<state>.jsonl`. With `fall_rows`
    the rates fall over so many rows from the state on, which is left as it is.
    """
    run = Run(recipe, shards, budget, begin_with)
    if state.exists():
        run.restore(state)
    elif begin_with and run.workers.leads:
        run.progress.bits_before = run.evaluate()
    if fall_rows:
        branch = state.with_name(f"{state.stem}-branch{state.suffix}")
        if run.workers.leads and state.with_suffix(".jsonl").exists():
            shutil.copy(state.with_suffix(".jsonl"), branch.with_suffix(".jsonl"))
        state = branch
        run.fall_over(fall_rows)
    saved = evaluated = time.monotonic()
    try:
        while run.budget.share(run.progress) < 1.0:
            run.step()
            report(run.progress, run.budget.share(run.progress))
            if time.monotonic() - evaluated > EVALUATE_EVERY_SECONDS:
                _evaluate(run, state)
                evaluated = time.monotonic()
            if time.monotonic() - saved > SAVE_EVERY_SECONDS:
                _save(run, out, state)
                saved = time.monotonic()
    finally:
        _save(run, out, state)  # before it is measured, which takes a while
        _evaluate(run, state)
        _save(run, out, state)
    return run.progress


def _seed(recipe: Recipe, began_with: Mapping[str, Any] | None) -> int:
    """That of the crops: who goes on from other weights sees other crops."""
    return recipe.seed + (int(began_with["weights"], 16) if began_with else 0)


def _evaluate(run: Run, state: Path) -> None:
    """The process that leads evaluates; the others wait for it at their next step."""
    if not run.workers.leads:
        return
    bits = run.evaluate()
    line = {**asdict(run.progress), "bits_per_note": bits, "by_corpus": run.by_corpus}
    with state.with_suffix(".jsonl").open("a", encoding="utf-8") as log:
        log.write(json.dumps(line) + "\n")


def _save(run: Run, out: Path, state: Path) -> None:
    if not run.workers.leads:
        return
    run.save_state(state)
    save_checkpoint(out, run.model, FORMAT_VERSION, run.about())


def _optimisers(model: RowTransformer, recipe: Recipe) -> list[torch.optim.Optimizer]:
    """Muon for the matrices inside, AdamW for embeddings and output tables."""
    inside: list[nn.Parameter] = []
    tables: list[nn.Parameter] = []
    for name, parameter in model.named_parameters():
        is_table = "embedding" in name or "chosen.weight" in name or "heads.output" in name
        (tables if is_table else inside).append(parameter)
    optimisers: list[torch.optim.Optimizer] = [
        Muon(inside, recipe.muon_rate),
        torch.optim.AdamW(
            tables,
            recipe.adam_rate,
            betas=(0.9, 0.95),
            weight_decay=recipe.weight_decay,
            fused=True,
        ),
    ]
    for optimiser in optimisers:
        for group in optimiser.param_groups:
            group["base_rate"] = group["lr"]
    return optimisers


def _can_compile() -> bool:
    """Whether blocks can be compiled: on a GPU, or where a C++ compiler is at hand."""
    return torch.cuda.is_available() or shutil.which(os.environ.get("CXX", "g++")) is not None


def _cpu_has_bfloat16() -> bool:
    """Whether the CPU multiplies bfloat16 itself; elsewhere half precision only costs time."""
    return bool(torch.ops.mkldnn._is_mkldnn_bf16_supported()) and (
        "avx512_bf16" in _cpu_flags() or "amx_bf16" in _cpu_flags()
    )


def _cpu_flags() -> str:
    try:
        return Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return ""
