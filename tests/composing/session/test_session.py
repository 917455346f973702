"""A session: nothing is lost, nothing locked is touched, all of it comes back from one file."""

from __future__ import annotations

import io
import lzma
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import mido
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from composer.composing.session import steps
from composer.composing.session.locks import Lock, locked_cells, with_locked
from composer.composing.session.session import Session
from composer.composing.writing.sampling import Chance
from composer.corpus.midi_file import read_whole_midi
from composer.corpus.readers import read_bytes
from composer.errors import CheckpointError, ComposerError, FileError, RequestError
from composer.music.bars import bars_of
from composer.music.piece import MeterChange, Note, Part, Piece, TempoChange
from composer.rendering.formats import Maker
from composer.rendering.performance.midi import midi_bytes
from tests.corpus.midi_files import midi, off, on, track
from tests.pieces import pieces

BARS = 4
OFF_GRID = Piece(
    (
        Part("violin", 40, tuple(Note(480 * n + 7, 451, 60 + n, 80 + n) for n in range(16)), "Vln"),
        Part("cello", 42, tuple(Note(1920 * n + 3, 1801, 40 + n, 61) for n in range(4)), "Vlc"),
    ),
    (MeterChange(0, 4, 4),),
    7680,
    tempi=(TempoChange(0, 93.7),),
    ticks_per_quarter=480,
    title="Skizze für Ä",
)


def noise(piece: Piece, *, seed: int, bars: Sequence[int] = (), **_: Any) -> Piece:
    """A verb without a model: new notes in the given bars (all, if none), at twice the ticks."""
    chance = np.random.default_rng(seed)
    wanted = set(bars) or {bar.number for bar in bars_of(piece)}
    parts = []
    for part in piece.parts:
        notes = [
            Note(2 * n.onset_tick, 2 * n.length_ticks, n.pitch, n.velocity) for n in part.notes
        ]
        for bar in bars_of(piece):
            if bar.number in wanted:
                inside = range(2 * bar.start_tick, 2 * bar.end_tick)
                notes = [n for n in notes if n.onset_tick not in inside]
                onsets = chance.integers(inside.start, inside.stop, 5).tolist()
                notes += [Note(t, 700, int(chance.integers(55, 65)), 70) for t in onsets]
        parts.append(replace(part, notes=tuple(sorted(notes))))
    return replace(
        piece,
        parts=tuple(parts),
        meters=tuple(m._replace(tick=2 * m.tick) for m in piece.meters),
        keys=tuple(k._replace(tick=2 * k.tick) for k in piece.keys),
        tempi=tuple(t._replace(tick=2 * t.tick) for t in piece.tempi),
        end_tick=2 * piece.end_tick,
        ticks_per_quarter=2 * piece.ticks_per_quarter,
    )


def fail(piece: Piece, **_: Any) -> Piece:
    raise RequestError("no")


