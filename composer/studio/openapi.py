"""The REST interface as a table, and as an OpenAPI document made of it.

The server answers exactly the operations of this table and checks bodies and parameters by the
same schemas that the document shows, so the two cannot differ.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Schema = Mapping[str, Any]

TEXT: Schema = {"type": "string", "maxLength": 2_000}
WORD: Schema = {"type": "string", "maxLength": 200}
COUNT: Schema = {"type": "integer", "minimum": 0, "maximum": 100_000}
NUMBER: Schema = {"type": "number"}
SEED: Schema = {"type": "integer", "minimum": 0, "maximum": 2**31}
BARS: Schema = {
    "type": "array", "items": {"type": "integer", "minimum": 1}, "minItems": 2, "maxItems": 2,
    "description": "first and last bar, from 1",
}  # fmt: skip
WORDS: Schema = {"type": "array", "items": WORD, "maxItems": 64}


def record(required: tuple[str, ...] = (), /, **properties: Schema) -> Schema:
    """An object with these properties and no others."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
    }


def list_of(items: Schema) -> Schema:
    return {"type": "array", "items": items}


FIELDS = record(
    style=WORD, mood=WORD, bars={"type": "integer"}, key=WORD, meter=WORD, tempo=NUMBER,
    ensemble=WORD, instruments={"anyOf": [TEXT, WORDS]}, preset=WORD, title=WORD, chords=TEXT,
    form=WORD, guidance=NUMBER, seconds=NUMBER, hit=NUMBER, temperature=NUMBER, top_p=NUMBER,
    min_p=NUMBER,
)  # fmt: skip
"""What a piece is to be: arguments of `composer.compose`."""

ARGUMENTS: Schema = {
    "type": "object",
    "description": "arguments of the verb, as in the library",
    "properties": {
        "first_bar": {"type": "integer"}, "last_bar": {"type": "integer"}, "parts": WORDS,
        "style": WORD, "mood": WORD, "strength": NUMBER, "keep": WORDS,
        "bars": {"anyOf": [{"type": "integer"}, {"type": "array", "items": {"type": "integer"}}]},
        "ensemble": WORD, "instruments": {"anyOf": [TEXT, WORDS]}, "chords": TEXT,
    },
    "additionalProperties": False,
}  # fmt: skip

CHIP = record(
    ("field", "value", "words"),
    field=WORD, value={"type": ["string", "number"]}, words=TEXT,
)  # fmt: skip

JOB: Schema = {
    "type": "object",
    "required": ["id", "kind", "state", "done", "total", "before", "waiting_seconds", "error"],
    "properties": {
        "id": WORD,
        "kind": {"enum": ["compose", "step"]},
        "state": {"enum": ["waiting", "working", "done", "failed", "cancelled"]},
        "done": {**COUNT, "description": "bars that are written"},
        "total": COUNT,
        "before": {**COUNT, "description": "jobs that are done before this one"},
        "waiting_seconds": {**NUMBER, "description": "until it is done, as it seems now"},
        "seconds": NUMBER,
        "error": TEXT,
        "about": {"type": "object"},
        "result": {"type": ["object", "null"]},
    },
}

VERSION: Schema = {
    "type": "object",
    "required": ["number", "parent", "label", "verb", "arguments", "seed", "piece"],
    "properties": {
        "number": COUNT, "parent": {"type": ["integer", "null"]}, "label": WORD,
        "verb": {"type": ["string", "null"]}, "arguments": {"type": "object"},
        "seed": {"type": ["integer", "null"]}, "bars": COUNT, "notes": COUNT,
        "piece": {**WORD, "description": "the name of its piece under /api/pieces"},
    },
}  # fmt: skip

MIX: Schema = {
    "type": "array", "maxItems": 256, "description": "a channel a part, in order",
    "items": record(
        ("volume", "mute", "solo"), volume={"type": "number", "minimum": 0, "maximum": 1},
        mute={"type": "boolean"}, solo={"type": "boolean"},
    ),
}  # fmt: skip

WORK: Schema = {
    "type": "object",
    "required": ["id", "title", "current", "versions", "locks", "can_undo", "can_redo", "mix"],
    "properties": {
        "id": WORD, "title": TEXT, "current": COUNT, "versions": list_of(VERSION), "mix": MIX,
        "locks": list_of({"type": "object", "required": ["bars", "parts", "name"]}),
        "can_undo": {"type": "boolean"}, "can_redo": {"type": "boolean"},
    },
}  # fmt: skip

PIECE: Schema = {
    "type": "object",
    "required": ["title", "ticks_per_quarter", "end_tick", "bars", "meters", "keys", "tempi",
                 "parts"],
    "properties": {
        "ticks_per_quarter": COUNT,
        "bars": {**list_of(list_of(COUNT)), "description": "start tick and length of each bar"},
        "parts": list_of({
            "type": "object",
            "required": ["name", "instrument", "program", "is_drums", "notes"],
            "properties": {
                "notes": {
                    **list_of(list_of({"type": "integer"})),
                    "description": "onset tick, length in ticks, pitch, velocity (0: undecided)",
                },
            },
        }),
    },
}  # fmt: skip

