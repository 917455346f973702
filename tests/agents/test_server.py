"""An agent composes, rewrites and describes through the protocol's own client."""

from __future__ import annotations

import asyncio
import base64
import json
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlparse

import pytest
from mcp import Client, StdioServerParameters
from mcp.types import CallToolResult

from composer.agents.server import build_server
from composer.corpus.readers import read_piece

COMPOSED = {"style": "hymn", "ensemble": "choir", "bars": 2, "seed": 3, "formats": ["mid"]}


def talk(server: Any, speak: Callable[[Client], Awaitable[Any]]) -> Any:
    """What an agent gets that is connected to a server for a while."""

    async def run() -> Any:
        async with Client(server) as client:
            return await speak(client)

    return asyncio.run(run())


def call(folder: Path, tool: str, **arguments: Any) -> CallToolResult:
    """One call of one tool."""
    return talk(build_server(folder), lambda client: client.call_tool(tool, arguments))


def told(result: CallToolResult) -> dict[str, Any]:
    """The JSON of an answer."""
    assert not result.is_error, result.content
    return json.loads(result.content[0].text)  # type: ignore[union-attr]


@pytest.fixture(scope="module")
def composed(tmp_path_factory: pytest.TempPathFactory) -> CallToolResult:
    """A short hymn."""
    return call(tmp_path_factory.mktemp("agent"), "compose", **COMPOSED)


def test_the_tools_say_what_they_take(tmp_path: Path) -> None:
    """Five tools, each with words on every argument an agent could get wrong."""
    listed = talk(build_server(tmp_path), lambda client: client.list_tools())
    tools = {tool.name: tool for tool in listed.tools}
    assert set(tools) == {"names", "compose", "rewrite", "render", "describe"}
    assert all(tool.description for tool in tools.values())
    assert "seed" in tools["compose"].input_schema["properties"]
    verbs = tools["rewrite"].input_schema["properties"]["how"]["enum"]
    assert verbs == ["continue", "infill", "harmonize", "arrange", "vary"]


def test_composing_gives_facts_a_page_and_links(composed: CallToolResult) -> None:
    """The files of the links are there, and the page is a picture."""
    facts = told(composed)
    assert facts["seed"] == 3
    assert facts["fields"]["bars"]["kept"]
    kinds = [block.type for block in composed.content]
    assert kinds == ["text", "image", "resource_link"]
    page = base64.b64decode(composed.content[1].data)  # type: ignore[union-attr]
    assert page.startswith(b"\x89PNG")
    link = unquote(urlparse(str(composed.content[2].uri)).path)  # type: ignore[union-attr]
    assert [link] == facts["files"]
    assert read_piece(Path(link)).note_count > 0


def test_what_came_back_can_be_rewritten_and_described(
    composed: CallToolResult, tmp_path: Path
) -> None:
    """The path goes on to the next tool; bars that were not named stay note for note."""
    file = told(composed)["files"][0]
    varied = call(
        tmp_path, "rewrite", file=file, how="vary", bars="2", strength=1, seed=1, formats=["mid"]
    )
    assert told(varied)["verb"] == "vary"
    facts = told(call(tmp_path, "describe", file=told(varied)["files"][0]))
    assert facts["bars"] == 2
    assert facts["meter"] == told(composed)["fields"]["meter"]["achieved"]


def test_names_are_those_of_the_package(tmp_path: Path) -> None:
    """So that an agent need not guess."""
    assert "hymn" in {row["name"] for row in told(call(tmp_path, "names", what="styles"))}  # type: ignore[index]


@pytest.mark.parametrize(
    ("tool", "arguments", "words"),
    [
        ("compose", {"style": "barok"}, "barok"),
        ("describe", {"file": "nowhere.mid"}, "nowhere.mid"),
        ("rewrite", {"file": "nowhere.mid", "how": "vary"}, "nowhere.mid"),
        ("render", {"file": __file__, "formats": ["pdf"]}, "files ending in '.py'"),
    ],
)
def test_a_mistake_is_one_line_that_says_what_is_allowed(
    tmp_path: Path, tool: str, arguments: dict[str, Any], words: str
) -> None:
    """An answer that is marked as an error, without a traceback, and no file."""
    result = call(tmp_path, tool, **arguments)
    assert result.is_error
    text = result.content[0].text  # type: ignore[union-attr]
    assert words in text
    assert "\n" not in text
    assert list(tmp_path.iterdir()) == []


def test_the_command_serves_over_standard_input_and_output(tmp_path: Path) -> None:
    """As agents start it, in a process of its own."""
    server = StdioServerParameters(
        command=sys.executable, args=["-m", "composer", "mcp", "--out", str(tmp_path)]
    )
    moods = talk(server, lambda client: client.call_tool("names", {"what": "moods"}))
    assert "calm" in {row["name"] for row in told(moods)}  # type: ignore[index]
