"""What is done inside a process of ours: music made, heard, engraved, written and read.

A task takes one payload and `tell(word, value)` for what it says on its way, and returns one
result; all of it is pickled. Whatever is wrong with what was asked is a ComposerError.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from composer.errors import RequestError
from composer.music.bars import bars_of, seconds_at
from composer.music.piece import Piece
from composer.process import Tell
from composer.rendering.formats import FORMATS

if TYPE_CHECKING:
    from composer.composing.session.session import Session

BARS_A_SPAN = 4
"""So many bars of a part are rendered at a time."""


def warm_up(_: None, tell: Tell) -> None:
    """Load what the first piece would wait for."""
    from composer.composing.compose import compose

    compose(bars=1, best_of=1, seed=0)


def compose_candidates(payload: Mapping[str, Any], tell: Tell) -> dict[str, Any]:
    """Compose `candidates` pieces for `request` (arguments of `composer.compose`) and `seed`.

    Tells "progress" (bars done, bars in all) and "partial" (number of the candidate, the piece as
    far as it is written). The result has a dict a candidate, and which of them the critic chose.
    """
    from composer.composing.compose import compose
    from composer.composing.session.steps import COMPOSE, make_step

    request, seed = dict(payload["request"]), payload["seed"]
    if request.get("melody") is None:
        request["best_of"] = payload["candidates"]
    composition = compose(
        **request,
        seed=seed,
        progress=lambda done, total: tell("progress", (done, total)),
        watch=lambda number, piece: tell("partial", (number, piece)),
    )
    choice = composition.choice
    pieces = [one.piece for one in choice.candidates] if choice else [composition.piece]
    candidates = []
    for number, piece in enumerate(pieces):
        arguments = request | ({"candidate": number} if choice else {})
        candidate = choice.candidates[number] if choice else None
        candidates.append(
            {
                "piece": piece,
                "step": make_step(COMPOSE, arguments, seed, None),
                "seconds": round(seconds_at(piece, piece.end_tick), 2),
                "shares": _shares(piece),
                "originality": _originality(candidate.originality) if candidate else None,
                "broken": list(candidate.broken) if candidate else [],
            }
        )
    return {"candidates": candidates, "chosen": choice.chosen if choice else 0}


def step(payload: Mapping[str, Any], tell: Tell) -> int:
    """Do a verb to a piece, `alternatives` times with one seed after another, or if `is_chain`
    each time to what came of the last.

    Tells "version" (a step and its piece) for each; the result is how many there were.
    """
    from composer.composing.session.steps import made, make_step

    piece, alternatives = payload["piece"], payload["alternatives"]
    for number in range(alternatives):

        def progress(done: int, total: int, number: int = number) -> None:
            tell("progress", (number * total + done, total * alternatives))

        seed = payload["seed"] + number
        one = make_step(payload["verb"], payload["arguments"], seed, None, payload["locks"])
        new = made(one, piece, None, progress)
        tell("version", (one, new))
        if payload["is_chain"]:
            piece = new
    return int(alternatives)


def describe(piece: Piece, tell: Tell) -> dict[str, Any]:
    """What a piece is: see `composer.describe`, and `intensity`, a number 0..1 a bar."""
    from composer.analysis.describe import describe as described

    return described(on_grid(piece)) | {"intensity": _intensity(piece)}


def sound(payload: Mapping[str, Any], tell: Tell) -> bytes:
    """The sound of some bars of a part as WAV; the payload are arguments of `span_sound`."""
    from composer.rendering.performance.sound_spans import span_sound

    return span_sound(**payload).as_wav(1.0)


def note(payload: Mapping[str, Any], tell: Tell) -> bytes:
    """The sound of one note as WAV; the payload are arguments of `note_sound`."""
    from composer.rendering.performance.sound_spans import note_sound

    return note_sound(**payload).as_wav(1.0)


def playing(payload: tuple[Piece, int, bool], tell: Tell) -> dict[str, Any]:
    """When a piece is played, and names of its sounds: a `Playing` for JSON."""
    from composer.rendering.performance.sound_spans import playing as played

    piece, seed, mechanical = payload
    return played(piece, BARS_A_SPAN, seed=seed, mechanical=mechanical)._asdict()


def score(payload: tuple[Piece, str], tell: Tell) -> dict[str, Any]:
    """The pages of the score as SVG, and `steps`: (quarters from the first bar's beginning,
    identifiers of the notes that begin, of those that end)."""
    from composer.rendering.musicxml.header import document
    from composer.rendering.musicxml.musicxml import musicxml_text
    from composer.rendering.musicxml.score_as_read import score_as_read
    from composer.rendering.pages.engraving import engraved, pages_of
    from composer.rendering.score.pickup import with_pickup

    piece, paper = payload
    read = score_as_read(piece, repeats=False, paper=paper)
    if read is not None and piece.source is not None and piece.source.measure_ticks:
        toolkit = engraved(document(read), paper)
        silence = piece.source.measure_ticks[0] / piece.source.ticks_per_quarter
    else:
        piece = on_grid(piece)
        toolkit = engraved(musicxml_text(piece, paper=paper), paper)
        silence = (piece.end_tick - with_pickup(piece).end_tick) / piece.ticks_per_quarter
    steps = [
        (round(row["qstamp"] + silence, 4), row.get("on", []), row.get("off", []))
        for row in toolkit.renderToTimemap()
        if row.get("on") or row.get("off")
    ]
    return {"pages": pages_of(toolkit), "steps": steps}


def file(payload: Mapping[str, Any], tell: Tell) -> tuple[str, bytes]:
    """The name and bytes of a file: `format` is one of `FILES`, `place` a part or None.

    What is several files becomes a zip archive.
    """
    from composer.rendering.files import write_piece

    piece, format = payload["piece"], payload["format"]
    how = {"seed": payload["seed"], "mechanical": payload["mechanical"]}
    if format not in ("mid", "wav", "stems"):
        piece = on_grid(piece)
    if format == "chart":
        from composer.analysis.analyse import analyse

        how["chart_chords"] = analyse(piece).chords
    if payload.get("place") is not None:
        return _part_file(piece, payload["place"], payload["name"], how)
    with TemporaryDirectory() as scratch:
        folder, name = Path(scratch), payload["name"]
        if format == "stems":
            write_piece(piece, folder, name, ["mid"], stems=True, **how)
            files = sorted((folder / f"{name}-stems").iterdir())
        elif format == "parts":
            write_piece(piece, folder, name, ["pdf"], parts=True, **how)
            files = sorted((folder / f"{name}-parts").iterdir())
        else:
            files = write_piece(piece, folder, name, [format], **how)
        if len(files) == 1:
            return files[0].name, files[0].read_bytes()
        return f"{name}-{format}.zip", _zipped(files)


FILES = {name: one.label for name, one in FORMATS.items()} | {
    "stems": "Stems (MIDI a part)",
    "parts": "Parts (PDF)",
}
"""What `file` writes, and how menus call it: all formats, and each part alone as MIDI or as sheet
music."""


def upload(payload: tuple[bytes, str], tell: Tell) -> Session:
    """A session with the piece in the bytes of a file, whose name says of what kind it is, or the
    session that it is."""
    from composer.composing.session.session import Session
    from composer.corpus.readers import read_bytes

    data, name = payload
    if name.endswith(".session"):
        with TemporaryDirectory() as scratch:
            path = Path(scratch) / Path(name).name
            path.write_bytes(data)
            return Session.open(path)
    piece = read_bytes(data, name)
    if not piece.note_count:
        raise RequestError(f"{name} has no notes")
    if not piece.title:
        from dataclasses import replace

        piece = replace(piece, title=Path(name).stem)
    return Session(piece)


def on_grid(piece: Piece) -> Piece:
    """The piece as sheet music needs it."""
    from composer.music.normalise import normalise
    from composer.music.piece import GRID_TICKS_PER_QUARTER
    from composer.played.quantise import quantise

    if piece.ticks_per_quarter == GRID_TICKS_PER_QUARTER:
        return piece
    return normalise(quantise(piece))


def _part_file(piece: Piece, place: int, name: str, how: Mapping[str, Any]) -> tuple[str, bytes]:
    from composer.rendering.part_files import file_labels
    from composer.rendering.performance.midi import stem_bytes
    from composer.rendering.score.part_names import part_names

    if not 0 <= place < len(piece.parts):
        raise RequestError(f"there is no part {place}; there are {len(piece.parts)}")
    label = file_labels(part_names(piece))[place]
    return f"{name}-{label}.mid", stem_bytes(piece, **how)[place]


def _zipped(files: list[Path]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in files:
            archive.write(path, path.name)
    return buffer.getvalue()


def _shares(piece: Piece) -> list[dict[str, Any]]:
    """Each part's share of the time in which notes sound."""
    spans = [sum(note.length_ticks for note in part.notes) for part in piece.parts]
    whole = max(1, sum(spans))
    return [
        {"part": part.name or part.instrument, "share": round(span / whole, 3)}
        for part, span in zip(piece.parts, spans, strict=True)
    ]


