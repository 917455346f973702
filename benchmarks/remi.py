"""Rows beside REMI tokens: held-out bits per note after equal CPU time on the same music.

    pip install -e '.[benchmarks]'
    python -m benchmarks.remi --shards BUILT --cache DIR [--corpora FOLDER] [--minutes 30]
        [--contender rows remi]

`rows` is the recipe `first` from scratch. `remi` is a plain decoder of the same blocks, optimisers,
rates and number of parameters over MidiTok's REMI tokens (`remi_tokens.py`), in lines of 1,024.
Both draw the same corpora in the same shares, moved to the common key, with the same parts left
out and tempi changed; each batch is ready before the clock starts. The clock is CPU time of one
thread, and where both are trained, the one that has used less takes the next step, so a busy
machine slows them alike.

Both are scored on the same notes of the same held-out works, the header given to both: on crops of
1,024 rows (`rows` in one piece; `remi` in windows that move by half, so that every token but the
first ones sees half a window or more), and on crops of 220 rows, about 1,000 tokens, in one piece.
`rows` pays for its bar, plan, chord and dynamics rows, and is also asked about the same music
without plans and chords, which `remi` does not have; `remi` pays for all its tokens. Its one stream
does not tell two parts of one program apart, which it need not pay for.

Stopped, the same command goes on; a changed `--minutes` is a changed budget. Writes
`<contender>.state` and `<contender>.json` to `--cache`; prints the comparison as Markdown.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Sequence
from concurrent.futures import wait
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from remi_tokens import START, RemiTokens, Tokens
from torch import Tensor, nn
from torch.nn import functional as F

from composer.corpus.corpus import find_corpora
from composer.corpus.shards import Shard, build_shards, load_shards
from composer.model.sizes import IGNORED
from composer.model.transformer import Block, ResidualLinear, rotary_angles
from composer.tokens.fields import Kind
from composer.tokens.transpose import in_common_key
from composer.training.augment import augmented
from composer.training.batches import Batches, Pieces
from composer.training.held_out import SEED, Score, held_out_sets, mean_bits, score
from composer.training.muon import Muon
from composer.training.recipe import Recipe, find_recipe
from composer.training.train import Budget, Run

CONTEXT = 1024
SHORTEST_CROP = 128
"""Tokens: a smaller rest of a line is padded."""
ROWS_PER_TOKEN = 0.3
"""Rows enough to fill a line: a note is a row or a little more, and four tokens or five."""
CROPS = {"1,024 rows": 1024, "220 rows": 220}
CROPS_A_CORPUS = 8
SAVE_EVERY_SECONDS = 300.0


class TokenTransformer(nn.Module):
    """The plain decoder: an embedding, our blocks, and one table of logits."""

    rotation: Tensor

    def __init__(self, recipe: Recipe, layers: int, vocabulary: int) -> None:
        super().__init__()
        shape = recipe.shape
        self.embedding = nn.Embedding(vocabulary, shape.width)
        self.blocks = nn.ModuleList(Block(shape.width, shape.heads, CONTEXT) for _ in range(layers))
        self.output_embedding = nn.Linear(shape.width, vocabulary, bias=False)
        rotation = rotary_angles(CONTEXT, shape.width // shape.heads)
        self.register_buffer("rotation", rotation, persistent=False)
        for module in self.modules():
            if isinstance(module, nn.Embedding):
                nn.init.normal_(module.weight, std=0.3)
            elif isinstance(module, nn.Linear) and not isinstance(module, ResidualLinear):
                nn.init.normal_(module.weight, std=module.in_features**-0.5)
        for block in self.blocks:
            for linear in (block.attention.output, block.feed.output):
                nn.init.zeros_(linear.weight)

    def losses(self, ids: Tensor, targets: Tensor, document: Tensor) -> Tensor:
        """Nats of each target that counts; all have shape (batch, time)."""
        state = self.embedding(ids)
        for block in self.blocks:
            state = block(state, self.rotation[: ids.shape[1]], document)
        some = targets != IGNORED
        logits = self.output_embedding(F.rms_norm(state, (state.shape[-1],))[some])
        return F.cross_entropy(logits.float(), targets[some], reduction="none")


class Line(NamedTuple):
    """`ids`, `targets`, `document`: (time,), or (lines, time) when stacked."""

    ids: NDArray[np.int64]
    targets: NDArray[np.int64]
    document: NDArray[np.int64]


def line_of(crops: Sequence[Tokens]) -> Line:
    """Crops one after another, each behind the start token, then padding; see `batches.pack`."""
    ids = np.full(CONTEXT + 1, START)
    document = np.full(CONTEXT + 1, -1)
    counts = np.zeros(CONTEXT + 1, dtype=bool)
    start = 0
    for number, crop in enumerate(crops):
        stop = min(start + 1 + len(crop.ids), CONTEXT + 1)
        ids[start + 1 : stop] = crop.ids[: stop - start - 1]
        counts[start + 1 : stop] = crop.counts[: stop - start - 1]
        document[start:stop] = number
        start = stop
    targets = np.where(counts, ids, IGNORED)
    return Line(ids[:-1], targets[1:], document[:-1])


class TokenBatches:
    """The music that `Batches` draws, as tokens."""

    def __init__(self, rows: Batches, tokens: RemiTokens) -> None:
        self.rows, self.tokens = rows, tokens

    def batch(self, number: int, lines: range) -> Line:
        made = [self._line(np.random.default_rng((self.rows.seed, number, line))) for line in lines]
        return Line(*(np.stack(arrays) for arrays in zip(*made, strict=True)))

    def _line(self, random: np.random.Generator) -> Line:
        crops: list[Tokens] = []
        room = CONTEXT + 1
        while room >= SHORTEST_CROP:
            number = int(random.choice(len(self.rows.corpora), p=self.rows.shares))
            corpus = self.rows.corpora[number]
            crop = corpus.crop(random, int(room * ROWS_PER_TOKEN) + 16)
            rows, _ = in_common_key(crop.rows)
            crops.append(self.tokens.encode(augmented(rows, random)))
            room -= 1 + len(crops[-1].ids)
        return line_of(crops)


class Contender:
    """Rows: the recipe as it is."""

    name = "rows"

    def __init__(self, recipe: Recipe, shards: Sequence[Shard], minutes: float) -> None:
        self.run = Run(recipe, shards, Budget(minutes, 0))

    @property
    def share(self) -> float:
        return self.run.budget.share(self.run.progress)

    def step(self) -> None:
        progress = self.run.progress
        for number, lines in zip(
            range(progress.step, progress.step + 2), self.run.shares, strict=True
        ):
            self.run.made.setdefault(number, self.run.ahead.submit(self.run._make, number, lines))
        wait(self.run.made.values())
        before, began = progress.seconds, time.process_time()
        self.run.step()
        progress.seconds = before + time.process_time() - began

    def scores(self, shards: Sequence[Shard], rows: int, facts: bool = True) -> list[Score]:
        """Bits per note of each corpus on crops of so many rows."""
        sets = held_out_sets(shards, rows, CROPS_A_CORPUS, facts)
        return [score(self.run.model, item, self.run.device, self.run.half) for item in sets]


class RemiContender(Contender):
    """REMI tokens under the same roof: only the model, its batches and its loss are others."""

    name = "remi"

    def __init__(self, recipe: Recipe, shards: Sequence[Shard], minutes: float) -> None:
        run = RemiRun(recipe, shards, Budget(minutes, 0))
        self.run, self.tokens = run, run.tokens
        run.batches = TokenBatches(run.batches, run.tokens)  # type: ignore[assignment]

    @torch.inference_mode()
    def scores(self, shards: Sequence[Shard], rows: int, facts: bool = True) -> list[Score]:
        found = []
        for shard in shards:
            pieces = Pieces(shard, "valid")
            if not pieces.row_count:
                continue
            random = np.random.default_rng(SEED)
            drawn = [pieces.crop(random, rows).rows for _ in range(CROPS_A_CORPUS)]
            moved = [in_common_key(crop)[0] for crop in drawn]
            notes = sum(int((crop[:, 0] == Kind.NOTE).sum()) for crop in moved)
            bits = sum(self._bits(self.tokens.encode(crop)) for crop in moved)
            found.append(Score(shard.name, notes, bits / notes, ()))
        return found

    def _bits(self, crop: Tokens) -> float:
        nats = 0.0
        for line in windows(crop):
            tensors = [tensor.unsqueeze(0) for tensor in _tensors(line)]
            with torch.autocast("cpu", torch.bfloat16, enabled=self.run.half):
                nats += float(self.run.model.losses(*tensors).double().sum())
        return nats / np.log(2)


def windows(crop: Tokens) -> list[Line]:
    """The crop in lines of at most `CONTEXT`, each behind its header; every token counts once.

    A line begins with the first bar that leaves at most half of it to what has been counted.
    """
    room = CONTEXT - crop.header
    body = len(crop.ids) - crop.header
    lines, counted = [], 0
    while counted < body:
        earliest = max(0, counted - room // 2)
        bars = np.flatnonzero(crop.is_bar[crop.header + earliest : crop.header + counted + 1])
        first = earliest + int(bars[0]) if counted and len(bars) else earliest
        span = slice(crop.header + first, crop.header + first + room)
        counts = crop.counts[span].copy()
        counts[: counted - first] = False
        ids = np.concatenate([crop.ids[: crop.header], crop.ids[span]])
        given = np.zeros(crop.header, dtype=bool)
        counts = np.concatenate([given, counts])
        lines.append(line_of([crop._replace(ids=ids, counts=counts)]))
        counted = first + room
    return lines


class RemiRun(Run):
    def __init__(self, recipe: Recipe, shards: Sequence[Shard], budget: Budget) -> None:
        super().__init__(recipe, shards, budget)
        wanted = sum(p.numel() for p in self.model.parameters())
        self.tokens = RemiTokens()
        self.model = _of_size(wanted, recipe, self.tokens.size)
        tables = [self.model.embedding.weight, self.model.output_embedding.weight]
        self.optimisers = [
            Muon(self.model.blocks.parameters(), recipe.muon_rate),
            torch.optim.AdamW(
                tables, recipe.adam_rate, betas=(0.9, 0.95), weight_decay=recipe.weight_decay
            ),
        ]
        for optimiser in self.optimisers:
            for group in optimiser.param_groups:
                group["base_rate"] = group["lr"]

    def _learn_from(self, batch: Line) -> tuple[float, float]:  # type: ignore[override]
        with torch.autocast("cpu", torch.bfloat16, enabled=self.half):
            losses = self.model.losses(*_tensors(batch))
        losses.sum().backward()
        return float(losses.detach().sum()), float(len(losses))


def _tensors(line: Line) -> list[Tensor]:
    return [torch.from_numpy(array) for array in line]


def _of_size(wanted: int, recipe: Recipe, vocabulary: int) -> TokenTransformer:
    """The plain decoder whose number of parameters is nearest."""

    def distance(model: TokenTransformer) -> int:
        return abs(sum(p.numel() for p in model.parameters()) - wanted)

    return min((TokenTransformer(recipe, n, vocabulary) for n in range(2, 16)), key=distance)


CONTENDERS = {"rows": Contender, "remi": RemiContender}


def train(contenders: Sequence[Contender], cache: Path) -> None:
    """Step by step, the one that has used less of its budget first; saved now and then."""
    for contender in contenders:
        if (path := cache / f"{contender.name}.state").exists():
            contender.run.restore(path)
    saved = time.process_time()
    while (least := min(contenders, key=lambda contender: contender.share)).share < 1:
        least.step()
        if time.process_time() - saved > SAVE_EVERY_SECONDS or least.share >= 1:
            for contender in contenders:
                contender.run.save_state(cache / f"{contender.name}.state")
                print(_line(contender), flush=True)
            saved = time.process_time()


def _line(contender: Contender) -> str:
    p = contender.run.progress
    return (
        f"{time.strftime('%H:%M:%S')} {contender.name}: step {p.step}, {p.seconds:.0f} s of CPU, "
        f"loss {p.loss / np.log(2):.2f} bits"
    )


def write_result(contender: Contender, shards: Sequence[Shard], cache: Path) -> None:
    progress, model = contender.run.progress, contender.run.model

    def bits(rows: int, facts: bool) -> dict[str, tuple[int, float]]:
        found = contender.scores(shards, rows, facts)
        by_corpus = {score.corpus: (score.notes, score.bits_per_note) for score in found}
        return by_corpus | {"all notes": (sum(score.notes for score in found), mean_bits(found))}

    result = {
        "parameters": sum(p.numel() for p in model.parameters()),
        "steps": progress.step,
        "cpu_minutes": round(progress.seconds / 60, 1),
        "bits": {name: bits(rows, facts=True) for name, rows in CROPS.items()},
        "bits_without_facts": {name: bits(rows, facts=False) for name, rows in CROPS.items()}
        if contender.name == "rows"
        else {},
    }
    (cache / f"{contender.name}.json").write_text(json.dumps(result, indent=1), encoding="utf-8")


def table(cache: Path) -> str:
    """Both results side by side, as Markdown; raises FileNotFoundError before both are there."""
    rows, remi = (
        json.loads((cache / f"{name}.json").read_text(encoding="utf-8")) for name in CONTENDERS
    )
    text = ""
    for name, found in (("rows", rows), ("REMI tokens", remi)):
        text += (
            f"{name}: {found['parameters']:,} parameters, {found['steps']:,} steps in "
            f"{found['cpu_minutes']} minutes of CPU.\n"
        )
    for crops, by_corpus in rows["bits"].items():
        text += f"\nHeld-out bits a note, crops of {crops}:\n\n"
        text += "| corpus | notes | rows | rows without facts | REMI | fewer |\n"
        text += "|---|---|---|---|---|---|\n"
        for corpus, (notes, own) in by_corpus.items():
            other_notes, other = remi["bits"][crops][corpus]
            assert notes == other_notes
            _, plain = rows["bits_without_facts"][crops][corpus]
            text += f"| {corpus} | {notes:,} | {own:.2f} | {plain:.2f} | {other:.2f} "
            text += f"| {1 - plain / other:.0%} |\n"
    return text


def main() -> None:
    parser = argparse.ArgumentParser(description="rows beside MidiTok's REMI tokens")
    add = parser.add_argument
    add("--shards", type=Path, required=True, help="built corpora; built from --corpora if given")
    add("--corpora", type=Path, help="folder of the corpora")
    add("--cache", type=Path, required=True, help="folder of states and results")
    add("--minutes", type=float, default=30.0, help="CPU time of each")
    add("--contender", nargs="+", choices=CONTENDERS, default=list(CONTENDERS))
    given = parser.parse_args()
    torch.set_num_threads(1)
    if given.corpora:
        build_shards(find_corpora(given.corpora), given.shards)
    given.cache.mkdir(parents=True, exist_ok=True)
    shards, recipe = load_shards(given.shards), find_recipe("first")
    contenders = [CONTENDERS[name](recipe, shards, given.minutes) for name in given.contender]
    train(contenders, given.cache)
    for contender in contenders:
        write_result(contender, shards, given.cache)
    if all((given.cache / f"{name}.json").exists() for name in CONTENDERS):
        print(table(given.cache))


if __name__ == "__main__":
    main()
