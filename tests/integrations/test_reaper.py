"""The scripts for REAPER, under Lua 5.3 and 5.4, with a fake of its API and the real studio."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import lupa.lua53
import lupa.lua54
import pytest
from hypothesis import given
from hypothesis import strategies as st

from composer.corpus.readers import read_bytes
from tests.integrations.fake_reaper import FakeReaper, Item, Source, Take, Tempo, Track

CHECKOUT = Path(__file__).resolve().parents[2]
SCRIPTS = CHECKOUT / "integrations" / "reaper"
needs_studio = pytest.mark.skipif(
    importlib.util.find_spec("composer.studio") is None or shutil.which("curl") is None,
    reason="the studio, asked by curl, is the subject",
)
WALTZ = [Tempo(0, 3, 4, 90.0), Tempo(12, 3, 4, 120.0)]
"""Four bars of 3/4, and then faster."""
TUNE = (67, 65, 64, 62, 64, 65, 67, 69, 71, 72, 71, 69)


def lua_of(reaper: FakeReaper, version: Any = lupa.lua54) -> Any:
    """A Lua with REAPER in it."""
    lua = version.LuaRuntime(unpack_returned_tuples=True, encoding="latin-1")
    lua.globals().reaper = reaper
    return lua


def library_of(reaper: FakeReaper, version: Any = lupa.lua54) -> Any:
    lua = lua_of(reaper, version)
    return lua.execute(f'return dofile("{SCRIPTS}/composer_library.lua")'), lua


def run(name: str, reaper: FakeReaper, version: Any = lupa.lua54) -> None:
    """An action, until it waits for nothing."""
    lua_of(reaper, version).execute(f'dofile("{SCRIPTS}/composer_{name}.lua")')
    reaper.run_deferred()


def add_item(reaper: FakeReaper, name: str, first_bar: int, pitches: tuple[int, ...]) -> Item:
    """A track with a selected item of quarter notes from a measure on (from 0)."""
    start, qn, *_ = reaper.TimeMap_GetMeasureInfo(0, first_bar)
    end = reaper.TimeMap2_QNToTime(0, qn + len(pitches))
    track = Track(name)
    item = Item(track, start, end - start, is_selected=True)
    rows = [
        (False, False, 960.0 * place, 960.0 * (place + 1), 0, pitch, 90)
        for place, pitch in enumerate(pitches)
    ]
    item.takes.append(Take(item, source=Source("MIDI"), notes=rows))
    track.items.append(item)
    reaper.tracks.append(track)
    return item


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a studio that runs."""
    folder = tmp_path_factory.mktemp("studio")
    command = [sys.executable, "-m", "composer", "studio", "--port", "0", "--folder", str(folder)]
    environment = {**os.environ, "PYTHONPATH": str(CHECKOUT)}
    program = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
    assert program.stdout is not None
    found = re.search(r"http://\S+?(?=/?[\s(])", program.stdout.readline())
    assert found
    _wait_for(found[0])
    yield found[0]
    program.terminate()
    program.wait(20)


def _wait_for(address: str) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(f"{address}/api/jobs", timeout=5):
                return
        except OSError:
            time.sleep(0.1)


PLAIN = st.recursive(
    st.booleans() | st.integers(-(2**40), 2**40) | st.text(st.characters(codec="utf-8")),
    lambda inner: (
        st.lists(inner, min_size=1, max_size=4)
        | st.dictionaries(st.text(max_size=5), inner, min_size=1, max_size=4)
    ),
    max_leaves=12,
)


@pytest.mark.parametrize("version", [lupa.lua53, lupa.lua54])
def test_json_goes_through_lua_and_back(version: Any, tmp_path: Path) -> None:
    """Whatever a server may say: signs beyond the first plane, escapes, nesting, numbers."""
    library, _ = library_of(FakeReaper(tmp_path, WALTZ), version)

    @given(value=PLAIN, is_ascii=st.booleans())
    def goes_through(value: Any, is_ascii: bool) -> None:
        text = json.dumps(value, ensure_ascii=is_ascii).encode().decode("latin-1")
        assert json.loads(library.encode(library.decode(text)).encode("latin-1")) == value

    goes_through()