@pytest.fixture(autouse=True)
def verbs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two verbs that need no model."""
    monkeypatch.setitem(steps.VERBS, "noise", noise)
    monkeypatch.setitem(steps.VERBS, "fail", fail)


def music(piece: Piece, place: int, bars: range) -> list[tuple[float, float, int, int]]:
    """The notes of a part in some bars (from 0), in quarters."""
    all_bars = bars_of(piece)
    start, end = all_bars[bars.start].start_tick, all_bars[bars.stop - 1].end_tick
    scale = piece.ticks_per_quarter
    return sorted(
        (note.onset_tick / scale, note.length_ticks / scale, note.pitch, note.velocity)
        for note in piece.parts[place].notes
        if start <= note.onset_tick < end
    )


class Sessions(RuleBasedStateMachine):
    """Whatever is done in whatever order, beside a model of what must be."""

    @initialize()
    def begin(self) -> None:
        steps.VERBS["noise"] = noise
        self.session = Session(OFF_GRID)
        self.pieces = [OFF_GRID]
        self.parents: list[int | None] = [None]
        self.at = 0

    @precondition(lambda self: self.session.piece.ticks_per_quarter < 480 * 2**6)
    @rule(seed=st.integers(0, 9))
    def do(self, seed: int) -> None:
        before = self.session.piece
        cells = locked_cells(before, self.session.current.locks)
        after = self.session.do("noise", seed=seed)
        for bar, places in enumerate(cells):
            for place in places:
                here = range(bar, bar + 1)
                assert music(after, place, here) == music(before, place, here)
        self.pieces.append(after)
        self.parents.append(self.at)
        self.at = len(self.pieces) - 1

    @rule()
    def undo_and_redo(self) -> None:
        if self.parents[self.at] is None:
            with pytest.raises(RequestError, match="nothing to undo"):
                self.session.undo()
            return
        assert self.session.undo() is self.session.versions[self.parents[self.at]].piece
        assert self.session.redo() == self.pieces[self.at]

    @rule()
    def undo(self) -> None:
        parent = self.parents[self.at]
        if parent is not None:
            self.session.undo()
            self.at = parent

    @rule(data=st.data())
    def go(self, data: st.DataObject) -> None:
        self.at = data.draw(st.integers(0, len(self.pieces) - 1))
        self.session.go_to(self.at)

    @rule(bars=st.none() | st.tuples(st.integers(1, BARS), st.integers(1, BARS)).map(sorted),
          part=st.sampled_from(["", "Vln", "cello"]))  # fmt: skip
    def lock(self, bars: list[int] | None, part: str) -> None:
        if bars or part:
            self.session.lock((bars[0], bars[1]) if bars else None, [part] if part else [])

    @rule()
    def unlock(self) -> None:
        self.session.unlock()
        assert self.session.locks == ()

    @rule()
    def save_and_open(self) -> None:
        import tempfile

        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "a.session"
            self.session.save(path)
            opened = Session.open(path)
            assert [entry.name for entry in Path(folder).iterdir()] == ["a.session"]
        assert opened.versions == self.session.versions
        assert opened._tree.ahead == self.session._tree.ahead
        self.session = opened

    @invariant()
    def nothing_is_lost(self) -> None:
        if hasattr(self, "session"):
            assert [version.piece for version in self.session.versions] == self.pieces
            assert [version.parent for version in self.session.versions] == self.parents
            assert self.session.current.number == self.at

    def teardown(self) -> None:
        steps.VERBS.pop("noise", None)


Sessions.TestCase.settings = settings(max_examples=12, stateful_step_count=12, deadline=None)
TestSessions = Sessions.TestCase


@settings(max_examples=15, deadline=None)
@given(piece=pieces())
def test_any_piece_comes_back_from_a_file_exactly(
    tmp_path_factory: pytest.TempPathFactory, piece: Piece
) -> None:
    """Odd resolutions, meters and tempi, as argument too."""
    path = tmp_path_factory.mktemp("session") / "a.session"
    session = Session(piece)
    steps.VERBS["same"] = lambda piece, **_: piece
    session.do("same", like=piece, chance=Chance(0.5), words=["a", "b"], seed=1)
    steps.VERBS.pop("same")
    session.save(path)
    opened = Session.open(path)
    assert opened.versions == session.versions
    assert opened.current.step is not None
    assert opened.current.step.arguments["words"] == ("a", "b")


@settings(max_examples=25, deadline=None)
@given(pieces(), st.data())
def test_locked_notes_come_back_whatever_is_written(before: Piece, data: st.DataObject) -> None:
    """In any rectangle of any piece; and no new note sounds on the pitch of a locked one."""
    bars = len(bars_of(before))
    first = data.draw(st.integers(1, bars))
    places = tuple(data.draw(st.sets(st.integers(0, len(before.parts) - 1))))
    cells = locked_cells(before, [Lock(first, data.draw(st.integers(first, bars)), places)])
    after = with_locked(before, noise(before, seed=data.draw(st.integers(0, 99))), cells)
    for bar, locked in enumerate(cells):
        for place in locked:
            here = range(bar, bar + 1)
            assert music(after, place, here) == music(before, place, here)


def test_a_new_note_gives_way_to_a_locked_one_on_its_pitch() -> None:
    """It ends where the locked one begins, and does not begin where it sounds."""
    before = Piece(
        (Part("flute", 73, (Note(96, 48, 70), Note(180, 60, 71))),), (MeterChange(0, 4, 4),), 288
    )
    new = (Note(0, 200, 70), Note(10, 20, 72), Note(192, 20, 71), Note(250, 20, 71))
    after = replace(before, parts=(replace(before.parts[0], notes=new),))
    kept = with_locked(before, after, locked_cells(before, [Lock(2, 2, ())])).parts[0].notes
    assert kept == (
        Note(0, 96, 70), Note(10, 20, 72), Note(96, 48, 70), Note(180, 60, 71), Note(250, 20, 71),
    )  # fmt: skip


def test_redo_goes_where_one_came_from() -> None:
    """Of two branches the one that was left last; a label finds a version again."""
    session = Session(OFF_GRID)
    session.do("noise", seed=1, label="first idea")
    session.undo()
    session.do("noise", seed=2)
    session.undo()
    assert [version.number for version in session.children(0)] == [1, 2]
    session.redo()
    assert session.current.number == 2
    session.go_to("first idea")
    session.undo()
    session.redo()
    assert session.current.number == 1
    with pytest.raises(RequestError, match="nothing to redo"):
        session.redo()
    with pytest.raises(RequestError, match="no version 7; there are 0 to 2, and labels 'first"):
        session.go_to(7)


@pytest.mark.parametrize(
    ("act", "message"),
    [
        (lambda s: s.do("rewrite"), "verb 'rewrite' is unknown; there are continue, infill"),
        (lambda s: s.do("noise", weights=Path("w")), "weights is no argument of a step"),
        (lambda s: s.do("noise", at={"a": 1}), "cannot be kept in a session"),
        (lambda s: s.do("fail"), "^no$"),
        (lambda s: s.do("noise", seed=-1), "seed -1 is not possible"),
        (lambda s: s.lock(), "give bars, parts or both"),
        (lambda s: s.lock((3, 9)), "bars 3-9 are not in the piece, which has bars 1-4"),
        (lambda s: s.lock(parts=["Tuba"]), "no part 'Tuba'; the piece has Vln, Vlc"),
        (lambda s: s.unlock((1, 1)), "bars 1-1 is no lock; locked: nothing"),
        (lambda s: s.undo(), "nothing to undo"),
        (lambda s: s.replay(3), "no version 3"),
    ],
)
def test_a_mistake_is_one_line_and_changes_nothing(act: Any, message: str) -> None:
    """The session is as it was before."""
    session = Session(OFF_GRID)
    before = session.versions
    with pytest.raises(ComposerError, match=message):
        act(session)
    assert session.versions == before


def test_locks_that_leave_nothing_to_write_are_told() -> None:
    """And harmonize and arrange, which keep no part where it was, need all unlocked."""
    session = Session(OFF_GRID)
    session.lock(parts=["Vln"])
    session.lock((2, 3))
    assert session.locks == ("Vln", "bars 2-3")
    with pytest.raises(RequestError, match="all of bars 2-3 is locked"):
        session.do("infill", first_bar=2, last_bar=3)
    with pytest.raises(RequestError, match="all of bars 1-4 is locked"):
        session.do("infill", first_bar=1, last_bar=4, parts=["Vln"])
    with pytest.raises(RequestError, match="arrange gives all notes to other parts"):
        session.do("arrange", ensemble="string-quartet")
    session.lock((1, 4))
    with pytest.raises(RequestError, match="everything is locked or kept"):
        session.do("vary", strength=1.0)
    session.unlock((1, 4))
    with pytest.raises(RequestError, match="everything is locked or kept"):
        session.do("vary", strength=1.0, keep=["cello"])
    session.lock((1, 4))
    with pytest.raises(RequestError, match="everything is locked or kept"):
        session.do("vary", strength=1.0)
    session.unlock((2, 3))
    assert session.locks == ("Vln", "bars 1-4")


def test_verbs_are_told_what_is_locked(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that they hear it as context: bars locked alike together, locked parts kept."""
    told: list[dict[str, Any]] = []

    def listening(piece: Piece, **arguments: Any) -> Piece:
        told.append({k: v for k, v in arguments.items() if k not in ("weights", "progress")})
        return piece

    monkeypatch.setitem(steps.VERBS, "vary", listening)
    monkeypatch.setitem(steps.VERBS, "infill", listening)
    session = Session(OFF_GRID)
    session.lock((1, 1))
    session.lock((2, 3), ["Vlc"])
    session.do("vary", strength=0.5, keep=["rhythm"], seed=1)
    session.do("infill", first_bar=1, last_bar=4, seed=2)
    assert told == [
        {"strength": 0.5, "bars": [2, 3], "keep": ["rhythm", "Vlc"], "seed": 1},
        {"strength": 0.5, "bars": [4], "keep": ["rhythm"], "seed": 1},
        {"first_bar": 2, "last_bar": 3, "parts": ["Vln"], "seed": 2},
        {"first_bar": 4, "last_bar": 4, "seed": 2},
    ]


