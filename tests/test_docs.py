"""The pages are true: every command and flag, every folder, every link."""

from __future__ import annotations

import argparse
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from composer.cli.parser import build_parser
from composer.corpus.corpus import MANIFESTS
from composer.corpus.manifest import MANIFEST_NAME, read_manifest
from composer.rendering.formats import FORMATS

CHECKOUT = Path(__file__).resolve().parents[1]
README = (CHECKOUT / "README.md").read_text(encoding="utf-8")
MADE_WITH_THE_SITE = ("commands.md", "gallery.md", "tutorial.md")
"""Pages that `website/hooks.py` makes; building the site checks links to them."""
PAGES = [CHECKOUT / "README.md", *sorted((CHECKOUT / "docs").rglob("*.md"))]
HIDDEN = {"__pycache__", "dist", "build", "runs", "pieces", "shards"}
"""Folders that are no part of the tree."""


def test_every_command_is_in_the_readme() -> None:
    """By its full name."""
    names = [name for name, _ in commands()]
    assert {"compose", "styles", "train", "corpora build"} <= set(names)
    for name in names:
        *_, word = name.split()
        assert f"composer {name}" in README or f"`{word}`" in README, name


def test_every_flag_is_in_the_readme() -> None:
    """Of every command, and every way to write it, help aside."""
    for name, parser in commands():
        for action in parser._actions:
            for flag in action.option_strings:
                is_help = flag in ("-h", "--help")
                assert is_help or f"`{flag}`" in README or f"{flag} " in README, (name, flag)


def test_every_flag_in_the_readme_is_one_of_ours() -> None:
    """A flag that was renamed must not live on there."""
    known = {flag for _, parser in commands() for a in parser._actions for flag in a.option_strings}
    assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", README)) <= known | {"--version", "--help"}


def test_every_format_is_in_the_readme() -> None:
    """What `--format` takes."""
    for name in FORMATS:
        assert f"`{name}`" in README


def test_every_flag_has_a_help_text() -> None:
    """And every command a description."""
    for name, parser in commands():
        assert parser.description, name
        for action in parser._actions:
            assert action.help or isinstance(action, argparse._SubParsersAction), (name, action)


def test_the_tree_in_the_readme_is_the_tree() -> None:
    """Each folder of the checkout and of the package has a line, and there are no others."""
    tree = README.partition("## The tree")[2].partition("```\n")[2].partition("```")[0]
    shown = {line.split()[0] for line in tree.splitlines()}
    rooms = folders(CHECKOUT / "composer")
    inner = [name for room in rooms for name in folders(CHECKOUT / "composer" / room)]
    here = {*folders(CHECKOUT), *rooms, *inner}
    assert {name for name in shown if name.endswith("/")} == here
    for name in shown - here:
        assert (CHECKOUT / name).exists() or (CHECKOUT / "composer" / name).exists(), name


def test_each_commands_and_librarys_example_in_the_readme_parses() -> None:
    """The blocks can be copied."""
    for block in re.findall(r"```\n(.*?)```", README, flags=re.DOTALL):
        for line in block.splitlines():
            if line.startswith("composer "):
                build_parser().parse_args(shlex.split(line)[1:])
    (library,) = re.findall(r"```python\n(.*?)```", README, flags=re.DOTALL)
    compile(library, "README.md", "exec")


def test_the_librarys_example_in_the_readme_runs(tmp_path: Path) -> None:
    """From the first line to the last."""
    (library,) = re.findall(r"```python\n(.*?)```", README, flags=re.DOTALL)
    subprocess.run([sys.executable, "-c", library], cwd=tmp_path, check=True, capture_output=True)
    assert (tmp_path / "pieces" / "again.svg").is_file()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(CHECKOUT)))
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    """To a file, and to a heading where one is named."""
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
        if "://" in target:
            continue
        path, _, heading = target.partition("#")
        if path in MADE_WITH_THE_SITE:
            continue
        file = (page.parent / path) if path else page
        assert file.exists(), f"{page.name}: {target}"
        if heading:
            assert heading in headings(file), f"{page.name}: {target}"


def test_the_model_card_credits_every_corpus() -> None:
    """Title, licence and credit of each corpus that the shipped model may learn from."""
    card = (CHECKOUT / "docs" / "model-card.md").read_text(encoding="utf-8")
    for path in MANIFESTS.glob(f"*/{MANIFEST_NAME}"):
        manifest = read_manifest(path)
        if manifest.package:
            continue
        for words in (manifest.title, manifest.licence, manifest.attribution):
            assert words in card, (manifest.name, words)


def commands() -> list[tuple[str, argparse.ArgumentParser]]:
    """Every command, sub-commands too: its words and its parser."""
    return list(_commands("", build_parser()))


def _commands(
    prefix: str, parser: argparse.ArgumentParser
) -> Iterator[tuple[str, argparse.ArgumentParser]]:
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, command in action.choices.items():
                yield f"{prefix}{name}", command
                yield from _commands(f"{prefix}{name} ", command)


def folders(parent: Path) -> list[str]:
    """The folders that belong to the tree, each with a slash."""
    found = (path for path in parent.iterdir() if path.is_dir())
    return [f"{p.name}/" for p in found if not p.name.startswith(".") and p.name not in HIDDEN]


def headings(page: Path) -> set[str]:
    """The headings of a page as links name them."""
    found = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {re.sub(r"[^\w -]", "", text.lower()).replace(" ", "-") for text in found}
