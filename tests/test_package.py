"""What is installed is what works: the wheel, and the public names."""

from __future__ import annotations

import ast
import inspect
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest

import composer

CHECKOUT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel as it would be published."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=CHECKOUT, check=True, capture_output=True)
    (path,) = folder.glob("*.whl")
    return path


def test_the_wheel_holds_the_package_and_nothing_else(wheel: Path) -> None:
    """No tests, no benchmarks, no global folder: `composer/` and the wheel's own notes."""
    tops = {name.split("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    notes = {top for top in tops if top.endswith(".dist-info")}
    assert tops == {"composer"} | notes
    assert len(notes) == 1


def test_the_wheel_says_that_the_package_is_typed(wheel: Path) -> None:
    """So that type checkers look into it (PEP 561)."""
    assert "composer/py.typed" in zipfile.ZipFile(wheel).namelist()


def test_an_index_would_take_wheel_and_source(wheel: Path, tmp_path: Path) -> None:
    """Names, versions, licence and the description as twine checks them; a wheel can be built from
    the source alone."""
    build = [sys.executable, "-m", "hatchling", "build", "-t"]
    run = {"check": True, "capture_output": True}
    subprocess.run([*build, "sdist", "-d", str(tmp_path)], cwd=CHECKOUT, **run)
    (source,) = tmp_path.glob("*.tar.gz")
    files = [str(wheel), str(source)]
    subprocess.run([sys.executable, "-m", "twine", "check", "--strict", *files], **run)
    with tarfile.open(source) as archive:
        archive.extractall(tmp_path, filter="data")
    unpacked = source.with_name(source.name.removesuffix(".tar.gz"))
    subprocess.run([*build, "wheel", "-d", str(tmp_path)], cwd=unpacked, **run)
    (built,) = tmp_path.glob("*.whl")
    names = set(zipfile.ZipFile(built).namelist())
    assert names == set(zipfile.ZipFile(wheel).namelist())


def test_the_wheel_holds_every_file_that_the_package_needs(wheel: Path) -> None:
    """Code, tables, weights, and the manifests of the corpora."""
    names = set(zipfile.ZipFile(wheel).namelist())
    files = [path for path in (CHECKOUT / "composer").rglob("*") if path.is_file()]
    here = {path.relative_to(CHECKOUT).as_posix() for path in files}
    assert {name for name in here if "__pycache__" not in name} <= names
    manifests = {path.relative_to(CHECKOUT).as_posix() for path in CHECKOUT.glob("corpora/*/*")}
    assert {f"composer/{name}" for name in manifests} <= names
    assert "composer/weights.safetensors" in names


def test_the_installed_wheel_composes_away_from_the_checkout(wheel: Path, tmp_path: Path) -> None:
    """From another folder, with nothing of the checkout on the path."""
    site = tmp_path / "site"
    install = [sys.executable, "-m", "pip", "install", "--no-deps", "--no-index", "--quiet"]
    subprocess.run([*install, "--target", str(site), str(wheel)], check=True, capture_output=True)
    script = (
        f"import sys; sys.path.insert(0, {str(site)!r}); import composer, composer.cli;"
        f"assert composer.__file__.startswith({str(site)!r}), composer.__file__;"
        "sys.exit(composer.cli.main(sys.argv[1:]))"
    )
    run = [sys.executable, "-c", script]
    arguments = "compose --style baroque --bars 1 --seed 7 --out pieces"
    subprocess.run([*run, *arguments.split()], cwd=tmp_path, check=True, capture_output=True)
    suffixes = sorted(path.suffix for path in (tmp_path / "pieces").iterdir())
    assert suffixes == [".json", ".mid", ".musicxml", ".pdf"]
    listed = subprocess.run(
        [*run, "corpora", "list"], cwd=tmp_path, check=True, capture_output=True, text=True
    )
    assert "openscore_lieder" in listed.stdout


def test_the_public_names_are_sorted_and_each_is_there() -> None:
    """`composer.__all__` is what `dir` says, and every name loads."""
    assert composer.__all__ == sorted(composer.__all__)
    assert dir(composer) == composer.__all__
    for name in composer.__all__:
        assert inspect.isclass(getattr(composer, name)) or callable(getattr(composer, name))


def test_type_checkers_see_the_same_public_names() -> None:
    """The imports under TYPE_CHECKING are those that happen on first use."""
    tree = ast.parse(Path(composer.__file__).read_text(encoding="utf-8"))
    checked = next(node for node in tree.body if isinstance(node, ast.If))
    imported = {
        alias.name: node.module
        for node in checked.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert sorted(imported) == composer.__all__
    for name, module in imported.items():
        assert getattr(composer, name) is getattr(sys.modules[str(module)], name)


def test_a_name_that_is_not_public_is_an_attribute_error() -> None:
    """As in any module."""
    with pytest.raises(AttributeError, match="no attribute 'symphony'"):
        composer.symphony  # noqa: B018


def test_a_public_function_has_a_docstring() -> None:
    """And so has every class."""
    assert [name for name in composer.__all__ if not getattr(composer, name).__doc__] == []


USERS_EXTRAS = ("evaluate", "kern", "live", "mcp", "sf3", "studio", "train")
"""What a user may install besides; the others are for developers."""


def test_every_library_that_the_package_imports_is_declared() -> None:
    """Or a fresh environment would lack it."""
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    optional = [name for extra in USERS_EXTRAS for name in extras[extra]]
    declared = {
        name.split(">")[0].split("[")[0].replace("-", "_").lower()
        for name in (*project["dependencies"], *optional)
    }
    declared |= {"pythonosc"} if "python_osc" in declared else set()
    imported = set()
    for path in (CHECKOUT / "composer").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                imported.add(str(node.module).split(".")[0])
    assert imported - set(sys.stdlib_module_names) - {"composer"} <= declared
