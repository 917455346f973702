"""Training: what a batch holds, that runs resume exactly, and that a model learns."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from composer.analysis.analyse import analyse
from composer.corpus.shards import PIECE, Shard
from composer.errors import CheckpointError, RequestError
from composer.model.checkpoint import load_checkpoint
from composer.model.sizes import EARLY_COLUMNS, IGNORED, RowTables, Shape
from composer.music.normalise import normalise
from composer.music.piece import KeyChange, MeterChange, Note, Part, Piece, TempoChange
from composer.tokens.encode import encode
from composer.tokens.fields import FORMAT_VERSION, Kind, Mark, column_of, layout
from composer.training.augment import TEMPO_STEPS, augmented, drop_fields
from composer.training.batches import Batches, Crop, capped_shares, pack
from composer.training.given_blocks import with_given_block
from composer.training.recipe import Recipe, find_recipe, recipes
from composer.training.train import Budget, Run, train
from composer.training.workers import apportioned

RECIPE = Recipe(
    "test",
    "for tests",
    Shape(width=32, layers=1, heads=2, head_hidden=32, chosen_width=16, context=128),
    minutes=0,
    steps=12,
    lines=2,
    warmup_steps=2,
)


def scale_piece(tonic: int, bars: int = 12) -> Piece:
    """A scale up and down for a flute: something that can be learned."""
    steps = (0, 2, 4, 5, 7, 5, 4, 2)
    notes = tuple(Note(12 * index, 12, tonic + steps[index % 8]) for index in range(8 * bars))
    key = KeyChange(0, tonic * 7 % 12 - 6, "major")
    return normalise(
        Piece((Part("flute", 73, notes),), (MeterChange(0, 4, 4),), 96 * bars, keys=(key,))
    )


def shard(name: str = "scales", split: int = 0) -> Shard:
    encoded = [encode(piece, analyse(piece), "human") for piece in map(scale_piece, range(62, 74))]
    pieces = np.zeros(len(encoded), dtype=PIECE)
    row = bar = 0
    for record, item in zip(pieces, encoded, strict=True):
        record["row_start"], record["row_stop"] = row, row + len(item.rows)
        record["bar_start"], record["bar_stop"] = bar, bar + len(item.bar_rows)
        record["split"] = split
        row, bar = row + len(item.rows), bar + len(item.bar_rows)
    return Shard(
        name,
        np.concatenate([item.rows for item in encoded]),
        pieces,
        np.concatenate([item.bar_rows for item in encoded]),
    )


def batches(seed: int = 0) -> Batches:
    return Batches(
        [shard()], lines=3, context=128, seed=seed, exponent=1, largest_share=1, factors={}
    )


def test_a_batch_is_a_function_of_seed_and_number() -> None:
    """Drawn twice it is the same; another number or seed gives another."""
    first, again, other = batches().batch(5), batches().batch(5), batches().batch(6)
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    assert not np.array_equal(first.rows, other.rows)
    assert not np.array_equal(first.rows, batches(seed=1).batch(5).rows)


def test_targets_are_the_next_rows_of_the_same_piece() -> None:
    """Late fields are those of the row that follows, early ones those of the row after that, and
    neither crosses into another piece."""
    rows, targets, document = batches().batch(0)
    for columns, ahead in ((slice(EARLY_COLUMNS, None), 1), (slice(EARLY_COLUMNS), 2)):
        here, there = targets[:, :-ahead, columns], rows[:, ahead:-2, columns]
        known = here != IGNORED
        assert (here[known] == there[known]).all()
        crossing = document[:, ahead:] != document[:, :-ahead]
        assert (here[crossing] == IGNORED).all()


def test_unknown_fields_are_never_targets() -> None:
    """A dropped field teaches nothing; a beat of 0 is a beat."""
    batch = batches().batch(1)
    style = batch.targets[..., 0] == Kind.STYLE
    assert (batch.targets[style][:, 1:EARLY_COLUMNS] != 0).all()
    notes = batch.targets[..., 0] == Kind.NOTE
    assert (batch.targets[notes][:, column_of(Kind.NOTE, "beat")] == 0).any()


def test_a_crop_from_the_middle_need_not_guess_where_it_begins() -> None:
    """The first bar's `bars` is no target unless the crop begins with the piece."""
    rows = shard().rows[:60]
    for from_start in (True, False):
        crop = Crop(rows, from_start, np.zeros(len(rows), dtype=bool))
        targets = pack([crop], 100).targets
        first_bar = int(np.argmax(targets[:, 0] == Kind.BAR))
        assert (targets[first_bar, column_of(Kind.BAR, "bars")] == IGNORED) == (not from_start)


