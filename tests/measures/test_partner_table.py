"""Promises about the table of the partner verbs, with a model that has learned nothing."""

from __future__ import annotations

import json
import math
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest
import torch

from composer.composing.verbs.draft import draft_of
from composer.errors import RequestError
from composer.measures import span_bits
from composer.measures.bars_alike import bars_to_compare
from composer.measures.bars_alike import evaluate as compare
from composer.measures.partner_music import chorales, melody_of, outside, spans, with_bars_of
from composer.measures.partner_text import write_table
from composer.measures.partner_trials import evaluate
from composer.model.checkpoint import save_checkpoint
from composer.model.runtime import Runtime
from composer.model.sizes import RowTables, Shape
from composer.model.transformer import RowTransformer
from composer.tokens.fields import FORMAT_VERSION, layout
from tests.measures.music import in_bars, shard_of, tune_in_style

SHAPE = Shape(width=32, layers=1, heads=2, head_hidden=32, chosen_width=16, context=256)


def untrained(context: int = 256) -> RowTransformer:
    torch.manual_seed(0)
    return RowTransformer(replace(SHAPE, context=context), RowTables(**asdict(layout())))


def test_the_table_is_made_and_its_promises_are_kept(tmp_path: Path) -> None:
    """Whatever the model writes, what is given comes back, in range and on the second."""
    weights = tmp_path / "weights.safetensors"
    save_checkpoint(weights, untrained(), FORMAT_VERSION, {"recipe": "none"})
    pieces = [(tune_in_style(style, seed, 18), "valid") for style in ("hymn", "folk")
              for seed in (1, 2)]  # fmt: skip
    stages = []
    table = evaluate(
        weights, [shard_of("tunes", pieces)], 2, progress=lambda stage, *_: stages.append(stage)
    )
    assert table.infilled.untouched == table.harmonized.untouched == 2
    assert table.harmonized.in_range == 2
    assert (table.arranged.pieces, table.arranged.in_range) == (1, 1)
    assert table.varied.monotone == table.timed.near == 1
    assert table.varied.notes_changed[0] == 0
    assert table.chorales.bach.bars == table.chorales.ours.bars > 4
    assert {"infill", "harmonize", "arrange", "chorales", "vary", "seconds"} == set(stages)
    written = write_table(table, tmp_path / "out")
    text = written[0].read_text(encoding="utf-8")
    assert all(f"## {part}" in text for part in ("Infilled", "What is", "Parallel", "Vary"))
    assert json.loads(written[1].read_text())["fingerprint"] == table.fingerprint
    with pytest.raises(RequestError, match="--pieces 1 to"):
        evaluate(weights, [shard_of("tunes", pieces)], 9)


def test_a_bar_is_like_itself_and_unlike_another() -> None:
    """In pitch classes, rhythm and chords; nothing is compared with silence."""
    c_major = [(0, 60), (24, 64), (48, 67), (72, 60), (0, 48)]
    piece = in_bars(c_major, [(12, 61), (36, 66), (60, 70)], [])
    bars = bars_to_compare(piece)
    assert compare(bars, bars, [(0, 0)]).pitch_classes == pytest.approx(1)
    assert compare(bars, bars, [(0, 0), (1, 1)]).rhythm == 1
    apart = compare(bars, bars, [(0, 1)])
    assert (apart.pitch_classes, apart.rhythm) == (0, 0)
    silent = compare(bars, bars, [(2, 2)])
    assert math.isnan(silent.pitch_classes)
    assert math.isnan(silent.rhythm)
    with pytest.raises(RequestError, match="normalise"):
        bars_to_compare(replace(piece, ticks_per_quarter=480))


def test_bits_count_the_notes_of_the_span_alone() -> None:
    """Finite also where the context is too small for all bars; none for bars that are silent."""
    piece = tune_in_style("folk", 3, 18)
    draft = draft_of(piece)
    for context in (64, 256):
        model = untrained(context)
        weights = {name: tensor.numpy() for name, tensor in model.state_dict().items()}
        runtime = Runtime(weights, model.shape, model.tables, exact=True)
        bits = span_bits.evaluate(runtime, draft, 8, 9)
        assert 1 < bits < 100
    for first, last, message in ((17, 18, "not in"), (5, 4, "not in")):
        with pytest.raises(RequestError, match=message):
            span_bits.validate(draft, first, last)


def test_other_bars_are_put_in_the_place_of_some() -> None:
    """All else stays; the bars that come are those that were asked for."""
    piece = tune_in_style("hymn", 4, 18)
    first, elsewhere = spans(piece)[0]
    other = with_bars_of(piece, first, elsewhere)
    last = first + 3
    assert outside(other, first, last) == outside(piece, first, last)
    there = bars_to_compare(piece), bars_to_compare(other)
    pairs = [(elsewhere + number, first + number) for number in range(4)]
    assert compare(*there, pairs).pitch_classes == pytest.approx(1)


def test_a_melody_is_one_line() -> None:
    """The highest notes of a chord are, from the first bar with notes on."""
    melody = melody_of(tune_in_style("hymn", 5, 18))
    onsets = [note.onset_tick for note in melody.parts[0].notes]
    assert len(melody.parts) == 1
    assert len(set(onsets)) == len(onsets)
    assert melody.end_tick == 8 * 96


def test_chorales_are_for_four_voices() -> None:
    """They come with music21."""
    (piece,) = chorales(1, np.random.default_rng(3))
    assert len(piece.parts) == 4