PLAYING: Schema = {
    "type": "object",
    "required": ["clock", "spans", "keys"],
    "properties": {
        "clock": {**list_of(list_of(NUMBER)), "description": "ticks and seconds"},
        "spans": {**list_of(list_of(NUMBER)), "description": "first bar, last bar, seconds"},
        "keys": {**list_of(list_of(WORD)), "description": "a name a span of each part"},
    },
}

_UNIT = {"type": "number", "minimum": -1, "maximum": 1}
STAGE: Schema = {
    "type": "object",
    "required": ["work", "visitors", "dots", "mean", "votes", "is_writing", "late_phrases"],
    "properties": {
        "work": {**WORD, "description": 'the work that is played, "" where no show is on'},
        "visitors": COUNT,
        "dots": {**list_of(list_of(_UNIT)), "description": "valence and arousal of each visitor"},
        "mean": {"type": ["array", "null"]},
        "votes": record(("back", "on"), back=COUNT, on=COUNT),
        "is_writing": {"type": "boolean"},
        "is_dreaming": {"type": "boolean"},
        "late_phrases": COUNT,
        "phrase_bars": COUNT,
    },
}

ERROR = record(("error",), error=TEXT)


@dataclass(frozen=True)
class Operation:
    """One operation: what it takes and what it answers.

    `name` is the method of `composer.studio.web_server.Answers`; `answer` is a schema, or the media
    type of what is no JSON.
    """

    method: str
    path: str
    name: str
    summary: str
    answer: Schema | str
    body: Schema | None = None
    query: Mapping[str, Schema] = field(default_factory=dict)
    status: int = 200
    takes_bytes: bool = False


_LOCK = record(bars=BARS, parts=WORDS)
_EVENTS = "text/event-stream"
_BYTES = "application/octet-stream"