@pytest.mark.parametrize("text", ["", "{", '{"a"}', "[1,", "nul", '"\\x"', "1 2", "<html>"])
def test_what_is_no_json_is_one_line(text: str, tmp_path: Path) -> None:
    """Said in words."""
    library, lua = library_of(FakeReaper(tmp_path, WALTZ))
    is_well, why = lua.globals().pcall(library.decode, text)
    assert not is_well
    assert "is no JSON" in why
    assert "\n" not in why


def test_items_go_out_as_midi_that_our_reader_reads(tmp_path: Path) -> None:
    """A track an item, from the first bar line on, with meter and tempo as they are there."""
    reaper = FakeReaper(tmp_path, WALTZ)
    add_item(reaper, "Flöte", 4, TUNE)
    add_item(reaper, "Bass", 5, (48, 43, 48))
    library, _ = library_of(reaper)
    items = library.selected_items()
    data = library.midi_of(items, library.bars_of_items(items)).encode("latin-1")
    piece = read_bytes(data, "reaper.mid")
    assert [len(part.notes) for part in piece.parts] == [12, 3]
    assert [note.pitch for note in piece.parts[0].notes] == list(TUNE)
    assert piece.parts[1].notes[0].onset_tick == 3 * piece.ticks_per_quarter
    assert str(piece.meters[0]) == "3/4"
    assert round(piece.tempi[0].quarters_per_minute) == 120
    assert piece.end_tick == 12 * piece.ticks_per_quarter


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("compose", "select the bars"),
        ("rewrite", "select at least one item"),
        ("continue", "select at least one item"),
        ("harmonize", "select at least one item"),
    ],
)
def test_what_is_not_selected_is_asked_for(name: str, words: str, tmp_path: Path) -> None:
    """In a box of one line; the project is as it was."""
    reaper = FakeReaper(tmp_path, WALTZ)
    run(name, reaper)
    assert len(reaper.boxes) == 1
    assert words in reaper.boxes[0]
    assert reaper.tracks == []
    assert reaper.undo == []


def test_without_a_studio_a_box_says_how_to_start_one(tmp_path: Path) -> None:
    """And nothing of ours is left in REAPER's folder."""
    reaper = FakeReaper(tmp_path, WALTZ, "http://127.0.0.1:9")
    add_item(reaper, "Tune", 0, TUNE)
    run("rewrite", reaper)
    assert "composer studio" in reaper.boxes[0]
    assert "\n" not in reaper.boxes[0]
    assert list(tmp_path.iterdir()) == []


def test_bars_of_two_meters_are_refused(tmp_path: Path) -> None:
    """A piece has one meter."""
    reaper = FakeReaper(tmp_path, [Tempo(0, 3, 4, 90), Tempo(6, 4, 4, 90)])
    reaper.selected_time = (0.0, reaper.TimeMap2_QNToTime(0, 10))
    run("compose", reaper)
    assert "the meter changes" in reaper.boxes[0]


@needs_studio
@pytest.mark.parametrize("version", [lupa.lua53, lupa.lua54])
def test_composing_fills_the_selected_bars(version: Any, studio: str, tmp_path: Path) -> None:
    """A track a part, all notes inside the bars, in the meter and tempo that are there; one step
    to undo."""
    reaper = FakeReaper(tmp_path, WALTZ, studio)
    reaper.selected_time = (reaper.TimeMap2_QNToTime(0, 6), reaper.TimeMap2_QNToTime(0, 12))
    reaper.answers = ["hymn\n\nchoir\nG major\n3"]
    run("compose", reaper, version)
    assert reaper.boxes == []
    assert [track.name for track in reaper.tracks] == ["Soprano", "Alto", "Tenor", "Bass"]
    for track in reaper.tracks:
        (item,) = track.items
        assert item.takes[0].is_sorted
        start = reaper.MIDI_GetProjQNFromPPQPos(item.takes[0], item.takes[0].notes[0][2])
        end = reaper.MIDI_GetProjQNFromPPQPos(item.takes[0], item.takes[0].notes[-1][3])
        assert 6 - 0.01 <= start <= end <= 12.01
    assert reaper.undo == ["Compose 2 bars"]
    assert reaper.is_open == 0
    assert list(tmp_path.iterdir()) == []


