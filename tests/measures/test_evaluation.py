"""The whole report, of a model that has learned nothing, over corpora made here."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest
import torch

from composer.cli import main
from composer.composing.writing.weights import load_weights
from composer.corpus.shards import Shard
from composer.errors import CorpusError, FileError
from composer.measures import evaluation as report_module
from composer.measures import likelihood
from composer.measures.charts import Line, Series, bar_chart, line_chart
from composer.measures.evaluation import FULL, QUICK, Sizes, evaluate
from composer.measures.evaluation_files import plain
from composer.measures.evaluation_text import write_report
from composer.measures.token_baseline import baseline
from composer.measures.training_log import curve, rows_per_second
from composer.model.checkpoint import save_checkpoint
from composer.model.sizes import RowTables, Shape
from composer.model.transformer import RowTransformer
from composer.tokens.fields import FORMAT_VERSION, layout
from tests.measures.music import shard_of, tune_in_style

SHAPE = Shape(width=32, layers=1, heads=2, head_hidden=32, chosen_width=16, context=256)
STYLES = ("hymn", "folk")


def weights(folder: Path) -> Path:
    torch.manual_seed(0)
    path = folder / "weights.safetensors"
    model = RowTransformer(SHAPE, RowTables(**asdict(layout())))
    save_checkpoint(path, model, FORMAT_VERSION, {"recipe": "none", "rows": 0})
    return path


def corpus() -> Shard:
    pieces = [(tune_in_style(style, seed), "valid") for style in STYLES for seed in range(20)]
    trained = [(tune_in_style(style, seed), "train") for style in STYLES for seed in range(50, 54)]
    return shard_of("tunes", [*pieces, *trained])


def stored(shard: Shard, folder: Path) -> Path:
    place = folder / "shards" / shard.name
    place.mkdir(parents=True)
    for name in ("rows", "pieces", "bar_rows"):
        np.save(place / f"{name}.npy", getattr(shard, name))
    (place / "build.json").write_text("{}")
    return folder / "shards"


def log(folder: Path) -> Path:
    path = folder / "state.jsonl"
    lines = [{"rows": 1000 * n, "seconds": 10.0 * n, "bits_per_note": 9.0 - n} for n in (1, 2)]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


def test_one_call_measures_everything(tmp_path: Path) -> None:
    """Every section is there, every chart is an image, and JSON reads back."""
    stages = []
    report = evaluate(
        weights(tmp_path),
        stored(corpus(), tmp_path),
        sizes=Sizes(crops=1, requests=2, a_style=2, a_quadrant=0, human=20, bars=4),
        logs=[log(tmp_path)],
        progress=lambda stage, done, total: stages.append(stage),
    )
    written = write_report(report, tmp_path / "report")
    text = (tmp_path / "report" / "report.md").read_text(encoding="utf-8")
    for heading in ("1. Held-out", "2. Obedience", "3. Likeness", "4. Copying", "5. Cost"):
        assert f"## {heading}" in text
    assert "Mood was not judged" in text
    assert report.obeyed["bars"] == (2, 2)
    assert report.cost.rows_per_second_in_training == pytest.approx(100)
    data = json.loads((tmp_path / "report" / "report.json").read_text(encoding="utf-8"))
    assert data["fingerprint"] == report.fingerprint
    charts = [path for path in written if path.suffix == ".svg"]
    assert len(charts) == 6
    assert all(path.name in text for path in charts)
    assert all(ElementTree.parse(path).getroot().tag.endswith("svg") for path in charts)
    assert {"random requests", "styles"} <= set(stages)


def test_a_few_files_of_ones_own_give_a_report_that_says_what_is_too_few(tmp_path: Path) -> None:
    """With two held-out pieces there is no judge of style, and no people to lie beside."""
    pieces = [(tune_in_style(STYLES[0], seed), "valid") for seed in range(2)]
    trained = [(tune_in_style(STYLES[0], seed), "train") for seed in range(50, 54)]
    report = evaluate(
        weights(tmp_path),
        stored(shard_of("tunes", [*pieces, *trained]), tmp_path),
        sizes=Sizes(crops=1, requests=2, a_style=2, a_quadrant=0, human=20, bars=4),
    )
    assert (report.style, report.real_endings, report.copying.human) == (None, {}, None)
    write_report(report, tmp_path / "report")
    text = (tmp_path / "report" / "report.md").read_text(encoding="utf-8")
    assert "Too few works are held out: no style has 20 pieces of people" in text
    assert "Style was not judged" in text


def test_the_command_writes_the_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every path is printed; the rivals' results stand in it; without corpora it says so."""
    sizes = Sizes(crops=1, requests=1, a_style=2, a_quadrant=0, human=20, bars=4)
    monkeypatch.setattr(report_module, "QUICK", sizes)
    shards, out = stored(corpus(), tmp_path), tmp_path / "out"
    arguments = [
        "--weights",
        weights(tmp_path),
        "--quick",
        "--out",
        out,
        "--remi",
        rivals(tmp_path),
    ]
    assert main(["evaluate", "--shards", str(shards), *map(str, arguments)]) == 0
    written = capsys.readouterr().out.split()
    assert {Path(path).name for path in written} >= {"report.md", "report.json", "bits.svg"}
    text = (out / "report.md").read_text(encoding="utf-8")
    assert "Beside REMI tokens" in text
    assert "| 60% |" in text
    assert main(["evaluate", "--shards", str(tmp_path / "none"), "--out", str(out)]) == 2
    assert "no built corpora" in capsys.readouterr().err


