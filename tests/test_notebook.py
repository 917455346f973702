"""Pieces show themselves in a notebook, and the tutorial runs."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

CHECKOUT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def tutorial(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The tutorial, run from beginning to end by a real kernel in an empty folder."""
    notebook = nbformat.read(CHECKOUT / "docs" / "tutorial.ipynb", as_version=4)
    folder = tmp_path_factory.mktemp("tutorial")
    environment = {**os.environ, "PYTHONPATH": str(CHECKOUT), "IPYTHONDIR": str(folder / ".ip")}
    client = NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(folder)}})
    client.execute(env=environment)
    return notebook


def output_of(notebook: Any, source: str) -> Any:
    """What the cell shows whose code begins so."""
    (cell,) = (c for c in notebook.cells if c.cell_type == "code" and c.source.startswith(source))
    return cell.outputs[0]


def test_the_tutorial_has_no_outputs_in_the_tree() -> None:
    """They would be megabytes of sound."""
    notebook = nbformat.read(CHECKOUT / "docs" / "tutorial.ipynb", as_version=4)
    assert not any(cell.outputs for cell in notebook.cells if cell.cell_type == "code")


@pytest.mark.parametrize("source", ["waltz = ", "session = "])
def test_a_composition_and_a_piece_show_themselves(tutorial: Any, source: str) -> None:
    """Table, player and score; a `Piece` through IPython's own register."""
    html = output_of(tutorial, source)["data"]["text/html"]
    assert "<svg" in html
    assert '<audio controls src="data:audio/wav;base64,UklGR' in html
    assert "<td" in html
    assert "<script" not in html


def test_a_composition_says_what_was_asked(tutorial: Any) -> None:
    """Beside what was achieved."""
    html = output_of(tutorial, "waltz = ")["data"]["text/html"]
    assert "3/4 (asked: 3/4)" in html
    assert "seed" in html


def test_every_step_of_the_tutorial_gives_what_it_says(tutorial: Any) -> None:
    """Undo gives the piece back, four players play, files are written, a mistake is a line."""
    assert output_of(tutorial, "session.undo")["data"]["text/plain"] == "True"
    players = output_of(tutorial, "quartet = ")["data"]["text/plain"]
    assert players == "['violin', 'violin', 'viola', 'cello']"
    assert ".pdf" in output_of(tutorial, "folder = ")["data"]["text/plain"]
    assert "purple" in output_of(tutorial, "try:")["text"]