@needs_studio
def test_rewriting_gives_three_takes_and_leaves_the_rest(studio: str, tmp_path: Path) -> None:
    """Bars 2 and 3 of the selected item are new in each; bars 1 and 4 are note for note as they
    were, and what was there stays the active take."""
    reaper = FakeReaper(tmp_path, WALTZ, studio)
    item = add_item(reaper, "Flute", 4, TUNE)
    reaper.selected_time = (reaper.TimeMap2_QNToTime(0, 15), reaper.TimeMap2_QNToTime(0, 21))
    run("rewrite", reaper)
    assert reaper.boxes == []
    assert [take.name for take in item.takes] == [""] + [f"alternative {n}" for n in (1, 2, 3)]
    assert item.active == 0
    before = item.takes[0].notes
    for take in item.takes[1:]:
        kept = [row[2:] for row in take.notes if row[2] < 3 * 960 - 1 or row[2] >= 9 * 960 - 1]
        assert [(round(a), p) for a, _, _, p, _ in kept] == [
            (round(row[2]), row[5]) for row in before if row[2] < 3 * 960 or row[2] >= 9 * 960
        ]
    assert len({tuple(row[5] for row in take.notes) for take in item.takes}) > 1
    assert reaper.undo == ["Rewrite bars 2-3"]


@needs_studio
def test_continuing_adds_items_behind(studio: str, tmp_path: Path) -> None:
    """On the same tracks, from the bar line on."""
    reaper = FakeReaper(tmp_path, WALTZ, studio)
    first, second = add_item(reaper, "Flute", 0, TUNE), add_item(reaper, "Bass", 0, TUNE[:3] * 4)
    reaper.answers = ["2\n\n"]
    run("continue", reaper)
    assert reaper.boxes == []
    for item in (first, second):
        old, new = item.track.items
        assert old is item
        assert new.start == pytest.approx(reaper.TimeMap2_QNToTime(0, 12))
        assert new.length == pytest.approx(6 * 60 / 120)
        assert all(-1 <= row[2] < row[3] <= 6 * 960 + 1 for row in new.takes[0].notes)
    assert reaper.undo == ["Continue by 2 bars"]


@needs_studio
def test_harmonizing_adds_the_other_parts(studio: str, tmp_path: Path) -> None:
    """The melody stays where it is, and gets no second track."""
    reaper = FakeReaper(tmp_path, WALTZ, studio)
    item = add_item(reaper, "Soprano", 0, TUNE)
    reaper.answers = ["choir\n\n\n"]
    run("harmonize", reaper)
    assert reaper.boxes == []
    assert [track.name for track in reaper.tracks[1:]] == ["Alto", "Tenor", "Bass"]
    assert len(item.takes) == 1
    assert reaper.undo == ["Harmonize"]


@needs_studio
def test_what_the_studio_refuses_is_a_box(studio: str, tmp_path: Path) -> None:
    """In its own words; the project is as it was."""
    reaper = FakeReaper(tmp_path, WALTZ, studio)
    reaper.selected_time = (0.0, reaper.TimeMap2_QNToTime(0, 6))
    reaper.answers = ["barok\n\n\n\n"]
    run("compose", reaper)
    assert "barok" in reaper.boxes[0]
    assert reaper.tracks == []