def test_dropping_fields_leaves_the_notes() -> None:
    """Whatever is dropped, every note row stays as it was."""
    rows = shard().rows[:100]
    for seed in range(20):
        dropped = drop_fields(rows, np.random.default_rng(seed))
        notes = dropped[dropped[:, 0] == Kind.NOTE]
        assert np.array_equal(notes, rows[rows[:, 0] == Kind.NOTE])


def test_a_given_block_gives_and_asks_for_all_of_a_span() -> None:
    """Nothing is lost or doubled: given and written notes are those of the crop, and each bar
    that is written stands behind the write mark; what is given is no target."""
    rows, cut = shard().rows[:110], 0
    for seed in range(60):
        arranged, given = with_given_block(rows, np.random.default_rng(seed), 10**6)
        if not given.any():
            continue
        cut += 1
        notes = {tuple(row) for row in rows.tolist() if row[0] == Kind.NOTE}
        kept = [tuple(row) for row in arranged.tolist() if row[0] == Kind.NOTE]
        assert set(kept) <= notes
        marks = arranged[arranged[:, 0] == Kind.MARK, 1].tolist()
        assert marks == [Mark.GIVEN, Mark.WRITE, Mark.END]
        write = int(
            np.flatnonzero((arranged[:, 0] == Kind.MARK) & (arranged[:, 1] == Mark.WRITE))[0]
        )
        assert not given[write + 1 :].any()
        assert (arranged[write + 1 :, 0] == Kind.BAR).any()
    assert cut > 5


def test_parts_given_in_a_span_are_not_written_again() -> None:
    """Of two parts one may be given: then only the other stands behind the write mark."""
    second = Part("cello", 42, tuple(Note(24 * i, 24, 40 + i % 5) for i in range(48)))
    piece = scale_piece(62)
    piece = normalise(replace(piece, parts=(*piece.parts, second)))
    rows = encode(piece).rows
    part = column_of(Kind.NOTE, "part")
    seen = 0
    for seed in range(80):
        arranged, given = with_given_block(rows, np.random.default_rng(seed), 10**6)
        notes = arranged[:, 0] == Kind.NOTE
        write = np.flatnonzero((arranged[:, 0] == Kind.MARK) & (arranged[:, 1] == Mark.WRITE))
        if len(write) and len(np.unique(arranged[notes][:, part])) == 2:
            bars = set(arranged[write[0] :][arranged[write[0] :, 0] == Kind.BAR, 1].tolist())
            written = set(arranged[write[0] :][notes[write[0] :]][:, part].tolist())
            given_here = _parts_in_bars(arranged[given], bars, part)
            assert not written & given_here
            seen += bool(given_here)
    assert seen > 3


def _parts_in_bars(rows: np.ndarray, bars: set[int], part: int) -> set[int]:
    bar, found = 0, set()
    for row in rows.tolist():
        if row[0] == Kind.BAR:
            bar = row[1]
        elif row[0] == Kind.NOTE and bar in bars:
            found.add(row[part])
    return found


def test_no_corpus_is_above_its_share() -> None:
    """Shares are capped and still add up to one."""
    shares = capped_shares(np.array([100.0, 5.0, 3.0, 1.0]), 0.4)
    assert shares.max() <= 0.4 + 1e-9
    assert shares.sum() == pytest.approx(1.0)


def test_a_model_learns_what_can_be_learned(tmp_path: Path) -> None:
    """After a few dozen steps the loss of scales has fallen by more than half."""
    run = Run(replace(RECIPE, steps=60), [shard()], Budget(0, 60))
    run.step()
    first = run.progress.loss
    for _ in range(59):
        run.step()
    assert run.progress.loss < 0.5 * first


