"""The report: every field judged by the notes, every key documented, always valid JSON."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from composer.analysis.analyse import analyse
from composer.cli import main
from composer.composing.asking.held_to import held_to
from composer.composing.asking.request import Request, make_request
from composer.composing.compose import compose
from composer.composing.originality import NearPassage, Originality
from composer.composing.ranking import broken_fields
from composer.composing.report import (
    Field,
    achieved,
    report,
    style_field,
    write_report,
)
from composer.corpus.copying import HumanShare
from composer.music.bars import bars_of
from composer.music.piece import MeterChange, Note, Part, Piece, TempoChange
from composer.rendering.files import write_piece
from tests.pieces import pieces

PAGE = (Path(__file__).parents[2] / "docs" / "report.md").read_text(encoding="utf-8")


def chorale() -> Piece:
    """Two bars of C major for two voices, a beat a second."""
    top = tuple(Note(24 * n, 24, pitch) for n, pitch in enumerate((64, 65, 67, 64, 65, 62, 60, 60)))
    low = tuple(Note(48 * n, 48, pitch) for n, pitch in enumerate((48, 52, 53, 48)))
    parts = (Part("soprano", 52, top, "Soprano"), Part("cello", 42, low, "Cello"))
    return Piece(parts, (MeterChange(0, 4, 4),), 192, tempi=(TempoChange(0, 60.0),))


def fields(piece: Piece, request: Request, source: Piece | None = None) -> dict[str, Field]:
    return {field.name: field for field in achieved(piece, request, source)}


def no_nan(text: str) -> Any:
    raise AssertionError(f"{text} is no JSON")


@pytest.mark.parametrize(
    ("asked", "name", "kept"),
    [
        ({"bars": 2}, "bars", True),
        ({"bars": 3}, "bars", False),
        ({"bars": 2, "meter": "4/4"}, "meter", True),
        ({"bars": 2, "meter": "3/4"}, "meter", False),
        ({"bars": 2, "tempo": 60}, "tempo", True),
        ({"bars": 2, "tempo": 61}, "tempo", False),
        ({"bars": 2, "key": "C major"}, "key", True),
        ({"bars": 2, "key": "major"}, "key", True),
        ({"bars": 2, "key": "A minor"}, "key", False),
        ({"bars": 2, "key": "minor"}, "key", False),
        ({"bars": 2, "instruments": ["cello", "soprano"]}, "parts", True),
        ({"bars": 2, "instruments": ["cello"]}, "parts", False),
        ({"bars": 2, "ensemble": "choir"}, "parts", False),
        ({"bars": 2, "form": "AB"}, "form", True),
        ({"bars": 2, "form": "AA"}, "form", False),
        ({"bars": 2, "chords": "C | F C"}, "chords", True),
        ({"bars": 2, "chords": "F#"}, "chords", False),
    ],
)
def test_a_field_is_kept_if_the_notes_keep_it(asked: dict[str, Any], name: str, kept: bool) -> None:
    """Judged by the notes of one small piece, whatever was asked."""
    assert fields(chorale(), make_request(**asked))[name].kept is kept


def test_nothing_asked_is_nothing_to_keep() -> None:
    """All that was free has no `asked` and no `kept`, and is told all the same."""
    found = fields(chorale(), Request(bars=2))
    for name in ("style", "mood", "key", "meter", "tempo", "parts", "chords", "form"):
        assert found[name].asked is None
        assert found[name].kept is None
    assert found["meter"].achieved == "4/4"
    assert found["parts"].achieved == "Soprano, Cello"
    assert found["seconds"].achieved == 8.0
    assert found["notes"].achieved == 12


def test_a_note_beyond_its_instrument_is_told() -> None:
    """One of twelve is too low for the cello."""
    piece = chorale()
    low = replace(piece.parts[1], notes=(Note(0, 24, 20), *piece.parts[1].notes[1:]))
    found = fields(replace(piece, parts=(piece.parts[0], low)), Request(bars=2))["range"]
    assert (found.achieved, found.kept) == ("1 notes out of range", False)
    assert found.share == pytest.approx(11 / 12)


def test_a_piece_written_into_another_is_held_to_it() -> None:
    """Bars and those to be added, key, meter, tempo, parts; and how much of it is unchanged."""
    source = chorale()
    same = fields(source, held_to(source), source)
    assert all(same[n].kept for n in ("bars", "key", "meter", "tempo", "parts", "range"))
    assert same["unchanged"].share == 1.0
    assert fields(source, held_to(source, more_bars=1))["bars"].kept is False
    other = replace(source, parts=(source.parts[0], replace(source.parts[1], notes=())))
    less = fields(other, held_to(source), source)
    assert less["parts"].kept is False
    assert less["unchanged"].achieved == "8 of 12 notes"
    assert held_to(source, has_its_parts=False).instruments == ()


@settings(max_examples=15, deadline=None)
@given(pieces())
def test_any_piece_has_a_report_and_it_is_json(tmp_path_factory: Any, piece: Piece) -> None:
    """Silent, odd, far out of range: no NaN, no exception, the same again when read."""
    told = report(piece, held_to(piece), verb="vary", seed=1, fingerprint="none", given=piece)
    path = write_report(told, tmp_path_factory.mktemp("report"), "piece")
    assert json.loads(path.read_text(encoding="utf-8"), parse_constant=no_nan) == told
    assert told["achieved"]["bars"]["achieved"] == len(bars_of(piece))
    assert told["originality"]["nearest"] == []


def test_what_is_no_number_is_null(tmp_path: Path) -> None:
    """Wherever it stands, and paths are words."""
    said = {"mood": math.nan, "file": tmp_path, "parts": ("a",), "strength": 0.0, "style": ""}
    told = report(chorale(), Request(bars=2), verb="vary", seed=1, fingerprint="", said=said)
    assert told["request"] == {
        "verb": "vary", "file": str(tmp_path), "parts": ["a"], "strength": 0.0,
    }  # fmt: skip


def test_every_key_is_documented() -> None:
    """In docs/report.md, in backticks."""
    made = compose(style="hymn", bars=4, seed=1, chords="C | F", form="AB", temperature=0.5)
    told = report(made.piece, made.request, verb="vary", seed=1, fingerprint="", given=chorale())
    keys = {*told, *told["achieved"], *told["versions"], *told["originality"]}
    keys |= {key for field in told["achieved"].values() for key in field}
    keys |= {*told["originality"]["human"]}
    keys |= {"notes", "part", "first_bar", "last_bar", "corpus", "file", "source_bar", "licence"}
    assert [key for key in sorted(keys) if f"`{key}`" not in PAGE] == []


def test_every_verb_writes_a_report_beside_its_files(tmp_path: Path) -> None:
    """The command line, from a composed file on."""
    run = ["--seed", "1", "--format", "mid", "--out", str(tmp_path)]
    assert main(["compose", "--style", "hymn", "--ensemble", "choir", "--bars", "2", *run]) == 0
    (source,) = tmp_path.glob("*.mid")
    verbs = (
        ["continue", "--bars", "1"],
        ["infill", "--bars", "2"],
        ["harmonize"],
        ["vary"],
        ["arrange", "--ensemble", "string-quartet"],
    )
    for verb, *flags in verbs:
        assert main([verb, str(source), *flags, *run]) == 0
    reports = {path: json.loads(path.read_text("utf-8")) for path in tmp_path.glob("*.json")}
    assert {told["request"]["verb"] for told in reports.values()} == {
        "compose", "continue", "infill", "harmonize", "vary", "arrange",
    }  # fmt: skip
    for path, told in reports.items():
        assert path.with_suffix(".mid").is_file()
        assert list(told)[:5] == ["request", "achieved", "seed", "versions", "originality"]
        assert told["achieved"]["bars"]["kept"]
        assert told["achieved"]["meter"]["kept"] is not False
        assert told["seed"] == 1


def test_a_copy_is_told_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """By name, licence and place, on stderr; the files are there all the same."""
    passage = NearPassage(41, "Alto", 3, 6, "a corpus", "a.mid", 9, "Air", "Somebody", "CC0-1.0")
    human = HumanShare(8, 779, 0, 11, 19)
    monkeypatch.setattr(
        "composer.composing.report.originality", lambda *_: Originality((passage,), human)
    )
    write_piece(chorale(), tmp_path, "a", ["mid"])
    out = ["--format", "mid", "--out", str(tmp_path)]
    assert main(["continue", str(tmp_path / "a.mid"), "--bars", "1", *out]) == 0
    told = capsys.readouterr().err
    assert "41 notes (bars 3-6: Somebody, Air, CC0-1.0)" in told
    assert "another seed may differ" in told
    assert len(list(tmp_path.glob("*.json"))) == 1


def test_a_bass_that_hardly_plays_is_missed() -> None:
    """A rock band whose bass has two notes in eight bars: the table says how much it plays."""
    parts = (
        Part("electric-guitar", 27, _even(64, 8, 4), role="melody"),
        Part("distorted-guitar", 30, _even(52, 8, 2), role="chords"),
        Part("drums", 0, _even(38, 8, 12), role="drums"),
    )
    bass = Part("electric-bass", 33, _even(36, 8, 4), role="bass")
    rock = make_request(style="rock", ensemble="band", bars=8)
    for played, kept in ((bass, True), (replace(bass, notes=bass.notes[:2]), False)):
        piece = Piece((*parts, played), (MeterChange(0, 4, 4),), 768)
        found = fields(piece, rock)
        assert found["bass"].kept is kept
        assert found["drums"].kept
    assert found["groove"].kept
    assert found["bass"].achieved == "1 of 8 bars, 2.0 notes in each"
    assert found["bass"].share == 1 / 8
    assert fields(piece, Request(bars=8))["bass"].kept is None


def _even(pitch: int, bars: int, a_bar: int) -> tuple[Note, ...]:
    step = 96 // a_bar
    return tuple(Note(step * place, step, pitch) for place in range(bars * a_bar))


def test_a_curve_is_heard_section_by_section() -> None:
    """Four quiet bars of long major chords, four loud ones of fast minor notes: each in its own
    bars, not in a window of eight."""
    calm = [Note(96 * b, 96, p, 30) for b in range(4) for p in (48, 60, 64, 67)]
    tense = [Note(384 + 6 * n, 6, 45 + (0, 3, 7, 12)[n % 4], 120) for n in range(64)]
    part = Part("piano", 0, tuple(calm + tense))
    piece = Piece((part,), (MeterChange(0, 4, 4),), 768, tempi=(TempoChange(0, 100.0),))
    found = fields(piece, make_request(mood="calm@1 tense@5", bars=8))["mood"]
    assert (found.kept, found.share) == (True, 1.0)
    other = fields(piece, make_request(mood="tense@1 tense@5", bars=8))["mood"]
    assert (other.kept, other.share) == (False, 0.5)


def test_a_key_is_spelled_as_it_was_asked_for() -> None:
    """A flat minor stays A flat minor, though it sounds as G sharp minor does."""
    notes = tuple(
        Note(24 * n, 24, 68 + p) for n, p in enumerate((0, 2, 3, 5, 7, 8, 11, 12, 7, 3, 0))
    )
    piece = Piece((Part("piano", 0, notes),), (MeterChange(0, 4, 4),), 288)
    for asked, spelled in (("Abm", "Ab minor"), ("G# minor", "G# minor"), ("", "G# minor")):
        found = fields(piece, make_request(key=asked, bars=3))["key"]
        assert found.achieved == spelled
        assert found.kept is (True if asked else None)


def test_a_composed_piece_is_to_close_and_a_loop_is_not() -> None:
    """On C, held: the chorale does not; its last note taken for a beat on the tonic would."""
    piece = chorale()
    home = replace(piece.parts[1], notes=(*piece.parts[1].notes[:3], Note(144, 48, 48)))
    last = replace(piece.parts[0], notes=(*piece.parts[0].notes[:6], Note(144, 48, 60)))
    closing = replace(piece, parts=(last, home))
    run = replace(piece, parts=(last, replace(home, notes=(*home.notes[:3], Note(180, 6, 53)))))
    assert fields(closing, Request(bars=2))["ending"].kept is True
    assert fields(run, Request(bars=2))["ending"].kept is False
    assert fields(run, Request(bars=2, loops=True))["ending"].kept is None
    assert fields(run, Request(bars=2), closing)["ending"].kept is None
    assert fields(closing, Request(bars=2))["ending"].achieved == "on the tonic, held for 2 beats"


def test_what_is_too_fast_for_people_is_not_playable() -> None:
    """Sixteenths at 208 on the piano are told with their speed."""
    notes = tuple(Note(6 * n, 6, 60 + n % 5) for n in range(128))
    meters = (MeterChange(0, 4, 4),)
    for tempo, kept in ((120.0, True), (208.0, False)):
        piece = Piece((Part("piano", 0, notes),), meters, 768, tempi=(TempoChange(0, tempo),))
        found = fields(piece, Request(bars=8))["range"]
        assert found.kept is kept
    assert found.achieved == "piano has 14 notes a second"


def test_a_tune_in_pieces_among_players_is_not_kept() -> None:
    """The whole of it in the cello an octave lower is; half here and half there is not."""
    source = chorale()
    tune = source.parts[0].notes
    low = tuple(note._replace(pitch=note.pitch - 12) for note in tune)
    whole = replace(source, parts=(Part("cello", 42, low, "Cello"),))
    half = (Part("violin", 40, tune[:4], "Violin"), Part("cello", 42, low[4:], "Cello"))
    for piece, kept, notes in ((whole, True, 8), (replace(source, parts=half), False, 4)):
        found = {f.name: f for f in achieved(piece, held_to(source), source, keeps_tune=True)}
        assert found["tune"].kept is kept
        assert str(found["tune"].achieved).startswith(f"{notes} of 8 notes")
    assert fields(whole, held_to(source), source)["tune"].kept is None


def test_a_style_is_kept_among_the_likeliest_three() -> None:
    """Of a blend nobody can tell, nor of a style that the judge never learned."""
    heard = {"hymn": 0.5, "folk": 0.3, "baroque": 0.1, "jazz": 0.05}
    for style, kept in (
        ("baroque", True),
        ("bach", True),
        ("jazz", False),
        ("bach:1,joplin:1", None),
    ):
        assert style_field(heard, make_request(style=style)).kept is kept
    told = str(style_field(heard, make_request(style="bach")).achieved)
    assert told.startswith("baroque: 10%, third of ")
    assert told.endswith(" (first: hymn, 50%)")
    assert "(" not in str(style_field(heard, make_request(style="hymn")).achieved)
    assert style_field({}, make_request(style="bach")).kept is None


def test_a_piece_is_analysed_once_for_its_report() -> None:
    """Whoever asks: who ranks candidates, who shows what was achieved, who writes the report."""
    made = compose(style="hymn", ensemble="choir", bars=2, seed=4, best_of=1)
    before = analyse.cache_info().misses
    assert broken_fields(made.piece, made.request) == made.choice.best.broken if made.choice else ()
    assert made.achieved["bars"] == made.report()["achieved"]["bars"]["achieved"] == 2
    assert analyse.cache_info().misses == before
