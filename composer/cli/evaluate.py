"""`composer evaluate`: how good some weights are, as a report that anyone can make again."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from composer.cli.corpora import build_with_progress
from composer.cli.flags import add_command, add_processes, check_writable
from composer.cli.printing import print_paths, progress_bar

if TYPE_CHECKING:
    from composer.cli.flags import Commands
    from composer.measures.evaluation import Progress


def add_to(commands: Commands) -> None:
    parser = add_command(
        commands, "evaluate", "measure weights on held-out music and on what they write", evaluate
    )
    add = parser.add_argument
    add("--weights", metavar="FILE", type=Path, help="weights of your own training")
    add(
        "--shards", metavar="DIR", type=Path, default=Path("shards"),
        help="encoded corpora, what is held out among them (default: shards)",
    )  # fmt: skip
    add("--corpora", metavar="DIR", type=Path, help="folder of corpora to encode there first")
    add(
        "--evaluation", metavar="DIR", type=Path,
        help="folder of emopia.zip and vgmidi.zip (default: mood is not judged)",
    )  # fmt: skip
    add(
        "--log", metavar="FILE", type=Path, nargs="+", default=[],
        help="logs of training (.jsonl) to draw as curves",
    )  # fmt: skip
    add("--remi", metavar="DIR", type=Path, help="where benchmarks/remi.py left its results")
    add(
        "--out", metavar="DIR", type=Path, default=Path("evaluation"),
        help="folder of the report (default: evaluation)",
    )  # fmt: skip
    add("--quick", action="store_true", help="a tenth of everything, to see that it works")
    add_processes(parser)


def evaluate(given: argparse.Namespace) -> None:
    check_writable(given.out)
    if given.corpora:
        from composer.corpus.corpus import find_corpora

        check_writable(given.shards)
        build_with_progress(find_corpora(given.corpora), given.shards, given.processes)
    from composer.measures import evaluation as report
    from composer.measures.evaluation_text import write_report

    sizes = report.QUICK if given.quick else report.FULL
    with progress_bar() as bar:
        found = report.evaluate(
            given.weights,
            given.shards,
            given.evaluation,
            sizes,
            logs=given.log,
            remi=given.remi,
            progress=_stages(bar),
        )
    print_paths(write_report(found, given.out))


def _stages(bar: Any) -> Progress:
    """A line of its own for each stage of the work."""
    tasks: dict[str, Any] = {}

    def progress(stage: str, done: int, total: int) -> None:
        if stage not in tasks:
            tasks[stage] = bar.add_task(stage, total=total)
        bar.update(tasks[stage], completed=done, total=total)

    return progress
