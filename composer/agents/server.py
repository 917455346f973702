"""Tools of the Model Context Protocol: compose, rewrite, render, describe, and the names there are.

An agent gives names and paths and gets back what the music is, as JSON, its first page as a
picture, and links to the files, all of which lie in one folder. A mistake comes back as one line
that says what is allowed.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import wraps
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar

from pydantic import Field

import composer
from composer.errors import ComposerError, RequestError
from composer.music.bars import parse_bars
from composer.rendering.score.score import for_page

if TYPE_CHECKING:
    from mcp.server.mcpserver import MCPServer

    from composer.music.facts import Chord

ResultT = TypeVar("ResultT")
Content = list[Any]
"""JSON as text, perhaps a picture, and links to files."""

_MIME_TYPES = {
    ".mid": "audio/midi", ".wav": "audio/wav", ".pdf": "application/pdf", ".png": "image/png",
    ".svg": "image/svg+xml", ".html": "text/html", ".json": "application/json",
    ".musicxml": "application/vnd.recordare.musicxml+xml", ".abc": "text/vnd.abc",
    ".mei": "application/mei+xml", ".ly": "text/x-lilypond",
}  # fmt: skip
_INSTRUCTIONS = """Composes music in a style and a mood, and works on files of music.
Call `names` first to see which styles, moods, ensembles and instruments there are. `compose` and
`rewrite` take some seconds and give a seed: the same seed and arguments give the same notes.
Bars count from 1. Files lie in the server's folder; pass a path that came back on to `rewrite`."""

Formats = Annotated[
    list[str],
    Field(description="file formats: mid, musicxml, pdf, png, wav, ... (a page is shown anyway)"),
]
File = Annotated[str, Field(description="path of a MIDI, MusicXML, kern or ABC file")]
Seed = Annotated[int | None, Field(description="the same seed gives the same notes")]


def build_server(folder: Path) -> MCPServer[Any]:
    """A server with all tools; what they write lies in `folder`.

    Raises ImportError where the extra `mcp` is not installed.
    """
    from mcp.server.mcpserver import MCPServer

    server: MCPServer[Any] = MCPServer(
        "composer", version=version("symbolic-composer"), instructions=_INSTRUCTIONS
    )
    tools = Tools(folder)
    for tool in (tools.names, tools.compose, tools.rewrite, tools.render, tools.describe):
        server.add_tool(_with_plain_errors(tool), structured_output=False)
    return server


def _with_plain_errors(tool: Callable[..., ResultT]) -> Callable[..., ResultT]:
    """What a user can do wrong is the answer to the call; anything else is a fault of ours."""
    from mcp.server.mcpserver.exceptions import ToolError

    @wraps(tool)
    def call(*args: Any, **kwargs: Any) -> ResultT:
        try:
            return tool(*args, **kwargs)
        except ComposerError as error:
            raise ToolError(" ".join(str(error).split())) from None

    return call


