"""`composer corpora`: what there is to learn from, and its encoding for training."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from composer.cli.flags import add_command, add_json, add_processes, check_writable, words
from composer.cli.printing import print_json, print_table, progress_bar
from composer.errors import RequestError

if TYPE_CHECKING:
    from composer.cli.flags import Commands
    from composer.corpus.corpus import Corpus
    from composer.corpus.shards import BuildReport


def add_to(commands: Commands) -> None:
    def show_help(_: argparse.Namespace) -> None:
        parser.print_help()

    parser = add_command(
        commands, "corpora", "list, count and encode the training music", show_help
    )
    actions = parser.add_subparsers(title="commands", metavar="COMMAND")
    _add_folder(add_command(actions, "list", "the corpora we know, and which are here", list_all))
    counting = add_command(actions, "stats", "files and notes by corpus, style, ensemble", stats)
    _add_folder(counting)
    counting.add_argument(
        "--by", metavar="LIST", default="corpus,style,ensemble",
        help="also split, composer, licence, origin (default: corpus,style,ensemble)",
    )  # fmt: skip
    _add_folder(
        add_command(actions, "duplicates", "hold near-duplicates out of training", duplicates)
    )
    building = add_command(
        actions, "build", "encode all files with their facts; stopped, it goes on", build
    )
    _add_folder(building)
    building.add_argument(
        "--out", metavar="DIR", type=Path, default=Path("shards"),
        help="where to keep what is encoded (default: shards)",
    )  # fmt: skip
    add_processes(building)


def list_all(given: argparse.Namespace) -> None:
    from composer.corpus.statistics import list_corpora

    rows = list_corpora(given.folder)
    if given.json:
        print_json([asdict(row) | {"location": _place(row.location)} for row in rows])
        return
    print_table(
        "",
        ["name", "title", "files", "where", "licence"],
        [
            [r.name, r.title, r.files, _place(r.location) or f"not here: {r.source}", r.licence]
            for r in rows
        ],
    )


def stats(given: argparse.Namespace) -> None:
    from composer.corpus.corpus import find_corpora
    from composer.corpus.statistics import STAT_FIELDS, corpus_stats

    fields = words(given.by)
    unknown = [field for field in fields if field not in STAT_FIELDS]
    if unknown or not fields:
        what = f"{unknown[0]!r} is not a field" if unknown else "no field is given"
        raise RequestError(f"{what}; allowed: {', '.join(STAT_FIELDS)}")
    rows = corpus_stats(find_corpora(given.folder), fields)
    if given.json:
        print_json([asdict(row) for row in rows])
        return
    for field in fields:
        of_field = [row for row in rows if row.field == field]
        print_table(
            "",
            [field, "files", "notes", "of them by people"],
            [[r.value or "(not said)", r.files, r.notes, r.human_notes] for r in of_field],
        )


def duplicates(given: argparse.Namespace) -> None:
    from composer.corpus.duplicates import hold_out_duplicates

    found = hold_out_duplicates(given.folder)
    if given.json:
        print_json(found._asdict())
        return
    print(
        f"{found.files} files, {found.pairs} pairs of near-duplicates, "
        f"{found.held_out} works held out"
    )


def build(given: argparse.Namespace) -> None:
    from composer.corpus.corpus import find_corpora

    check_writable(given.out)
    reports = build_with_progress(find_corpora(given.folder), given.out, given.processes)
    if given.json:
        print_json([asdict(report) for report in reports])
        return
    print_table(
        "",
        ["corpus", "files", "pieces", "notes", "rows", "dropped"],
        [[r.corpus, r.files, r.pieces, r.notes, r.rows, len(r.dropped)] for r in reports],
    )
    for report in reports:
        for dropped in report.dropped:
            print(f"dropped {report.corpus}: {dropped.path}: {dropped.reason}")


def build_with_progress(corpora: Sequence[Corpus], out: Path, processes: int) -> list[BuildReport]:
    """`build_shards` with a bar a corpus. Raises RequestError for fewer than one process."""
    from composer.corpus.shards import build_shards

    if processes < 1:
        raise RequestError(f"--processes {processes} is nobody; give at least 1")
    with progress_bar() as bar:
        tasks = {corpus.name: bar.add_task(corpus.name, total=None) for corpus in corpora}

        def progress(corpus: str, done: int, total: int) -> None:
            bar.update(tasks[corpus], completed=done, total=total)

        return build_shards(corpora, out, processes=processes, progress=progress)


def _add_folder(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "folder", metavar="FOLDER", nargs="?", type=Path, default=Path(),
        help="where the corpora lie, zipped or not (default: this folder)",
    )  # fmt: skip
    add_json(parser)


def _place(location: Path | None) -> str:
    return "" if location is None else str(location)