def _originality(found: Any) -> dict[str, Any]:
    from composer.composing.originality import is_too_close

    nearest = found.passages[0] if found.passages else None
    return {
        "longest_notes": found.longest_notes,
        "human_median_notes": found.human.median,
        "human_most_notes": found.human.percentile_99,
        "too_close": is_too_close(found),
        "nearest": f"{nearest.composer} {nearest.title}".strip() if nearest else "",
    }


def _intensity(piece: Piece) -> list[float]:
    """How much happens in each bar, 0..1: its onsets a quarter beside the piece's busiest bar."""
    bars = bars_of(piece)
    starts = [bar.start_tick for bar in bars]
    from bisect import bisect_right

    counts = [0.0] * len(bars)
    for part in piece.parts:
        for one in part.notes:
            counts[min(len(bars), max(1, bisect_right(starts, one.onset_tick))) - 1] += 1
    rates = [count / bar.length_ticks for count, bar in zip(counts, bars, strict=True)]
    most = max(rates, default=0.0) or 1.0
    return [round(rate / most, 3) for rate in rates]


TASKS: dict[str, Callable[[Any, Tell], Any]] = {
    "warm_up": warm_up,
    "compose": compose_candidates,
    "step": step,
    "describe": describe,
    "sound": sound,
    "note": note,
    "playing": playing,
    "score": score,
    "file": file,
    "upload": upload,
}