def test_a_run_that_stopped_goes_on_as_if_it_had_not(tmp_path: Path) -> None:
    """Twelve steps, or six and six more after a restart: the same weights to the bit."""
    whole = Run(RECIPE, [shard()], Budget(0, 12))
    for _ in range(12):
        whole.step()
    first = Run(RECIPE, [shard()], Budget(0, 12))
    for _ in range(6):
        first.step()
    first.save_state(tmp_path / "state.pt")
    second = Run(RECIPE, [shard()], Budget(0, 12))
    second.restore(tmp_path / "state.pt")
    assert second.progress.step == 6
    for _ in range(6):
        second.step()
    for name, tensor in whole.model.state_dict().items():
        assert torch.equal(tensor, second.model.state_dict()[name]), name


def test_train_writes_weights_state_and_a_line_of_held_out_bits(tmp_path: Path) -> None:
    """The files are there, nothing unfinished is left, and the budget of steps is kept."""
    out, state = tmp_path / "weights.safetensors", tmp_path / "state.pt"
    shards = [shard(), shard("held", split=1)]
    progress = train(RECIPE, shards, out, state=state, budget=Budget(0, 12))
    assert progress.step == 12
    assert progress.bits_per_note is not None
    assert progress.bits_per_note > 0
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "state.jsonl",
        "state.pt",
        "weights.safetensors",
    ]


def test_a_run_goes_on_from_weights_in_their_shape_and_says_so(tmp_path: Path) -> None:
    """Its first model is the one that was given, and what it writes names that and its training."""
    out = tmp_path / "weights.safetensors"
    train(RECIPE, [shard()], out, state=tmp_path / "state.pt", budget=Budget(0, 12))
    given_weights = load_checkpoint(out, FORMAT_VERSION, RowTables(**asdict(layout())))
    run = Run(find_recipe("further"), [shard()], Budget(0, 12), given_weights)
    assert run.model.shape == RECIPE.shape
    for name, tensor in given_weights.model.state_dict().items():
        assert torch.equal(tensor, run.model.state_dict()[name]), name
    began_with = run.about()["began_with"]
    assert began_with["weights"] == given_weights.fingerprint
    assert (began_with["recipe"], began_with["steps"]) == ("test", 12)
    further = replace(find_recipe("further"), lines=2)
    out, shards = tmp_path / "on.safetensors", [shard(), shard("held", split=1)]
    done = train(
        further,
        shards,
        out,
        state=tmp_path / "on.pt",
        budget=Budget(0, 1),
        begin_with=given_weights,
    )
    assert done.bits_before is not None
    assert done.bits_before != done.bits_per_note
    run.save_state(tmp_path / "further.pt")
    later = Run(RECIPE, [shard()], Budget(0, 12))
    later.restore(tmp_path / "further.pt")
    assert later.about()["began_with"] == began_with


def test_a_state_of_another_model_is_refused(tmp_path: Path) -> None:
    """The line says what to do."""
    Run(RECIPE, [shard()], Budget(0, 12)).save_state(tmp_path / "state.pt")
    wider = replace(RECIPE, shape=replace(RECIPE.shape, width=64))
    with pytest.raises(CheckpointError, match="delete it to begin anew"):
        Run(wider, [shard()], Budget(0, 12)).restore(tmp_path / "state.pt")


def test_a_run_needs_a_budget() -> None:
    """No minutes and no steps is a mistake, said plainly."""
    with pytest.raises(RequestError, match="--minutes"):
        Run(RECIPE, [shard()], Budget(0, 0))


def test_every_recipe_is_known_by_name() -> None:
    """Shipped recipes load, and an unknown name is answered with those there are."""
    assert {"tiny", "first"} <= set(recipes())
    with pytest.raises(RequestError, match="tiny"):
        find_recipe("nonsense")


@pytest.mark.parametrize("name", sorted(recipes()))
def test_every_shipped_recipe_takes_a_step(name: str) -> None:
    """Its model can be made and trained on a batch."""
    recipe = find_recipe(name)
    plain = replace(recipe, lines=1, corpora="", compiled=False)
    run = Run(plain, [shard()], Budget(0, 1))
    run.step()
    assert run.progress.step == 1


