"""The tree is the drawing of the architecture: imports go one way, and heavy ones stay in place."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

PACKAGE = Path(__file__).resolve().parents[1] / "composer"

SEES = {
    "errors": set[str](),
    "music": {"errors"},
    "model": {"errors"},
    "analysis": {"errors", "music"},
    "tokens": {"errors", "music"},
    "rendering": {"errors", "music"},
    "corpus": {"errors", "music", "analysis", "tokens"},
    "training": {"errors", "music", "analysis", "corpus", "tokens", "model"},
    "composing": {"errors", "music", "analysis", "corpus", "tokens", "model", "rendering"},
    "live": {"errors", "music", "rendering", "composing"},
    "agents": {"errors", "music", "rendering"},
    "measures": {
        "errors", "music", "analysis", "corpus", "tokens", "model", "training", "composing",
        "rendering",
    },
}  # fmt: skip
"""Which rooms a room may import from; `cli`, `__init__` and `__main__` see all."""

TORCH_ROOMS = {"model", "training", "composing", "measures"}
SCORE_ROOMS = {"corpus", "analysis", "rendering"}
SCORE_LIBRARIES = {"music21", "verovio", "mido", "pretty_midi"}
SLOW_LIBRARIES = SCORE_LIBRARIES | {
    "rtmidi2",
    "pythonosc",
    "typst",
    "symusic",
    "mir_eval",
    "scipy",
    "matplotlib",
    "rich",
}
"""Nowhere imported at the top of a file."""

ENTRANCES = ("__init__", "__main__", "cli")


class Import(NamedTuple):
    """`module` imported on line `line` of `file`; `at_load` if merely loading the file does it."""

    file: Path
    line: int
    module: str
    at_load: bool

    def __str__(self) -> str:
        return f"{self.file.relative_to(PACKAGE.parent)}:{self.line} imports {self.module}"


def test_the_rooms_are_those_of_the_drawing() -> None:
    """A new room needs a line in `SEES`."""
    rooms = {room_of(path) for path in PACKAGE.rglob("*.py")}
    assert rooms == {*SEES, *ENTRANCES}


def test_imports_go_one_way() -> None:
    """No room imports from a room that it does not see, not even for types or inside a function."""
    against = [
        str(found)
        for found in every_import()
        if (room := room_of(found.file)) in SEES
        and (target := target_room(found.module)) is not None
        and target not in SEES[room] | {room}
    ]
    assert against == []


def test_torch_stays_in_its_rooms() -> None:
    """Only where numbers are learned or sampled."""
    assert outside("torch", TORCH_ROOMS) == []


def test_libraries_of_scores_stay_in_their_rooms() -> None:
    """Only where files of music are read or written."""
    assert [line for name in SCORE_LIBRARIES for line in outside(name, SCORE_ROOMS)] == []


def test_slow_libraries_are_imported_where_they_are_used() -> None:
    """Inside the function that needs them, so that nobody else waits for them."""
    slow = [str(i) for i in every_import() if i.at_load and top(i.module) in SLOW_LIBRARIES]
    assert slow == []


def test_the_way_to_help_is_light() -> None:
    """What loads with the command line, file by file, imports no torch, numpy or the like."""
    heavy = SLOW_LIBRARIES | {"torch", "numpy", "safetensors"}
    found = [str(i) for i in loaded_with("composer.cli") if top(i.module) in heavy]
    assert found == []


@cache
def every_import() -> tuple[Import, ...]:
    """Every import statement of the package."""
    return tuple(found for path in sorted(PACKAGE.rglob("*.py")) for found in imports_of(path))


@cache
def imports_of(path: Path) -> tuple[Import, ...]:
    """The imports of one file."""
    return tuple(_imports(path))


def _imports(path: Path) -> Iterator[Import]:
    tree = ast.parse(path.read_text(encoding="utf-8"), str(path))
    at_load = set(map(id, _run_at_load(tree.body)))
    for node in ast.walk(tree):
        is_at_load = id(node) in at_load
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(path, node.lineno, alias.name, is_at_load)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: a relative import hides its room"
            for name in _modules(node):
                yield Import(path, node.lineno, name, is_at_load)


def _modules(node: ast.ImportFrom) -> Iterator[str]:
    """`from composer.cli import train` imports a module, `from x import name` may not."""
    module = node.module or ""
    yield module
    for alias in node.names:
        if source_of(f"{module}.{alias.name}") is not None:
            yield f"{module}.{alias.name}"


def _run_at_load(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    for node in body:
        if isinstance(node, ast.If):
            if "TYPE_CHECKING" not in ast.dump(node.test):
                yield from _run_at_load(node.body)
            yield from _run_at_load(node.orelse)
        elif isinstance(node, ast.Try):
            yield from _run_at_load([*node.body, *node.orelse, *node.finalbody])
        elif isinstance(node, ast.Import | ast.ImportFrom):
            yield node


def loaded_with(module: str) -> list[Import]:
    """All imports at load of a module of ours and of every module of ours that loads with it."""
    seen: set[str] = set()
    waiting = [module]
    found: list[Import] = []
    while waiting:
        name = waiting.pop()
        source = source_of(name)
        if name in seen or source is None:
            continue
        seen.add(name)
        waiting += [name.rpartition(".")[0]]
        imports = [item for item in imports_of(source) if item.at_load]
        found += imports
        waiting += [item.module for item in imports]
    return found


def source_of(module: str) -> Path | None:
    """The file of a module of ours; None for any other."""
    first, _, rest = module.partition(".")
    if first != PACKAGE.name:
        return None
    base = PACKAGE.joinpath(*rest.split(".")) if rest else PACKAGE
    return next((p for p in (base / "__init__.py", base.with_suffix(".py")) if p.is_file()), None)


def room_of(file: Path) -> str:
    """The room that a file lies in."""
    return file.relative_to(PACKAGE).parts[0].removesuffix(".py")


def target_room(module: str) -> str | None:
    """The room that a module of ours lies in; None for any other, and for the package itself."""
    parts = module.split(".")
    return parts[1] if parts[0] == PACKAGE.name and len(parts) > 1 else None


def outside(library: str, rooms: set[str]) -> list[str]:
    """Imports of a library by files of other rooms."""
    found = (item for item in every_import() if top(item.module) == library)
    return [str(item) for item in found if room_of(item.file) not in rooms]


def top(module: str) -> str:
    """The library that a module belongs to."""
    return module.partition(".")[0]
