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
    "process": {"errors"},
    "music": {"errors"},
    "played": {"errors", "music"},
    "model": {"errors"},
    "analysis": {"errors", "music"},
    "tokens": {"errors", "music"},
    "rendering": {"errors", "music", "played"},
    "corpus": {"errors", "music", "played", "analysis", "tokens"},
    "training": {"errors", "music", "analysis", "corpus", "tokens", "model"},
    "composing": {
        "errors", "process", "music", "played", "analysis", "corpus", "tokens", "model",
        "rendering",
    },
    "live": {"errors", "music", "played", "rendering", "composing"},
    "agents": {"errors", "music", "played", "analysis", "rendering"},
    "measures": {
        "errors", "music", "played", "analysis", "corpus", "tokens", "model", "training",
        "composing", "rendering",
    },
    "studio": {
        "errors", "process", "music", "played", "analysis", "corpus", "composing", "rendering",
    },
}  # fmt: skip
"""Which rooms a room may import from; `cli`, `__init__` and `__main__` see all."""

INSIDE = {
    "composing": {
        "leans": set[str](),
        "writing": {"leans"},
        "asking": {"writing", "leans"},
        "verbs": {"asking", "writing", "leans"},
        "field": set(),
        "originality": set(),
        "naming": {"asking", "writing"},
        "roles_played": {"field", "asking"},
        "report": {"field", "roles_played", "asking", "originality"},
        "ranking": {"field", "report", "asking", "writing"},
        "sketched": {"writing"},
        "candidates": {
            "ranking",
            "originality",
            "naming",
            "sketched",
            "asking",
            "writing",
            "leans",
        },
        "compose": {
            "candidates",
            "report",
            "naming",
            "sketched",
            "verbs",
            "asking",
            "writing",
        },
        "looping": {"compose", "verbs"},
        "many": {"candidates", "compose", "looping", "writing"},
        "partner": {"verbs"},
        "session": {"partner", "compose", "report", "verbs", "writing"},
    },
    "rendering": {
        "page": set(),
        "options": set(),
        "part_files": set(),
        "score": set(),
        "performance": {"score"},
        "musicxml": {"score", "page"},
        "pages": {"options", "musicxml", "performance", "score", "page"},
        "texts": {"pages", "score"},
        "formats": {"options", "pages", "texts", "musicxml", "performance", "score", "part_files"},
        "kept_files": set(),
        "files": {"options", "formats", "kept_files"},
    },
}
"""What the rooms and files within a room may import of each other."""

TORCH_ROOMS = {"model", "training"}
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

MOST_PARAMETERS = 8
PUBLIC_VERBS = {
    "composing/compose.py": {"compose", "write"},
    "composing/verbs/arranging.py": {"arrange"},
    "composing/verbs/harmonizing.py": {"harmonize"},
    "composing/verbs/infilling.py": {"infill"},
    "composing/verbs/varying.py": {"vary"},
    "rendering/files.py": {"write_piece"},
    "agents/server.py": {"compose", "rewrite"},
}
"""Functions that take keywords, as many as help and completion are to name."""

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


def test_rooms_within_rooms_are_those_of_the_drawing() -> None:
    """A room or a file in a room that has inner rooms needs a line in `INSIDE`."""
    for room, rows in INSIDE.items():
        within = {room_of(path, room) for path in (PACKAGE / room).rglob("*.py")}
        assert within == {*rows, "__init__"}, room
    inner = {path.parent.parent.name for path in PACKAGE.glob("*/*/__init__.py")}
    assert inner == {*INSIDE}


def test_imports_within_a_room_go_one_way() -> None:
    """No inner room imports from one that it does not see."""
    against = [
        str(found)
        for room, rows in INSIDE.items()
        for found in every_import()
        if found.file.is_relative_to(PACKAGE / room)
        if (target := target_room(found.module, room)) is not None
        and target not in rows.get(here := room_of(found.file, room), set()) | {here}
    ]
    assert against == []


def test_each_room_has_a_map() -> None:
    """Its `__init__` names every file and every room in it."""
    for init in PACKAGE.rglob("*/__init__.py"):
        if init.parent.name in ("cli", PACKAGE.name):
            continue
        page = init.read_text(encoding="utf-8")
        here = [path for path in init.parent.iterdir() if not path.name.startswith("__")]
        names = [f"{p.name}/" if p.is_dir() else p.name for p in here if p.suffix in ("", ".py")]
        assert [name for name in names if f"\n{name} " not in page] == [], init


def test_no_two_files_share_a_name() -> None:
    """A name says which file is meant; the commands alone are called as what they do."""
    files = [path.name for path in PACKAGE.rglob("*.py") if path.parent.name != "cli"]
    assert {name for name in files if files.count(name) > 1} == {"__init__.py"}


def test_no_file_is_a_hidden_command_line() -> None:
    """Commands are those of `composer`, scripts are in `benchmarks/`; a process may be its own."""
    found = {p.name for p in PACKAGE.rglob("*.py") if "__main__" in p.read_text(encoding="utf-8")}
    assert found == {"__main__.py", "sender.py"}


def test_only_public_verbs_take_many_parameters() -> None:
    """What belongs together goes through as one value, `self` aside."""
    many = {
        (str(path.relative_to(PACKAGE)), function.name)
        for path in PACKAGE.rglob("*.py")
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        if len(parameters(function)) > MOST_PARAMETERS
    }
    assert many == {(path, name) for path, names in PUBLIC_VERBS.items() for name in names}


def test_torch_stays_in_its_rooms() -> None:
    """Only where numbers are learned; music is made and judged without."""
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


def parameters(function: ast.FunctionDef | ast.AsyncFunctionDef) -> list[str]:
    """What a function takes, `*args` and `**kwargs` as one each, `self` and `cls` aside."""
    given = function.args
    found = [*given.posonlyargs, *given.args, *given.kwonlyargs, given.vararg, given.kwarg]
    return [one.arg for one in found if one is not None and one.arg not in ("self", "cls")]


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


def room_of(file: Path, within: str = "") -> str:
    """The room that a file lies in: of the package, or of a room of it."""
    return file.relative_to(PACKAGE / within).parts[0].removesuffix(".py")


def target_room(module: str, within: str = "") -> str | None:
    """The room that a module of ours lies in; None for any other, and for the package (or the room
    `within`) itself."""
    before = f"{PACKAGE.name}.{within}." if within else f"{PACKAGE.name}."
    return module.removeprefix(before).split(".")[0] if module.startswith(before) else None


def outside(library: str, rooms: set[str]) -> list[str]:
    """Imports of a library by files of other rooms."""
    found = (item for item in every_import() if top(item.module) == library)
    return [str(item) for item in found if room_of(item.file) not in rooms]


def top(module: str) -> str:
    """The library that a module belongs to."""
    return module.partition(".")[0]
