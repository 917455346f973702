"""The REST interface does what its OpenAPI document says, and nothing beyond its folder."""

from __future__ import annotations

import json
import re
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from composer.composing.session.session import Session
from composer.corpus.readers import read_bytes
from composer.music.piece import MeterChange, Note, Part, Piece
from composer.rendering.formats import FORMATS
from composer.rendering.performance.midi import midi_bytes
from composer.studio.openapi import OPERATIONS
from composer.studio.works import Works
from tests.studio.running import RunningStudio

ADDRESS = "a sad waltz for piano in D minor, 4 bars"


def small_midi() -> bytes:
    """Four bars of two parts."""
    notes = tuple(Note(beat * 24, 24, 60 + beat % 8, 70) for beat in range(16))
    parts = (Part("violin", 40, notes, "Violin"), Part("cello", 42, notes[:8], "Cello"))
    return midi_bytes(Piece(parts, (MeterChange(0, 4, 4),), 384, title="Steps"))


@pytest.fixture(scope="module")
def work(studio: RunningStudio) -> dict[str, Any]:
    """A work that began with a file."""
    answer = studio.ask("POST", "/api/uploads?name=steps.mid", small_midi())
    assert answer.status == 201
    told: dict[str, Any] = answer.told
    return told


def follows(told: Any, name: str) -> None:
    """An answer is what the document says of an operation."""
    operation = next(one for one in OPERATIONS if one.name == name)
    assert not isinstance(operation.answer, str)
    Draft202012Validator(operation.answer).validate(told)


def test_the_document_names_every_address_once(studio: RunningStudio) -> None:
    """With the schema of its body and of its answer, and is itself well-formed."""
    document = studio.get("/api/openapi.json")
    told = {
        (method.upper(), path, one["operationId"])
        for path, methods in document["paths"].items()
        for method, one in methods.items()
    }
    assert told == {(one.method, one.path, one.name) for one in OPERATIONS}
    assert len({name for _, _, name in told}) == len(OPERATIONS)
    for operation in OPERATIONS:
        for schema in (operation.answer, operation.body or {}):
            if not isinstance(schema, str):
                Draft202012Validator.check_schema(schema)


def test_composing_by_programs(studio: RunningStudio) -> None:
    """A sentence is a job with progress; its candidate a work with notes, sound and score."""
    answer = studio.ask("POST", "/api/compose", {"text": ADDRESS, "candidates": 2, "seed": 5})
    assert answer.status == 202
    follows(answer.told, "compose")
    job = studio.finished(answer.told)
    follows(job, "job")
    assert (job["state"], job["done"], job["error"]) == ("done", job["total"], "")
    assert len(job["result"]["candidates"]) == 2
    work = studio.post("/api/works", {"job": job["id"], "candidate": 1})
    follows(work, "begin")
    piece = work["versions"][0]["piece"]
    assert piece == job["result"]["candidates"][1]["piece"]
    for name in ("piece", "playing", "score", "facts"):
        path = f"/api/pieces/{piece}" + ("" if name == "piece" else f"/{name}")
        follows(studio.get(path), name)
    keys = studio.get(f"/api/pieces/{piece}/playing")["keys"]
    assert keys[0][0]
    assert studio.get(f"/api/pieces/{piece}/sound/0/0")[:4] == b"RIFF"
    assert studio.get(f"/api/pieces/{piece}/files/chart")[:5] == b"%PDF-"
    saved = studio.folder / "works" / f"{work['id']}.session"
    assert Session.open(saved).replay().note_count > 0  # the very candidate, by its seed


def test_files_are_what_they_say(studio: RunningStudio, work: dict[str, Any]) -> None:
    """Re-read, MIDI and MusicXML have the notes of the piece."""
    piece = work["versions"][0]["piece"]
    notes = sum(len(part["notes"]) for part in studio.get(f"/api/pieces/{piece}")["parts"])
    files = f"/api/pieces/{piece}/files"
    for suffix in ("mid", "musicxml"):
        assert read_bytes(studio.get(f"{files}/{suffix}"), f"a.{suffix}").note_count == notes
    assert read_bytes(studio.get(f"{files}/mid?part=1"), "a.mid").note_count == 8
    assert studio.get(f"{files}/pdf")[:5] == b"%PDF-"
    assert studio.get(f"{files}/stems")[:2] == b"PK"
    session = studio.get(f"/api/works/{work['id']}/session")
    (studio.folder / "taken.session").write_bytes(session)
    assert Session.open(studio.folder / "taken.session").piece.note_count == notes
    again = studio.ask("POST", "/api/uploads?name=taken.session", session).told
    assert again["id"] != work["id"]
    assert [one["notes"] for one in again["versions"]] == [notes]


