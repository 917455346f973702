"""The documentation site is built from what is there, without a broken link."""

from __future__ import annotations

import html
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

import composer
from composer.cli.parser import build_parser
from composer.composing.asking.request import make_request

CHECKOUT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, without the pieces of its gallery; any warning is an error."""
    folder = tmp_path_factory.mktemp("site")
    environment = {**os.environ, "COMPOSER_GALLERY": "0", "NO_MKDOCS_2_WARNING": "1"}
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)]
    done = subprocess.run(
        command, cwd=CHECKOUT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return folder


def test_every_public_name_has_its_documentation(site: Path) -> None:
    """With a signature, on the page of the library."""
    page = (site / "library" / "index.html").read_text(encoding="utf-8")
    ids = set(re.findall(r'id="(composer[\w.]*)"', page))
    assert {f"composer.{name}" for name in composer.__all__} <= ids


def test_every_command_is_on_the_page_of_commands(site: Path) -> None:
    """As `--help` says it."""
    page = (site / "commands" / "index.html").read_text(encoding="utf-8")
    for name in ("compose", "session vary", "live", "mcp"):
        assert f"composer {name}</h2>" in re.sub(r"<a class=\"headerlink.*?</a>", "", page)
    assert "--mood" in page


def test_the_gallery_has_twelve_pieces_with_their_commands(site: Path) -> None:
    """All of them can be met: names, keys, lengths."""
    page = (site / "gallery" / "index.html").read_text(encoding="utf-8")
    found = re.findall(r"composer (compose .+?)\n", re.sub(r"<[^>]+>", "", page))
    assert len(found) == 12
    for line in found:
        given = build_parser().parse_args(shlex.split(html.unescape(line)))
        names = ("style", "mood", "bars", "key", "meter", "ensemble", "chords", "form", "seconds")
        asked = {name: getattr(given, name) for name in (*names, "hit", "preset")}
        make_request(**{name: value for name, value in asked.items() if value is not None})


def test_the_tutorial_and_pages_of_the_how_tos_are_there(site: Path) -> None:
    """One for each of what people add."""
    for name in ("style", "instrument", "format", "corpus", "lean"):
        assert (site / "how-to" / name / "index.html").is_file()
    assert "composer.compose(" in re.sub(
        r"<[^>]+>", "", (site / "tutorial" / "index.html").read_text(encoding="utf-8")
    )


def test_no_page_asks_anybody_else(site: Path) -> None:
    """No fonts, scripts or pictures from other hosts."""
    for page in site.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        assert not re.search(
            r'<(?:script|img|link rel="stylesheet")[^>]+(?:src|href)="https?://', text
        )
