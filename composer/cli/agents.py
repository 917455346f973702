"""`composer mcp`: the engine as tools for agents, over standard input and output."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from composer.cli.flags import add_command, check_writable
from composer.errors import RequestError

if TYPE_CHECKING:
    from composer.cli.flags import Commands


def add_to(commands: Commands) -> None:
    parser = add_command(
        commands, "mcp", "serve agents: compose, rewrite, render and describe as MCP tools", serve
    )
    parser.add_argument(
        "--out", metavar="DIR", type=Path, default=Path("pieces"),
        help="folder that the tools write into (default: pieces)",
    )  # fmt: skip


def serve(given: argparse.Namespace) -> None:
    check_writable(given.out)
    try:
        import mcp  # noqa: F401 (only whether it is there)
    except ImportError:
        raise RequestError(
            "this needs the extra `mcp`: pip install 'symbolic-composer[mcp]'"
        ) from None
    from composer.agents.server import build_server

    build_server(given.out).run()