def test_what_is_no_session_is_refused(tmp_path: Path) -> None:
    """Missing, other bytes, other JSON, half a file, another version."""
    good = tmp_path / "good.session"
    Session(OFF_GRID).save(good)
    data = good.read_bytes()
    newer = lzma.decompress(data).replace(b'"version":1', b'"version":2')
    for content, message in (
        (None, "cannot read"),
        (b"no session", "is not a session"),
        (lzma.compress(b"[1]"), "is not a session"),
        (data[: len(data) // 2], "is not a session"),
        (lzma.compress(newer), "version 2; this program reads version 1"),
    ):
        path = tmp_path / "a.session"
        path.unlink(missing_ok=True)
        if content is not None:
            path.write_bytes(content)
        with pytest.raises(FileError, match=message):
            Session.open(path)


def test_a_file_that_cannot_be_written_leaves_the_old_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A save that fails midway changes nothing on disk."""
    path = tmp_path / "a.session"
    session = Session(OFF_GRID)
    session.save(path)
    before = path.read_bytes()
    session.do("noise", seed=1)

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("composer.rendering.files.os.chmod", full)
    with pytest.raises(FileError, match="No space left"):
        session.save(path)
    assert path.read_bytes() == before
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.session"]


def test_the_real_verbs_write_around_locks_and_are_replayed(tmp_path: Path) -> None:
    """A few bars with the shipped model: infill, vary, continue; saved, opened, made again."""
    session = Session.composed(style="hymn", ensemble="string-quartet", bars=3, seed=3)
    session.lock((1, 1))
    session.lock((2, 2), ["cello"])
    first = session.piece
    infilled = session.do("infill", first_bar=1, last_bar=3, parts=["viola", "cello"], seed=4)
    varied = session.do("vary", strength=1.0, seed=5)
    session.undo()
    longer = session.do("continue", bars=1, style="jazz", chance=Chance(0.7), seed=6)
    for piece in (infilled, varied, longer):
        assert all(music(piece, p, range(1)) == music(first, p, range(1)) for p in range(4))
        assert music(piece, 3, range(1, 2)) == music(first, 3, range(1, 2))
    assert music(varied, 0, range(1, 3)) != music(first, 0, range(1, 3))
    assert len(bars_of(longer)) == 4
    session.save(tmp_path / "a.session")
    opened = Session.open(tmp_path / "a.session")
    assert opened.replay() == longer
    assert opened.replay(2) == varied


def test_a_played_piece_keeps_its_own_ticks_through_model_and_file(tmp_path: Path) -> None:
    """Off-grid onsets, odd lengths, velocities, tempo: the same after a step and from a file."""
    session = Session(OFF_GRID)
    session.lock(parts=["Vln"])
    written = session.do("infill", first_bar=2, last_bar=2, seed=1)
    for bar in range(BARS):
        here = range(bar, bar + 1)
        assert music(written, 0, here) == music(OFF_GRID, 0, here)
        assert (music(written, 1, here) == music(OFF_GRID, 1, here)) is (bar != 1)
    session.save(tmp_path / "a.session")
    opened = Session.open(tmp_path / "a.session")
    assert opened.versions[0].piece == OFF_GRID
    assert opened.replay() == written


def test_other_weights_are_refused_and_other_notes_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A step made with other weights cannot be made again; its piece is there all the same."""
    session = Session(OFF_GRID)
    made = session.do("noise", seed=1)
    assert session.replay() == made
    monkeypatch.setitem(steps.VERBS, "noise", lambda piece, **_: piece)
    with pytest.raises(RequestError, match=r"version 1 \(noise\) gives other notes here"):
        session.replay()
    step = session.current.step
    assert step is not None
    session._tree.change(step=replace(step, fingerprint="0123456789ab"))
    session.save(tmp_path / "a.session")
    opened = Session.open(tmp_path / "a.session")
    with pytest.raises(CheckpointError, match="weights 0123456789ab, and these are"):
        opened.replay()
    assert opened.piece == made


def test_a_version_costs_what_it_changed(tmp_path: Path) -> None:
    """Twenty versions of one bar each are not twenty pieces."""
    notes = tuple(
        Note(24 * n, 24, int(p), 64)
        for n, p in enumerate(np.random.default_rng(1).integers(40, 80, 4000))
    )
    piece = Piece((Part("piano", 0, notes),), (MeterChange(0, 4, 4),), 96000)
    one, many = Session(piece), Session(piece)
    for seed in range(20):
        many.do("noise", bars=[seed + 1], seed=seed)
        many.go_to(0)
    one.save(tmp_path / "one")
    many.save(tmp_path / "many")
    assert (tmp_path / "many").stat().st_size < 4 * (tmp_path / "one").stat().st_size


def test_how_keys_are_let_go_stays_where_bars_are_left_alone(tmp_path: Path) -> None:
    """Through a step on one bar, a session's file and MIDI."""
    keys = [event for pitch in range(60, 76) for event in (on(pitch), off(pitch, velocity=pitch))]
    session = Session(read_whole_midi(midi(track(*keys)), "a.mid"))
    session.do("infill", first_bar=2, last_bar=2, seed=1)
    session.save(tmp_path / "a.session")
    written = midi_bytes(Session.open(tmp_path / "a.session").piece, mechanical=True)
    found, now = {}, 0
    for message in mido.MidiFile(file=io.BytesIO(written)).tracks[0]:
        now += message.time
        if message.type == "note_off" and not 4 * 480 < now <= 8 * 480:
            found[now // 480] = message.note, message.velocity
    expected = {n + 1: (60 + n, 60 + n) for n in range(16) if not 4 <= n < 8}
    assert found == expected


def test_a_score_is_printed_as_it_was_until_it_is_changed(tmp_path: Path) -> None:
    """Opened again or gone back to, with its own articulations, slurs and words."""
    note = (
        "<note><pitch><step>C</step><octave>5</octave></pitch><duration>1</duration><type>quarter"
        "</type><notations><articulations><staccato/></articulations></notations></note>"
    )
    data = (
        '<score-partwise><part-list><score-part id="P1"><part-name>Flute</part-name></score-part>'
        '</part-list><part id="P1"><measure number="1"><attributes><divisions>1</divisions>'
        "</attributes><direction><direction-type><words>dolce</words></direction-type></direction>"
        f"{note * 4}</measure></part></score-partwise>"
    ).encode()
    session = Session(read_bytes(data, "a.musicxml"))
    printed = Maker(session.piece).musicxml
    assert printed.count("<staccato") == 4
    session.do("noise", seed=1)
    session.save(tmp_path / "a.session")
    opened = Session.open(tmp_path / "a.session")
    assert Maker(opened.piece).musicxml != printed
    opened.undo()
    assert Maker(opened.piece).musicxml == printed


def test_two_tracks_with_the_same_notes_stay_two(tmp_path: Path) -> None:
    """Each in its own channel."""
    one, two = (track(on(60, channel=c), off(60, channel=c)) for c in (0, 3))
    piece = read_whole_midi(midi(one, two), "a.mid")
    Session(piece).save(tmp_path / "a.session")
    opened = Session.open(tmp_path / "a.session").piece
    assert [(part.track, part.channel) for part in opened.parts] == [(0, 0), (1, 3)]
    assert midi_bytes(opened, mechanical=True) == midi_bytes(piece, mechanical=True)
