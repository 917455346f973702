"""The transformer: what it may see, and that the cache changes nothing."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import pytest
import torch

from composer.errors import CheckpointError
from composer.model.checkpoint import load_checkpoint, save_checkpoint
from composer.model.sizes import EARLY_COLUMNS, IGNORED, RowTables, Shape
from composer.model.transformer import KeyValueCache, RowTransformer
from composer.tokens.fields import COLUMNS, FIELD_SIZES, ROW_FIELDS, Kind, layout

SHAPE = Shape(width=32, layers=3, heads=2, head_hidden=32, chosen_width=16, window=100, context=320)


def tables() -> RowTables:
    return RowTables(**asdict(layout()))


def new_model(seed: int = 0) -> RowTransformer:
    torch.manual_seed(seed)
    model = RowTransformer(SHAPE, tables())
    for parameter in model.parameters():  # residual outputs start at zero; the tests want traffic
        torch.nn.init.normal_(parameter, std=0.2)
    return model.eval()


def random_rows(lines: int, time: int, seed: int = 1) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    rows = torch.zeros(lines, time, COLUMNS, dtype=torch.long)
    rows[..., 0] = torch.randint(1, int(max(Kind)) + 1, (lines, time), generator=generator)
    for kind, names in ROW_FIELDS.items():
        here = rows[..., 0] == kind
        for column, name in enumerate(names, 1):
            drawn = torch.randint(0, FIELD_SIZES[name], (lines, time), generator=generator)
            rows[..., column] = torch.where(here, drawn, rows[..., column])
    return rows


def states(
    model: RowTransformer, rows: torch.Tensor, document: torch.Tensor | None = None
) -> torch.Tensor:
    """Of all rows but the last, which is only looked forward to."""
    return model(rows[:, :-1], rows[:, 1:], document)


@torch.inference_mode()
def test_a_row_never_sees_what_follows() -> None:
    """Changing later rows changes no earlier state, but for the early fields of the next row."""
    model, rows = new_model(), random_rows(1, 301)
    changed = rows.clone()
    changed[:, 200:] = random_rows(1, 101, seed=2)
    before, after = states(model, rows), states(model, changed)
    assert torch.allclose(before[:, :199], after[:, :199], atol=1e-5)
    assert not torch.allclose(before[:, 199:], after[:, 199:], atol=1e-2)
    changed[:, 200, :EARLY_COLUMNS] = rows[:, 200, :EARLY_COLUMNS]
    assert torch.allclose(before[:, :200], states(model, changed)[:, :200], atol=1e-5)


@torch.inference_mode()
def test_a_row_never_sees_another_piece_of_its_line() -> None:
    """With documents, rows of the second piece are as if the first were another."""
    model, rows = new_model(), random_rows(1, 301)
    document = (torch.arange(300) >= 120).long().unsqueeze(0)
    changed = rows.clone()
    changed[:, :120] = random_rows(1, 120, seed=3)
    first, second = states(model, rows, document), states(model, changed, document)
    assert torch.allclose(first[:, 120:], second[:, 120:], atol=1e-5)


@torch.inference_mode()
def test_the_cache_gives_the_states_of_the_whole() -> None:
    """Rows read one by one or in chunks end in the states of one pass."""
    model, rows = new_model(), random_rows(1, 301)
    whole = states(model, rows)
    cache = KeyValueCache(SHAPE, batch=1)
    sizes = [280, 1, 1, 18]
    chunks = zip(rows[:, :-1].split(sizes, dim=1), rows[:, 1:].split(sizes, dim=1), strict=True)
    pieced = torch.cat([model(*chunk, cache=cache) for chunk in chunks], dim=1)
    assert torch.allclose(whole, pieced, atol=1e-4)
    assert cache.room == SHAPE.context - 300


def test_the_loss_is_the_likelihood_that_sampling_sees() -> None:
    """Column by column, the loss equals minus the log of the heads' own probabilities."""
    model, rows = new_model(), random_rows(1, 14)
    losses, counts = model.loss(rows, targets_of(rows))
    found = states(model, rows[:, :-1])
    later = model.with_late(found, rows[:, 1:-1])
    expected = torch.zeros(COLUMNS)
    for step in range(12):
        for column in range(COLUMNS):
            is_early = column < EARLY_COLUMNS
            state = (later if is_early else found)[0, step : step + 1]
            row = rows[0, step + 2 if is_early else step + 1]
            kind = int(row[0])
            if column > len(ROW_FIELDS[Kind(kind)]):
                continue
            chosen = model.heads.chosen(model.input_indices(row))[:column].sum(0, keepdim=True)
            where = model.tables.logits_of(kind, column) if column else slice(None)
            logits = model.heads.logits(column, state, chosen)[:, where]
            expected[column] -= logits.log_softmax(-1)[0, int(row[column])].detach()
    assert torch.allclose(losses, expected, rtol=1e-4)
    assert counts[0] == 12


def targets_of(rows: torch.Tensor) -> torch.Tensor:
    """All fields that there are: of the row behind each the late ones, then the early ones."""
    used = torch.tensor(tables().used)[rows[..., 0]]
    known = torch.where(used, rows, IGNORED)
    early, late = known[:, 2:, :EARLY_COLUMNS], known[:, 1:-1, EARLY_COLUMNS:]
    return torch.cat([early, late], dim=2)


def test_ignored_targets_cost_nothing() -> None:
    """A field without a target adds no loss and is not counted."""
    model, rows = new_model(), random_rows(1, 30)
    targets = targets_of(rows)
    targets[..., 2] = IGNORED
    losses, counts = model.loss(rows, targets)
    assert losses[2] == 0
    assert counts[2] == 0
    assert losses[0] > 0


def test_weights_survive_the_file_and_name_themselves(tmp_path: Path) -> None:
    """Saved and loaded, a model gives the same states (to half precision) and keeps its notes."""
    model, rows = new_model(), random_rows(1, 20)
    path = tmp_path / "weights.safetensors"
    save_checkpoint(path, model, 1, {"recipe": "test"})
    checkpoint = load_checkpoint(path, 1, tables())
    assert torch.allclose(states(model, rows), states(checkpoint.model, rows), atol=0.1)
    assert checkpoint.about == {"recipe": "test"}
    assert len(checkpoint.fingerprint) == 12
    assert not list(tmp_path.glob(".*"))


def test_weights_of_another_format_are_refused(tmp_path: Path) -> None:
    """A checkpoint of event format 2 is refused with a line that names both."""
    path = tmp_path / "weights.safetensors"
    save_checkpoint(path, new_model(), 2, {})
    with pytest.raises(CheckpointError, match=r"event format 2; this version reads 1"):
        load_checkpoint(path, 1, tables())


@pytest.mark.parametrize("content", [b"", b"not weights at all", b"\x00" * 64])
def test_broken_weights_are_refused(tmp_path: Path, content: bytes) -> None:
    """A file that is no weights gives one clear line."""
    path = tmp_path / "weights.safetensors"
    path.write_bytes(content)
    with pytest.raises(CheckpointError, match="not a file of weights"):
        load_checkpoint(path, 1, tables())


def test_missing_weights_are_named(tmp_path: Path) -> None:
    """The line says where they were looked for."""
    with pytest.raises(CheckpointError, match=r"no weights at .*nowhere"):
        load_checkpoint(tmp_path / "nowhere", 1, tables())