def test_every_file_of_the_menu_can_be_taken_away(
    studio: RunningStudio, work: dict[str, Any]
) -> None:
    """The menu is the table of formats; what a piece has no use for is refused in a line."""
    names = [one["name"] for one in studio.get("/api/vocabulary")["files"]]
    assert set(names) == {*FORMATS, "stems", "parts"}
    piece = work["versions"][0]["piece"]
    for name in names:
        answer = studio.ask("GET", f"/api/pieces/{piece}/files/{name}")
        if lacking := {"tab": "guitar", "chart": "chords"}.get(name):
            assert (answer.status, lacking in answer.told["error"]) == (400, True)
        else:
            assert answer.status == 200, name


def test_a_mix_is_kept_with_its_work(studio: RunningStudio) -> None:
    """Who opens the work again, in another program too, hears it as it was mixed."""
    work = studio.ask("POST", "/api/uploads?name=steps.mid", small_midi()).told
    assert work["mix"] == []
    mix = [
        {"volume": 0.5, "mute": False, "solo": True},
        {"volume": 1, "mute": True, "solo": False},
    ]
    told = studio.post(f"/api/works/{work['id']}/mix", {"mix": mix})
    follows(told, "mix")
    assert told["mix"] == mix == studio.get(f"/api/works/{work['id']}")["mix"]
    assert Works(studio.folder).find(work["id"]).mix == mix


def test_a_deleted_work_is_gone_for_good(studio: RunningStudio, work: dict[str, Any]) -> None:
    """With its mix, and no other work with it; who asks for it again is told so."""
    doomed = studio.ask("POST", "/api/uploads?name=steps.mid", small_midi()).told
    here = f"/api/works/{doomed['id']}"
    studio.post(f"{here}/mix", {"mix": []})
    answer = studio.ask("DELETE", here)
    assert (answer.status, answer.told) == (200, {"id": doomed["id"]})
    assert [*(studio.folder / "works").glob(f"{doomed['id']}*")] == []
    for method, path in (("GET", here), ("DELETE", here), ("POST", f"{here}/undo")):
        answer = studio.ask(method, path)
        assert (answer.status, answer.told["error"]) == (404, "there is no such work")
    assert work["id"] in {one["id"] for one in studio.get("/api/works")}


def test_a_work_step_by_step(studio: RunningStudio, work: dict[str, Any]) -> None:
    """Edit, undo, redo, label, lock, rewrite with alternatives, go: each answer is the work."""
    here = f"/api/works/{work['id']}"
    edit = studio.post(f"{here}/edit", {"changes": [["add", 0, 12, 12, 80, 90]], "label": "high"})
    follows(edit, "edit")
    assert (edit["current"], edit["versions"][1]["label"]) == (1, "high")
    assert studio.post(f"{here}/undo")["current"] == 0
    assert studio.post(f"{here}/redo")["current"] == 1
    assert studio.post(f"{here}/label", {"text": "top"})["versions"][1]["label"] == "top"
    locked = studio.post(f"{here}/lock", {"bars": [1, 2]})
    assert [lock["name"] for lock in locked["locks"]] == ["bars 1-2"]
    answer = studio.ask("POST", f"{here}/edit", {"changes": [["remove", 0, 12, 80]]})
    assert (answer.status, "locked" in answer.told["error"]) == (400, True)
    arguments = {"first_bar": 1, "last_bar": 3, "parts": ["Violin"]}
    job = studio.post(f"{here}/verbs/infill", {"arguments": arguments, "alternatives": 2})
    job = studio.finished(job)
    assert job["state"] == "done", job
    told = studio.get(here)
    made = [one for one in told["versions"] if one["verb"] == "infill"]
    assert [one["parent"] for one in made] == [1, 1]
    before, after = (
        studio.get(f"/api/pieces/{told['versions'][number]['piece']}")
        for number in (1, made[0]["number"])
    )
    behind = before["bars"][2][0]
    locked_notes, same_notes = (
        [note for note in piece["parts"][0]["notes"] if note[0] < behind]
        for piece in (before, after)
    )
    assert locked_notes == same_notes != []
    assert before["parts"] != after["parts"]
    assert studio.post(f"{here}/go", {"version": 0})["current"] == 0


def test_what_happens_is_told_as_events(studio: RunningStudio) -> None:
    """Jobs with their progress, candidates bar by bar, changes of works."""
    address = studio.address.rstrip("/") + "/api/events"
    with urllib.request.urlopen(address, timeout=60) as stream:
        job = studio.post("/api/compose", {"text": ADDRESS, "candidates": 1})
        kinds: list[str] = []
        bars = 0
        while "done" not in kinds:
            line = stream.readline().decode()
            if line.startswith("event: "):
                kinds.append(line.split()[1])
            elif line.startswith("data: ") and kinds[-1] == "partial":
                bars = max(bars, len(json.loads(line[6:])["piece"]["bars"]))
            elif line.startswith("data: ") and kinds[-1] == "job":
                value = json.loads(line[6:])
                follows(value, "job")
                if value["id"] == job["id"] and value["state"] == "done":
                    kinds.append("done")
    assert {"hello", "job", "partial"} <= {*kinds}
    assert bars >= 3