def band_rows() -> np.ndarray:
    """Three flutes in canon, as rows."""
    notes = scale_piece(72).parts[0].notes
    parts = tuple(
        Part("flute", 73, tuple(n._replace(onset_tick=n.onset_tick + 96 * k) for n in notes))
        for k in range(3)
    )
    piece = normalise(
        Piece(parts, (MeterChange(0, 4, 4),), 96 * 14, tempi=(TempoChange(0, 100.0),))
    )
    return encode(piece, analyse(piece)).rows


@given(st.integers(0, 2**32 - 1))
def test_a_crop_with_fewer_parts_keeps_the_music_of_the_others(seed: int) -> None:
    """Whole parts leave with all that is theirs, one stays at least, and no ensemble is named."""
    rows = band_rows()
    changed = augmented(rows, np.random.default_rng(seed))
    part = column_of(Kind.NOTE, "part")
    left = set(changed[changed[:, 0] == Kind.PART, 1].tolist())
    expected = rows[(rows[:, 0] == Kind.NOTE) & np.isin(rows[:, part], list(left))]
    assert left
    assert np.array_equal(changed[changed[:, 0] == Kind.NOTE], expected)
    if len(left) < 3:
        assert (changed[changed[:, 0] == Kind.STYLE, column_of(Kind.STYLE, "ensemble")] == 0).all()


@given(st.integers(0, 2**32 - 1))
def test_a_crop_at_another_tempo_has_it_everywhere(seed: int) -> None:
    """The tempo of the piece and of its bars move by the same few steps, and nothing else does."""
    rows = band_rows()
    changed = augmented(rows, np.random.default_rng(seed))
    moved = set()
    for kind in (Kind.FORM, Kind.BAR):
        column = column_of(kind, "tempo")
        before, after = (r[r[:, 0] == kind, column].astype(int) for r in (rows, changed))
        moved |= set((after - before).tolist())
    assert len(moved) == 1
    assert abs(moved.pop()) <= TEMPO_STEPS


TWO_STEPS = """
import sys
import torch
from tests.training.test_training import RECIPE, shard
from composer.training.train import Budget, Run

torch.set_num_threads(1)
run = Run(RECIPE, [shard()], Budget(0, 12))
for _ in range(2):
    run.step()
if run.workers.leads:
    torch.save((run.progress.loss, run.model.state_dict()), sys.argv[1])
"""


def test_two_processes_train_what_one_trains(tmp_path: Path) -> None:
    """After two steps the loss and the weights are the same, but for the order of sums."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    found = []
    for count in (1, 2):
        out = tmp_path / f"{count}.pt"
        common = {**os.environ, "WORLD_SIZE": str(count), "MASTER_ADDR": "127.0.0.1"}
        started = [
            subprocess.Popen(
                [sys.executable, "-c", TWO_STEPS, str(out)],
                env={**common, "MASTER_PORT": port, "RANK": str(rank)},
                cwd=Path(__file__).parents[2],
            )
            for rank in range(count)
        ]
        assert [process.wait(timeout=120) for process in started] == [0] * count
        found.append(torch.load(out))
    (loss, weights), (loss_of_two, weights_of_two) = found
    assert loss_of_two == pytest.approx(loss, rel=1e-3)
    for name, tensor in weights.items():
        assert torch.allclose(tensor, weights_of_two[name], atol=2e-3), name


def test_slow_processes_get_less_to_do() -> None:
    """Whoever takes three times as long gets a quarter."""
    assert apportioned(8, [1.0, 3.0]) == [6, 2]
    assert apportioned(8, [1.0, 1.0]) == [4, 4]
    assert apportioned(1, [2.0, 1.0]) == [0, 1]


def test_rates_fall_from_wherever_the_run_is(tmp_path: Path) -> None:
    """A branch that falls ends low; the state it began with stays as it was."""
    state = tmp_path / "state.pt"
    train(RECIPE, [shard()], tmp_path / "flat.safetensors", state=state, budget=Budget(0, 4))
    before = state.read_bytes()
    progress = train(
        RECIPE,
        [shard()],
        tmp_path / "fallen.safetensors",
        state=state,
        budget=Budget(0, 100),
        fall_rows=6 * RECIPE.lines * RECIPE.shape.context,
    )
    assert progress.step == 10
    assert state.read_bytes() == before