OPERATIONS: tuple[Operation, ...] = (
    Operation("GET", "/api/openapi.json", "openapi", "This document", {"type": "object"}),
    Operation(
        "GET", "/api/vocabulary", "vocabulary", "Styles, moods, ensembles and so on by name",
        {"type": "object",
         "required": ["styles", "moods", "ensembles", "instruments", "presets", "files"]},
    ),
    Operation(
        "GET", "/api/sentence", "sentence", "What a sentence asks for, and which words are unknown",
        record(("fields", "chips", "unknown"), fields=FIELDS, chips=list_of(CHIP), unknown=WORDS),
        query={"text": TEXT},
    ),
    Operation("GET", "/api/events", "listen", "What happens, as server-sent events", _EVENTS),
    Operation("GET", "/api/jobs", "jobs", "All jobs, the oldest first", list_of(JOB)),
    Operation("GET", "/api/jobs/{job}", "job", "One job", JOB),
    Operation("DELETE", "/api/jobs/{job}", "cancel", "Cancel a job", JOB),
    Operation(
        "POST", "/api/compose", "compose", "Compose candidates from a sentence and fields",
        JOB, record(
            text=TEXT, fields=FIELDS, seed=SEED, melody=WORD, like=WORD,
            candidates={"type": "integer", "minimum": 1, "maximum": 8},
        ), status=202,
    ),
    Operation("GET", "/api/works", "works", "All works, the latest first", list_of(record(
        ("id", "title", "changed"), id=WORD, title=TEXT, changed=NUMBER,
    ))),
    Operation(
        "POST", "/api/works", "begin", "Begin a work with a candidate", WORK,
        record(("job", "candidate"), job=WORD, candidate=COUNT), status=201,
    ),
    Operation(
        "POST", "/api/uploads", "upload", "Begin a work with a file (its bytes are the body)", WORK,
        query={"name": WORD}, status=201, takes_bytes=True,
    ),
    Operation("GET", "/api/works/{work}", "work", "A work: its versions and locks", WORK),
    Operation(
        "DELETE", "/api/works/{work}", "delete", "Delete a work and all its versions for good",
        record(("id",), id=WORD),
    ),
    Operation(
        "POST", "/api/works/{work}/mix", "mix", "Keep how loud its parts are, and which are heard",
        WORK, record(("mix",), mix=MIX),
    ),
    Operation("GET", "/api/works/{work}/session", "session", "Its session file", _BYTES),
    Operation("POST", "/api/works/{work}/undo", "undo", "Back to what it was made of", WORK),
    Operation("POST", "/api/works/{work}/redo", "redo", "Forward again", WORK),
    Operation(
        "POST", "/api/works/{work}/go", "go", "To any version", WORK,
        record(("version",), version=COUNT),
    ),
    Operation(
        "POST", "/api/works/{work}/label", "label", "Name the current version", WORK,
        record(("text",), text=WORD),
    ),
    Operation("POST", "/api/works/{work}/lock", "lock", "Lock bars, parts or both", WORK, _LOCK),
    Operation(
        "POST", "/api/works/{work}/unlock", "unlock", "Take a lock away; all, if none is named",
        WORK, _LOCK,
    ),
    Operation(
        "POST", "/api/works/{work}/edit", "edit", "Draw, move and delete notes by hand", WORK,
        record(("changes",), label=WORD, changes={
            "type": "array", "minItems": 1, "maxItems": 5_000,
            "items": {"type": "array", "items": {"type": ["string", "number"]}},
            "description": "rows such as [\"add\", part, onset, length, pitch, velocity]",
        }),
    ),
    Operation(
        "POST", "/api/works/{work}/verbs/{verb}", "verb", "Let the engine write", JOB,
        record(
            arguments=ARGUMENTS, seed=SEED, is_chain={"type": "boolean"},
            alternatives={"type": "integer", "minimum": 1, "maximum": 8},
        ), status=202,
    ),
    Operation("GET", "/api/pieces/{piece}", "piece", "The notes of a piece", PIECE),
    Operation(
        "GET", "/api/pieces/{piece}/playing", "playing", "When it is played, its sounds", PLAYING
    ),
    Operation(
        "GET", "/api/pieces/{piece}/sound/{part}/{span}", "sound",
        "The sound of one span of one part", "audio/wav",
    ),
    Operation(
        "GET", "/api/pieces/{piece}/score", "score", "The engraved pages, and when notes sound",
        {"type": "object", "required": ["pages", "steps"]},
    ),
    Operation(
        "GET", "/api/pieces/{piece}/facts", "facts", "Key, chords, form, mood, intensity",
        {"type": "object", "required": ["key", "chords", "form", "mood", "intensity"]},
    ),
    Operation(
        "GET", "/api/pieces/{piece}/files/{format}", "file",
        "A file: one of the `files` of the vocabulary", _BYTES,
        query={"part": {"type": "string", "pattern": "^[0-9]{1,2}$"}},
    ),
    Operation(
        "GET", "/api/note", "note", "The sound of one note", "audio/wav",
        query={
            "program": {"type": "string", "pattern": "^[0-9]{1,3}$"},
            "pitch": {"type": "string", "pattern": "^[0-9]{1,3}$"},
            "drums": {"enum": ["0", "1"]},
        },
    ),
    Operation("GET", "/api/stage", "stage", "How the show stands", STAGE),
    Operation(
        "POST", "/api/stage/start", "start_show", "Compose the beginning of a show", JOB,
        record(text=TEXT, fields=FIELDS), status=202,
    ),
    Operation("POST", "/api/stage/stop", "stop_show", "End the show; its work stays", STAGE),
    Operation("POST", "/api/stage/dream", "dream", "Let the next phrase be a dream", STAGE),
    Operation(
        "POST", "/api/stage/at", "show_is_at", "The wall says where it is", STAGE,
        record(("seconds",), seconds={"type": "number", "minimum": 0}),
    ),
    Operation(
        "POST", "/api/stage/say", "say", "A visitor's dot or vote", STAGE,
        record(
            ("visitor",), visitor={"type": "string", "pattern": "^[0-9a-f]{8,32}$"},
            valence=_UNIT, arousal=_UNIT, vote={"enum": ["back", "on"]},
        ),
    ),
    Operation(
        "GET", "/api/stage/code", "code", "A QR code of where phones join the show",
        "image/svg+xml",
    ),
)  # fmt: skip


def document(version: str) -> dict[str, Any]:
    """The OpenAPI document of the table."""
    paths: dict[str, Any] = {}
    for operation in OPERATIONS:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _described(operation)
    return {
        "openapi": "3.1.0",
        "info": {"title": "symbolic-composer studio", "version": version},
        "paths": paths,
    }


def _described(operation: Operation) -> dict[str, Any]:
    is_json = not isinstance(operation.answer, str)
    media = "application/json" if is_json else operation.answer
    content = {media: {"schema": operation.answer} if is_json else {}}
    failure = {"description": "why not", "content": {"application/json": {"schema": ERROR}}}
    told: dict[str, Any] = {
        "operationId": operation.name,
        "summary": operation.summary,
        "parameters": [
            {"name": name, "in": "path", "required": True, "schema": WORD}
            for name in re.findall(r"{(\w+)}", operation.path)
        ]
        + [
            {"name": name, "in": "query", "schema": schema}
            for name, schema in operation.query.items()
        ],
        "responses": {
            str(operation.status): {"description": operation.summary, "content": content},
            "4XX": failure,
        },
    }
    if operation.body is not None:
        told["requestBody"] = {"content": {"application/json": {"schema": operation.body}}}
    if operation.takes_bytes:
        told["requestBody"] = {"content": {_BYTES: {}}}
    return told