def test_a_job_can_be_cancelled(studio: RunningStudio) -> None:
    """It ends within a bar, and the next one is done."""
    job = studio.post("/api/compose", {"text": "baroque organ, 200 bars", "candidates": 1})
    assert studio.ask("DELETE", f"/api/jobs/{job['id']}").status == 200
    assert studio.finished(job)["state"] == "cancelled"


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "/api/compose", {"fields": {"style": "klezmerpunk"}}, 400),
        ("POST", "/api/compose", {"fields": {"weights": "/etc/passwd"}}, 400),
        ("POST", "/api/compose", {"fields": {"bars": "many"}}, 400),
        ("POST", "/api/compose", {"fields": {"bars": 100_000}}, 400),
        ("POST", "/api/compose", {"candidates": 99}, 400),
        ("POST", "/api/compose", b"{", 400),
        ("POST", "/api/compose", b"[" * 100_000, 400),
        ("POST", "/api/compose", b" " * 3_000_000, 413),
        ("POST", "/api/works", {"job": "none", "candidate": 0}, 404),
        ("GET", "/api/works/../../etc", None, 404),
        ("GET", "/api/works/%2e%2e%2f%2e%2e%2fetc%2fpasswd", None, 404),
        ("GET", "/api/works/000000000000", None, 404),
        ("GET", "/api/pieces/none/files/mid", None, 404),
        ("GET", "/page/..%2fweb_server.py", None, 404),
        ("GET", "/page/tsconfig.json", None, 404),
        ("GET", "/api/note?program=999&pitch=60", None, 400),
        ("GET", "/api/note?program=1&pitch=60&path=x", None, 400),
        ("POST", "/api/uploads?name=a.mid", b"MThd nothing", 400),
        ("POST", "/api/uploads?name=a.exe", b"MZ", 400),
        ("POST", "/api/uploads?name=a.session", b"no session", 400),
        ("POST", "/api/uploads?name=a.mid", b"x" * 11_000_000, 413),
        ("PUT", "/api/works", {}, 405),
    ],
)
def test_what_is_asked_wrongly_is_refused_in_a_line(
    studio: RunningStudio, method: str, path: str, body: Any, status: int
) -> None:
    """With the right status and no traceback."""
    answer = studio.ask(method, path, body)
    assert answer.status == status
    assert re.fullmatch(r"[^\n]{5,400}", answer.told["error"])
    assert "Traceback" not in answer.told["error"]


def test_pages_of_other_sites_cannot_ask(studio: RunningStudio, work: dict[str, Any]) -> None:
    """Neither by another name for this machine nor by a form on another page."""
    path = f"/api/works/{work['id']}/undo"
    assert studio.ask("POST", path, {}, {"Origin": "http://evil.example"}).status == 403
    assert studio.ask("GET", "/api/works", None, {"Host": "evil.example"}).status == 403
    own = studio.address.rstrip("/")
    assert studio.ask("GET", "/api/works", None, {"Origin": own}).status == 200


def test_beyond_this_machine_a_token_is_needed(tmp_path: Path) -> None:
    """It is in the printed address, and becomes a cookie there."""
    studio = RunningStudio(tmp_path, "--host", "0.0.0.0")
    try:
        token = studio.address.split("token=")[1]
        studio.address = studio.address.split("?")[0].replace("0.0.0.0", "127.0.0.1")
        assert studio.ask("GET", "/").status == 403
        assert studio.ask("GET", "/api/works?token=wrong").status == 403
        assert studio.ask("GET", "/", None, {"Cookie": f"composer-studio={token}"}).status == 200
        assert studio.ask("GET", f"/api/works?token={token}").status == 200
        bearer = {"Authorization": f"Bearer {token}"}
        assert studio.ask("GET", "/api/works", None, bearer).status == 200
    finally:
        studio.stop()


def test_killed_without_a_warning_no_answered_step_is_lost(tmp_path: Path) -> None:
    """And the work is offered again at the next start."""
    studio = RunningStudio(tmp_path)
    work = studio.ask("POST", "/api/uploads?name=steps.mid", small_midi()).told
    changes = [["add", 0, 12, 12, 80, 90]]
    studio.post(f"/api/works/{work['id']}/edit", {"changes": changes})
    studio.kill()
    again = RunningStudio(tmp_path)
    try:
        assert [one["id"] for one in again.get("/api/works")] == [work["id"]]
        told = again.get(f"/api/works/{work['id']}")
        notes = again.get(f"/api/pieces/{told['versions'][1]['piece']}")["parts"][0]["notes"]
        assert [12, 12, 80, 90] in notes
    finally:
        again.stop()