def rivals(folder: Path) -> Path:
    for name, bits in (("rows", 4.0), ("remi", 10.0)):
        found = {"parameters": 7, "steps": 2, "cpu_minutes": 30.0,
                 "bits": {"220 rows": {"tunes": [100, bits]}}}  # fmt: skip
        (folder / f"{name}.json").write_text(json.dumps(found))
    return folder


def test_results_of_rivals_are_of_one_music(tmp_path: Path) -> None:
    """Missing, broken or unequal ones are refused by name."""
    with pytest.raises(FileError, match=r"benchmarks/remi\.py"):
        baseline(tmp_path)
    rivals(tmp_path)
    (beside,) = baseline(tmp_path).beside
    assert (beside.corpus, beside.rows, beside.tokens) == ("tunes", 4.0, 10.0)
    path = tmp_path / "remi.json"
    path.write_text(path.read_text().replace("[100,", "[99,"))
    with pytest.raises(FileError, match="99 notes"):
        baseline(tmp_path)


def test_full_measures_more_than_quick() -> None:
    """In every size; at least 200 random requests."""
    assert all(big >= small for big, small in zip(asdict(FULL).values(), asdict(QUICK).values(),
                                                  strict=True))  # fmt: skip
    assert FULL.requests >= 200


def test_a_bigram_learns_in_the_key_that_it_is_scored_in(tmp_path: Path) -> None:
    """Tables of tunes in one key tell more about them than tables of nothing."""
    shard = corpus()
    learned = likelihood.learn_bigram([shard])
    model = load_weights(weights(tmp_path)).model
    comparisons, _ = likelihood.evaluate(model, [shard], crops=1)
    assert comparisons[0].bigram < 0.5 * comparisons[0].model
    assert all(np.isfinite(table).all() for table in learned.tables.values())
    with pytest.raises(CorpusError, match="held-out"):
        likelihood.validate([shard_of("tunes", [(tune_in_style("folk", 1), "train")])])


def test_a_training_log_is_a_curve(tmp_path: Path) -> None:
    """Points in order of rows; anything else is refused by name."""
    points = curve(log(tmp_path))
    assert [(p.rows, p.bits_per_note) for p in points] == [(1000, 8.0), (2000, 7.0)]
    assert rows_per_second(points) == pytest.approx(100)
    assert rows_per_second([]) is None
    broken = tmp_path / "broken.jsonl"
    broken.write_text('{"steps": 1}\n')
    for path in (broken, tmp_path / "missing.jsonl"):
        with pytest.raises(FileError, match=path.name):
            curve(path)


def test_charts_hold_what_they_are_given() -> None:
    """A bar a value that is known, a point a point; text is escaped."""
    bars = bar_chart("A & B", ["<one>", "two"], [Series("x", [1.0, None])])
    assert bars.count("<rect") == 1 + 1  # paper and one bar
    assert "&lt;one&gt;" in bars
    lines = line_chart("flat", "x", [Line("y", [(0.0, 1.0), (5.0, 1.0)])])
    assert lines.count("<circle") == 2
    ElementTree.fromstring(lines)


def test_what_is_not_a_number_becomes_null() -> None:
    """JSON knows no nan."""
    assert plain({"a": [float("nan"), 1.0], "b": (2,)}) == {"a": [None, 1.0], "b": [2]}