@dataclass(frozen=True, slots=True)
class Tools:
    """The tools by name; what they write lies in `folder`."""

    folder: Path

    def names(
        self,
        what: Literal["styles", "composers", "moods", "ensembles", "instruments", "presets"],
    ) -> Content:
        """Every name that a request may use, with what is known of it."""
        from composer.music.listing import LISTS

        return [_json(LISTS[what]())]

    def compose(
        self,
        style: Annotated[str, Field(description="a style or composer: baroque, chopin")] = "",
        mood: Annotated[str, Field(description="a word, or valence,arousal: 0.6,-0.4")] = "",
        bars: int | None = None,
        key: Annotated[str, Field(description="such as D minor")] = "",
        meter: Annotated[str, Field(description="such as 3/4")] = "",
        tempo: Annotated[float | None, Field(description="quarter notes a minute")] = None,
        ensemble: Annotated[str, Field(description="who plays: string-quartet")] = "",
        instruments: Annotated[list[str] | None, Field(description="instead of ensemble")] = None,
        chords: Annotated[str, Field(description='bar by bar: "Dm7 G7 | Cmaj7"')] = "",
        form: Annotated[str, Field(description="sections by letter: AABA")] = "",
        seconds: Annotated[float | None, Field(description="last exactly so long")] = None,
        melody_file: Annotated[str, Field(description="begin with the melody of a file")] = "",
        seed: Seed = None,
        formats: Formats = ["mid", "musicxml", "pdf"],  # noqa: B006 (becomes the tool's schema)
    ) -> Content:
        """Compose a piece; what is not given, the model chooses. The answer says of every field
        what was asked and what the notes achieve."""
        request: dict[str, Any] = {
            "style": style, "mood": mood, "bars": bars, "key": key, "meter": meter, "tempo": tempo,
            "ensemble": ensemble, "instruments": instruments or (), "chords": chords, "form": form,
            "seconds": seconds, "seed": seed,
        }  # fmt: skip
        if melody_file:
            request["melody"] = composer.read_piece(Path(melody_file))
        made = composer.compose(**request)
        paths = composer.write(made, self.folder, formats)
        report = made.report()
        told = {
            "title": made.piece.title,
            "seed": made.seed,
            "fields": report["achieved"],
            "originality": report["originality"],
        }
        return _answer(told, paths, lambda folder: composer.write(made, folder, ["png"]))

    def rewrite(
        self,
        file: File,
        how: Literal["continue", "infill", "harmonize", "arrange", "vary"],
        bars: Annotated[
            str, Field(description="continue: how many more (8); infill and vary: which (9-12)")
        ] = "",
        parts: Annotated[list[str] | None, Field(description="infill: which parts; all")] = None,
        style: str = "",
        mood: str = "",
        ensemble: Annotated[str, Field(description="harmonize and arrange: for whom")] = "",
        chords: Annotated[str, Field(description="harmonize: chords it must have")] = "",
        strength: Annotated[float, Field(description="vary: 0 (nothing) to 1")] = 0.5,
        keep: Annotated[
            list[str] | None, Field(description="vary: melody, chords, rhythm, or parts by name")
        ] = None,
        seed: Seed = None,
        formats: Formats = ["mid", "musicxml", "pdf"],  # noqa: B006
    ) -> Content:
        """Write into a piece: more bars, some bars anew, parts under a melody, other players, or
        a variation. What is not rewritten stays note for note; the file is not changed."""
        path = Path(file)
        session = composer.Session(composer.read_piece(path))
        arguments: dict[str, Any] = {"style": style, "mood": mood}
        match how:
            case "continue":
                arguments |= {"bars": _first_number(bars)} if bars else {}
            case "infill":
                first, last = parse_bars(bars)
                arguments |= {"first_bar": first, "last_bar": last, "parts": parts or []}
            case "harmonize":
                arguments |= {"ensemble": ensemble, "chords": chords}
            case "arrange":
                arguments |= {"ensemble": ensemble}
            case "vary":
                first, last = parse_bars(bars) if bars else (1, 0)
                arguments |= {"bars": list(range(first, last + 1)), "keep": keep or []}
                arguments["strength"] = strength
        said = {name: value for name, value in arguments.items() if value not in ("", [])}
        session.do(how, seed=seed, **said)
        made = session.current.step
        assert made is not None
        piece = for_page(session.piece)
        name = f"{path.stem}-{how}-{made.seed}"
        heard = _chart_chords(piece, formats)
        paths = composer.write_piece(
            piece, self.folder, name, formats, seed=made.seed, chart_chords=heard
        )
        told = {"seed": made.seed, "verb": how} | _in_short(piece)
        return _answer(told, paths, _page_of(piece, name))

    def render(
        self,
        file: File,
        formats: Formats = ["musicxml", "pdf"],  # noqa: B006
    ) -> Content:
        """Turn a file of music into sheet music, sound or another format."""
        path = Path(file)
        piece = for_page(composer.read_piece(path))
        heard = _chart_chords(piece, formats)
        name = f"{path.stem}-rendered"
        paths = composer.write_piece(piece, self.folder, name, formats, chart_chords=heard)
        return _answer(_in_short(piece), paths, _page_of(piece, path.stem))

    def describe(self, file: File) -> Content:
        """What a file of music is: key, meter, tempo, parts, style, mood, form, chords."""
        return [_json(composer.describe(composer.read_piece(Path(file))))]


def _first_number(text: str) -> int:
    if not text.strip().isdigit():
        raise RequestError(f"bars {text!r} is not how many bars to add; give a number such as 8")
    return int(text)


def _in_short(piece: composer.Piece) -> dict[str, Any]:
    """What a piece is, without its chords bar by bar."""
    facts = composer.describe(piece)
    kept = ("title", "key", "meter", "quarters_per_minute", "bars", "notes", "parts", "mood")
    return {name: facts[name] for name in kept}


def _chart_chords(piece: composer.Piece, formats: Sequence[str]) -> tuple[Chord, ...]:
    """The chords that are heard, where a chart of them is asked for."""
    from composer.analysis.chord_finding import estimate_chords

    return estimate_chords(piece) if "chart" in formats else ()


def _page_of(piece: composer.Piece, name: str) -> Callable[[Path], list[Path]]:
    return lambda folder: composer.write_piece(piece, folder, name, ["png"])


def _answer(
    told: dict[str, Any], paths: Sequence[Path], draw: Callable[[Path], list[Path]]
) -> Content:
    """What an agent gets: facts, the first page (that `draw` writes into a folder), and links."""
    from mcp.server.mcpserver import Image
    from mcp.types import ResourceLink

    with TemporaryDirectory() as folder:
        page = draw(Path(folder))[0].read_bytes()
    told = told | {"files": [str(path.resolve()) for path in paths]}
    links = [
        ResourceLink(
            type="resource_link",
            name=path.name,
            uri=path.resolve().as_uri(),
            mime_type=_MIME_TYPES.get(path.suffix, "application/octet-stream"),
        )
        for path in paths
    ]
    return [_json(told), Image(data=page, format="png"), *links]


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
