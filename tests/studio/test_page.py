"""The page in a real browser: composed, heard, rewritten, edited, locked, taken away."""

from __future__ import annotations

import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from composer.corpus.readers import read_piece
from composer.music.piece import MeterChange, Note, Part, Piece
from composer.rendering.performance.midi import midi_bytes
from composer.studio.web_server import PAGE
from tests.studio.browser import browser, node_module
from tests.studio.running import RunningStudio

SLOW = 120_000  # milliseconds
_PIECE = "window.studio.workView.shownPiece"


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with browser() as chromium:
        yield chromium


@pytest.fixture
def page(chromium: Any, studio: RunningStudio) -> Iterator[Any]:
    """A page of its own, on which no script may fail."""
    context = chromium.new_context(viewport={"width": 1280, "height": 860})
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.set_default_timeout(SLOW)
    page.goto(studio.address)
    yield page
    context.close()
    assert faults == []


def midi_of(notes_a_part: int, bars: int, parts: int = 1) -> bytes:
    """Even notes up and down."""
    ticks = bars * 96
    step = max(1, ticks // notes_a_part)
    notes = tuple(
        Note(number * step, step, 40 + (number * 7) % 50, 70) for number in range(notes_a_part)
    )
    all_parts = tuple(Part("piano", 0, notes, f"Piano {number}") for number in range(parts))
    return midi_bytes(Piece(all_parts, (MeterChange(0, 4, 4),), ticks, title="Even notes"))


def opened(page: Any, studio: RunningStudio, data: bytes) -> dict[str, Any]:
    """A work made of a MIDI file, shown with its score."""
    work: dict[str, Any] = studio.ask("POST", "/api/uploads?name=even.mid", data).told
    page.goto(f"{studio.address}#work/{work['id']}")
    page.wait_for_selector(".roll canvas")
    wait_for(page, f"{_PIECE} !== ''")
    return work


def wait_for(page: Any, expression: str) -> None:
    """Until an expression is true. (Playwright's own way needs `eval`, which the page forbids.)"""
    for _ in range(SLOW // 50):
        if page.evaluate(expression):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"never true: {expression}")


def test_from_a_sentence_to_a_file(page: Any, tmp_path: Path) -> None:
    """Compose, hear, rewrite bars, undo, draw a note, lock it, and read the exported file again."""
    page.fill("#sentence", "a sad waltz for piano, 6 bars, with an elephant")
    page.wait_for_selector(".field-bars")
    assert "elephant" in page.inner_text(".chip.unknown")
    page.click("#compose")
    page.wait_for_selector(".candidate[data-bars]")  # bars are seen before all is written
    page.wait_for_selector(".candidate.best .primary")
    assert page.locator(".candidate").count() == 4
    page.click(".candidate:nth-child(2) .round")
    heard = "window.studio.player.peak() > 0.001"
    wait_for(page, heard)
    page.click(".candidate.best .primary")
    page.wait_for_selector(".page svg")
    page.click("#play")
    wait_for(page, heard)
    page.click("#play")

    page.evaluate("window.studio.workView.roll.selectBars({first: 2, last: 3})")
    assert "Bars 2–3" in page.inner_text(".selection")
    page.click("[data-verb=rewrite]")
    page.wait_for_selector(".alternative:nth-child(3)")
    before = page.evaluate(_PIECE)
    page.click("[aria-label=Undo]")
    wait_for(page, f"{_PIECE} !== '{before}'")

    notes = "window.studio.workView.piece.parts[0].notes.length"
    count = page.evaluate(notes)
    page.click("[data-tool=draw]")
    wait_for(page, "window.studio.workView.roll.facts !== null")
    above = page.evaluate("window.studio.workView.roll.header") + 4  # over the highest note
    page.click(".roll", position={"x": 300, "y": above})
    wait_for(page, "window.studio.workView.work.versions.at(-1).verb === 'edit'")
    assert page.evaluate(notes) == count + 1
    (milliseconds,) = page.evaluate(
        "performance.getEntriesByName('edit on screen').map((entry) => entry.duration)"
    )
    assert milliseconds < 50

    page.keyboard.press("l")
    page.wait_for_selector("text=Locked: bars 2-3")
    page.click("summary")
    with page.expect_download() as download:
        page.click("[data-format=mid]")
    download.value.save_as(tmp_path / "taken.mid")
    assert read_piece(tmp_path / "taken.mid").note_count == page.evaluate(notes)


def test_a_piece_is_played_on_from_the_same_bar(page: Any, studio: RunningStudio) -> None:
    """A note that is edited while it plays neither stops nor rewinds it."""
    opened(page, studio, midi_of(64, 16))
    page.click("#play")
    wait_for(page, "window.studio.player.position() > 0.5")
    page.evaluate("window.studio.workView.change([['add', 0, 0, 240, 100, 90]])")
    piece = page.evaluate(_PIECE)
    wait_for(page, f"{_PIECE} !== '{piece}'")
    assert page.evaluate("window.studio.player.isPlaying")
    assert page.evaluate("window.studio.player.position()") > 0.5


def test_twenty_thousand_notes_scroll_smoothly(page: Any, studio: RunningStudio) -> None:
    """Fifty frames a second: no frame is drawn in more than 20 milliseconds, in the median."""
    opened(page, studio, midi_of(5_000, 400, parts=4))
    milliseconds = page.evaluate(
        """() => {
            const { roll } = window.studio.workView;
            const times = [];
            for (let frame = 0; frame < 60; frame++) {
                roll.element.scrollLeft += 40;
                const began = performance.now();
                roll.paint();
                times.push(performance.now() - began);
            }
            return times.sort((one, other) => one - other)[30];
        }"""
    )
    assert milliseconds < 20


def test_keys_and_small_screens(page: Any, studio: RunningStudio) -> None:
    """Bars are selected with arrows, and 390 pixels are enough for both views."""
    opened(page, studio, midi_of(32, 8))
    page.focus(".roll")
    for key in ("ArrowRight", "ArrowRight", "Shift+ArrowRight"):
        page.keyboard.press(key)
    assert "Bars 2–3" in page.inner_text(".selection")
    page.keyboard.press("Escape")
    assert "All 8 bars" in page.inner_text(".selection")
    page.set_viewport_size({"width": 390, "height": 780})
    width = "document.scrollingElement.scrollWidth"
    assert page.evaluate(width) <= 390
    page.goto(studio.address)
    page.wait_for_selector("#compose")
    assert page.evaluate(width) <= 390


def test_killed_and_started_again_the_work_is_there(chromium: Any, tmp_path: Path) -> None:
    """On the page that was open, with every step that was answered."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    studio = RunningStudio(tmp_path, "--port", port)
    page = chromium.new_page()
    try:
        opened(page, studio, midi_of(32, 8))
        page.evaluate("window.studio.workView.change([['add', 0, 0, 240, 100, 90]])")
        wait_for(page, "window.studio.workView.work.versions.length === 2")
        studio.kill()
        page.wait_for_selector(".toast.error")
        studio = RunningStudio(tmp_path, "--port", port)
        page.reload()
        wait_for(page, "window.studio?.workView.work?.versions.length === 2")
    finally:
        page.close()
        studio.stop()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nobody_is_shut_out(page: Any, studio: RunningStudio, scheme: str) -> None:
    """axe-core finds no serious fault in either view, light or dark."""
    axe = node_module("axe-core/axe.min.js").read_text(encoding="utf-8")
    page.emulate_media(color_scheme=scheme)
    page.fill("#sentence", "a sad waltz with an elephant")
    page.wait_for_selector(".chip.unknown")
    for view in ("compose", "work"):
        if view == "work":
            opened(page, studio, midi_of(32, 8, parts=2))
            page.wait_for_selector(".page svg")
        page.evaluate(axe)
        found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        serious = [
            (one["id"], [node["html"][:160] for node in one["nodes"]][:3])
            for one in found["violations"]
            if one["impact"] in ("serious", "critical")
        ]
        assert serious == [], view


def test_the_types_of_the_page_are_checked() -> None:
    """By tsc, strictly, from the JSDoc of its modules."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("there is no node here")
    tsc = node_module("typescript/bin/tsc")
    done = subprocess.run(
        [node, tsc, "-p", PAGE], capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stdout
